package target

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"rollcall.example/simulator/provision"
)

// A tenant that has no groups leaves none behind: a run that was killed before it heard so
// has one in its ledger. What answers for something else says nothing of groups.
func TestATenantWithoutGroupsHasNoneLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		none   bool
	}{
		"no endpoint":      {404, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}`, true},
		"no such page":     {404, `<html>not found</html>`, false},
		"something else":   {404, `{"error": "no route"}`, false},
		"not to be seen":   {403, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "403"}`, false},
		"nobody is in it":  {200, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []}`, true},
		"an error as list": {200, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			product := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(product.Close)
			client, err := provision.NewClient(provision.Options{BaseURL: product.URL, Token: "t", Transport: http.DefaultTransport})
			if err != nil {
				t.Fatal(err)
			}
			paths, err := desk{client: client}.findGroup(t.Context(), &Thing{Name: "Rebels"})
			if len(paths) > 0 || (err == nil) != c.none {
				t.Errorf("%v, %v", paths, err)
			}
		})
	}
}
