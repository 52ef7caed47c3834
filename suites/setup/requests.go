package setup

import (
	"context"
	"strings"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/spec"
)

// request is one thing that a SCIM client may ask for. A gate that holds for one and
// not for another is no gate.
type request struct{ name, method, path string }

var requests = []request{
	{"create", "POST", "/Users"},
	{"list", "GET", "/Users"},
	{"read", "GET", "/Users/{id}"},
	{"replace", "PUT", "/Users/{id}"},
	{"patch", "PATCH", "/Users/{id}"},
}

var deletion = request{"delete", "DELETE", "/Users/{id}"}

// send asks about the person whose record has the id, with this token; a creation is of
// somebody new. Whatever is let in leaves the record as it is.
func (r request) send(ctx context.Context, okta *spec.Okta, token string, who *spec.Person, id string) provision.Answer {
	var body any
	switch r.method {
	case "POST":
		body = spec.UserBody(okta.Hire("Wedge Antilles"))
	case "PUT":
		body = spec.UserBody(who)
	case "PATCH":
		body = setActive(true)
	}
	return okta.CallWith(ctx, token, r.method, strings.ReplaceAll(r.path, "{id}", id), body)
}

// setActive is the body of a PATCH that says so of active, and nothing else.
func setActive(active bool) map[string]any {
	return map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []map[string]any{{"op": "replace", "value": map[string]any{"active": active}}},
	}
}
