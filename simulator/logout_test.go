package simulator_test

import (
	"crypto/x509"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// partner is a product with single logout. Its messages are made as Okta's are, under
// its own name and key.
type partner struct {
	self idp.Identity
	url  string
	okta string // where Okta takes logout messages

	mu     sync.Mutex
	heard  []idp.LogoutMessage
	answer idp.Status
	asks   idp.Name // whom its own sign-out page asks Okta to sign out
	byPost bool
}

func newPartner(t *testing.T) *partner {
	t.Helper()
	key, err := fixtures.Key("service-provider")
	if err != nil {
		t.Fatal(err)
	}
	self, err := idp.NewIdentity("product", "product", key, noon, "")
	if err != nil {
		t.Fatal(err)
	}
	p := &partner{self: self, answer: idp.Status{Code: idp.StatusSuccess}}
	mux := http.NewServeMux()
	mux.HandleFunc("/slo", p.slo)
	mux.HandleFunc("/signout", p.signOut)
	mux.HandleFunc("/acs", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "in") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url, p.self.EntityID = server.URL, server.URL
	return p
}

func (p *partner) slo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	message, err := idp.ParseLogoutRedirect(r.URL.RawQuery)
	if r.Method == http.MethodPost {
		_ = r.ParseForm()
		message, err = idp.ParseLogoutPost(r.PostForm)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.heard = append(p.heard, message)
	if message.Answer {
		_, _ = fmt.Fprint(w, "bye")
		return
	}
	made, err := p.self.LogoutResponse(idp.Dispatch{Destination: p.okta, InResponseTo: message.ID, Now: noon}, p.answer)
	p.send(w, r, made, err)
}

func (p *partner) signOut(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	made, err := p.self.LogoutRequest(idp.Logout{Dispatch: idp.Dispatch{Destination: p.okta, Now: noon}, Name: p.asks})
	p.send(w, r, made, err)
}

func (p *partner) send(w http.ResponseWriter, r *http.Request, made idp.Envelope, err error) {
	if err == nil && p.byPost {
		if err = made.Sign(); err == nil {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(idp.MessageForm(p.okta, url.Values{made.Parameter: {made.Encoded()}}))
			return
		}
	}
	var address string
	if err == nil {
		address, err = made.Redirect(p.okta, "rs")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, address, http.StatusFound)
}

// partnered is a tenant with one person, signed in at each of n products.
func partnered(t *testing.T, n int) (*simulator.Tenant, *simulator.Browser, *simulator.Person, []*partner, []*simulator.App) {
	t.Helper()
	okta, err := simulator.New(simulator.Options{Identity: tenantIdentity(t, ""), Clock: simulator.NewClock(func() time.Time { return noon })})
	if err != nil {
		t.Fatal(err)
	}
	han := okta.Hire(simulator.Profile{FirstName: "Han", LastName: "Solo", Email: "han@acme.test"})
	browser := okta.Browser(nil)
	var partners []*partner
	var apps []*simulator.App
	for i := range n {
		p := newPartner(t)
		identity, err := okta.Identity().Named("acme", fmt.Sprintf("App %d", i), "")
		if err != nil {
			t.Fatal(err)
		}
		p.okta = identity.SLOURL
		app := okta.NewApp(simulator.AppSettings{Label: "App", SAML: simulator.SAML{
			ACS: p.url + "/acs", Audience: p.url, Identity: &identity, Certificates: []*x509.Certificate{p.self.Certificate},
			Logout: simulator.Logout{URL: p.url + "/slo"},
		}})
		ok(t)(app.Assign(t.Context(), han))
		visit, err := browser.SignIn(t.Context(), app, han, simulator.SignInOptions{IdPInitiated: true})
		if err != nil || visit.Body != "in" {
			t.Fatalf("%+v, %v", visit, err)
		}
		partners, apps = append(partners, p), append(apps, app)
	}
	return okta, browser, han, partners, apps
}

func TestOktaEndsASession(t *testing.T) {
	t.Parallel()
	for _, binding := range []string{idp.BindingPOST, idp.BindingRedirect} {
		for _, byPost := range []bool{false, true} {
			_, browser, _, partners, _ := partnered(t, 1)
			partners[0].byPost = byPost
			session := browser.Sessions()[0]
			parting, err := browser.Leave(t.Context(), session, simulator.LogoutOptions{Binding: binding})
			if err != nil || parting.Complaint != "" || parting.Answer == nil || parting.Answer.Status.Code != idp.StatusSuccess {
				t.Fatalf("%+v, %v", parting, err)
			}
			heard := partners[0].heard[0]
			if heard.Name != session.Name || heard.SessionIndexes[0] != session.Index || session.Name.Value != "han@acme.test" || session.Index == "" {
				t.Errorf("heard %+v of %+v", heard, session)
			}
			if err := heard.Signature.Verify([]*x509.Certificate{session.App.Identity().Certificate}); err != nil {
				t.Error(err)
			}
			if len(browser.Sessions()) != 0 {
				t.Error("Okta still remembers the session")
			}
		}
	}
}

// Who signs out at one product is signed out of Okta and asked out of the others.
func TestAProductSignsSomebodyOutEverywhere(t *testing.T) {
	t.Parallel()
	_, browser, _, partners, apps := partnered(t, 3)
	partners[0].asks = browser.Sessions()[0].Name
	parting, err := browser.SignOut(t.Context(), apps[0], http.MethodPost, partners[0].url+"/signout")
	if err != nil || parting.Complaint != "" || parting.Request == nil || parting.Body != "bye" || parting.Answered != 200 {
		t.Fatalf("%+v, %v", parting, err)
	}
	for i, p := range partners {
		if len(p.heard) != 1 || p.heard[0].Answer != (i == 0) {
			t.Errorf("product %d heard %+v", i, p.heard)
		}
	}
	if answer := partners[0].heard[0]; answer.Status != (idp.Status{Code: idp.StatusSuccess}) || answer.InResponseTo != parting.Request.ID || answer.RelayState != "rs" {
		t.Errorf("answered %+v", answer)
	}
	if len(browser.Sessions()) != 0 {
		t.Error("sessions are left")
	}
}

func TestOktaSaysWhoCouldNotBeSignedOut(t *testing.T) {
	t.Parallel()
	_, browser, _, partners, apps := partnered(t, 2)
	partners[0].asks, partners[1].answer = browser.Sessions()[0].Name, idp.Status{Code: idp.StatusResponder}
	if _, err := browser.SignOut(t.Context(), apps[0], http.MethodGet, partners[0].url+"/signout"); err != nil {
		t.Fatal(err)
	}
	if got := partners[0].heard[0].Status; got.Below != idp.StatusPartialLogout {
		t.Errorf("answered %+v", got)
	}
	partners[0].asks.Value = "HAN@acme.test"
	if _, err := browser.SignOut(t.Context(), apps[0], http.MethodGet, partners[0].url+"/signout"); err != nil {
		t.Fatal(err)
	}
	if got := partners[0].heard[1].Status; got.Below != idp.StatusUnknownPrincipal {
		t.Errorf("answered %+v to a request about nobody", got)
	}
}

// Okta believes no logout message that the product did not sign.
func TestOktaChecksWhoAsks(t *testing.T) {
	t.Parallel()
	_, browser, _, partners, apps := partnered(t, 1)
	partners[0].asks = browser.Sessions()[0].Name
	key, err := fixtures.Key("attacker")
	if err != nil {
		t.Fatal(err)
	}
	partners[0].self.Key = key
	parting, err := browser.SignOut(t.Context(), apps[0], http.MethodGet, partners[0].url+"/signout")
	if err != nil || !strings.Contains(parting.Complaint, "does not verify") || len(browser.Sessions()) != 1 || len(partners[0].heard) != 0 {
		t.Errorf("%+v, %v", parting, err)
	}
}

func TestAnAppWithoutLogout(t *testing.T) {
	t.Parallel()
	_, browser, _, _, apps := partnered(t, 1)
	apps[0].Configure(func(s *simulator.AppSettings) { s.SAML.Logout.URL = "" })
	if _, err := browser.Leave(t.Context(), browser.Sessions()[0], simulator.LogoutOptions{}); err == nil {
		t.Error("a request was sent to nowhere")
	}
}

// The same by the web site, for a browser of flesh and blood.
func TestSigningOutOnTheWebSite(t *testing.T) {
	t.Parallel()
	s, p := newSite(t), newPartner(t)
	han := s.hire("Han", "Solo")
	ok(t)(s.app.Assign(t.Context(), han))
	p.okta, p.self.EntityID = s.app.Identity().SLOURL, "https://ci.test"
	s.app.Configure(func(settings *simulator.AppSettings) {
		settings.SAML.Certificates, settings.SAML.Logout.URL = []*x509.Certificate{p.self.Certificate}, p.url+"/slo"
	})
	signIn := func() {
		t.Helper()
		_, page := s.get(s.startURL())
		if status, form := s.answer(page, han); status != 200 || !strings.Contains(form, `id="appForm"`) {
			t.Fatalf("%d %s", status, form)
		}
	}
	dispatch := func(made idp.Envelope, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		address, err := made.Redirect(p.okta, "")
		if err != nil {
			t.Fatal(err)
		}
		return address
	}

	signIn()
	status, page := s.post("/signout", url.Values{})
	if status != 200 || !strings.Contains(html.UnescapeString(page), `action="`+p.url+`/slo"`) || !strings.Contains(page, "SAMLRequest") {
		t.Fatalf("the product is not told: %d %s", status, page)
	}
	answered := dispatch(p.self.LogoutResponse(idp.Dispatch{Destination: p.okta, InResponseTo: "_1", Now: noon}, idp.Status{Code: idp.StatusSuccess}))
	if status, page := s.get(answered); status != 200 || strings.Contains(page, "SAMLRequest") {
		t.Errorf("after the answer: %d %s", status, page)
	}
	if _, page := s.get(s.startURL()); !strings.Contains(page, "Sign in to") {
		t.Error("the session at Okta is still open")
	}

	signIn()
	name := idp.Name{Value: "han@acme.test", Format: idp.FormatEmailAddress}
	request := dispatch(p.self.LogoutRequest(idp.Logout{Dispatch: idp.Dispatch{Destination: p.okta, Now: s.okta.Clock().Now()}, Name: name}))
	if status, page := s.get(request); status != 200 || !strings.Contains(page, "SAMLResponse") {
		t.Errorf("the product's request: %d %s", status, page)
	}
	if _, page := s.get(s.startURL()); !strings.Contains(page, "Sign in to") {
		t.Error("the product's request ended nothing")
	}
	if status, _ := s.get(strings.Replace(request, "SigAlg", "sigAlg", 1)); status != 400 {
		t.Errorf("an unsigned request: %d", status)
	}
	if status, _ := s.get("/app/x/y/slo/saml"); status != 404 {
		t.Errorf("no such app: %d", status)
	}
}
