package scim

import (
	"fmt"
	"strings"

	"rollcall.example/reference/org"
)

// How many values a list that is kept may have: of what a person has, and of what is
// itself a resource, as the members of a group.
const (
	maxValues  = 100
	maxMembers = 100_000
)

// most is how many values the attribute may have.
func (a *attribute) most() int {
	if a.refers() {
		return maxMembers
	}
	return maxValues
}

// refers says whether the values of the attribute are other resources: then their ids
// cannot change.
func (a *attribute) refers() bool {
	value := a.part("value")
	return value != nil && value.Mutability == "immutable"
}

// identity is equal for two values of a list that are the same one. Where values have a
// main part that is it, together with the type (RFC 7643 section 2.4); otherwise it is
// all that they say.
func (a *attribute) identity(value any) string {
	object, ok := value.(map[string]any)
	if !ok {
		return a.fold(value)
	}
	main := a.part("value")
	if main == nil || object["value"] == nil {
		return "=" + string(a.appendSingle(nil, object, nil))
	}
	identity := main.fold(object["value"])
	if kind := a.part("type"); kind != nil && !a.refers() {
		identity += "\x00" + kind.fold(object["type"])
	}
	return identity
}

// fold makes two simple values equal that count as the same one.
func (a *attribute) fold(value any) string {
	s, ok := value.(string)
	switch {
	case value == nil:
		return ""
	case !ok:
		return fmt.Sprint(value)
	case a.CaseExact:
		return s
	}
	return org.Key(s)
}

// distinct is the list with no value twice. What a later one says beyond an earlier one
// that is the same goes over to that.
func distinct(a *attribute, list []any) []any {
	if len(list) < 2 {
		return list
	}
	at := make(map[string]int, len(list))
	kept := make([]any, 0, len(list))
	for _, value := range list {
		identity := a.identity(value)
		if first, twice := at[identity]; twice {
			kept[first] = richer(kept[first], value)
			continue
		}
		at[identity] = len(kept)
		kept = append(kept, value)
	}
	return kept
}

// richer is a value with what another one, which is the same, says beyond it. How the
// first one spells what makes them the same stays.
func richer(value, other any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	result := joined(object, other.(map[string]any))
	for _, name := range []string{"value", "type"} {
		if spelled, ok := object[name].(string); ok && strings.EqualFold(spelled, fmt.Sprint(result[name])) {
			result[name] = spelled
		}
	}
	return result
}

func isPrimary(v any) bool {
	object, ok := v.(map[string]any)
	return ok && object["primary"] == true
}

// demoted is the list in which of two primary values only that stays one which is the
// same as one of the new (RFC 7644 section 3.5.2).
func demoted(a *attribute, list, fresh []any) []any {
	chosen := ""
	for _, v := range fresh {
		if isPrimary(v) {
			chosen = a.identity(v)
		}
	}
	if chosen == "" {
		return list
	}
	result := make([]any, len(list))
	for i, v := range list {
		if isPrimary(v) && a.identity(v) != chosen {
			object := joined(v.(map[string]any), nil)
			delete(object, "primary")
			v = object
		}
		result[i] = v
	}
	return result
}

// joined is a copy of an object with the members of another laid over it.
func joined(object, over Document) Document {
	result := make(Document, len(object)+len(over))
	for name, value := range object {
		result[name] = value
	}
	for name, value := range over {
		result[name] = value
	}
	return result
}
