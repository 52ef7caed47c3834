package reference_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine/chromium"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// TestPagesInABrowser goes through the story with a real browser: people as SCIM
// made them, a sign-in by SAML, the member and the seat that it brings, and how both
// go. With ROLLCALL_SCREENSHOTS naming a directory, what was seen is kept there.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	w := newClickable(t)
	ben, rey := w.hire("Ben", "Kenobi"), w.hire("Rey", "Palpatine")
	w.assign(ben, map[string]string{"admin": "true"})
	w.assign(rey, map[string]string{"teams": w.team("core") + "/maintainer"})
	w.assign(w.hire("Jyn", "Erso"))
	b := page{chromium.Open(t)}

	b.signIn(w, ben)
	b.sees("h1", "Ben Kenobi")
	b.sees(".layer.account", "Admin in since")
	b.sees(".layer.account", "role: sign-in through Okta")
	b.looksAfterOwnThings(w, ben)
	b.Shot("home-admin")
	b.follows(`nav a[href="/organizations/acme/people"]`, "table.people")
	b.Shot("people-before")
	row := "#" + anchor(rey)
	b.sees(row, "none yet starts at first sign-in")
	b.doesNotSee(row, "maintainer")

	w.signIn(rey)
	b.opens(w.server.URL + "/organizations/acme/people")
	b.sees(row, "core maintainer")
	b.sees(row, "open since")
	b.Shot("people-after")
	b.goesThroughThePages(w, rey)

	if _, err := w.assigned.Unassign(t.Context(), rey); err != nil {
		t.Fatal(err)
	}
	b.opens(w.server.URL + "/organizations/acme/people")
	b.sees(row, "inactive")
	b.sees(row, "no longer a member")
	b.sees(row, "released")
	b.Shot("people-gone")
	b.changesARole(w)
	b.signsOut(w)
}

// TestAMembersPagesInTheDark looks at what somebody sees who is no administrator,
// in a browser that is set to dark colours.
func TestAMembersPagesInTheDark(t *testing.T) {
	t.Parallel()
	w := newClickable(t)
	jyn := w.hire("Jyn", "Erso")
	w.assign(jyn, map[string]string{"teams": w.team("core")})
	w.assign(w.hire("Cassian", "Andor"))
	b := page{chromium.Open(t, chromium.Dark)}

	b.signIn(w, jyn)
	b.sees("h1", "Jyn Erso")
	b.sees(".layer.record", "Active since")
	b.sees(".layer.account", "Member in since")
	b.sees(".layer.seat", "first sign-in")
	b.sees("main table", "Core maintainer named by the identity provider at sign-in")
	b.doesNotSee(".doors", "Audit log")
	b.doesNotSee(".doors", "Single sign-on")
	b.IsDark()
	b.Shot("home-member-dark")
	b.follows(`.doors a[href="/organizations/acme/people"]`, "table.people")
	b.doesNotSee("table.people", "Remove")
	b.Shot("people-member-dark")
	b.Does("searching", chromedp.SendKeys(chromedp.CSS("#q"), "cassian\r"), chromedp.WaitVisible(chromedp.CSS(".filter a")))
	b.sees("table.people", "Cassian Andor")
	b.doesNotSee("table.people", "Jyn")
	b.sees(".pages", "1–1 of 1")

	// Okta's own pages, and names without a place to break them.
	pages, _, _ := strings.Cut(w.identity.SSOURL, "/app/")
	long := strings.Repeat("Chewbacca", 20)
	w.assign(w.hire(long, "of Kashyyyk"))
	for _, address := range []string{pages, w.server.URL + "/organizations/acme/people"} {
		b.opens(address)
		b.IsDark()
		b.Fits()
		b.Does("holding a phone", chromedp.EmulateViewport(360, 740))
		b.Fits()
		b.Expect(`Array.from(document.querySelectorAll("section")).filter(s => s.scrollWidth > s.clientWidth).length`, "0")
		b.Does("sitting down again", chromedp.EmulateViewport(1280, 900))
	}
}

// newClickable is a world whose Okta has pages of its own to sign in on.
func newClickable(t *testing.T) *world {
	t.Helper()
	w := listen(t)
	pages := httptest.NewUnstartedServer(nil)
	address := "http://" + pages.Listener.Addr().String()
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	if w.identity, err = idp.NewIdentity("acme", "Rollcall", key, time.Now().Add(-time.Hour), address); err != nil {
		t.Fatal(err)
	}
	w.organization = w.found("Acme", w.identity, "enabled")
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	pages.Config.Handler = w.okta.Handler()
	pages.Start()
	t.Cleanup(pages.Close)
	return w
}

func anchor(p *simulator.Person) string {
	return "person-" + strings.NewReplacer("@", "\\@", ".", "\\.").Replace(p.Email())
}

// page is one of the product's in a real browser.
type page struct{ chromium.Tab }

func (b page) opens(address string) {
	b.Helper()
	b.Does("opening "+address, chromedp.Navigate(address))
}

