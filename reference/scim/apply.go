package scim

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"rollcall.example/reference/scim/filter"
)

// patching applies operations to a resource, held to its schema. It changes a
// copy that the caller throws away on the first error, which makes the whole
// request atomic.
type patching struct {
	coercion
	schema   *schema
	resource Document
}

// apply performs one operation.
func (p patching) apply(op Operation) error {
	if op.Target == nil {
		return p.merge(op)
	}
	where, whole, part := p.schema.find(op.Target.Path)
	switch where {
	case unknown:
		return bad(InvalidPath, "there is no attribute %s", quote(op.Target.String()))
	case dropped:
		return nil
	case resource:
		return p.merge(op)
	}
	if whole.readOnly() {
		return bad(Mutability, "%s is read-only", whole.Name)
	}
	switch {
	case whole.Name == "schemas":
		return nil // it follows from what the resource holds
	case op.Target.Where != nil:
		return p.selected(op, whole, part)
	case part != nil:
		return p.part(op, whole, part)
	}
	return p.whole(op, whole)
}

// merge performs an operation without a path: each member of its value is one of
// its own. A member's name may be a path, as Entra sends "name.givenName"; members
// that nobody knows are ignored, as they are when a resource is created.
func (p patching) merge(op Operation) error {
	if op.Op == "remove" {
		return bad(NoTarget, "remove needs the path of an attribute")
	}
	members, ok := op.Value.(map[string]any)
	if !ok {
		return bad(InvalidValue, "without a path, the value must be an object of attributes")
	}
	for _, name := range sortedNames(members) {
		target, err := filter.ParseTarget(name)
		if err != nil || p.echoed(name, members[name]) {
			continue
		}
		if where, _, _ := p.schema.find(target.Path); where == unknown {
			continue
		}
		if err := p.apply(Operation{op.Op, &target, members[name], true}); err != nil {
			return err
		}
	}
	return nil
}

// echoed says that a member merely repeats what is so: the resource's id, as Okta
// does, or that it has none of something ("groups":[]).
func (p patching) echoed(name string, value any) bool {
	if list, ok := value.([]any); ok && len(list) == 0 {
		_, there := p.resource[name]
		return !there
	}
	return name == "id" && value == p.resource["id"]
}

// sortedNames puts whole attributes before parts of them, so that the outcome
// does not hang on the order of a map.
func sortedNames(members Document) []string {
	return slices.Sorted(maps.Keys(members))
}

// whole changes an attribute as a whole.
func (p patching) whole(op Operation, a *attribute) error {
	name := strings.ToLower(a.Name)
	value, err := p.value(a, op.Value)
	if err != nil {
		return err
	}
	if op.Op == "remove" || value == nil {
		return p.remove(p.resource, name, a)
	}
	switch {
	case a.MultiValued && op.Op == "add":
		old, _ := p.resource[name].([]any)
		return p.setList(name, a, append(slices.Clone(old), value.([]any)...), value.([]any))
	case a.MultiValued:
		return p.setList(name, a, value.([]any), nil)
	case a.Type == "complex":
		old, _ := p.resource[name].(map[string]any)
		p.resource[name] = joined(old, value.(map[string]any))
	default:
		p.resource[name] = value
	}
	return nil
}

// part changes a part of an attribute: of every value, where there are several.
func (p patching) part(op Operation, a, part *attribute) error {
	name := strings.ToLower(a.Name)
	if a.MultiValued {
		return p.each(op, a, part, func(Document) bool { return true })
	}
	object, _ := p.resource[name].(map[string]any)
	object = joined(object, nil)
	if err := p.setPart(op, object, part); err != nil {
		return err
	}
	p.resource[name] = object
	return nil
}

// selected changes those values of an attribute that satisfy the brackets.
func (p patching) selected(op Operation, a, part *attribute) error {
	if !a.MultiValued {
		return bad(InvalidPath, "%s has one value only: brackets cannot choose", a.Name)
	}
	within := filter.Within(filter.Path{Name: a.Name}, p.schema.describe)
	matches, err := filter.Compile(op.Target.Where, within)
	if err != nil {
		return bad(InvalidFilter, "path: %v", err)
	}
	return p.each(op, a, part, matches)
}

