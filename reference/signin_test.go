package reference_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// browser is a client without a session that follows no redirects.
func browser() *http.Client { return &http.Client{CheckRedirect: stay} }

func TestAfterTheSignInOnlyOwnPagesAreFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.hire("Han", "Solo")
	w.assign(person)
	home := "/organizations/" + w.organization.Slug
	for relay, want := range map[string]string{
		"":                               home,
		"/audit":                         "/audit",
		"/audit?person=han":              "/audit?person=han",
		w.server.URL + "/audit":          "/audit",
		"https://evil.example/":          home,
		"//evil.example/":                home,
		"/\\evil.example/":               home,
		"\\\\evil.example":               home,
		"///evil.example":                home,
		"/\t/evil.example":               home,
		"javascript:alert(1)":            home,
		"http:evil.example":              home,
		" /audit":                        home,
		w.server.URL + ".evil.example/":  home,
		w.server.URL + "@evil.example/":  home,
		"/" + strings.Repeat("a", 2000):  home,
		"/audit\r\nSet-Cookie: stolen=1": home,
	} {
		posting := w.response(person)
		posting.RelayState = relay
		answer, _ := w.post(browser(), posting.ACS, postingForm(posting))
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != want {
			t.Errorf("relay state %q: %d to %q, want %q", relay, answer.StatusCode, answer.Header.Get("Location"), want)
		}
	}
}

func TestTheStartOfASignInCarriesOnlyOwnPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for wanted, relay := range map[string]string{"/audit": "/audit", "https://evil.example/": "", "//evil.example": ""} {
		answer, _ := w.send(browser(), w.request("GET", w.server.URL+"/sso/acme?return_to="+url.QueryEscape(wanted), nil))
		to, err := url.Parse(answer.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != http.StatusFound || to.Query().Get("RelayState") != relay || to.Query().Get("SAMLRequest") == "" {
			t.Errorf("return_to %q: %d to %s", wanted, answer.StatusCode, to)
		}
	}
}

func TestSomebodyWhoIsNotSignedInComesBackToThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.send(browser(), w.request("GET", w.server.URL+"/audit?page=2", nil))
	login := answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther || login != "/login?return_to=%2Faudit%3Fpage%3D2" {
		t.Fatalf("%d to %s", answer.StatusCode, login)
	}
	if _, body := w.get(browser(), login); !strings.Contains(body, `name="return_to" value="/audit?page=2"`) {
		t.Errorf("the sign-in page forgot: %s", body)
	}
	if _, body := w.get(browser(), "/login?return_to=https://evil.example/"); strings.Contains(body, "evil.example") {
		t.Error("the sign-in page takes an address of another site")
	}
	answer, _ = w.send(browser(), w.request("GET", w.server.URL+login+"&organization=acme", nil))
	if to := answer.Header.Get("Location"); to != "/sso/acme?return_to=%2Faudit%3Fpage%3D2" {
		t.Errorf("the sign-in starts at %s", to)
	}
}

// An answer that somebody else's browser asked for would let them in as whoever sent it.
func TestAnAnswerComesInTheBrowserThatAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.hire("Han", "Solo")
	w.assign(person)
	posting := w.response(person)
	cookies, _ := w.asking.LoadAndDelete(posting.SAMLResponse)
	if answer, _ := w.post(browser(), posting.ACS, postingForm(posting)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("in another browser: %d", answer.StatusCode)
	}
	asked := cookies.([]*http.Cookie)
	if len(asked) != 1 || asked[0].Name != "rollcall_asked" {
		t.Fatalf("the browser that asked has the cookies %v", asked)
	}
	w.asking.Store(posting.SAMLResponse, asked)
	if answer, _ := w.post(browser(), posting.ACS, postingForm(posting)); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("in its own browser, afterwards: %d", answer.StatusCode)
	}
}

func TestTheSessionCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.hire("Han", "Solo")
	w.assign(person)
	posting := w.response(person)
	answer, _ := w.post(browser(), posting.ACS, postingForm(posting))
	cookies := answer.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	c := cookies[0]
	if c.Name != "rollcall_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.MaxAge <= 0 {
		t.Errorf("cookie %+v", c)
	}
}

func TestTheSessionCookieIsSecureOverHTTPS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.SetBaseURL("https://rollcall.test/")
	person := w.hire("Han", "Solo")
	w.assigned.Configure(func(s *simulator.AppSettings) {
		s.Integration = false
		s.SAML.ACS, s.SAML.Audience = "https://rollcall.test/login/sso/saml/consume?organization=acme", "https://rollcall.test"
	})
	w.assign(person)
	posting := w.unsolicited(person)
	answer, body := w.post(browser(), strings.Replace(posting.ACS, "https://rollcall.test", w.server.URL, 1), postingForm(posting))
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	if cookies := answer.Cookies(); len(cookies) != 1 || !cookies[0].Secure {
		t.Errorf("cookies %v, want one that is Secure", cookies)
	}
}

