package reference_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func textLogger(to io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(to, nil)) }

// TestStory walks one person through the product: assigned, signed in, gone.
func TestStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")

	w.assign(han)
	seen := w.look(han)
	if len(seen.Records) != 1 || !seen.Records[0].Active || seen.Records[0].AccountID != nil {
		t.Fatalf("after the assignment: records %+v, want one that is active and nobody's", seen.Records)
	}
	if n := len(seen.Accounts) + len(seen.Memberships) + len(seen.Seats) + len(seen.Sessions); n != 0 {
		t.Fatalf("a tracking record came with more: %+v", seen)
	}

	m := w.signIn(han)
	seen = w.look(han)
	if len(seen.Accounts) != 1 || len(seen.Memberships) != 1 || len(seen.Seats) != 1 || len(seen.Sessions) != 1 {
		t.Fatalf("after the first sign-in: %+v, want one of each", seen)
	}
	account := seen.Accounts[0]
	if account.Email != han.Email() || account.Name != "Han Solo" {
		t.Errorf("the account is %+v", account)
	}
	if *seen.Records[0].AccountID != account.ID {
		t.Error("the record is not linked to the account")
	}
	if got := seen.Memberships[0]; got.Role != "member" || len(got.Teams) != 1 || got.Teams[0].Slug != "everyone" {
		t.Errorf("the membership is %+v", got)
	}
	token := w.issueToken(account.ID)
	w.doorsAre(m.client, token, http.StatusOK)

	if outcome, err := w.assigned.Unassign(t.Context(), han); err != nil || len(outcome.Tasks) > 0 {
		t.Fatal(err, outcome.Tasks)
	}
	seen = w.look(han)
	if seen.Records[0].Active || len(seen.Memberships) != 0 || seen.Seats[0].Ended == nil || seen.Sessions[0].Ended == nil || seen.Tokens[0].Revoked == nil {
		t.Errorf("after the deactivation something is left: %+v", seen)
	}
	if len(seen.Accounts) != 1 {
		t.Error("the account, which is global, is gone")
	}
	w.doorsAre(m.client, token, http.StatusUnauthorized)
}

func (w *world) issueToken(account string) string {
	w.t.Helper()
	var made struct{ ID, Secret string }
	w.probe("POST", "/arrange/token", map[string]any{
		"organization": w.organization.Organization, "account_id": account, "name": "ci",
	}, http.StatusCreated, &made)
	return made.Secret
}

// doorsAre checks every way in: pages and API, by session and by API token.
func (w *world) doorsAre(client *http.Client, token string, status int) {
	w.t.Helper()
	slug := w.organization.Slug
	for _, path := range []string{
		"/api/v1/me", "/api/v1/organizations/" + slug, "/api/v1/organizations/" + slug + "/members",
		"/api/v1/organizations/" + slug + "/records", "/api/v1/organizations/" + slug + "/seats",
		"/api/v1/organizations/" + slug + "/teams", "/api/v1/organizations/" + slug + "/sessions",
		"/api/v1/organizations/" + slug + "/tokens",
	} {
		if got, body := w.get(client, path); got != status {
			w.t.Errorf("%s by session: %d, want %d: %s", path, got, status, body)
		}
		request := w.request("GET", w.server.URL+path, nil)
		request.Header.Set("Authorization", "Bearer "+token)
		if answer, body := w.send(http.DefaultClient, request); answer.StatusCode != status {
			w.t.Errorf("%s by token: %d, want %d: %s", path, answer.StatusCode, status, body)
		}
	}
	page := status
	if status == http.StatusUnauthorized {
		page = http.StatusSeeOther // to the sign-in page
	}
	for _, path := range []string{"/organizations/" + slug, "/organizations/" + slug + "/people", "/organizations/" + slug + "/teams"} {
		if got, _ := w.get(client, path); got != page {
			w.t.Errorf("page %s: %d, want %d", path, got, page)
		}
	}
}

func TestWhoamiIsOfThisMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leia := w.newHire("Leia", "Organa")
	account := w.look(leia.Person).Accounts[0].ID
	for _, role := range []string{"admin", "member"} {
		w.probe("POST", "/arrange/role", map[string]any{
			"organization": w.organization.Organization, "account_id": account, "role": role,
		}, http.StatusNoContent, nil)
		_, body := w.get(leia.client, w.organization.Doors.Whoami)
		var me struct{ Role, Email, Organization string }
		if err := json.Unmarshal([]byte(body), &me); err != nil {
			t.Fatal(err)
		}
		if me.Role != role || me.Email != leia.Email() || me.Organization != w.organization.Slug {
			t.Errorf("whoami says %+v, want the role %s", me, role)
		}
		want := http.StatusOK
		if role == "member" {
			want = http.StatusForbidden
		}
		if got, _ := w.get(leia.client, w.organization.Doors.Admin); got != want {
			t.Errorf("as %s the audit log answers %d, want %d", role, got, want)
		}
	}
}

func TestSettingsAreForAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ben, rey := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"}), w.newHire("Rey", "Palpatine")
	page := "/settings/sso/" + w.organization.Provider
	for _, c := range []struct {
		who    member
		path   string
		status int
		token  bool
	}{
		{ben, w.organization.Doors.Settings, http.StatusOK, true},
		{ben, page, http.StatusOK, false},
		{ben, page + "?show=token", http.StatusOK, true},
		{rey, w.organization.Doors.Settings, http.StatusForbidden, false},
		{rey, page + "?show=token", http.StatusForbidden, false},
		{rey, "/settings/sso", http.StatusForbidden, false},
		{rey, "/audit", http.StatusForbidden, false},
	} {
		got, body := w.get(c.who.client, c.path)
		if got != c.status {
			t.Errorf("%s for %s: %d, want %d", c.path, c.who, got, c.status)
		}
		if strings.Contains(body, w.organization.SCIM.Token) != c.token {
			t.Errorf("%s for %s: the token is shown: %v, want %v", c.path, c.who, !c.token, c.token)
		}
	}
}
