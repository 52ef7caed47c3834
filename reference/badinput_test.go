package reference_test

import (
	"net/http"
	"strings"
	"testing"

	"rollcall.example/reference/web/wire"
)

// badBodies are bodies that no JSON endpoint takes, with the answer to each.
var badBodies = map[string]struct {
	kind, body string
	status     int
}{
	"empty":           {"application/json", "", 400},
	"not JSON":        {"application/json", "hello", 400},
	"truncated":       {"application/json", `{"name":`, 400},
	"two values":      {"application/json", `{} {}`, 400},
	"an array":        {"application/json", `[]`, 400},
	"a number":        {"application/json", `1`, 400},
	"unknown member":  {"application/json", `{"surprise":1}`, 400},
	"a member twice":  {"application/json", `{"name":"a","name":"b"}`, 400},
	"twice by case":   {"application/json", `{"name":"a","NAME":"b"}`, 400},
	"not UTF-8":       {"application/json", "{\"name\":\"\xff\"}", 400},
	"NUL":             {"application/json", `{"name":"\u0000"}`, 400},
	"deep":            {"application/json", strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000), 400},
	"deep array":      {"application/json", strings.Repeat("[", 500000), 400},
	"too large":       {"application/json", `{"name":"` + strings.Repeat("a", wire.MaxBody) + `"}`, 413},
	"a form":          {"application/x-www-form-urlencoded", "name=a", 415},
	"no content type": {"", `{}`, 415},
	"broken type":     {"application/json; charset", `{}`, 415},
}

// TestNoBadBodyGetsThrough sends them to every endpoint that reads JSON.
func TestNoBadBodyGetsThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	account := w.look(admin.Person).Accounts[0].ID
	before := w.events()
	own := map[string]string{"Origin": w.server.URL}
	trusted := map[string]string{"Authorization": "Bearer " + w.app.ProbeToken()}
	const api, one = "/api/v1/organizations/acme", "/probe/v1/organizations/"
	for _, endpoint := range []struct {
		method, path string
		headers      map[string]string
	}{
		{"PATCH", api + "/members/" + account, own},
		{"POST", api + "/teams", own},
		{"PUT", api + "/teams/" + w.organization.Teams[0].ID + "/members/" + account, own},
		{"PATCH", api + "/sso/" + w.organization.Provider, own},
		{"POST", api + "/sso/" + w.organization.Provider + "/token", own},
		{"POST", api + "/tokens", own},
		{"POST", "/probe/v1/look", trusted},
		{"POST", "/probe/v1/arrange/role", trusted},
		{"POST", "/probe/v1/arrange/team", trusted},
		{"POST", "/probe/v1/arrange/join", trusted},
		{"POST", "/probe/v1/arrange/leave", trusted},
		{"POST", "/probe/v1/arrange/remove", trusted},
		{"POST", "/probe/v1/arrange/disband", trusted},
		{"POST", "/probe/v1/arrange/token", trusted},
		{"POST", "/probe/v1/organizations", trusted},
		{"PATCH", one + w.organization.Organization, trusted},
		{"POST", one + w.organization.Organization + "/providers", trusted},
		{"PUT", one + w.organization.Organization + "/provider", trusted},
		{"POST", one + w.organization.Organization + "/token", trusted},
		{"POST", one + w.organization.Organization + "/clock", trusted},
	} {
		for name, bad := range badBodies {
			headers := map[string]string{"Content-Type": bad.kind}
			for key, value := range endpoint.headers {
				headers[key] = value
			}
			status, body := w.change(admin.client, endpoint.method, endpoint.path, bad.body, headers)
			if status != bad.status || !strings.HasPrefix(body, `{"error":"`) {
				t.Errorf("%s %s, %s: %d, want %d: %.200s", endpoint.method, endpoint.path, name, status, bad.status, body)
			}
		}
	}
	if after := w.events(); after != before {
		t.Errorf("%d rows were added to the audit log", after-before)
	}
}

// events counts the rows of the audit log.
func (w *world) events() int {
	w.t.Helper()
	var log struct{ Events []any }
	w.probe("GET", "/organizations/"+w.organization.Organization+"/audit", nil, http.StatusOK, &log)
	return len(log.Events)
}