// unsolicited makes Okta start a sign-in, and returns what would be posted.
func (w *world) unsolicited(person *simulator.Person) simulator.Posting {
	w.t.Helper()
	response, err := w.assigned.Identity().Issue(w.assigned.Claims(person))
	if err != nil {
		w.t.Fatal(err)
	}
	return simulator.Posting{ACS: w.assigned.Settings().SAML.ACS, SAMLResponse: response.Encoded()}
}

func TestARefusedSignInChangesNothingAndIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.hire("Greedo", "Tetsu")
	w.assign(person)
	other := newIdentity(t, "acme", "attacker")
	elsewhere := newIdentity(t, "elsewhere", "other-tenant")
	forged := func(identity idp.Identity, alter func(*idp.Claims)) simulator.Posting {
		claims := w.assigned.Claims(person)
		if alter != nil {
			alter(&claims)
		}
		response, err := identity.Issue(claims)
		if err != nil {
			t.Fatal(err)
		}
		return simulator.Posting{ACS: w.organization.SAML.ACS, SAMLResponse: response.Encoded()}
	}
	accepted := w.unsolicited(w.hire("Once", "Only"))
	if answer, _ := w.post(browser(), accepted.ACS, postingForm(accepted)); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the honest sign-in answered %d", answer.StatusCode)
	}
	for check, posting := range map[string]simulator.Posting{
		"signature":   forged(other, nil),
		"issuer":      forged(elsewhere, nil),
		"audience":    forged(w.identity, func(c *idp.Claims) { c.Audience = "https://other.example" }),
		"destination": forged(w.identity, func(c *idp.Claims) { c.Destination = "https://other.example/acs" }),
		"recipient":   forged(w.identity, func(c *idp.Claims) { c.Recipient = "https://other.example/acs" }),
		"asked-here":  forged(w.identity, func(c *idp.Claims) { c.InResponseTo = "_unknown" }),
		"once":        accepted,
	} {
		answer, body := w.post(browser(), posting.ACS, postingForm(posting))
		if answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 {
			t.Errorf("%s: %d, cookies %v", check, answer.StatusCode, answer.Cookies())
		}
		if strings.Contains(string(body), check+":") {
			t.Errorf("%s: the page names the check that refused", check)
		}
		if !w.logged("SSO_LOGIN_DENIED", check+": ") {
			t.Errorf("%s: the audit log does not tell of it", check)
		}
	}
	if seen := w.look(person); len(seen.Accounts)+len(seen.Seats)+len(seen.Sessions) > 0 {
		t.Errorf("something was made: %+v", seen)
	}
}

// logged says whether the audit log has a row of the action whose cause begins so.
func (w *world) logged(action, cause string) bool {
	w.t.Helper()
	var log struct {
		Events []struct{ Action, Cause string }
	}
	w.probe("GET", "/organizations/"+w.organization.Organization+"/audit?after=0", nil, http.StatusOK, &log)
	for _, e := range log.Events {
		if e.Action == action && strings.HasPrefix(e.Cause, cause) {
			return true
		}
	}
	return false
}

func TestALeaverIsTurnedAwayWithTheReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.hire("Lando", "Calrissian")
	w.assign(person)
	posting := w.response(person)
	if _, err := w.assigned.Unassign(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	answer, body := w.post(browser(), posting.ACS, postingForm(posting))
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("status %d, want 403: %s", answer.StatusCode, body)
	}
	if seen := w.look(person); len(seen.Accounts) > 0 {
		t.Errorf("an account was made: %+v", seen)
	}
}

func TestATestSignInMakesNothingAndAllowsEnabling(t *testing.T) {
	t.Parallel()
	w := listen(t)
	w.identity = newIdentity(t, "fresh", "okta")
	w.organization = w.found("Fresh", w.identity, "created")
	if w.organization.SCIM.Token != "" {
		t.Error("a SCIM token was issued for a provider that is not enabled")
	}
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	w.assigned.Configure(func(s *simulator.AppSettings) { s.Integration = false })
	person := w.hire("Padme", "Amidala")
	w.assign(person)
	state := func(status int) {
		t.Helper()
		w.probe("PUT", "/organizations/"+w.organization.Organization+"/provider", map[string]any{"state": "enabled"}, status, nil)
	}
	state(http.StatusConflict)
	posting := w.response(person)
	answer, body := w.post(browser(), posting.ACS, postingForm(posting))
	if answer.StatusCode != http.StatusOK || len(answer.Cookies()) > 0 || !strings.Contains(string(body), "Test sign-in succeeded") {
		t.Fatalf("%d, cookies %v: %s", answer.StatusCode, answer.Cookies(), body)
	}
	if seen := w.look(person); len(seen.Accounts) > 0 {
		t.Errorf("the test made an account: %+v", seen)
	}
	state(http.StatusNoContent)
	if made := w.signIn(person); len(w.look(made.Person).Memberships) != 1 {
		t.Error("after enabling the sign-in makes no membership")
	}
}

