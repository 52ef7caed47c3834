package scim

import "rollcall.example/reference/scim/filter"

// asked collects the attributes that are shown on request only and that a client writes
// in a request: its answer shows them (RFC 7643 section 7).
type asked struct {
	schema *schema
	found  map[*attribute]bool
}

// writtenIn are those that the body of a POST or PUT has.
func (s *schema) writtenIn(body Document) map[*attribute]bool {
	a := asked{schema: s}
	a.in(s, body)
	for _, e := range s.extensions {
		object, _ := body[e.key].(map[string]any)
		a.in(e, object)
	}
	return a.found
}

// patchedBy are those that the operations of a PATCH are about.
func (s *schema) patchedBy(ops []Operation) map[*attribute]bool {
	a := asked{schema: s}
	for _, op := range ops {
		if op.Target != nil {
			a.at(op.Target.Path, op.Value)
			continue
		}
		members, _ := op.Value.(map[string]any)
		for name, value := range members {
			if target, err := filter.ParseTarget(name); err == nil {
				a.at(target.Path, value)
			}
		}
	}
	return a.found
}

// at notes what a path with a value is about.
func (a *asked) at(path filter.Path, value any) {
	at, ok := a.schema.find(path)
	switch {
	case !ok:
	case at.whole != nil:
		a.note(at.whole)
	default:
		object, _ := value.(map[string]any)
		a.in(at.of, object)
	}
}

// in notes what an object has of a schema's attributes.
func (a *asked) in(of *schema, object Document) {
	for name, value := range object {
		if known := of.index[name]; known != nil && value != nil {
			a.note(known)
		}
	}
}

func (a *asked) note(known *attribute) {
	if known.Returned != "request" {
		return
	}
	if a.found == nil {
		a.found = map[*attribute]bool{}
	}
	a.found[known] = true
}