// TestNoBadAddressBreaksAnything asks for what is not there, in every way.
func TestNoBadAddressBreaksAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	other := w.found("Other", newIdentity(t, "other", "other-tenant"), "enabled")
	own := map[string]string{"Origin": w.server.URL}
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nothing", 404},
		{"GET", "/static/nothing.css", 404},
		{"GET", "/static/..%2fweb.go", 404},
		{"GET", "/organizations/other", 404},
		{"GET", "/organizations/%00", 404},
		{"GET", "/organizations/other/people", 404},
		{"GET", "/organizations/acme/people?page=x", 400},
		{"GET", "/organizations/acme/people?page=-1", 400},
		{"GET", "/organizations/acme/people?page=9223372036854775807", 200},
		{"GET", "/organizations/acme/people?q=%00%25_%5C%27%22%FF", 200},
		{"GET", "/organizations/acme/people?q=" + strings.Repeat("a", 100000), 400},
		{"GET", "/audit?person=" + strings.Repeat("a", 100000), 200},
		{"POST", "/organizations/acme/sessions/nothing/end", 404},
		{"POST", "/organizations/acme/tokens/nothing/revoke", 404},
		{"POST", "/organizations/other/sessions/nothing/end", 404},
		{"POST", "/organizations/acme/members/nobody/role?page=x", 422},
		{"GET", "/teams/nothing", 404},
		{"GET", "/teams/" + other.Teams[0].ID, 404},
		{"GET", "/settings/sso/nothing", 404},
		{"GET", "/settings/sso/" + other.Provider + "?show=token", 404},
		{"POST", "/settings/sso/" + other.Provider + "/expire", 404},
		{"POST", "/settings/sso/" + w.organization.Provider + "/rotate", 400},
		{"POST", "/settings/sso/" + w.organization.Provider + "/state", 422},
		{"GET", "/audit?page=x", 400},
		{"GET", "/audit?page=-1", 400},
		{"GET", "/audit?page=9223372036854775807", 200},
		{"GET", "/audit?person=nobody@nowhere.test", 200},
		{"GET", "/login?organization=nobody", 404},
		{"DELETE", "/organizations/acme", 405},
		{"GET", "/login/sso/saml/consume", 405},
		{"GET", "/api/v1/nothing", 404},
		{"GET", "/api/v1/organizations/other/members", 404},
		{"GET", "/api/v1/organizations/other/sso/" + other.Provider, 404},
		{"GET", "/api/v1/organizations/acme/sso/" + other.Provider, 404},
		{"GET", "/api/v1/organizations/acme/teams/" + other.Teams[0].ID, 404},
		{"GET", "/api/v1/organizations/acme/audit?after=x", 400},
		{"GET", "/api/v1/organizations/acme/audit?after=9223372036854775807", 200},
		{"DELETE", "/api/v1/organizations/acme/members/nobody", 404},
		{"DELETE", "/api/v1/organizations/acme/tokens/nothing", 404},
		{"DELETE", "/api/v1/me", 405},
		{"TRACE", "/api/v1/me", 405},
	} {
		status, body := w.change(admin.client, c.method, c.path, "", own)
		if status != c.status {
			t.Errorf("%s %s: %d, want %d: %.200s", c.method, c.path, status, c.status, body)
		}
		if isAPI := strings.HasPrefix(c.path, "/api/"); isAPI != strings.HasPrefix(body, "{") && isAPI != strings.HasPrefix(body, "[") {
			t.Errorf("%s %s: the answer has the wrong form: %.100s", c.method, c.path, body)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	for _, path := range []string{"/", "/login", "/nothing", "/organizations/acme", "/api/v1/me", "/static/rollcall.css", "/probe/v1", "/scim/v2/x/Users"} {
		answer, _ := w.send(m.client, w.request("GET", w.server.URL+path, nil))
		for name, part := range map[string]string{
			"Content-Security-Policy": "default-src 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
		} {
			if !strings.Contains(answer.Header.Get(name), part) {
				t.Errorf("%s: %s is %q", path, name, answer.Header.Get(name))
			}
		}
	}
}
