package reference_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestOnlyOwnPagesChangeAnything posts every form of the pages, and changes through
// the API with the session cookie, as other sites would make a browser do it.
func TestOnlyOwnPagesChangeAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	victim := w.newHire("Rey", "Palpatine")
	account := w.look(victim.Person).Accounts[0].ID
	changes := []struct{ method, path, body string }{
		{"POST", "/organizations/acme/members/" + account + "/role", "role=admin"},
		{"POST", "/organizations/acme/members/" + account + "/remove", ""},
		{"POST", "/organizations/acme/sessions/any/end", ""},
		{"POST", "/organizations/acme/tokens/any/revoke", ""},
		{"POST", "/settings/sso/" + w.organization.Provider + "/state", "state=disabled"},
		{"POST", "/settings/sso/" + w.organization.Provider + "/rotate", "overlap=0"},
		{"POST", "/settings/sso/" + w.organization.Provider + "/expire", ""},
		{"POST", "/logout", ""},
		{"PATCH", "/api/v1/organizations/acme/members/" + account, `{"role":"admin"}`},
		{"DELETE", "/api/v1/organizations/acme/members/" + account, ""},
		{"POST", "/api/v1/organizations/acme/teams", `{"name":"Sith"}`},
		{"POST", "/api/v1/organizations/acme/tokens", `{"name":"stolen"}`},
		{"PATCH", "/api/v1/organizations/acme/sso/" + w.organization.Provider, `{"state":"disabled"}`},
		{"POST", "/api/v1/organizations/acme/sso/" + w.organization.Provider + "/token", `{}`},
	}
	sites := []map[string]string{
		{},
		{"Origin": "null"},
		{"Origin": "https://evil.example"},
		{"Origin": w.server.URL + ".evil.example"},
		{"Sec-Fetch-Site": "cross-site"},
		{"Sec-Fetch-Site": "same-site"},
		{"Sec-Fetch-Site": "cross-site", "Origin": w.server.URL},
	}
	for _, change := range changes {
		for _, headers := range sites {
			if status, body := w.change(admin.client, change.method, change.path, change.body, headers); status != http.StatusForbidden {
				t.Errorf("%s %s with %v: %d, want 403: %.200s", change.method, change.path, headers, status, body)
			}
		}
	}
	if seen := w.look(victim.Person); len(seen.Memberships) != 1 || seen.Memberships[0].Role != "member" {
		t.Errorf("a change got through: %+v", seen.Memberships)
	}
	for _, headers := range []map[string]string{{"Origin": w.server.URL}, {"Sec-Fetch-Site": "same-origin"}} {
		status, body := w.change(admin.client, "POST", changes[0].path, "role=admin", headers)
		if status != http.StatusSeeOther {
			t.Errorf("our own page with %v: %d %s", headers, status, body)
		}
	}
	if seen := w.look(victim.Person); seen.Memberships[0].Role != "admin" {
		t.Error("our own page changed nothing")
	}
}

// change sends a body as its kind asks for: JSON or a form.
func (w *world) change(client *http.Client, method, path, body string, headers map[string]string) (int, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, text := w.send(client, request)
	return answer.StatusCode, string(text)
}

func TestSigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	at, err := url.Parse(w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	stolen := m.client.Jar.Cookies(at)
	if status, _ := w.change(m.client, "POST", "/logout", "", map[string]string{"Origin": w.server.URL}); status != http.StatusSeeOther {
		t.Fatalf("signing out answered %d", status)
	}
	if left := m.client.Jar.Cookies(at); len(left) > 0 {
		t.Errorf("the cookie stays: %v", left)
	}
	request := w.request("GET", w.organization.Doors.Whoami, nil)
	request.AddCookie(stolen[0])
	if answer, _ := w.send(http.DefaultClient, request); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session still opens: %d", answer.StatusCode)
	}
}
