package scim

import (
	"errors"
	"reflect"
)

// sameForGood refuses to change what is set once (RFC 7643 section 7).
func sameForGood(before, after any) error {
	if before != nil && !reflect.DeepEqual(before, after) {
		return errors.New("is set already and cannot change")
	}
	return nil
}

// inherit fills a body that replaces a resource with what a client may leave out without
// clearing it: what is set once, and what it can write but not read. It refuses another
// value for what is set once (RFC 7644 section 3.5.1). The body given is left alone.
func (c coercion) inherit(s *schema, body, before Document) (Document, error) {
	body, err := c.inheritIn(s, body, before)
	for _, e := range s.extensions {
		old, _ := before[e.key].(map[string]any)
		if err != nil || old == nil {
			continue
		}
		object, ok := body[e.key].(map[string]any)
		if body[e.key] != nil && !ok {
			continue // refused when it is read
		}
		if object, err = c.inheritIn(e, object, old); len(object) > 0 {
			body[e.key] = object
		}
	}
	return body, err
}

func (c coercion) inheritIn(s *schema, body, before Document) (Document, error) {
	body = joined(body, nil)
	for _, a := range s.attributes {
		old := before[a.key]
		if old == nil || a.Mutability != "immutable" && a.Mutability != "writeOnly" {
			continue
		}
		fresh, err := c.value(a, body[a.key])
		if err != nil {
			return body, err
		}
		if fresh == nil {
			body[a.key] = old
			continue
		}
		if err := c.settled(a, old, fresh); err != nil {
			return body, err
		}
	}
	return body, nil
}

// settled refuses another value for an attribute that is set once.
func (c coercion) settled(a *attribute, before, after any) error {
	if a.Mutability != "immutable" {
		return nil
	}
	if err := c.immutable(before, after); err != nil {
		return bad(Mutability, "%s %v", a.Name, err)
	}
	return nil
}
