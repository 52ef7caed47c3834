package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"

	"rollcall.example/reference/org"
)

// How much of a body that is too large is taken off the wire before it is refused, so
// that a client which does not look up before it has sent everything sees the answer.
const patience = 16 << 20

// receive takes the body of a request that has one to say. What is wrong with it is
// told only once the request has been let in.
func (s *Server) receive(x *exchange) {
	switch x.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		x.understood = true // a body means nothing here and stays unread
		return
	}
	const roomAtFirst = 64 << 10 // what the client announces is not believed beyond that
	content := bytes.NewBuffer(make([]byte, 0, min(max(x.ContentLength, 0), roomAtFirst)+bytes.MinRead))
	_, err := content.ReadFrom(io.LimitReader(x.Body, MaxBody+1))
	x.content = content.Bytes()
	switch {
	case err != nil:
		x.problem = bad(InvalidSyntax, "the body ended before it was complete")
	case len(x.content) > MaxBody:
		_, _ = io.CopyN(io.Discard, x.Body, patience) // how it ends does not matter any more
		x.problem = &Error{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("the body is larger than %d bytes", MaxBody)}
	}
}

// understand reads the body as a JSON object, once.
func (x *exchange) understand() {
	if x.understood || x.problem != nil {
		return
	}
	x.understood = true
	if len(x.content) > 0 {
		if x.problem = checkContentType(x.Request); x.problem != nil {
			return
		}
	}
	x.body, x.problem = readDocument(x.content)
	x.content = nil
}

// admit asks the product's gates. A provider that does not exist is refused like a
// token that is wrong, so that nobody can find out which ones do.
func (s *Server) admit(x *exchange) error {
	call := org.Call{
		ProviderID: x.provider,
		Token:      s.protocol.Token(x.Request),
		Deactivation: func() bool {
			x.understand()
			return x.problem == nil && s.deactivates(x)
		},
	}
	caller, err := s.domain.Admit(x.Context(), call)
	if org.KindOf(err) == org.Unauthenticated && x.isMe() {
		caller, err = s.admitPerson(x, call)
	}
	if kind := org.KindOf(err); kind == org.NotFound || kind == org.Unauthenticated {
		return errUnauthenticated
	}
	x.caller = caller
	return err
}

var errUnauthenticated = &Error{
	Status: http.StatusUnauthorized,
	Detail: "no valid API token for this address: send it in the Authorization header",
}

// challenge tells a client that was not let in how to ask (RFC 6750 section 3).
func (s *Server) challenge(r *http.Request) string {
	if s.protocol.Token(r) == "" {
		return `Bearer realm="scim"`
	}
	return `Bearer realm="scim", error="invalid_token"`
}

// deactivates says whether a request only sets active to false, which some
// products let through while the connection is switched off. A PUT repeats the
// whole profile, so there it is the value of active that counts. A PATCH must
// change nothing else: that is tried out on a record that has every attribute.
// A bulk request comes in when one of its operations does; each is judged again when
// it is its turn.
func (s *Server) deactivates(x *exchange) bool {
	if slices.Equal(x.path, []string{"Bulk"}) && x.Method == http.MethodPost {
		return s.someDeactivates(x)
	}
	if len(x.path) != 2 || x.path[0] != "Users" {
		return false
	}
	switch x.Method {
	case http.MethodPut:
		active, given := x.body["active"]
		truth, err := s.protocol.Boolean(active)
		return given && err == nil && !truth
	case http.MethodPatch:
		return s.onlyDeactivates(x)
	}
	return false
}

func (s *Server) someDeactivates(x *exchange) bool {
	list, _ := x.body["operations"].([]any)
	return len(list) <= MaxBulkOperations && slices.ContainsFunc(list, func(entry any) bool {
		object, _ := entry.(map[string]any)
		t := readTask(object)
		if t.problem != nil {
			return false
		}
		inner, problem := s.inner(x, t.method, t.path, "", t.data)
		return problem == nil && s.deactivates(inner)
	})
}

func (s *Server) onlyDeactivates(x *exchange) bool {
	ops, err := s.protocol.Operations(x.body)
	if err != nil {
		return false
	}
	before := specimen(x.path[1])
	after := specimen(x.path[1])
	if err := s.protocol.patch(ops, &after); err != nil {
		return false
	}
	before.Active = false
	return reflect.DeepEqual(before, after)
}

const something = "rollcall-specimen"

// specimen is an active record with something in every attribute.
func specimen(id string) org.Record {
	r := org.Record{
		ID: id, UserName: something, ExternalID: something, GivenName: something, FamilyName: something, DisplayName: something,
		Emails: []org.Email{{Value: something, Display: something, Type: something, Primary: true}},
		Active: true, Version: 1,
	}
	whole := specimenOf(users)
	for _, e := range users.extensions {
		whole[e.key] = specimenOf(e)
	}
	r.Attributes = rest(whole)
	return r
}

// specimenOf has something in every attribute of a schema that a client can write.
func specimenOf(s *schema) Document {
	d := Document{}
	for _, a := range s.attributes {
		if !a.readOnly() {
			d[a.key] = a.specimen()
		}
	}
	return d
}

// specimen is a value of the attribute's type.
func (a *attribute) specimen() any {
	value := specimens[a.Type]
	switch {
	case a.key == "country":
		value = "ZZ"
	case a.Type == "complex":
		object := Document{}
		for _, part := range a.Parts {
			if !part.readOnly() {
				object[part.key] = part.specimen()
			}
		}
		value = object
	}
	if a.MultiValued {
		return []any{value}
	}
	return value
}

// specimens are values of the simple types.
var specimens = map[string]any{
	"string": something, "boolean": true, "integer": json.Number("7"), "decimal": json.Number("7.5"),
	"dateTime": "2026-01-31T12:00:00Z", "binary": "cm9sbGNhbGw=", "reference": "urn:rollcall:specimen",
}
