package scim

import (
	"maps"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim/filter"
)

// patchGroup performs operations on a group, all or none. What identity providers send
// (some members come by their ids, go, or are all that there shall be) is done without
// reading who is in the group. Only for any other path into the members they are read,
// and the operations done on the group as a whole.
func (p *Protocol) patchGroup(ops []Operation, e *org.GroupEdit) error {
	resource := groupDocument(e.Group, nowhere)
	for i, op := range ops {
		rest, understood, err := p.ChangeMembers(op, e)
		if err == nil && !understood {
			return p.patchWholeGroup(ops, e)
		}
		if err == nil && rest != nil {
			err = p.ApplyGroup(resource, *rest)
		}
		if err != nil {
			return inOperation(i, err)
		}
	}
	return p.ReadGroup(resource, &e.Group)
}

// patchWholeGroup performs operations on a group with its members.
func (p *Protocol) patchWholeGroup(ops []Operation, e *org.GroupEdit) error {
	var err error
	if e.Members, err = e.Current(); err != nil {
		return err
	}
	resource := groupDocument(e.Group, nowhere)
	for i, op := range ops {
		if err := p.ApplyGroup(resource, op); err != nil {
			return inOperation(i, err)
		}
	}
	if err := p.ReadGroup(resource, &e.Group); err != nil {
		return err
	}
	e.Replace(ids(e.Members)...)
	return nil
}

// nowhere is the [Locator] of what nobody is going to see.
func nowhere(string, string) string { return "" }

// changeMembers does what an operation says of members. The rest is what it says of
// other attributes; nil for nothing. An operation that names members in any but the
// plain ways is not understood.
func changeMembers(c coercion, op Operation, e *org.GroupEdit) (rest *Operation, understood bool, err error) {
	if op.Target == nil {
		return membersAmong(c, op, e)
	}
	at, ok := groups.find(op.Target.Path)
	switch {
	case !ok || at.whole != nil && at.whole != membersOf:
		return &op, true, nil
	case at.whole == nil || at.part != nil:
		return nil, false, nil
	case op.Target.Where != nil:
		id, ok := memberWhere(op.Target.Where)
		if ok = ok && op.Op == "remove"; ok {
			e.Remove(id)
		}
		return nil, ok, nil
	}
	return nil, true, setMembers(c, op.Op, op.Value, e)
}

// membersAmong does what an operation without a path says of members, among others.
func membersAmong(c coercion, op Operation, e *org.GroupEdit) (rest *Operation, understood bool, err error) {
	value, ok := op.Value.(map[string]any)
	if !ok || op.Op == "remove" {
		return &op, true, nil // there is something wrong with it
	}
	others := maps.Clone(value)
	for _, name := range sortedNames(value) {
		target, err := filter.ParseTarget(name)
		if err != nil {
			continue
		}
		at, known := groups.find(target.Path)
		switch {
		case !known || at.whole != nil && at.whole != membersOf:
			continue
		case at.whole == nil || at.part != nil || target.Where != nil:
			return nil, false, nil
		}
		if err := setMembers(c, op.Op, value[name], e); err != nil {
			return nil, true, err
		}
		delete(others, name)
	}
	op.Value = others
	return &op, true, nil
}

// setMembers adds members, removes them or makes them the only ones. To remove without
// saying whom is to remove all; Entra names them in a value.
func setMembers(c coercion, op string, value any, e *org.GroupEdit) error {
	if op == "remove" {
		if value == nil {
			e.Replace()
			return nil
		}
		value = asObjects(value)
	}
	list, err := c.value(membersOf, value)
	if err != nil {
		return err
	}
	named, err := memberIDs(list)
	if err != nil {
		return err
	}
	switch op {
	case "add":
		e.Add(named...)
	case "remove":
		e.Remove(named...)
	default:
		e.Replace(named...)
	}
	return nil
}

// asObjects makes ids the members that they mean.
func asObjects(value any) any {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	objects := make([]any, len(list))
	for i, entry := range list {
		if id, ok := entry.(string); ok {
			entry = Document{"value": id}
		}
		objects[i] = entry
	}
	return objects
}

// memberWhere is the id in value eq "id".
func memberWhere(where filter.Expr) (id string, ok bool) {
	test, ok := where.(filter.Test)
	if !ok || test.Op != filter.Equal || !strings.EqualFold(test.Path.String(), "value") {
		return "", false
	}
	id, ok = test.Value.(string)
	return id, ok
}
