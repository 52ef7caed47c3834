package simulator_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

func (w world) authnRequest(more string) string {
	return fmt.Sprintf(`<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1" Version="2.0" IssueInstant="2026-11-22T12:00:00Z" `+
		`Destination="%s" AssertionConsumerServiceURL="%s/acs"%s><a:Issuer xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">https://ci.test</a:Issuer></p:AuthnRequest>`,
		w.app.Identity().SSOURL, w.url, more)
}

func (w world) startURL() string {
	return w.url + "/sso?idp=" + url.QueryEscape(w.app.Identity().SSOURL)
}

func signedIn(t *testing.T) (world, *simulator.Person) {
	t.Helper()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	ok(t)(w.app.Assign(t.Context(), han))
	w.request = w.authnRequest("")
	return w, han
}

func TestSignInFromTheProduct(t *testing.T) {
	t.Parallel()
	for name, byForm := range map[string]bool{"redirect": false, "form": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, han := signedIn(t)
			w.byForm = byForm
			relayState := map[bool]string{false: "/builds", true: "a&b"}[byForm]
			browser := w.okta.Browser(nil)
			visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.startURL()})
			if err != nil {
				t.Fatal(err)
			}
			if visit.Status != 200 || visit.Body != "welcome" || visit.Answered != 303 || visit.Landing != w.url+"/home" || visit.URL != visit.Landing || visit.Blocked != "" {
				t.Errorf("visit %+v", visit)
			}
			if visit.Request == nil || visit.Request.ID != "_q1" || visit.Posted.RelayState != relayState || w.posted[0].Get("RelayState") != relayState {
				t.Errorf("request %+v, relay state %q", visit.Request, visit.Posted.RelayState)
			}
			sent, err := base64.StdEncoding.DecodeString(w.posted[0].Get("SAMLResponse"))
			if err != nil || string(sent) != string(visit.Response.XML) || !strings.Contains(string(sent), `InResponseTo="_q1"`) || !strings.Contains(string(sent), ">han@acme.test<") {
				t.Errorf("posted %s, %v", sent, err)
			}
			if status, body, err := browser.Get(t.Context(), w.url+"/home"); err != nil || status != 200 || body != "welcome" {
				t.Errorf("with cookies: %d %s %v", status, body, err)
			}
			if status, _, err := w.okta.Browser(nil).Get(t.Context(), w.url+"/home"); err != nil || status != 401 {
				t.Errorf("another browser has the same cookies: %d, %v", status, err)
			}
			if cookies := browser.Cookies(w.url); len(cookies) != 2 {
				t.Errorf("cookies %v", cookies)
			}
			for _, exchange := range w.okta.Journal().Exchanges() {
				if strings.Contains(exchange.Request.URL, "okta.com/") && !strings.HasPrefix(exchange.Request.URL, w.url) {
					t.Errorf("the network was asked for the identity provider: %s", exchange.Request.URL)
				}
				if exchange.Actor == "browser" && exchange.Request.Method == http.MethodPost && exchange.Request.Header.Get("Origin") != "https://acme.okta.com" {
					t.Errorf("origin %q", exchange.Request.Header.Get("Origin"))
				}
			}
		})
	}
}

func TestSignInFromOkta(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	w.app.Configure(func(s *simulator.AppSettings) { s.SAML.DefaultRelayState = "/start" })
	for given, want := range map[string]string{"": "/start", "/other": "/other"} {
		visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true, RelayState: given})
		if err != nil || visit.Status != 200 || visit.Request != nil || visit.Posted.RelayState != want || strings.Contains(string(visit.Response.XML), "InResponseTo") {
			t.Errorf("visit %+v, %v", visit, err)
		}
	}
}

func TestWhoIsBlocked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(world, *simulator.Person)
		want string
	}{
		"not assigned": {func(w world, p *simulator.Person) { ok(t)(w.app.Unassign(t.Context(), p)) }, "App Not Assigned"},
		"suspended":    {func(w world, p *simulator.Person) { ok(t)(w.okta.Suspend(t.Context(), p)) }, "SUSPENDED"},
		"deactivated":  {func(w world, p *simulator.Person) { ok(t)(w.okta.Deactivate(t.Context(), p)) }, "DEPROVISIONED"},
		"locked out":   {func(w world, p *simulator.Person) { w.okta.SetStatus(p, simulator.LockedOut) }, "LOCKED_OUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, han := signedIn(t)
			test.do(w, han)
			visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.startURL()})
			if err != nil || !strings.Contains(visit.Blocked, test.want) || visit.Status != 403 || visit.Response != nil || len(w.posted) > 0 {
				t.Errorf("visit %+v, %v", visit, err)
			}
		})
	}
}

