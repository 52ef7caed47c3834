package scim

import (
	"maps"
	"slices"

	"rollcall.example/reference/scim/filter"
)

// patching applies operations to a resource, held to its schema. It changes a
// copy that the caller throws away on the first error, which makes the whole
// request atomic.
type patching struct {
	coercion
	unmatched func(operation string) Unmatched
	schema    *schema
	resource  Document
}

// apply performs one operation.
func (p patching) apply(op Operation) error {
	if op.Target == nil {
		return p.merge(op, p.schema)
	}
	at, ok := p.schema.find(op.Target.Path)
	switch {
	case !ok:
		return bad(InvalidPath, "there is no attribute %s", quote(op.Target.String()))
	case at.whole == nil && op.Target.Where != nil:
		return bad(InvalidPath, "%s is a schema: brackets cannot choose", quote(op.Target.String()))
	case at.whole == nil:
		return p.wholeSchema(op, at.of)
	case at.whole.readOnly():
		return bad(Mutability, "%s is read-only", at.whole.Name)
	case at.last().readOnly():
		return bad(Mutability, "%s.%s is read-only", at.whole.Name, at.part.Name)
	}
	return p.within(at.of, func(object Document) error {
		return member{p, object, at.whole, at.part}.change(op)
	})
}

// within lets change work on the object that holds the attributes of a schema: the
// resource, or a copy of what it has of an extension, which goes when it is empty.
func (p patching) within(of *schema, change func(Document) error) error {
	if of == p.schema {
		return change(p.resource)
	}
	old, _ := p.resource[of.key].(map[string]any)
	object := joined(old, nil)
	if err := change(object); err != nil {
		return err
	}
	if p.resource[of.key] = object; len(object) == 0 {
		delete(p.resource, of.key)
	}
	p.schema.nameSchemas(p.resource)
	return nil
}

// wholeSchema performs an operation whose path is a schema's URN.
func (p patching) wholeSchema(op Operation, of *schema) error {
	switch {
	case op.Op != "remove":
		return p.merge(op, of)
	case of == p.schema:
		return bad(Mutability, "the core schema cannot be removed")
	}
	object, _ := p.resource[of.key].(map[string]any)
	for _, a := range of.attributes {
		if object[a.key] == nil || a.readOnly() {
			continue
		}
		target := filter.Target{Path: filter.Path{Schema: of.id, Name: a.Name}}
		if err := p.apply(Operation{Op: op.Op, Target: &target}); err != nil {
			return err
		}
	}
	return nil
}

// merge performs an operation without a path of its own: each member of its value is
// one of its own. A member's name may be a path, as Entra sends "name.givenName", or an
// extension; members that nobody knows are ignored, as they are when a resource is
// created.
func (p patching) merge(op Operation, of *schema) error {
	if op.Op == "remove" {
		return bad(NoTarget, "remove needs the path of an attribute")
	}
	members, ok := op.Value.(map[string]any)
	if !ok {
		return bad(InvalidValue, "without a path, the value must be an object of attributes")
	}
	for _, name := range sortedNames(members) {
		target, err := filter.ParseTarget(name)
		if err != nil || of == p.schema && p.echoed(name, members[name]) {
			continue
		}
		if of != p.schema && target.Schema == "" {
			target.Schema = of.id
		}
		at, known := p.schema.find(target.Path)
		if !known || of != p.schema && at.whole != nil && at.last().readOnly() {
			continue
		}
		if at.whole == nil && members[name] == nil {
			continue // an extension of which nothing is said
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
