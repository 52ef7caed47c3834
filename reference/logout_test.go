package reference_test

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/reference/org"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// parting is a world in which both sides have single logout.
type parting struct {
	*world
	app     *simulator.App
	browser *simulator.Browser
	han     *simulator.Person
}

func newParting(t *testing.T, change ...func(*idp.Identity)) parting {
	t.Helper()
	w := listen(t)
	identity := newIdentity(t, "acme", "okta")
	identity.Logout = true
	for _, c := range change {
		c(&identity)
	}
	w.organization = w.found("Acme", identity, "enabled")
	w.okta, w.assigned = w.connect(w.organization, identity)
	w.assigned.Configure(func(s *simulator.AppSettings) {
		s.SAML.Logout.URL = logoutIn(t, w.metadata())
		s.SAML.Certificates = []*x509.Certificate{certificateIn(t, w.metadata())}
	})
	han := w.hire("Han", "Solo")
	w.assign(han)
	p := parting{w, w.assigned, w.okta.Browser(nil), han}
	p.signIn("")
	return p
}

func (w *world) metadata() *etree.Element {
	w.t.Helper()
	answer, body := w.send(http.DefaultClient, w.request("GET", w.organization.SAML.Metadata, nil))
	document := etree.NewDocument()
	if err := document.ReadFromBytes(body); err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatal(answer.StatusCode, err)
	}
	return document.Root()
}

func logoutIn(t *testing.T, metadata *etree.Element) string {
	t.Helper()
	service := metadata.FindElement("//SingleLogoutService[@Binding='" + idp.BindingPOST + "']")
	if service == nil {
		t.Fatal("the metadata offers no single logout by POST")
	}
	return service.SelectAttrValue("Location", "")
}

