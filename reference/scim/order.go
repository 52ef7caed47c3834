package scim

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"rollcall.example/reference/scim/filter"
)

// order is how a list is sorted (RFC 7644 section 3.4.2.3).
type order struct {
	by         filter.Path
	descending bool
}

// orderOf reads sortBy and sortOrder; nil without sortBy. At least one of the schemas
// must have the attribute; resources of another have no value there.
func orderOf(query url.Values, schemas ...*schema) (*order, error) {
	if query.Get("sortBy") == "" {
		return nil, nil
	}
	o := &order{}
	switch {
	case query.Get("sortOrder") == "", strings.EqualFold(query.Get("sortOrder"), "ascending"):
	case strings.EqualFold(query.Get("sortOrder"), "descending"):
		o.descending = true
	default:
		return nil, bad(InvalidValue, "sortOrder must be ascending or descending, not %s", quote(query.Get("sortOrder")))
	}
	target, err := filter.ParseTarget(query.Get("sortBy"))
	if err != nil || target.Where != nil {
		return nil, bad(InvalidValue, "sortBy: %s is not an attribute name", quote(query.Get("sortBy")))
	}
	o.by = target.Path
	for _, s := range schemas {
		if _, ok := s.sortable(o.by); ok {
			return o, nil
		}
	}
	return nil, bad(InvalidValue, "sortBy: there is no attribute %s to sort by", quote(query.Get("sortBy")))
}

// sortable finds the attribute that a path sorts by. A list of complex values is sorted
// by their main part. What is never returned would be told by its place in the order.
func (s *schema) sortable(path filter.Path) (place, bool) {
	at, ok := s.find(path)
	if !ok || at.whole == nil {
		return at, false
	}
	if at.part == nil && at.whole.MultiValued {
		at.part = at.whole.part("value")
	}
	return at, at.last().Type != "complex" && at.whole.Returned != "never" && at.last().Returned != "never"
}

// rank is the place of a resource in an order: what it is sorted by, and its number in
// the order of creation, which decides between equals.
type rank struct {
	value  any // nil: none; a string, bool, time.Time or number
	number int
	raw    any // the value as the resource has it
}

// ranker makes the ranks of a schema's resources.
func (o *order) ranker(s *schema) func(Document, int) rank {
	at, ok := s.sortable(o.by)
	if !ok {
		return func(_ Document, number int) rank { return rank{number: number} }
	}
	steps := s.steps(at)
	return func(resource Document, number int) rank {
		raw := chosen(resource, steps)
		return rank{at.last().sortValue(raw), number, raw}
	}
}

// rankOf is the rank of the resource that a position is behind.
func (o *order) rankOf(s *schema, p position) rank {
	r := rank{number: int(p.place), raw: p.value}
	if o == nil {
		return r
	}
	if at, ok := s.sortable(o.by); ok {
		r.value = at.last().sortValue(p.value)
	}
	return r
}

// chosen follows the steps to one value: of a list, the primary one or else the first.
func chosen(value any, steps []string) any {
	if list, ok := value.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		value = list[0]
		for _, entry := range list {
			if isPrimary(entry) {
				value = entry
			}
		}
	}
	if len(steps) == 0 {
		return value
	}
	object, _ := value.(map[string]any)
	return chosen(object[steps[0]], steps[1:])
}

// sortValue is a value in the form in which those of its type are compared.
func (a *attribute) sortValue(value any) any {
	switch v := value.(type) {
	case string:
		if a.Type == "dateTime" {
			if at, ok := momentOf(v); ok {
				return at
			}
			return nil
		}
		return a.fold(v)
	case json.Number:
		number, err := filter.ParseNumber(string(v))
		if err != nil {
			return nil
		}
		return number
	case bool:
		return v
	}
	return nil
}

// before says whether one resource stands before another. Those without a value are
// last, or first when descending. No order is that of creation.
func (o *order) before(a, b rank) bool {
	if o == nil {
		return a.number < b.number
	}
	order := compareValues(a.value, b.value)
	if o.descending {
		order = -order
	}
	return cmp.Or(order, cmp.Compare(a.number, b.number)) < 0
}

// compareValues compares two values of one type; nil is greater than any.
func compareValues(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case filter.Quantity:
		if b, ok := b.(filter.Quantity); ok {
			return a.Compare(b)
		}
	case bool:
		if b, ok := b.(bool); ok && a != b {
			if b {
				return -1
			}
			return 1
		}
	}
	return 0
}
