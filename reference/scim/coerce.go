package scim

import "strings"

// coercion brings values into the form in which resources keep them: of the type that
// the schema demands, objects with the known parts only, lists without anything twice.
type coercion struct {
	boolean   func(any) (bool, error)       // reads truth values
	immutable func(before, after any) error // judges a change of what is set once
}

// resource reads the known attributes out of a resource's body. Read-only ones are
// ignored, as is what nobody knows (RFC 7644 section 3.3).
func (c coercion) resource(s *schema, body Document) (Document, error) {
	resource, err := c.members(s, body)
	if err != nil {
		return nil, err
	}
	for _, e := range s.extensions {
		value := body[e.key]
		if value == nil {
			continue
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, bad(InvalidValue, "%s must be an object", e.id)
		}
		kept, err := c.members(e, object)
		if err != nil {
			return nil, err
		}
		if len(kept) > 0 {
			resource[e.key] = kept
		}
	}
	return resource, nil
}

// members reads the attributes of one schema.
func (c coercion) members(s *schema, body Document) (Document, error) {
	kept := make(Document, len(body))
	for name, value := range body {
		a := s.index[name]
		if a == nil || a.readOnly() {
			continue
		}
		if err := c.put(kept, a, value); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// put sets a member to the coerced value; one that is unassigned stays away.
func (c coercion) put(into Document, a *attribute, value any) error {
	kept, err := c.value(a, value)
	if err == nil && kept != nil {
		into[a.key] = kept
	}
	return err
}

// value coerces a value to the attribute's type. Null and the empty list are the
// same as nothing (RFC 7643 section 2.5).
func (c coercion) value(a *attribute, value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	if !a.MultiValued {
		return c.single(a, value)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	kept, err := c.list(a, list)
	if kept == nil {
		return nil, err
	}
	return kept, err
}

// list coerces values. It refuses two primary ones, and takes two that mean the same
// for one (RFC 7643 section 2.4).
func (c coercion) list(a *attribute, list []any) ([]any, error) {
	if most := a.most(); len(list) > most {
		return nil, bad(InvalidValue, "%s has more than %d values", a.Name, most)
	}
	var kept []any
	for _, value := range list {
		one, err := c.single(a, value)
		if err != nil {
			return nil, err
		}
		if one != nil {
			kept = append(kept, one)
		}
	}
	kept = distinct(a, kept)
	if primaries(kept) > 1 {
		return nil, bad(InvalidValue, "%s has more than one primary value", a.Name)
	}
	return kept, nil
}

func primaries(list []any) int {
	n := 0
	for _, value := range list {
		if isPrimary(value) {
			n++
		}
	}
	return n
}

// single coerces one value; nil says that it says nothing.
func (c coercion) single(a *attribute, value any) (any, error) {
	switch {
	case value == nil:
		return nil, nil
	case a.Type == "complex":
		object, err := objectOf(a, value)
		if object == nil {
			return nil, err
		}
		return c.object(a, object)
	case a.Type == "boolean":
		truth, err := c.boolean(value)
		if err != nil {
			return nil, bad(InvalidValue, "%s %v", a.Name, err)
		}
		return truth, nil
	}
	if value == "" && a.Type != "dateTime" {
		return nil, nil
	}
	if complaint := a.check(value); complaint != "" {
		return nil, bad(InvalidValue, "%s %s", a.Name, complaint)
	}
	return value, nil
}

// objectOf takes the value of a complex attribute. The one of an attribute that has
// one value only may be just its main part, as Entra sends a manager; empty is nil.
func objectOf(a *attribute, value any) (Document, error) {
	switch v := value.(type) {
	case map[string]any:
		return v, nil
	case string:
		if !a.MultiValued && a.part("value") != nil {
			if v == "" {
				return nil, nil
			}
			return Document{"value": v}, nil
		}
	}
	return nil, bad(InvalidValue, "%s must be an object", a.Name)
}

// object coerces the parts of a complex value; nil when none is left.
func (c coercion) object(a *attribute, object Document) (any, error) {
	kept := make(Document, len(object))
	for _, part := range a.Parts {
		value, given := object[part.key]
		if !given || part.readOnly() {
			continue
		}
		if err := c.put(kept, part, value); err != nil {
			return nil, err
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return kept, nil
}

// missing finds an attribute that a resource has to have and has not.
func (s *schema) missing(resource Document) *Error {
	for _, a := range s.attributes {
		if problem := a.missing(resource[a.key]); problem != nil {
			return problem
		}
	}
	for _, e := range s.extensions {
		if object, there := resource[e.key].(map[string]any); there {
			if problem := e.missing(object); problem != nil {
				return problem
			}
		}
	}
	return nil
}

func (a *attribute) missing(value any) *Error {
	if blank, ok := value.(string); value == nil || ok && strings.TrimSpace(blank) == "" {
		if a.Required && !a.readOnly() {
			return bad(InvalidValue, "%s is required and must not be blank", a.Name)
		}
		return nil
	}
	objects, _ := value.([]any)
	if object, ok := value.(map[string]any); ok {
		objects = []any{object}
	}
	for _, entry := range objects {
		object, _ := entry.(map[string]any)
		for _, part := range a.Parts {
			if problem := part.missing(object[part.key]); problem != nil {
				return problem
			}
		}
	}
	return nil
}
