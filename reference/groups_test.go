package reference_test

import (
	"encoding/json"
	"net/http"
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
