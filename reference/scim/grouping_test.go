package scim_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
	"rollcall.example/reference/store"
)

const coreGroup = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`

// grouping is a client of a connection that offers groups, over the product itself.
type grouping struct {
	client
	service *org.Service
	founded org.Founded
	caller  org.Caller
}

func newGrouping(t testing.TB, options scim.Options) *grouping {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	g := &grouping{client: client{t: t}, service: org.New(s, org.NewBehaviour(org.Standard()), time.Now)}
	g.founded, err = g.service.Found(t.Context(), org.NewOrganization{
		Name: "Acme", Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled, Groups: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	g.caller = org.Caller{Organization: g.founded.Organization, Provider: g.founded.Provider, Credential: g.founded.Credential}
	options.Logger = slog.New(slog.DiscardHandler)
	g.handler = scim.New(g.service, options).Handler()
	return g
}

// base is the connection's base URL.
func (g *grouping) base() string { return "http://product.test" + scim.Prefix + g.founded.Provider.ID }

func (g *grouping) do(method, path, body string, settings ...setting) answer {
	g.t.Helper()
	r := httptest.NewRequestWithContext(g.t.Context(), method, g.base()+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+g.founded.Credential.Token)
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType)
	}
	for _, set := range settings {
		set(r)
	}
	return g.send(r)
}

// person makes a user and gives the id.
func (g *grouping) person(name string) string {
	g.t.Helper()
	a := g.do("POST", "/Users", `{`+coreUser+`,"userName":"`+name+`@acme.test","displayName":"`+name+`"}`).want(g.t, http.StatusCreated)
	return a.object["id"].(string)
}

// made makes a group with these members and gives the id.
func (g *grouping) made(name string, members ...string) string {
	g.t.Helper()
	a := g.do("POST", "/Groups", `{`+coreGroup+`,"displayName":"`+name+`","members":`+values(members...)+`}`).want(g.t, http.StatusCreated)
	return a.object["id"].(string)
}

// values are members by their ids, as JSON.
func values(ids ...string) string {
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = fmt.Sprintf(`{"value":%q}`, id)
	}
	return "[" + strings.Join(entries, ",") + "]"
}

func (g *grouping) patch(id, operations string, settings ...setting) answer {
	g.t.Helper()
	return g.do("PATCH", "/Groups/"+id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`+operations+`}`, settings...)
}

// membersOf are the ids of the members in a resource, sorted.
func membersOf(resource map[string]any) []string {
	list, _ := resource["members"].([]any)
	var ids []string
	for _, entry := range list {
		ids = append(ids, entry.(map[string]any)["value"].(string))
	}
	slices.Sort(ids)
	return ids
}

// holds reads the group and compares who is in it.
func (g *grouping) holds(id string, want ...string) {
	g.t.Helper()
	got := membersOf(g.do("GET", "/Groups/"+id, "").want(g.t, http.StatusOK).object)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		g.t.Errorf("the group holds %q, want %q", got, want)
	}
}
