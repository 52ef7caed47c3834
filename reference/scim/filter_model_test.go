package scim_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall.example/reference/scim"
)

// The tests of this file make filters from the grammar and people from few values, and
// judge them by a second, plain reading of RFC 7644 section 3.4.2.2 over what GET shows.

// attributeModel is an attribute that filters of the tests ask for.
type attributeModel struct {
	names []string // ways to write it
	steps []string // how GET shows it
	kind  string   // ci, exact, bool, number, date
	pool  []string // values, as JSON
}

const badgePath = scim.BadgeSchema + ":"

var attributeModels = []attributeModel{
	{[]string{"userName", "USERNAME", scim.UserSchema + ":userName"}, []string{"userName"}, "ci", []string{`"ann"`, `"Bob"`, `"BO"`, `"cä"`, `"CÄ"`}},
	{[]string{"externalId", "externalid"}, []string{"externalId"}, "exact", []string{`"x"`, `"X"`, `"xy"`}},
	{[]string{"title", "Title"}, []string{"title"}, "ci", []string{`"A"`, `"a b"`, `"B\"b"`, `"ab"`}},
	{[]string{"name.givenName", "NAME.GIVENNAME", scim.UserSchema + ":name.givenName"}, []string{"name", "givenName"}, "ci", []string{`"A"`, `"b"`}},
	{[]string{"active"}, []string{"active"}, "bool", []string{`true`, `false`}},
	{[]string{"emails.value", "emails"}, []string{"emails", "value"}, "ci", []string{`"a@x"`, `"b@x"`, `"A@y"`}},
	{[]string{"emails.type"}, []string{"emails", "type"}, "ci", []string{`"work"`, `"HOME"`}},
	{[]string{"emails.primary"}, []string{"emails", "primary"}, "bool", []string{`true`, `false`}},
	{[]string{scim.EnterpriseSchema + ":department", strings.ToUpper(scim.EnterpriseSchema) + ":Department"}, []string{scim.EnterpriseSchema, "department"}, "ci", []string{`"A"`, `"b"`}},
	{[]string{scim.EnterpriseSchema + ":manager.value"}, []string{scim.EnterpriseSchema, "manager", "value"}, "exact", []string{`"m"`, `"M"`}},
	{[]string{badgePath + "number"}, []string{scim.BadgeSchema, "number"}, "number", []string{`7`, `-7`, `9007199254740993`, `9007199254740992`}},
	{[]string{badgePath + "thickness"}, []string{scim.BadgeSchema, "thickness"}, "number", []string{`7`, `7.0`, `0.5`, `5e-1`}},
	{[]string{badgePath + "issued"}, []string{scim.BadgeSchema, "issued"}, "date", []string{`"2026-01-02T00:00:00Z"`, `"2026-01-02T01:00:00+01:00"`, `"2026-01-01T23:59:59.5Z"`}},
	{[]string{badgePath + "areas"}, []string{scim.BadgeSchema, "areas"}, "ci", []string{`"Lab"`, `"roof"`}},
}

// parts are the attributes that stand in brackets behind emails.
var parts = []attributeModel{
	{[]string{"value", "VALUE"}, []string{"value"}, "ci", []string{`"a@x"`, `"b@x"`, `"A@y"`}},
	{[]string{"type"}, []string{"type"}, "ci", []string{`"work"`, `"HOME"`}},
	{[]string{"primary"}, []string{"primary"}, "bool", []string{`true`, `false`}},
}

// people makes a user's attributes from the pools.
func people(t *rapid.T, number int) string {
	pick := func(i int) string { return rapid.SampledFrom(attributeModels[i].pool).Draw(t, "value") }
	maybe := func(member string) string {
		if rapid.Bool().Draw(t, "has") {
			return "," + member
		}
		return ""
	}
	inside := func(members ...string) string {
		var held []string
		for _, member := range members {
			if rapid.Bool().Draw(t, "part") {
				held = append(held, member)
			}
		}
		return "{" + strings.Join(held, ",") + "}"
	}
	emails := make([]string, rapid.IntRange(0, 3).Draw(t, "emails"))
	for i := range emails {
		emails[i] = fmt.Sprintf(`{"value":%s,"type":%s}`, pick(5), pick(6))
		if i == 0 && rapid.Bool().Draw(t, "primary") {
			emails[i] = `{"value":"a@x","type":"work","primary":true}`
		}
	}
	user := fmt.Sprintf(`"userName":"%s%d","active":%s,"emails":[%s]`, strings.Trim(pick(0), `"`), number, pick(4), strings.Join(emails, ","))
	user += maybe(`"externalId":` + pick(1))
	user += maybe(`"title":` + pick(2))
	user += maybe(`"name":{"givenName":` + pick(3) + `}`)
	user += `,"` + scim.EnterpriseSchema + `":` + inside(`"department":`+pick(8), `"manager":{"value":`+pick(9)+`}`)
	return user + `,"` + scim.BadgeSchema + `":` + inside(`"number":`+pick(10), `"thickness":`+pick(11), `"issued":`+pick(12), `"areas":[`+pick(13)+`,`+pick(13)+`]`)
}

// sentence is a filter as text, with its meaning.
type sentence struct {
	text  string
	holds func(user map[string]any) bool
}

