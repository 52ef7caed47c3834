package scim

import (
	"unicode"
	"unicode/utf8"
)

const (
	maxText   = 1024 // characters in a text that is kept
	maxValues = 100  // values in a list that is kept
)

// coercion brings values into the form in which resources keep them: texts,
// truth values, objects with the known parts only, lists of those. Boolean reads
// truth values.
type coercion struct {
	boolean func(any) (bool, error)
}

// all reads the kept attributes out of a resource's body. Read-only ones are
// ignored, as are those that nobody knows (RFC 7644 section 3.3).
func (c coercion) all(s *schema, body Document) (Document, error) {
	resource := Document{}
	for name, value := range body {
		a := s.attribute(name)
		if a == nil || a.readOnly() {
			continue
		}
		if err := c.put(resource, name, a, value); err != nil {
			return nil, err
		}
	}
	return resource, nil
}

// put sets a member to the coerced value; one that is unassigned stays away.
func (c coercion) put(into Document, name string, a *attribute, value any) error {
	kept, err := c.value(a, value)
	if err == nil && kept != nil {
		into[name] = kept
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
	return c.list(a, list)
}

func (c coercion) list(a *attribute, list []any) (any, error) {
	if len(list) > maxValues {
		return nil, bad(InvalidValue, "%s has more than %d values", a.Name, maxValues)
	}
	var kept []any
	for _, value := range list {
		if value == nil {
			continue
		}
		one, err := c.single(a, value)
		if err != nil {
			return nil, err
		}
		kept = append(kept, one)
	}
	if kept == nil {
		return nil, nil
	}
	return kept, nil
}

func (c coercion) single(a *attribute, value any) (any, error) {
	switch a.Type {
	case "boolean":
		truth, err := c.boolean(value)
		if err != nil {
			return nil, bad(InvalidValue, "%s %v", a.Name, err)
		}
		return truth, nil
	case "complex":
		object, ok := value.(map[string]any)
		if !ok {
			return nil, bad(InvalidValue, "%s must be an object", a.Name)
		}
		return c.object(a, object)
	}
	text, ok := value.(string)
	if !ok {
		return nil, bad(InvalidValue, "%s must be a text", a.Name)
	}
	return text, checkText(a.Name, text)
}

func (c coercion) object(a *attribute, object Document) (any, error) {
	kept := Document{}
	for name, value := range object {
		part := a.part(name)
		if part == nil {
			continue
		}
		if err := c.put(kept, name, part, value); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func checkText(name, text string) error {
	if utf8.RuneCountInString(text) > maxText {
		return bad(InvalidValue, "%s is longer than %d characters", name, maxText)
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return bad(InvalidValue, "%s holds a control character", name)
		}
	}
	return nil
}