func certificateIn(t *testing.T, metadata *etree.Element) *x509.Certificate {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(metadata.FindElement("//KeyDescriptor[@use='signing']//X509Certificate").Text())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// signIn signs Han in, at an address with this query.
func (p parting) signIn(query string) simulator.Visit {
	p.t.Helper()
	visit, err := p.browser.SignIn(p.t.Context(), p.app, p.han, simulator.SignInOptions{StartURL: p.server.URL + "/sso/acme" + query})
	if err != nil || visit.Blocked != "" {
		p.t.Fatal(visit.Blocked, err)
	}
	return visit
}

// in says whether the browser is signed in.
func (p parting) in(browser *simulator.Browser) bool {
	p.t.Helper()
	status, _, err := browser.Get(p.t.Context(), p.server.URL+"/api/v1/me")
	if err != nil {
		p.t.Fatal(err)
	}
	return status == 200
}

func TestOktaSignsSomebodyOut(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{idp.BindingPOST, idp.BindingRedirect} {
		p := newParting(t)
		elsewhere := parting{p.world, p.app, p.okta.Browser(nil), p.han}
		elsewhere.signIn("")
		left, err := p.browser.Leave(t.Context(), p.browser.Sessions()[0], simulator.LogoutOptions{Binding: binding, RelayState: "rs"})
		if err != nil || left.Complaint != "" || left.Answer == nil || left.Answer.Status.Code != idp.StatusSuccess || left.Answer.RelayState != "rs" {
			t.Fatalf("%+v, %v", left, err)
		}
		if p.in(p.browser) {
			t.Error("the session survived")
		}
		if !p.in(elsewhere.browser) {
			t.Error("a session of another index ended")
		}
		again, err := p.browser.Carry(t.Context(), p.app, left.Sent)
		if err != nil || again.Answered != 403 || again.Answer != nil {
			t.Errorf("again: %+v, %v", again, err)
		}
		if e := p.lastOf(org.LogoutDenied); !strings.Contains(e.Cause, "once") {
			t.Errorf("the log says %+v", e)
		}
	}
}

// lastOf is the newest row of the log with the action.
func (w *world) lastOf(action org.Action) org.Event {
	w.t.Helper()
	log, err := w.app.Org().Recent(w.t.Context(), w.organization.Organization, "", 0, 50)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range log {
		if e.Action == action {
			return e
		}
	}
	w.t.Fatalf("the log has no %s", action)
	return org.Event{}
}

func TestLogoutWithoutAnIndexEndsAllOfThem(t *testing.T) {
	t.Parallel()
	p := newParting(t)
	elsewhere := parting{p.world, p.app, p.okta.Browser(nil), p.han}
	elsewhere.signIn("")
	_, err := p.browser.Leave(t.Context(), p.browser.Sessions()[0], simulator.LogoutOptions{Alter: func(l *idp.Logout) { l.SessionIndexes = nil }})
	if err != nil || p.in(p.browser) || p.in(elsewhere.browser) {
		t.Error("a session survived", err)
	}
}

func TestLogoutOfNobody(t *testing.T) {
	t.Parallel()
	p := newParting(t)
	session := p.browser.Sessions()[0]
	for name, alter := range map[string]func(*idp.Logout){
		"another spelling":  func(l *idp.Logout) { l.Name.Value = strings.ToUpper(l.Name.Value) },
		"another format":    func(l *idp.Logout) { l.Name.Format = idp.FormatPersistent },
		"another qualifier": func(l *idp.Logout) { l.Name.NameQualifier = "x" },
		"another index":     func(l *idp.Logout) { l.SessionIndexes = []string{"other"} },
	} {
		left, err := p.browser.Leave(t.Context(), session, simulator.LogoutOptions{Alter: alter})
		if err != nil || left.Answer == nil || left.Answer.Status.Code != idp.StatusRequester || !p.in(p.browser) {
			t.Errorf("%s: %+v, %v", name, left, err)
		}
	}
}

// The button on the pages signs out here and at Okta, which answers.
func TestSigningOutHereSignsOutAtOkta(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{idp.BindingPOST, idp.BindingRedirect} {
		p := newParting(t)
		p.app.Configure(func(s *simulator.AppSettings) { s.SAML.Logout.Binding = binding })
		left, err := p.browser.SignOut(t.Context(), p.app, http.MethodPost, p.server.URL+"/logout")
		if err != nil || left.Complaint != "" || left.Request == nil || left.Status != 200 || !strings.Contains(left.Body, "has signed you out as well") {
			t.Fatalf("%+v, %v", left, err)
		}
		if p.in(p.browser) || len(p.browser.Sessions()) != 0 {
			t.Error("a session survived")
		}
		// Only one answer is waited for.
		again, err := p.browser.Carry(t.Context(), p.app, left.Sent)
		if err != nil || again.Answered != 403 {
			t.Errorf("the same answer again: %+v, %v", again, err)
		}
	}
}

func TestWithoutSingleLogout(t *testing.T) {
	t.Parallel()
	p := newParting(t, func(i *idp.Identity) { i.Logout = false })
	left, err := p.browser.SignOut(t.Context(), p.app, http.MethodPost, p.server.URL+"/logout")
	if err != nil || left.Request != nil || !strings.HasSuffix(left.URL, "/login") || p.in(p.browser) {
		t.Errorf("%+v, %v", left, err)
	}
	answer, _ := p.send(browser(), p.request("GET", logoutIn(t, p.metadata()), nil))
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", answer.StatusCode)
	}
}

func TestSignInsOfSpecialKinds(t *testing.T) {
	t.Parallel()
	p := newParting(t, func(i *idp.Identity) { i.WantRequestsSigned = true })
	p.app.Configure(func(s *simulator.AppSettings) { s.SAML.SignedRequests = true })
	for _, query := range []string{"", "?binding=post", "?force_authn=true", "?passive=true"} {
		if visit := p.signIn(query); visit.Status != 200 || !visit.Request.Signature.There() ||
			visit.Request.ForceAuthn != (query == "?force_authn=true") || visit.Request.IsPassive != (query == "?passive=true") {
			t.Errorf("%s: %d %+v", query, visit.Status, visit.Request)
		}
	}
	stranger := parting{p.world, p.app, p.okta.Browser(nil), p.han}
	if visit := stranger.signIn("?passive=true"); visit.Answered != 403 || p.in(stranger.browser) {
		t.Errorf("nobody there, and nobody asked: %d", visit.Answered)
	}
}

// What signs is made once, and is the same for every process on the same data.
func TestOurKeyIsKept(t *testing.T) {
	t.Parallel()
	p := newParting(t)
	first := certificateIn(t, p.metadata())
	if !first.Equal(certificateIn(t, p.metadata())) {
		t.Error("the key changes")
	}
}