// filters draws a filter over the attributes; brackets says whether emails[…] may occur.
func filters(t *rapid.T, over []attributeModel, brackets bool, depth int) sentence {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case depth > 0 && kind <= 3:
		left, right := filters(t, over, brackets, depth-1), filters(t, over, brackets, depth-1)
		if kind <= 1 {
			word := rapid.SampledFrom([]string{"and", "AND"}).Draw(t, "word")
			return sentence{left.text + " " + word + " " + right.text, func(u map[string]any) bool { return left.holds(u) && right.holds(u) }}.grouped()
		}
		return sentence{left.text + " or " + right.text, func(u map[string]any) bool { return left.holds(u) || right.holds(u) }}.grouped()
	case depth > 0 && kind == 4:
		of := filters(t, over, brackets, depth-1)
		word := rapid.SampledFrom([]string{"not (", "NOT(", "not ( "}).Draw(t, "word")
		return sentence{word + of.text + ")", func(u map[string]any) bool { return !of.holds(u) }}
	case depth > 0 && kind == 5 && brackets:
		of := filters(t, parts, false, depth-1)
		return sentence{"emails[" + of.text + "]", func(u map[string]any) bool {
			list, _ := u["emails"].([]any)
			return slices.ContainsFunc(list, func(e any) bool { return of.holds(e.(map[string]any)) })
		}}
	}
	return comparisons(t, rapid.SampledFrom(over).Draw(t, "attribute"))
}

func (s sentence) grouped() sentence { return sentence{"(" + s.text + ")", s.holds} }

// operators are those that each kind of attribute knows.
var operators = map[string][]string{
	"ci": {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}, "exact": {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"},
	"bool": {"eq", "ne"}, "number": {"eq", "ne", "gt", "ge", "lt", "le"}, "date": {"eq", "ne", "gt", "ge", "lt", "le"},
}

func comparisons(t *rapid.T, a attributeModel) sentence {
	name := rapid.SampledFrom(a.names).Draw(t, "name")
	present := func(u map[string]any) bool { return len(valuesAt(u, a.steps)) > 0 }
	switch rapid.IntRange(0, 7).Draw(t, "form") {
	case 0:
		return sentence{name + " pr", present}
	case 1:
		return sentence{name + " eq null", func(u map[string]any) bool { return !present(u) }}
	case 2:
		return sentence{name + " ne null", present}
	}
	op := rapid.SampledFrom(operators[a.kind]).Draw(t, "operator")
	wanted := rapid.SampledFrom(a.pool).Draw(t, "wanted")
	text := name + " " + rapid.SampledFrom([]string{op, strings.ToUpper(op)}).Draw(t, "case") + " " + wanted
	return sentence{text, func(u map[string]any) bool {
		held := valuesAt(u, a.steps)
		if op == "ne" {
			return len(held) == 0 || slices.ContainsFunc(held, func(v any) bool { return !satisfies(a.kind, "eq", v, wanted) })
		}
		return slices.ContainsFunc(held, func(v any) bool { return satisfies(a.kind, op, v, wanted) })
	}}
}

// valuesAt are the values at the end of the steps, of every entry of a list on the way.
func valuesAt(value any, steps []string) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var all []any
		for _, entry := range v {
			all = append(all, valuesAt(entry, steps)...)
		}
		return all
	case map[string]any:
		if len(steps) == 0 {
			return []any{v}
		}
		return valuesAt(v[steps[0]], steps[1:])
	}
	return []any{value}
}

// satisfies compares one value with what was written in the filter.
func satisfies(kind, op string, held any, wanted string) bool {
	switch kind {
	case "bool":
		return fmt.Sprint(held) == wanted
	case "number":
		a, _ := new(big.Rat).SetString(held.(json.Number).String())
		b, _ := new(big.Rat).SetString(wanted)
		return inOrder(op, a.Cmp(b))
	}
	var text string
	if err := json.Unmarshal([]byte(wanted), &text); err != nil {
		panic(err)
	}
	if kind == "date" {
		a, _ := time.Parse(time.RFC3339Nano, held.(string))
		b, _ := time.Parse(time.RFC3339Nano, text)
		return inOrder(op, a.Compare(b))
	}
	value := held.(string)
	if kind == "ci" {
		value, text = strings.ToLower(value), strings.ToLower(text)
	}
	switch op {
	case "co":
		return strings.Contains(value, text)
	case "sw":
		return strings.HasPrefix(value, text)
	case "ew":
		return strings.HasSuffix(value, text)
	}
	return inOrder(op, strings.Compare(value, text))
}

func inOrder(op string, order int) bool {
	return map[string]bool{"eq": order == 0, "gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[op]
}

// Whatever the filter, the server finds whom the plain reading finds, page by page, by
// GET and by POST.
func TestFiltersMeanWhatTheyShould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newClient(t)
		for i := range rapid.IntRange(1, 5).Draw(t, "people") {
			c.seed(people(t, i))
		}
		resources := numbered(t, c.do("GET", "/Users", "").body)["Resources"].([]any)
		for range 5 {
			of := filters(t, attributeModels, true, 3)
			var want []string
			for _, r := range resources {
				if user := r.(map[string]any); of.holds(user) {
					want = append(want, strings.TrimPrefix(user["id"].(string), "id-00"))
				}
			}
			a := c.do("GET", "/Users?filter="+url.QueryEscape(of.text), "").want(t, http.StatusOK)
			if got := a.ids(t); !slices.Equal(got, want) || a.object["totalResults"] != float64(len(want)) {
				t.Fatalf("%s finds %q, want %q", of.text, got, want)
			}
			written, _ := json.Marshal(of.text)
			root := c.do("POST", "/.search", `{`+searchRequest+`,"startIndex":2,"filter":`+string(written)+`}`).want(t, http.StatusOK)
			if got := root.ids(t); !slices.Equal(got, want[min(1, len(want)):]) || root.object["totalResults"] != float64(len(want)) {
				t.Fatalf("%s finds %q over all resources from the second, want %q", of.text, got, want)
			}
		}
	})
}
