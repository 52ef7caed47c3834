package scim

import (
	"context"
	"strings"

	"rollcall.example/suites/spec"
)

// known is a person whose user name begins with the tag of the spec, so that a filter
// can ask for the people of this spec and nobody else: see [among].
func known(client *spec.Client, name string, changes ...spec.Change) spec.Body {
	local := client.Tag() + "." + strings.ReplaceAll(strings.ToLower(name), " ", ".")
	return client.User(name, append([]spec.Change{spec.With("userName", local+"@rollcall.test")}, changes...)...)
}

// crew makes people of these names, in this order; see [known].
func crew(ctx context.Context, client *spec.Client, names ...string) []*spec.Resource {
	made := make([]*spec.Resource, len(names))
	for i, name := range names {
		made[i] = client.Create(ctx, known(client, name))
	}
	return made
}

// everybody is a filter that the people of this spec match and nobody else.
func everybody(client *spec.Client) string {
	return "userName sw " + spec.Quoted(client.Tag()+".")
}

// among asks a filter about the people of this spec alone.
func among(client *spec.Client, filter string) string {
	return everybody(client) + " and (" + filter + ")"
}