func TestADisabledProviderIsNotEvenTested(t *testing.T) {
	t.Parallel()
	w := listen(t)
	w.identity = newIdentity(t, "closed", "okta")
	w.organization = w.found("Closed", w.identity, "created")
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	w.assigned.Configure(func(s *simulator.AppSettings) { s.Integration = false })
	person := w.hire("Padme", "Amidala")
	w.assign(person)
	posting := w.response(person)
	provider := "/organizations/" + w.organization.Organization + "/provider"
	w.probe("PUT", provider, map[string]any{"state": "disabled"}, http.StatusNoContent, nil)
	if answer, body := w.post(browser(), posting.ACS, postingForm(posting)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("%d, want 403: %s", answer.StatusCode, body)
	}
	if status, _ := w.get(browser(), w.organization.SAML.SignIn); status != http.StatusNotFound {
		t.Errorf("the sign-in address answers %d", status)
	}
	w.probe("PUT", provider, map[string]any{"state": "enabled"}, http.StatusConflict, nil)
}

func TestMalformedPostings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acs := w.organization.SAML.ACS
	encoded := func(xml string) url.Values {
		return url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(xml))}}
	}
	for name, c := range map[string]struct {
		address string
		form    url.Values
		status  int
	}{
		"nothing":              {acs, url.Values{}, 400},
		"empty":                {acs, url.Values{"SAMLResponse": {""}}, 400},
		"twice":                {acs, url.Values{"SAMLResponse": {"a", "b"}}, 400},
		"not base64":           {acs, url.Values{"SAMLResponse": {"%%%"}}, 400},
		"not XML":              {acs, encoded("hello"), 400},
		"truncated":            {acs, encoded("<samlp:Response"), 400},
		"DOCTYPE":              {acs, encoded(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`), 400},
		"not UTF-8":            {acs, encoded("<a>\xff\xfe</a>"), 400},
		"NUL":                  {acs, encoded("<a>\x00</a>"), 400},
		"deep":                 {acs, encoded(strings.Repeat("<a>", 10000) + strings.Repeat("</a>", 10000)), 400},
		"another document":     {acs, encoded("<a xmlns='urn:b'/>"), 403},
		"too large":            {acs, encoded(strings.Repeat("a", 10<<20)), 413},
		"large":                {acs, encoded(strings.Repeat("a", 2<<20)), 400},
		"unknown organization": {w.server.URL + "/login/sso/saml/consume?organization=nobody", encoded("<a/>"), 404},
		"no organization":      {w.server.URL + "/login/sso/saml/consume", encoded("<a/>"), 404},
		"query cannot be read": {acs + "%zz", encoded("<a/>"), 400},
	} {
		answer, body := w.post(browser(), c.address, c.form)
		if answer.StatusCode != c.status || len(answer.Cookies()) > 0 {
			t.Errorf("%s: %d, want %d: %.200s", name, answer.StatusCode, c.status, body)
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: the answer is %s, want a page", name, answer.Header.Get("Content-Type"))
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, body := w.get(http.DefaultClient, w.organization.SAML.Metadata)
	if status != http.StatusOK || !strings.Contains(body, `entityID="`+w.server.URL+`"`) || !strings.Contains(body, "/login/sso/saml/consume?organization=acme") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := w.get(http.DefaultClient, "/sso/~/nobody/saml/metadata"); status != http.StatusNotFound {
		t.Errorf("an unknown provider answers %d", status)
	}
}

func TestOfSeveralProvidersTheNewestSignsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := newIdentity(t, "acme-next", "okta-next")
	var added connection
	w.probe("POST", "/organizations/"+w.organization.Organization+"/providers", map[string]any{
		"kind": "custom_saml", "state": "enabled", "idp_metadata": string(second.Metadata()),
	}, http.StatusCreated, &added)
	if added.Provider == w.organization.Provider || added.SCIM.BaseURL == w.organization.SCIM.BaseURL {
		t.Fatalf("the second provider is not another one: %+v", added)
	}
	for address, sso := range map[string]string{
		w.server.URL + "/sso/acme": second.SSOURL,
		w.organization.SAML.SignIn: w.identity.SSOURL,
		added.SAML.SignIn:          second.SSOURL,
	} {
		answer, _ := w.send(browser(), w.request("GET", address, nil))
		if to := answer.Header.Get("Location"); !strings.HasPrefix(to, sso+"?") {
			t.Errorf("%s leads to %s, want %s", address, to, sso)
		}
	}
	for _, path := range []string{"/sso/nobody", "/sso/acme?provider=nobody"} {
		if status, _ := w.get(browser(), path); status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
}
