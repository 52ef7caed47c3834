package reference_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// as calls the API with an API token, and decodes the answer where there is one.
func (w *world) as(token, method, path, body string, status int, into any) {
	w.t.Helper()
	headers := map[string]string{"Authorization": "Bearer " + token}
	got, text := w.change(http.DefaultClient, method, "/api/v1"+path, body, headers)
	if got != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, text)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
}

// tokenOf issues an API token for a member.
func (w *world) tokenOf(person *simulator.Person) string {
	w.t.Helper()
	return w.issueToken(w.look(person).Accounts[0].ID)
}

func TestOneLooksAfterOnesOwnTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	const tokens = "/organizations/acme/tokens"
	status, body := w.change(m.client, "POST", "/api/v1"+tokens, `{"name":"ci"}`, map[string]string{"Origin": w.server.URL})
	var made struct{ ID, Name, Secret string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated || made.Name != "ci" || made.Secret == "" {
		t.Fatalf("%d %s %v", status, body, err)
	}
	if _, list := w.get(m.client, "/api/v1"+tokens); !strings.Contains(list, made.ID) || strings.Contains(list, made.Secret) {
		t.Errorf("the list shows no token, or its secret: %s", list)
	}
	var me struct{ Email string }
	w.as(made.Secret, "GET", "/me", "", 200, &me)
	if me.Email != m.Email() {
		t.Errorf("the token is %s's", me.Email)
	}
	other := w.tokenOf(w.newHire("Lando", "Calrissian").Person)
	w.as(other, "DELETE", tokens+"/"+made.ID, "", 404, nil)
	w.as(made.Secret, "DELETE", tokens+"/"+made.ID, "", 204, nil)
	w.as(made.Secret, "GET", "/me", "", 401, nil)
	w.as(other, "GET", "/me", "", 200, nil)
}

func TestABadTokenIsNotMadeUpForByACookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	for _, authorization := range []string{"Bearer wrong", "Bearer ", "Basic abc", "wrong"} {
		request := w.request("GET", w.organization.Doors.Whoami, nil)
		request.Header.Set("Authorization", authorization)
		answer, _ := w.send(m.client, request)
		if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q: %d", authorization, answer.StatusCode)
		}
	}
}

func TestAdminsLookAfterMembersAndMembersDoNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.tokenOf(w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"}).Person)
	rey := w.newHire("Rey", "Palpatine")
	member, account := w.tokenOf(rey.Person), w.look(rey.Person).Accounts[0].ID
	const at = "/organizations/acme"
	one, place := at+"/members/"+account, at+"/teams/"+w.team("core")+"/members/"+account
	for _, c := range []struct{ method, path, body string }{
		{"PATCH", one, `{"role":"admin"}`},
		{"DELETE", one, ""},
		{"POST", at + "/teams", `{"name":"Sith"}`},
		{"PUT", place, `{}`},
		{"DELETE", place, ""},
		{"GET", at + "/audit", ""},
		{"GET", at + "/sso/" + w.organization.Provider, ""},
		{"PATCH", at + "/sso/" + w.organization.Provider, `{"state":"disabled"}`},
		{"POST", at + "/sso/" + w.organization.Provider + "/token", `{}`},
	} {
		w.as(member, c.method, c.path, c.body, 403, nil)
	}
	var members []struct{ ID, Role string }
	w.as(member, "GET", at+"/members", "", 200, &members)
	if len(members) != 3 {
		t.Errorf("members %v", members)
	}
	w.as(admin, "PATCH", one, `{"role":"admin"}`, 204, nil)
	w.as(member, "GET", at+"/audit", "", 200, nil)
	w.as(admin, "PATCH", one, `{"role":"member"}`, 204, nil)
	w.as(admin, "PUT", place, `{"role":"maintainer"}`, 204, nil)
	if seen := w.look(rey.Person); len(seen.Memberships[0].Teams) != 2 {
		t.Errorf("teams %v", seen.Memberships[0].Teams)
	}
	w.as(admin, "DELETE", place, "", 204, nil)
	w.as(admin, "POST", at+"/teams", `{"name":"Jedi","default_role":"maintainer"}`, 201, nil)
	w.as(admin, "DELETE", one, "", 204, nil)
	w.as(member, "GET", "/me", "", 401, nil)
	if status, _ := w.get(rey.client, "/api/v1/me"); status != http.StatusUnauthorized {
		t.Errorf("the session of a member who was removed answers %d", status)
	}
}

func TestATeamIsForItsMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	core := w.team("core")
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	inside := w.newHire("Rey", "Palpatine", map[string]string{"teams": core})
	outside := w.newHire("Han", "Solo")
	for _, c := range []struct {
		who    member
		status int
		listed bool
	}{{admin, 200, true}, {inside, 200, true}, {outside, 404, false}} {
		for _, path := range []string{"/teams/" + core, strings.Replace(w.organization.Doors.Team, "{team}", core, 1)} {
			if status, body := w.get(c.who.client, path); status != c.status {
				t.Errorf("%s for %s: %d, want %d: %.200s", path, c.who, status, c.status, body)
			}
		}
		for _, path := range []string{"/organizations/acme/teams", "/api/v1/organizations/acme/teams"} {
			if _, body := w.get(c.who.client, path); strings.Contains(body, core) != c.listed {
				t.Errorf("%s for %s: lists the team: %v, want %v", path, c.who, !c.listed, c.listed)
			}
		}
	}
}

func TestTheProviderOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ben := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	admin := w.tokenOf(ben.Person)
	at := "/organizations/acme/sso/" + w.organization.Provider
	var rotated struct{ Token string }
	w.as(admin, "POST", at+"/token", `{"overlap_seconds":60}`, 201, &rotated)
	var settings struct {
		State   string
		BaseURL string `json:"base_url"`
		Tokens  []struct {
			Token   string
			Expires *string
		}
	}
	w.as(admin, "GET", at, "", 200, &settings)
	if len(settings.Tokens) != 2 || settings.Tokens[1].Token != rotated.Token || settings.BaseURL != w.organization.SCIM.BaseURL {
		t.Errorf("settings %+v", settings)
	}
	w.as(admin, "PATCH", at, `{"state":"disabled"}`, 204, nil)
	if status, _ := w.get(ben.client, "/api/v1/me"); status != http.StatusUnauthorized {
		t.Errorf("after disabling, a session that came through the provider answers %d", status)
	}
	w.as(admin, "GET", at, "", 200, &settings)
	if settings.State != "disabled" || len(settings.Tokens) != 0 {
		t.Errorf("a disabled provider shows %+v", settings)
	}
}
