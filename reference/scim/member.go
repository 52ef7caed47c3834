package scim

import (
	"encoding/json"
	"slices"

	"rollcall.example/reference/scim/filter"
)

// member is the attribute that an operation of a PATCH request changes, or a part of it
// (nil: the whole), within the object that holds it.
type member struct {
	patching
	object  Document
	a, part *attribute
}

func (m member) change(op Operation) error {
	switch {
	case m.a.Name == "schemas":
		return m.schemas(op)
	case op.Target.Where != nil:
		return m.selected(op)
	case m.part != nil:
		return m.parts(op)
	case m.a.MultiValued:
		return m.list(op)
	case m.a.Type == "complex" && op.Op != "remove" && op.Value != nil && op.Value != "":
		return m.overlay(op)
	}
	return m.simple(op, m.object, m.a)
}

// schemas follow from what the resource holds, so naming them changes nothing.
func (m member) schemas(op Operation) error {
	if op.Op == "remove" {
		return bad(Mutability, "schemas cannot be removed")
	}
	return nil
}

// simple sets or removes a value as a whole: of the attribute, or of a part.
func (m member) simple(op Operation, object Document, a *attribute) error {
	var value any
	if op.Op != "remove" {
		var err error
		if value, err = m.value(a, op.Value); err != nil {
			return err
		}
	}
	return m.set(object, a, value)
}

// set puts a value that was coerced in the place of the old one. What is required
// cannot go, and neither can active: without it nobody could tell whether the person
// may come in.
func (m member) set(object Document, a *attribute, value any) error {
	if err := m.settled(a, object[a.key], value); err != nil {
		return err
	}
	if value != nil {
		object[a.key] = value
		return nil
	}
	if a.Required || a.key == "active" {
		return bad(Mutability, "%s cannot be removed", a.Name)
	}
	delete(object, a.key)
	return nil
}

// overlay sets the parts that the value names and leaves the others (RFC 7644
// section 3.5.2.3).
func (m member) overlay(op Operation) error {
	old, _ := m.object[m.a.key].(map[string]any)
	after, err := m.overlaid(op, old)
	if err != nil {
		return err
	}
	return m.set(m.object, m.a, orNothing(after))
}