// each performs an operation on the chosen values of a list.
func (p patching) each(op Operation, a, part *attribute, chosen filter.Matcher) error {
	name := strings.ToLower(a.Name)
	old, _ := p.resource[name].([]any)
	var list, changed []any
	found := false
	for _, v := range old {
		entry, _ := v.(map[string]any)
		if !chosen(entry) {
			list = append(list, v)
			continue
		}
		found = true
		if op.Op == "remove" && part == nil {
			continue
		}
		after, err := p.entry(op, a, part, entry)
		if err != nil {
			return err
		}
		list, changed = append(list, after), append(changed, after)
	}
	if !found {
		return p.addEntry(op, a, part, old)
	}
	return p.setList(name, a, list, changed)
}

// entry is a value of a list after the operation: replaced, joined with the new
// one, or with one part changed.
func (p patching) entry(op Operation, a, part *attribute, entry Document) (Document, error) {
	if part != nil {
		entry = joined(entry, nil)
		return entry, p.setPart(op, entry, part)
	}
	value, err := p.single(a, op.Value)
	if err != nil {
		return nil, err
	}
	if op.Op == "add" {
		return joined(entry, value.(map[string]any)), nil
	}
	return value.(map[string]any), nil
}

// addEntry is what happens when nothing is chosen. Without brackets the list is
// empty: setting a part makes the first value. With them, "add" makes a value that
// satisfies them, where they say how (emails[type eq "work"].value); anything else
// has no target (RFC 7644 section 3.5.2.3).
func (p patching) addEntry(op Operation, a, part *attribute, old []any) error {
	fresh := Document{}
	if op.Target.Where == nil {
		if op.Op == "remove" {
			return nil
		}
	} else if op.Op != "add" || !p.foresee(a, op.Target.Where, fresh) {
		return bad(NoTarget, "no value of %s satisfies the path", a.Name)
	}
	entry, err := p.entry(op, a, part, fresh)
	if err != nil {
		return err
	}
	return p.setList(strings.ToLower(a.Name), a, append(slices.Clone(old), entry), []any{entry})
}

// foresee fills in what a value must hold to satisfy a filter of "eq" and "and".
func (p patching) foresee(a *attribute, where filter.Expr, into Document) bool {
	switch e := where.(type) {
	case filter.And:
		return p.foresee(a, e.Left, into) && p.foresee(a, e.Right, into)
	case filter.Test:
		part := a.part(e.Path.Name)
		if e.Op != filter.Equal || part == nil || e.Value == nil {
			return false
		}
		return p.put(into, strings.ToLower(part.Name), part, e.Value) == nil
	}
	return false
}

func (p patching) setPart(op Operation, object Document, part *attribute) error {
	name := strings.ToLower(part.Name)
	value, err := p.value(part, op.Value)
	if err != nil {
		return err
	}
	if op.Op == "remove" || value == nil {
		return p.remove(object, name, part)
	}
	object[name] = value
	return nil
}

// remove takes a member away. What is required cannot go, and neither can active:
// without it nobody could tell whether the person may come in.
func (p patching) remove(object Document, name string, a *attribute) error {
	if a.Required || a.Name == "active" {
		return bad(Mutability, "%s cannot be removed", a.Name)
	}
	delete(object, name)
	return nil
}

// setList stores a list: no value twice, and of two primary ones only that which
// the operation brought.
func (p patching) setList(name string, a *attribute, list, changed []any) error {
	if len(list) > maxValues {
		return bad(InvalidValue, "%s has more than %d values", a.Name, maxValues)
	}
	if slices.ContainsFunc(changed, isPrimary) {
		for i, v := range list {
			if isPrimary(v) && !contains(changed, v) {
				demoted := joined(v.(map[string]any), nil)
				delete(demoted, "primary")
				list[i] = demoted
			}
		}
	}
	var distinct []any
	for _, v := range list {
		if !contains(distinct, v) {
			distinct = append(distinct, v)
		}
	}
	if distinct == nil {
		delete(p.resource, name)
		return nil
	}
	p.resource[name] = distinct
	return nil
}

func isPrimary(v any) bool {
	object, ok := v.(map[string]any)
	return ok && object["primary"] == true
}

func contains(list []any, v any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(other, v) })
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
