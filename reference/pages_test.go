package reference_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rollcall.example/fixtures"
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
	b := newBrowser(t)

	b.signIn(w, ben)
	b.sees("h1", "Ben Kenobi")
	b.sees(".layer.account", "Admin in since")
	b.sees(".layer.account", "role: sign-in through Okta")
	b.looksAfterOwnThings(w, ben)
	b.shot("home-admin")
	b.follows(`nav a[href="/organizations/acme/people"]`, "table.people")
	b.shot("people-before")
	row := "#" + anchor(rey)
	b.sees(row, "none yet starts at first sign-in")
	b.doesNotSee(row, "maintainer")

	w.signIn(rey)
	b.opens(w.server.URL + "/organizations/acme/people")
	b.sees(row, "core maintainer")
	b.sees(row, "open since")
	b.shot("people-after")
	b.goesThroughThePages(w, rey)

	if _, err := w.assigned.Unassign(t.Context(), rey); err != nil {
		t.Fatal(err)
	}
	b.opens(w.server.URL + "/organizations/acme/people")
	b.sees(row, "inactive")
	b.sees(row, "no longer a member")
	b.sees(row, "released")
	b.shot("people-gone")
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
	b := newBrowser(t, chromedp.Flag("blink-settings", "preferredColorScheme=0"))

	b.signIn(w, jyn)
	b.sees("h1", "Jyn Erso")
	b.sees(".layer.record", "Active since")
	b.sees(".layer.account", "Member in since")
	b.sees(".layer.seat", "first sign-in")
	b.sees("main table", "Core maintainer named by the identity provider at sign-in")
	b.doesNotSee(".doors", "Audit log")
	b.doesNotSee(".doors", "Single sign-on")
	b.isDark()
	b.shot("home-member-dark")
	b.follows(`.doors a[href="/organizations/acme/people"]`, "table.people")
	b.doesNotSee("table.people", "Remove")
	b.shot("people-member-dark")
	b.does("searching", chromedp.SendKeys(chromedp.CSS("#q"), "cassian\r"), chromedp.WaitVisible(chromedp.CSS(".filter a")))
	b.sees("table.people", "Cassian Andor")
	b.doesNotSee("table.people", "Jyn")
	b.sees(".pages", "1–1 of 1")
}