// overlaid is an object with the parts that the operation's value names.
func (m member) overlaid(op Operation, old Document) (Document, error) {
	parts, err := objectOf(m.a, op.Value)
	if err != nil {
		return nil, err
	}
	after := joined(old, nil)
	for _, part := range m.a.Parts {
		value, given := parts[part.key]
		if !given || part.readOnly() {
			continue
		}
		fresh := Document{}
		if err := m.put(fresh, part, value); err != nil {
			return nil, err
		}
		if err := m.set(after, part, fresh[part.key]); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// orNothing is nil for an object without members, which is unassigned.
func orNothing(object Document) any {
	if len(object) == 0 {
		return nil
	}
	return object
}

// parts changes a part of the attribute: of every value, where there are several.
func (m member) parts(op Operation) error {
	if m.a.MultiValued {
		return m.each(op, func(Document) bool { return true })
	}
	old, _ := m.object[m.a.key].(map[string]any)
	after := joined(old, nil)
	if err := m.setPart(op, after); err != nil {
		return err
	}
	return m.set(m.object, m.a, orNothing(after))
}

func (m member) setPart(op Operation, object Document) error {
	if op.Op == "remove" {
		return m.set(object, m.part, nil)
	}
	fresh := Document{}
	if err := m.put(fresh, m.part, op.Value); err != nil {
		return err
	}
	return m.set(object, m.part, fresh[m.part.key])
}

// list changes a list as a whole. Adding nothing changes nothing; removing with a value,
// as Entra does, removes what is the same as that.
func (m member) list(op Operation) error {
	old, _ := m.object[m.a.key].([]any)
	if op.Op == "remove" {
		if op.Value == nil {
			return m.set(m.object, m.a, nil)
		}
		return m.without(op, old)
	}
	value, err := m.value(m.a, op.Value)
	if err != nil {
		return err
	}
	fresh, _ := value.([]any)
	if op.Op == "replace" {
		return m.setList(fresh, nil)
	}
	if len(fresh) == 0 {
		return nil
	}
	return m.setList(append(slices.Clone(old), fresh...), fresh)
}

// without removes the values that the operation's value names.
func (m member) without(op Operation, old []any) error {
	named, ok := op.Value.([]any)
	if !ok {
		named = []any{op.Value}
	}
	whole, main := map[string]bool{}, map[string]bool{}
	for _, value := range named {
		if s, ok := value.(string); ok && m.a.Type == "complex" && m.a.part("value") != nil {
			value = Document{"value": s}
		}
		one, err := m.single(m.a, value)
		if err != nil {
			return err
		}
		if object, ok := one.(map[string]any); ok && object["value"] != nil && object["type"] == nil {
			main[m.a.part("value").fold(object["value"])] = true // whatever its type
		} else if one != nil {
			whole[m.a.identity(one)] = true
		}
	}
	return m.setList(slices.DeleteFunc(slices.Clone(old), func(v any) bool {
		if object, ok := v.(map[string]any); ok && object["value"] != nil && main[m.a.part("value").fold(object["value"])] {
			return true
		}
		return whole[m.a.identity(v)]
	}), nil)
}

// selected changes those values of a list that satisfy the brackets.
func (m member) selected(op Operation) error {
	if !m.a.MultiValued {
		return bad(InvalidPath, "%s has one value only: brackets cannot choose", m.a.Name)
	}
	path := filter.Path{Schema: op.Target.Schema, Name: m.a.Name}
	matches, err := filter.Compile(m.truths(op.Target.Where), filter.Within(path, m.schema.describe))
	if err != nil {
		return bad(InvalidFilter, "path: %v", err)
	}
	return m.each(op, matches)
}

// truths is a filter in which truth values that are written as text, as Entra does in
// roles[primary eq "True"], are truth values.
func (m member) truths(where filter.Expr) filter.Expr {
	switch e := where.(type) {
	case filter.And:
		return filter.And{Left: m.truths(e.Left), Right: m.truths(e.Right)}
	case filter.Or:
		return filter.Or{Left: m.truths(e.Left), Right: m.truths(e.Right)}
	case filter.Not:
		return filter.Not{Of: m.truths(e.Of)}
	case filter.Test:
		part := m.a.part(e.Path.Name)
		if _, text := e.Value.(string); text && part != nil && part.Type == "boolean" {
			if truth, err := m.boolean(e.Value); err == nil {
				e.Value = truth
			}
		}
		return e
	}
	return where
}

// each performs an operation on the chosen values of a list.
func (m member) each(op Operation, chosen filter.Matcher) error {
	old, _ := m.object[m.a.key].([]any)
	var list, changed []any
	found := false
	for _, v := range old {
		entry, ok := v.(map[string]any)
		if !ok {
			entry = Document{"value": v}
		}
		if !chosen(entry) {
			list = append(list, v)
			continue
		}
		found = true
		after, err := m.entry(op, v, entry)
		if err != nil {
			return err
		}
		if after != nil {
			list, changed = append(list, after), append(changed, after)
		}
	}
	if !found {
		return m.addEntry(op, old)
	}
	return m.setList(list, changed)
}

// entry is a value of a list after the operation: replaced, joined with the new one, or
// with one part changed; nil when nothing is left of it.
func (m member) entry(op Operation, value any, entry Document) (any, error) {
	switch {
	case m.part != nil:
		after := joined(entry, nil)
		err := m.setPart(op, after)
		return orNothing(after), err
	case op.Op == "remove":
		return nil, nil
	case op.Op == "add" && m.a.Type == "complex":
		after, err := m.overlaid(op, entry)
		return orNothing(after), err
	}
	after, err := m.single(m.a, op.Value)
	if err == nil {
		err = m.sameParts(value, after)
	}
	return after, err
}

// sameParts refuses a value in the place of another one that has parts which are set once.
func (m member) sameParts(before, after any) error {
	old, _ := before.(map[string]any)
	fresh, _ := after.(map[string]any)
	for _, part := range m.a.Parts {
		if fresh == nil || fresh[part.key] == nil && part.key != "value" {
			continue
		}
		if err := m.settled(part, old[part.key], fresh[part.key]); err != nil {
			return err
		}
	}
	return nil
}

// addEntry is what happens when nothing is chosen. Without brackets the list is
// empty: setting a part makes the first value. With them, [Protocol.Unmatched] decides.
func (m member) addEntry(op Operation, old []any) error {
	fresh := Document{}
	if op.Target.Where == nil {
		if op.Op == "remove" {
			return nil
		}
	} else {
		switch m.unmatched(op.Op) {
		case Ignore:
			return nil
		case Refuse:
			return m.noTarget()
		}
		if op.Op == "remove" || !m.foresee(op.Target.Where, fresh) {
			return m.noTarget()
		}
	}
	entry, err := m.entry(op, nil, fresh)
	if err != nil || entry == nil {
		return err
	}
	if m.part == nil && m.a.Type == "complex" {
		entry = joined(fresh, entry.(map[string]any))
	}
	return m.setList(append(slices.Clone(old), entry), []any{entry})
}

func (m member) noTarget() error {
	return bad(NoTarget, "no value of %s satisfies the path", m.a.Name)
}

// foresee fills in what a value must hold to satisfy a filter of "eq" and "and".
func (m member) foresee(where filter.Expr, into Document) bool {
	switch e := where.(type) {
	case filter.And:
		return m.foresee(e.Left, into) && m.foresee(e.Right, into)
	case filter.Test:
		part := m.a.part(e.Path.Name)
		if e.Op != filter.Equal || part == nil || e.Value == nil {
			return false
		}
		value := e.Value
		if n, ok := value.(filter.Number); ok {
			value = json.Number(n)
		}
		return m.put(into, part, value) == nil
	}
	return false
}

// setList stores a list: no value twice, and of two primary ones only that which the
// operation brought.
func (m member) setList(list, changed []any) error {
	list = distinct(m.a, demoted(m.a, list, changed))
	if most := m.a.most(); len(list) > most {
		return bad(InvalidValue, "%s has more than %d values", m.a.Name, most)
	}
	if len(list) == 0 {
		return m.set(m.object, m.a, nil)
	}
	return m.set(m.object, m.a, list)
}