func TestBadRequestsAreBlocked(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(string) string{
		"not well-formed":        func(string) string { return "<" },
		"but came to":            func(r string) string { return strings.Replace(r, "acme.okta.com", "other.okta.com", 1) },
		"is set up with":         func(r string) string { return strings.Replace(r, "/acs", "/evil", 1) },
		`Version "1.0" instead`:  func(r string) string { return strings.Replace(r, `"2.0"`, `"1.0"`, 1) },
		"has no Issuer":          func(r string) string { return strings.Replace(r, "https://ci.test", "", 1) },
		"has a DOCTYPE":          func(r string) string { return "<!DOCTYPE x>" + r },
		"asks for ProtocolBindi": func(r string) string { return strings.Replace(r, ` ID=`, ` ProtocolBinding="urn:artifact" ID=`, 1) },
	} {
		w, han := signedIn(t)
		w.request = change(w.request)
		visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.startURL()})
		if err != nil || visit.Status != 400 || !strings.Contains(visit.Blocked, want) {
			t.Errorf("want %q: visit %+v, %v", want, visit, err)
		}
	}
}

func TestAProductThatDoesNotSendPeopleToOkta(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.url + "/sso"})
	if err != nil || visit.Status != 404 || visit.Body != "no provider" || visit.Request != nil || visit.Response != nil || visit.Answered != 0 {
		t.Errorf("visit %+v, %v", visit, err)
	}
	if _, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{}); err == nil {
		t.Error("a sign-in without an address was begun")
	}
}

func TestAlterReplaceAndPostAgain(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	browser := w.okta.Browser(nil)
	visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{
		StartURL: w.startURL(),
		Alter:    func(c *idp.Claims) { c.NameID = "somebody@acme.test" },
	})
	if err != nil || !strings.Contains(string(visit.Response.XML), ">somebody@acme.test<") {
		t.Errorf("altered: %v", err)
	}
	again, err := browser.Post(t.Context(), visit.Posted)
	if err != nil || again.Status != 200 || len(w.posted) != 2 || w.posted[0].Encode() != w.posted[1].Encode() {
		t.Errorf("posted again: %+v, %v", again, err)
	}
	forged, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{
		IdPInitiated: true,
		Replace:      func(p *simulator.Posting) error { p.SAMLResponse = "forged"; return nil },
	})
	if err != nil || forged.Status != 403 || forged.Answered != 403 || forged.Landing != "" || forged.Body != "refused" || forged.Response == nil {
		t.Errorf("forged: %+v, %v", forged, err)
	}
	cannot := errors.New("cannot")
	if _, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true, Replace: func(*simulator.Posting) error { return cannot }}); !errors.Is(err, cannot) {
		t.Errorf("error %v", err)
	}
	if _, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true, Alter: func(c *idp.Claims) { c.NameID = "" }}); err == nil {
		t.Error("a response without a NameID was issued")
	}
}

func TestSessionsAtOkta(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	browser := w.okta.Browser(nil)
	at := func(request string) string {
		w.request = request
		visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: w.startURL()})
		if err != nil || visit.Response == nil {
			t.Fatalf("%+v, %v", visit, err)
		}
		_, rest, _ := strings.Cut(string(visit.Response.XML), `AuthnInstant="`)
		return rest[:24]
	}
	first := at(w.authnRequest(""))
	w.okta.Clock().Advance(time.Hour)
	if again := at(w.authnRequest("")); again != first || first != "2026-11-22T12:00:00.000Z" {
		t.Errorf("first %s, within the session %s", first, again)
	}
	if forced := at(w.authnRequest(` ForceAuthn="true"`)); forced != "2026-11-22T13:00:00.000Z" {
		t.Errorf("forced %s", forced)
	}
}

func TestRedirectsAreBounded(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	browser := w.okta.Browser(nil)
	loop := w.url + "/hop?to="
	if _, _, err := browser.Get(t.Context(), loop+url.QueryEscape(loop+url.QueryEscape("javascript:alert(1)"))); err == nil || !strings.Contains(err.Error(), "javascript") {
		t.Errorf("error %v", err)
	}
	var round http.HandlerFunc = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/", http.StatusTemporaryRedirect) }
	visit, err := w.okta.Browser(inProcess{round}).Post(t.Context(), simulator.Posting{ACS: "http://loop.test/acs?secret=s3cret"})
	if err != nil || visit.Stuck != "more than 20 redirects, the last one to http://loop.test/" || visit.Answered != 307 {
		t.Errorf("visit %+v, error %v", visit, err)
	}
	visit, err = w.okta.Browser(inProcess{round}).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: "http://loop.test/start?secret=s3cret"})
	if err != nil || visit.Stuck != "more than 20 redirects, the last one to http://loop.test/" || visit.Posted.ACS != "" {
		t.Errorf("visit %+v, error %v", visit, err)
	}
}
