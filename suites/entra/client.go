// Package entra holds the specs about what Microsoft Entra's provisioning service does
// with a product: it looks for somebody, creates or changes them, disables and restores
// them, and does the same with groups. Its validator's cases are among them.
package entra

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/entra"
	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// service is Entra's provisioning service, at work on one connection.
type service struct{ *spec.Client }

// typed is what Entra says of its bodies.
var typed = spec.Header("Content-Type", entra.ContentType)

// person is how Entra first tells a product of somebody, with what its attribute
// mapping sends in any case, and the changes.
func (s service) person(name string, changes ...spec.Change) spec.Body {
	return s.User(name, append([]spec.Change{
		spec.With("name.formatted", name), spec.With("roles", []any{}), spec.With("meta", spec.Body{"resourceType": "User"}),
	}, changes...)...)
}

// post tells the product of somebody, or of a group, for the first time.
func (s service) post(ctx context.Context, body spec.Body) provision.Answer {
	collection := "/Users"
	if body["userName"] == nil {
		collection = "/Groups"
	}
	return s.Post(ctx, collection, body, typed)
}

// provision is post, where that it succeeds is taken for granted.
func (s service) provision(ctx context.Context, body spec.Body) *spec.Resource {
	return s.Create(ctx, body, typed)
}

// patch sends a change.
func (s service) patch(ctx context.Context, r *spec.Resource, operations []entra.Operation) provision.Answer {
	return s.Call(ctx, http.MethodPatch, r.Path, spec.PatchBody(operations...), typed)
}

// find looks for users, by attribute and value in turns.
func (s service) find(ctx context.Context, pairs ...string) provision.Answer {
	return s.List(ctx, "/Users", spec.RawQuery(entra.Match(pairs...)))
}

// findGroup looks for a group.
func (s service) findGroup(ctx context.Context, displayName string) provision.Answer {
	return s.List(ctx, "/Groups", spec.RawQuery(entra.MatchGroup(displayName)))
}

// beDone holds for an answer to a change that was made: Entra takes either.
func beDone() types.GomegaMatcher { return HaveStatus(http.StatusOK, http.StatusNoContent) }

// text is an attribute of a resource as it was sent.
func text(r *spec.Resource, name string) string {
	said, _ := r.Body[name].(string)
	return said
}

// with has Entra do what a section's plain client would.
func with(body func(s service, product *spec.Product)) func(*spec.Client, *spec.Product) {
	return func(client *spec.Client, product *spec.Product) { body(service{client}, product) }
}

// eachManner builds a spec for each way in which Entra words a change.
func eachManner(title, clause string, body func(ctx SpecContext, m entra.Manner)) {
	for _, m := range entra.Manners() {
		It(title+" ("+string(m)+")", spec.Clause(clause).In(string(m)), func(ctx SpecContext) { body(ctx, m) })
	}
}
