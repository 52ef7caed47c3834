package match

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/provision"
)

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// identified is a resource that a spec made, as [spec.Resource].
type identified interface{ ResourceID() string }

// BeListOf holds for a well-formed list of exactly these resources, in any order (RFC
// 7644 section 3.4.2). In a directory that others use too it is for what only these can
// match.
func BeListOf[R identified](resources ...R) types.GomegaMatcher {
	want := idsOf(resources)
	return answered{fmt.Sprintf("a list of exactly %d: %s", len(want), strings.Join(want, ", ")), func(a provision.Answer) bool {
		ids, total, ok := listedIn(a)
		slices.Sort(ids)
		return ok && total == len(want) && slices.Equal(ids, want)
	}}
}

// BeListInOrder holds for a well-formed list of exactly these resources in this order.
func BeListInOrder[R identified](resources ...R) types.GomegaMatcher {
	var want []string
	for _, r := range resources {
		want = append(want, r.ResourceID())
	}
	return answered{"a list, in this order: " + strings.Join(want, ", "), func(a provision.Answer) bool {
		ids, _, ok := listedIn(a)
		return ok && slices.Equal(ids, want)
	}}
}

// HaveNotListed holds for a well-formed list in which none of these resources is,
// whatever else is in it.
func HaveNotListed[R identified](resources ...R) types.GomegaMatcher {
	want := idsOf(resources)
	return answered{"a list without " + strings.Join(want, ", "), func(a provision.Answer) bool {
		ids, _, ok := listedIn(a)
		return ok && !slices.ContainsFunc(want, func(id string) bool { return slices.Contains(ids, id) })
	}}
}

func idsOf[R identified](resources []R) []string {
	ids := []string{}
	for _, r := range resources {
		ids = append(ids, r.ResourceID())
	}
	slices.Sort(ids)
	return ids
}

// listedIn reads the ids of a list that is of the form that the standard gives it: its
// schema, counters that are numbers, and no more resources than it counts.
func listedIn(a provision.Answer) (ids []string, total int, ok bool) {
	document, err := a.Document()
	if err != nil || a.Status != 200 {
		return nil, 0, false
	}
	list, err := a.List()
	if err != nil || !namesOnly(document, listSchema) || len(list.Resources) > list.TotalResults {
		return nil, 0, false
	}
	ids = []string{}
	for _, resource := range list.Resources {
		id := resource.Text("id")
		if id == "" {
			return nil, 0, false
		}
		ids = append(ids, id)
	}
	return ids, list.TotalResults, true
}

// namesOnly says whether a message names this one schema.
func namesOnly(message provision.Document, schema string) bool {
	value, _ := message.At("schemas")
	named, _ := value.([]any)
	return len(named) == 1 && named[0] == schema
}

// counter reads a counter of a list; false where it is no whole number.
func counter(list provision.Document, name string) (json.Number, bool) {
	value, _ := list.At(name)
	number, ok := value.(json.Number)
	if !ok {
		return "", false
	}
	_, err := number.Int64()
	return number, err == nil
}

// HaveCounter holds for a list that counts so in a member of that name: a JSON number.
func HaveCounter(name string, want int) types.GomegaMatcher {
	return answered{fmt.Sprintf("a list with %s %d, a number", name, want), func(a provision.Answer) bool {
		list, err := a.Document()
		if err != nil || a.Status != 200 || !namesOnly(list, listSchema) {
			return false
		}
		number, ok := counter(list, name)
		return ok && number.String() == fmt.Sprint(want)
	}}
}
