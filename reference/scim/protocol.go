package scim

import (
	"errors"
	"net/http"
	"strings"

	"rollcall.example/reference/org"
)

// Protocol is how the server understands its clients and answers them, as far as
// products are known to differ in it. Each field is one deed that can be replaced
// alone or wrapped; the others go on through the replaced one.
type Protocol struct {
	// Token finds the API token of a request; empty: none was sent.
	Token func(*http.Request) string

	// Boolean reads a JSON value that stands for true or false. Its error goes
	// behind the attribute's name: "must be true or false".
	Boolean func(value any) (bool, error)

	// Read makes a record say what the body of a POST or PUT says, or what a
	// resource says after a PATCH. It changes no more than the kept attributes.
	Read func(body Document, into *org.Record) error

	// Operations understands the body of a PATCH request.
	Operations func(body Document) ([]Operation, error)

	// Apply performs one operation on a resource.
	Apply func(resource Document, op Operation) error

	// Select turns a filter into what to look for.
	Select func(filter string) (Selection, error)

	// Immutable judges a change of a value that is set once (RFC 7643 section 7). Its
	// error goes behind the attribute's name: "is set already and cannot change".
	Immutable func(before, after any) error

	// Unmatched says what an operation of a PATCH request does when the brackets in its
	// path choose no value.
	Unmatched func(operation string) Unmatched

	// Render shows a record that lives at the location.
	Render func(record org.Record, location string) Document

	// ReadGroup makes a group say what the body of a POST or PUT says, or what a resource
	// says after a PATCH; of its Members, the ids.
	ReadGroup func(body Document, into *org.Group) error

	// ChangeMembers does what an operation of a PATCH request says of the members of a
	// group. Rest is what it says of other attributes; nil for nothing. What is not
	// understood is done on the group as a whole, with its members.
	ChangeMembers func(op Operation, e *org.GroupEdit) (rest *Operation, understood bool, err error)

	// ApplyGroup performs one operation on a group.
	ApplyGroup func(resource Document, op Operation) error

	// SelectGroups turns a filter into which groups to look for.
	SelectGroups func(filter string) (GroupSelection, error)

	// RenderGroup shows a group.
	RenderGroup func(group org.Group, at Locator) Document

	// Condition says what a request's conditions make of a resource at a version: 0 to
	// go on, 304 or 412.
	Condition func(r *http.Request, version string) int

	// Created is the status that answers a POST.
	Created int
}

// Unmatched is what becomes of an operation whose path chooses no value.
type Unmatched int

// What may become of it.
const (
	Refuse Unmatched = iota // it is refused with [NoTarget]
	Make                    // a value is made that the path chooses, where it says how
	Ignore                  // nothing happens
)

// unmatched makes what is to be added, as Entra expects. RFC 7644 refuses to replace
// what is not there (section 3.5.2.3), and takes what is not there for removed
// (section 3.5.2.2).
func unmatched(operation string) Unmatched {
	switch operation {
	case "add":
		return Make
	case "remove":
		return Ignore
	}
	return Refuse
}

// Standard returns the protocol as the standards and Okta want it, made anew each
// time.
func Standard() *Protocol {
	p := &Protocol{
		Token:      token,
		Boolean:    boolean,
		Operations: operations,
		Select:     selection,
		Immutable:  sameForGood,
		Unmatched:  unmatched,
		Render:     render,
		Condition:  condition,

		SelectGroups: selectGroups,
		RenderGroup:  renderGroup,

		Created: http.StatusCreated,
	}
	p.Read = func(body Document, into *org.Record) error { return read(p.coercion(), body, into) }
	p.Apply = func(resource Document, op Operation) error {
		return p.patching(users, resource).apply(op)
	}
	p.ReadGroup = func(body Document, into *org.Group) error { return readGroup(p.coercion(), body, into) }
	p.ApplyGroup = func(resource Document, op Operation) error {
		return p.patching(groups, resource).apply(op)
	}
	p.ChangeMembers = func(op Operation, e *org.GroupEdit) (*Operation, bool, error) {
		return changeMembers(p.coercion(), op, e)
	}
	return p
}

// coercion reads values as the protocol has it.
func (p *Protocol) coercion() coercion {
	return coercion{
		boolean:   func(value any) (bool, error) { return p.Boolean(value) },
		immutable: func(before, after any) error { return p.Immutable(before, after) },
	}
}

// patching works on a resource as the protocol has it.
func (p *Protocol) patching(s *schema, resource Document) patching {
	return patching{p.coercion(), p.Unmatched, s, resource}
}

// patch performs operations on a record, all or none. Under some rules the domain
// hands over a record of nobody, to see what becomes of it; as every resource needs
// a name, it goes by its id.
func (p *Protocol) patch(ops []Operation, record *org.Record) error {
	resource := documentOf(*record)
	if record.Version == 0 {
		resource["username"] = record.ID
	}
	for i, op := range ops {
		if err := p.Apply(resource, op); err != nil {
			return inOperation(i, err)
		}
	}
	return p.Read(resource, record)
}

// token reads "Bearer <token>" and, as Okta's header mode has it, the token alone.
func token(r *http.Request) string {
	values := r.Header.Values("Authorization")
	if len(values) != 1 || !isText(values[0]) {
		return ""
	}
	fields := strings.Fields(values[0])
	switch {
	case len(fields) == 2 && strings.EqualFold(fields[0], "Bearer"):
		return fields[1]
	case len(fields) == 1 && !strings.EqualFold(fields[0], "Bearer"):
		return fields[0]
	}
	return ""
}

// boolean takes JSON's true and false, and the same as text in any case, which is
// how Entra sends them.
func boolean(value any) (bool, error) {
	switch v := value.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(v) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, errors.New("must be true or false")
}