// text is what a reader sees of an element, in one line.
func (b page) text(selector string) string {
	b.Helper()
	text, err := chromedp.Run(b.Context(), chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		b.Fatalf("reading %s: %v", selector, err)
	}
	return strings.Join(strings.Fields(text), " ")
}

func (b page) sees(selector, want string) {
	b.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.Shot("failed")
		b.Errorf("%s reads %q, which lacks %q", selector, got, want)
	}
}

func (b page) doesNotSee(selector, unwanted string) {
	b.Helper()
	if got := b.text(selector); strings.Contains(got, unwanted) {
		b.Errorf("%s reads %q, which should not have %q", selector, got, unwanted)
	}
}

// signIn types the organization, and picks the person at Okta.
func (b page) signIn(w *world, person *simulator.Person) {
	b.Helper()
	b.opens(w.server.URL + "/")
	b.Shot("login")
	b.Does("naming the organization",
		chromedp.SendKeys(chromedp.CSS("#organization"), "acme\r"),
		chromedp.WaitVisible(chromedp.CSS(`button[name="person"]`)))
	b.Does("signing in at Okta",
		chromedp.Click(chromedp.CSS(`button[value="`+person.ID+`"]`)),
		chromedp.WaitVisible(chromedp.CSS("#sessions")))
}

// goesThroughThePages opens every other page that an administrator has.
func (b page) goesThroughThePages(w *world, about *simulator.Person) {
	b.Helper()
	b.opens(w.server.URL + "/organizations/acme/teams")
	b.sees("table", "Core")
	b.Shot("teams")
	b.opens(w.server.URL + "/teams/" + w.team("core"))
	b.sees("table", "named by the identity provider at sign-in")
	b.Shot("team")
	b.opens(w.server.URL + "/audit?person=" + about.Email())
	b.sees("table", "sign-in through Okta")
	b.Shot("audit")
	settings := w.server.URL + "/settings/sso/" + w.organization.Provider
	b.opens(settings)
	b.sees("main", w.organization.SCIM.BaseURL)
	b.doesNotSee("main", w.organization.SCIM.Token)
	b.Shot("settings")
	b.Does("asking for the token", chromedp.Click(chromedp.CSS(`a[href="?show=token"]`)), chromedp.WaitVisible(chromedp.CSS("main")))
	b.sees("main", w.organization.SCIM.Token)
	b.opens(w.server.URL + "/nothing")
	b.Shot("problem")
	b.Does("holding a phone", chromedp.EmulateViewport(390, 844))
	b.opens(w.server.URL + "/organizations/acme")
	b.Shot("home-phone")
	b.Fits()
	b.opens(w.server.URL + "/organizations/acme/people")
	b.Shot("people-phone")
	b.Fits()
	b.opens(settings)
	b.Shot("settings-phone")
	b.Fits()
	b.opens(w.server.URL + "/audit")
	b.Shot("audit-phone")
	b.Fits()
	b.Does("sitting down again", chromedp.EmulateViewport(1280, 900))
}

// follows clicks a link and waits for what the page behind it has.
func (b page) follows(link, has string) {
	b.Helper()
	b.Does("following "+link, chromedp.Click(chromedp.CSS(link)), chromedp.WaitVisible(chromedp.CSS(has)))
}

// looksAfterOwnThings ends a session that somebody left open elsewhere, and revokes
// a token of theirs.
func (b page) looksAfterOwnThings(w *world, who *simulator.Person) {
	b.Helper()
	elsewhere := w.signIn(who)
	token := w.tokenOf(who)
	b.opens(w.server.URL + "/organizations/acme")
	b.sees("#sessions", "this browser")
	b.sees("#tokens", "ci")
	b.Shot("home-sessions")
	b.follows(`#sessions form[action$="/end"] button`, `#sessions tbody tr:only-child`)
	b.sees("#sessions", "this browser")
	if status, _ := w.get(elsewhere.client, "/api/v1/me"); status != http.StatusUnauthorized {
		b.Errorf("the session that was ended answers %d", status)
	}
	b.follows("#tokens button", "#tokens .empty")
	w.as(token, "GET", "/me", "", http.StatusUnauthorized, nil)
}

// changesARole makes the founder a member by the form of the page.
func (b page) changesARole(w *world) {
	b.Helper()
	row := `#person-founder\@acme\.test`
	b.sees(row, "admin")
	b.Does("making the founder a member",
		chromedp.Click(chromedp.CSS(row+` button[value="member"]`)),
		chromedp.WaitVisible(chromedp.CSS(row+` button[value="admin"]`)))
	if !w.logged("ORGANIZATION_MEMBER_UPDATED", "") {
		b.Error("the change is not in the audit log")
	}
}

func (b page) signsOut(w *world) {
	b.Helper()
	b.Does("signing out", chromedp.Click(chromedp.CSS(".who button")), chromedp.WaitVisible(chromedp.CSS("#organization")))
	b.opens(w.server.URL + "/organizations/acme")
	b.sees("h1", "Sign in")
}
