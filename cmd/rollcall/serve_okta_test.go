package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rollcall.example/simulator/provision"
)

// manage calls the management API of the fake Okta and returns status and body.
func (s *serving) manage(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, s.OktaAPI+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "SSWS "+s.OktaAPIToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]any
	if len(text) > 0 {
		if err := json.Unmarshal(text, &said); err != nil {
			t.Fatalf("%s %s: %s", method, path, text)
		}
	}
	return response.StatusCode, said
}

// user finds somebody in the product over SCIM, as Okta's CRUD test looks.
func (s *serving) user(t *testing.T, userName string) *provision.Object {
	t.Helper()
	client, err := provision.NewClient(provision.Options{BaseURL: s.SCIMBaseURL, Token: s.SCIMToken})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Find(t.Context(), userName)
	if err != nil {
		t.Fatal(err)
	}
	list, err := answer.List()
	if err != nil || len(list.Resources) != 1 {
		t.Fatalf("%d %s, %v", answer.Status, answer.Body, err)
	}
	return list.Resources[0]
}

// The steps of the CRUD test that Okta has a vendor run, against the reference.
func TestServeRunsOktasCRUDTest(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const login = "runscope@rollcall.test"
	profile := func(first string) string {
		return `"profile":{"firstName":"` + first + `","lastName":"Test","email":"` + login + `","login":"` + login + `"}`
	}
	if status, app := s.manage(t, "GET", "/apps/"+url.PathEscape(s.OktaApp), ""); status != 200 || app["id"] != s.OktaApp {
		t.Fatalf("%d %v", status, app)
	}
	status, made := s.manage(t, "POST", "/users?activate=true", `{`+profile("Runscope")+`,"credentials":{"password":{"value":"Rcrd-0-Bckp"}}}`)
	id, _ := made["id"].(string)
	if status != 200 || id == "" {
		t.Fatalf("%d %v", status, made)
	}
	assign := `{"id":"` + id + `","scope":"USER","credentials":{"userName":"` + login + `"}}`
	do := func(method, path, body string, want int) {
		t.Helper()
		if status, said := s.manage(t, method, path, body); status != want {
			t.Fatalf("%s %s: %d %v", method, path, status, said)
		}
	}
	do("POST", "/apps/"+s.OktaApp+"/users", assign, 200)
	if user := s.user(t, login); user.Inactive() || !strings.Contains(string(user.Raw("name")), `"Runscope"`) {
		t.Errorf("created: %s", user.Raw("name"))
	}
	do("PUT", "/users/"+id, `{`+profile("Updated")+`}`, 200)
	if user := s.user(t, login); !strings.Contains(string(user.Raw("name")), `"Updated"`) {
		t.Errorf("updated: %s", user.Raw("name"))
	}
	do("POST", "/users/"+id+"/lifecycle/deactivate", "", 200)
	if !s.user(t, login).Inactive() {
		t.Error("deactivated, and active in the product")
	}
	do("POST", "/users/"+id+"/lifecycle/activate", "", 200)
	do("POST", "/apps/"+s.OktaApp+"/users", assign, 200)
	if s.user(t, login).Inactive() {
		t.Error("activated and assigned, and inactive in the product")
	}
	do("DELETE", "/apps/"+s.OktaApp+"/users/"+id, "", 204)
	if !s.user(t, login).Inactive() {
		t.Error("unassigned, and active in the product")
	}
}