// isDark asks for light letters on a dark ground.
func (b page) isDark() {
	b.t.Helper()
	dark, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => {
		const style = getComputedStyle(document.documentElement)
		const light = colour => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
		return light(style.backgroundColor) < 150 && light(style.color) > 600
	})()`))
	if err != nil {
		b.t.Fatal(err)
	}
	if !dark {
		b.t.Error("the page is not dark")
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
	w.organization = w.found("Acme", w.identity, "okta", "enabled")
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	pages.Config.Handler = w.okta.Handler()
	pages.Start()
	t.Cleanup(pages.Close)
	return w
}

func anchor(p *simulator.Person) string {
	return "person-" + strings.NewReplacer("@", "\\@", ".", "\\.").Replace(p.Email())
}

// page is a tab of a real browser.
type page struct {
	t   *testing.T
	ctx context.Context
}

func newBrowser(t *testing.T, flags ...chromedp.ExecAllocatorOption) page {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("ROLLCALL_NO_SKIP") == "1" {
			t.Fatal("chromium is not installed: make setup installs it")
		}
		t.Skip("chromium is not installed: make setup installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	options = append(options, flags...)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil { // the first call starts the browser, and must not have the time limit
		t.Fatal(err)
	}
	ctx, stopWaiting := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stopWaiting)
	return page{t, ctx}
}

func (b page) does(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b page) opens(address string) {
	b.t.Helper()
	b.does("opening "+address, chromedp.Navigate(address))
}

// text is what a reader sees of an element, in one line.
func (b page) text(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("reading %s: %v", selector, err)
	}
	return strings.Join(strings.Fields(text), " ")
}

func (b page) sees(selector, want string) {
	b.t.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.shot("failed")
		b.t.Errorf("%s reads %q, which lacks %q", selector, got, want)
	}
}

func (b page) doesNotSee(selector, unwanted string) {
	b.t.Helper()
	if got := b.text(selector); strings.Contains(got, unwanted) {
		b.t.Errorf("%s reads %q, which should not have %q", selector, got, unwanted)
	}
}

// signIn types the organization, and picks the person at Okta.
func (b page) signIn(w *world, person *simulator.Person) {
	b.t.Helper()
	b.opens(w.server.URL + "/")
	b.shot("login")
	b.does("naming the organization",
		chromedp.SendKeys(chromedp.CSS("#organization"), "acme\r"),
		chromedp.WaitVisible(chromedp.CSS(`button[name="person"]`)))
	b.does("signing in at Okta",
		chromedp.Click(chromedp.CSS(`button[value="`+person.ID+`"]`)),
		chromedp.WaitVisible(chromedp.CSS("#sessions")))
}

// goesThroughThePages opens every other page that an administrator has.
func (b page) goesThroughThePages(w *world, about *simulator.Person) {
	b.t.Helper()
	b.opens(w.server.URL + "/organizations/acme/teams")
	b.sees("table", "Core")
	b.shot("teams")
	b.opens(w.server.URL + "/teams/" + w.team("core"))
	b.sees("table", "named by the identity provider at sign-in")
	b.shot("team")
	b.opens(w.server.URL + "/audit?person=" + about.Email())
	b.sees("table", "sign-in through Okta")
	b.shot("audit")
	settings := w.server.URL + "/settings/sso/" + w.organization.Provider
	b.opens(settings)
	b.sees("main", w.organization.SCIM.BaseURL)
	b.doesNotSee("main", w.organization.SCIM.Token)
	b.shot("settings")
	b.does("asking for the token", chromedp.Click(chromedp.CSS(`a[href="?show=token"]`)), chromedp.WaitVisible(chromedp.CSS("main")))
	b.sees("main", w.organization.SCIM.Token)
	b.opens(w.server.URL + "/nothing")
	b.shot("problem")
	b.does("holding a phone", chromedp.EmulateViewport(390, 844))
	b.opens(w.server.URL + "/organizations/acme")
	b.shot("home-phone")
	b.fits("home")
	b.opens(w.server.URL + "/organizations/acme/people")
	b.shot("people-phone")
	b.fits("people")
	b.opens(settings)
	b.shot("settings-phone")
	b.fits("settings")
	b.opens(w.server.URL + "/audit")
	b.shot("audit-phone")
	b.fits("audit")
	b.does("sitting down again", chromedp.EmulateViewport(1280, 900))
}

// follows clicks a link and waits for what the page behind it has.
func (b page) follows(link, has string) {
	b.t.Helper()
	b.does("following "+link, chromedp.Click(chromedp.CSS(link)), chromedp.WaitVisible(chromedp.CSS(has)))
}

// fits fails where a page has to be moved sideways to be read.
func (b page) fits(what string) {
	b.t.Helper()
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`))
	if err != nil {
		b.t.Fatal(err)
	}
	if wide {
		b.t.Errorf("%s is wider than the screen", what)
	}
}

// looksAfterOwnThings ends a session that somebody left open elsewhere, and revokes
// a token of theirs.
func (b page) looksAfterOwnThings(w *world, who *simulator.Person) {
	b.t.Helper()
	elsewhere := w.signIn(who)
	token := w.tokenOf(who)
	b.opens(w.server.URL + "/organizations/acme")
	b.sees("#sessions", "this browser")
	b.sees("#tokens", "ci")
	b.shot("home-sessions")
	b.follows(`#sessions form[action$="/end"] button`, `#sessions tbody tr:only-child`)
	b.sees("#sessions", "this browser")
	if status, _ := w.get(elsewhere.client, "/api/v1/me"); status != http.StatusUnauthorized {
		b.t.Errorf("the session that was ended answers %d", status)
	}
	b.follows("#tokens button", "#tokens .empty")
	w.as(token, "GET", "/me", "", http.StatusUnauthorized, nil)
}

// changesARole makes the founder a member by the form of the page.
func (b page) changesARole(w *world) {
	b.t.Helper()
	row := `#person-founder\@acme\.test`
	b.sees(row, "admin")
	b.does("making the founder a member",
		chromedp.Click(chromedp.CSS(row+` button[value="member"]`)),
		chromedp.WaitVisible(chromedp.CSS(row+` button[value="admin"]`)))
	if !w.logged("ORGANIZATION_MEMBER_UPDATED", "") {
		b.t.Error("the change is not in the audit log")
	}
}

func (b page) signsOut(w *world) {
	b.t.Helper()
	b.does("signing out", chromedp.Click(chromedp.CSS(".who button")), chromedp.WaitVisible(chromedp.CSS("#organization")))
	b.opens(w.server.URL + "/organizations/acme")
	b.sees("h1", "Sign in")
}

// shot keeps what is seen, if somebody wants it.
func (b page) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("ROLLCALL_SCREENSHOTS")
	if dir == "" {
		return
	}
	image, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
