package reference_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// scim sends a request to the connection and reads the answer.
func (w *world) scim(to connection, method, path string, body any, status int) map[string]any {
	w.t.Helper()
	request := w.request(method, to.SCIM.BaseURL+path, body)
	request.Header.Set("Authorization", "Bearer "+to.SCIM.Token)
	request.Header.Set("Content-Type", "application/scim+json")
	got, answer := w.send(http.DefaultClient, request)
	if got.StatusCode != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.StatusCode, status, answer)
	}
	var object map[string]any
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &object); err != nil {
			w.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return object
}

func TestAnOrganizationMayBeFoundedWithGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.scim(w.organization, "GET", "/Groups", nil, http.StatusNotFound)
	var with, second connection
	provider := map[string]any{"kind": "okta", "state": "enabled", "idp_metadata": string(w.identity.Metadata())}
	w.probe("POST", "/organizations", map[string]any{"name": "Grouped", "provider": provider, "groups": true}, http.StatusCreated, &with)
	w.probe("POST", "/organizations/"+with.Organization+"/providers", provider, http.StatusCreated, &second)
	for _, to := range []connection{with, second} {
		person := w.scim(to, "POST", "/Users", map[string]any{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "han@rebels.test"}, http.StatusCreated)
		w.scim(to, "POST", "/Groups", map[string]any{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Pilots",
			"members": []map[string]any{{"value": person["id"]}}}, http.StatusCreated)
	}
	var seats struct{ Open int }
	w.probe("GET", "/organizations/"+with.Organization+"/seats", nil, http.StatusOK, &seats)
	if seats.Open != 0 {
		t.Errorf("%d seats are open after a push, want none", seats.Open)
	}
	w.probe("DELETE", "/organizations/"+with.Organization, nil, http.StatusNoContent, nil)
}

// TestGroupsAreShown lets a group be pushed to somebody's organization, whose
// administrators see it on the page of the teams and in the API.
func TestGroupsAreShown(t *testing.T) {
	t.Parallel()
	w := listen(t)
	w.identity = newIdentity(t, "acme", "okta")
	w.probe("POST", "/organizations", map[string]any{
		"name": "Acme", "groups": true, "founder": true,
		"provider": map[string]any{"kind": "okta", "state": "enabled", "idp_metadata": string(w.identity.Metadata())},
	}, http.StatusCreated, &w.organization)
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	ben, rey := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"}), w.newHire("Rey", "Palpatine")
	w.scim(w.organization, "POST", "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Jedi", "externalId": "00g1",
		"members": []map[string]any{{"value": w.look(rey.Person).Records[0].ID}}}, http.StatusCreated)
	var groups []struct {
		Name       string
		ExternalID string `json:"external_id"`
		Team, Role string
		Size       int
	}
	const at = "/organizations/acme"
	w.as(w.tokenOf(rey.Person), "GET", at+"/groups", "", http.StatusForbidden, nil)
	w.as(w.tokenOf(ben.Person), "GET", at+"/groups", "", http.StatusOK, &groups)
	if len(groups) != 1 || groups[0].Name != "Jedi" || groups[0].ExternalID != "00g1" || groups[0].Size != 1 || groups[0].Role != "member" {
		t.Fatalf("groups %+v", groups)
	}
	for who, sees := range map[member]bool{ben: true, rey: false} {
		if _, page := w.get(who.client, at+"/teams"); strings.Contains(page, "Groups") != sees {
			t.Errorf("groups are on the page of %s: want %t\n%s", who.Login(), sees, page)
		}
	}
	if _, page := w.get(rey.client, "/teams/"+groups[0].Team); !strings.Contains(page, "in a group that the identity provider pushes") {
		t.Errorf("the team's page does not say why rey is in it\n%s", page)
	}
	seen := w.look(rey.Person)
	if len(seen.Memberships[0].Teams) != 1 || seen.Memberships[0].Teams[0].Slug != "jedi" {
		t.Errorf("rey is in %v", seen.Memberships[0].Teams)
	}
}
