package simulator_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// inProcess is a round tripper that asks a handler.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	p.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// site is a tenant's web site, a product beside it, and somebody's real browser.
type site struct {
	world
	t      *testing.T
	base   string
	client *http.Client
}

func newSite(t *testing.T) site {
	t.Helper()
	p := newProduct(t)
	// The address has to be known before the identity is made.
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	okta, err := simulator.New(simulator.Options{Identity: tenantIdentity(t, server.URL)})
	if err != nil {
		t.Fatal(err)
	}
	app := okta.NewApp(simulator.AppSettings{
		Label: "Acme <CI>", SCIM: simulator.Connection{BaseURL: p.url + "/scim", Token: "t0ken-of-acme"},
		Integration: true, CreateUsers: true, DeactivateUsers: true, LifecycleManagement: true,
		SAML: simulator.SAML{ACS: p.url + "/acs", Audience: "https://ci.test"},
	})
	handler = okta.Handler()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := site{world: world{product: p, okta: okta, app: app}, t: t, base: server.URL, client: &http.Client{Jar: jar}}
	s.request = s.authnRequest("")
	return s
}

// get and post return status and page; post sends what a browser on the page would.
func (s site) get(path string) (int, string) {
	s.t.Helper()
	return s.do(http.MethodGet, path, nil, "same-origin")
}

func (s site) post(path string, form url.Values) (int, string) {
	s.t.Helper()
	return s.do(http.MethodPost, path, form, "same-origin")
}

func (s site) do(method, path string, form url.Values, fetchSite string) (int, string) {
	s.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = s.base + path
	}
	request, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Sec-Fetch-Site", fetchSite)
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

var stateField = regexp.MustCompile(`name="state" value="([^"]+)"`)

// answer presses a person's button on a sign-in page and returns the form that comes.
func (s site) answer(page string, person *simulator.Person) (int, string) {
	s.t.Helper()
	state := stateField.FindStringSubmatch(page)
	if state == nil {
		s.t.Fatalf("no sign-in page: %s", page)
	}
	return s.post("/signin", url.Values{"state": {state[1]}, "person": {person.ID}})
}

func TestSignInPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	han, leia := s.hire("Han", "Solo"), s.hire("Leia", "Organa")
	ok(t)(s.app.Assign(t.Context(), han))
	ok(t)(s.okta.Suspend(t.Context(), leia))

	status, page := s.get(s.startURL())
	if status != 200 || !strings.Contains(page, "Sign in to Acme &lt;CI&gt;") || !strings.Contains(page, "han@acme.test") || !strings.Contains(page, "SUSPENDED") {
		t.Fatalf("%d %s", status, page)
	}
	if status, page := s.answer(page, leia); status != 403 || strings.Contains(page, "SAMLResponse") {
		t.Errorf("a suspended person: %d %s", status, page)
	}
	status, form := s.answer(page, han)
	if status != 200 || !strings.Contains(form, `id="appForm"`) || !strings.Contains(html.UnescapeString(form), `action="`+s.url+`/acs"`) {
		t.Fatalf("%d %s", status, form)
	}
	if _, again := s.get(s.startURL()); !strings.Contains(again, `id="appForm"`) {
		t.Error("with a session, Okta asks again who is there")
	}
	s.request = s.authnRequest(` ForceAuthn="true"`)
	if _, forced := s.get(s.startURL()); !strings.Contains(forced, "Sign in to") {
		t.Error("ForceAuthn does not ask again")
	}
	ok(t)(s.app.Unassign(t.Context(), han))
	s.request = s.authnRequest("")
	if status, page := s.get(s.startURL()); status != 403 || !strings.Contains(page, "App Not Assigned") {
		t.Errorf("who is not assigned: %d %s", status, page)
	}
	s.post("/signout", nil)
	if _, page := s.get(s.startURL()); !strings.Contains(page, "Sign in to") {
		t.Error("signing out leaves the session")
	}
}

func TestSignInByPostAndFromTheDashboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	han := s.hire("Han", "Solo")
	ok(t)(s.app.Assign(t.Context(), han))
	s.byForm = true
	_, page := s.get(s.startURL())
	value := regexp.MustCompile(`name="SAMLRequest" value="([^"]+)"`).FindStringSubmatch(page)
	sso, err := url.Parse(s.app.Identity().SSOURL)
	if err != nil || value == nil {
		t.Fatalf("%v in %s", err, page)
	}
	// A request comes from the product's site, and may.
	status, page := s.do(http.MethodPost, sso.Path, url.Values{"SAMLRequest": {value[1]}, "RelayState": {"r"}}, "cross-site")
	if status != 200 {
		t.Fatalf("%d %s", status, page)
	}
	if _, form := s.answer(page, han); !strings.Contains(form, `name="RelayState" type="hidden" value="r"`) {
		t.Errorf("form %s", form)
	}
	if status, form := s.get("/home/" + s.app.Identity().App + "/" + s.app.ID + "/" + s.app.Link + "?RelayState=%2Fx"); status != 200 || !strings.Contains(form, `value="&#x2f;x"`) {
		t.Errorf("%d %s", status, form)
	}
}

func TestMetadataIsServed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if status, text := s.get(s.app.Identity().MetadataURL); status != 200 || text != string(s.app.Identity().Metadata()) {
		t.Errorf("%d %s", status, text)
	}
}

func TestWrongAddressesAndForms(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	han := s.hire("Han", "Solo")
	sso, err := url.Parse(s.app.Identity().SSOURL)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		method, path string
		form         url.Values
		status       int
		text         string
	}{
		"no request":       {"GET", sso.Path, nil, 400, "there is no SAMLRequest"},
		"broken request":   {"GET", sso.Path + "?SAMLRequest=%25", nil, 400, "not base64"},
		"markup":           {"POST", sso.Path, url.Values{"SAMLRequest": {"<script>"}}, 400, "not base64"},
		"another app":      {"GET", "/app/x/y/sso/saml", nil, 404, "no such app"},
		"another metadata": {"GET", "/app/exk/sso/saml/metadata", nil, 404, "no such app"},
		"another icon":     {"GET", "/home/a/" + s.app.ID + "/aln0", nil, 404, "no such app"},
		"old page":         {"POST", "/signin", url.Values{"state": {"x"}, "person": {han.ID}}, 400, "too old"},
		"no such action":   {"POST", "/admin/explode", url.Values{"person": {han.ID}}, 400, "no such action"},
		"no such person":   {"POST", "/admin/suspend", url.Values{"person": {"x"}}, 400, "no such person"},
		"a field is empty": {"POST", "/admin/hire", url.Values{"first": {"A"}, "last": {"B"}, "email": {" "}}, 400, "Fill in the field email"},
		"nowhere":          {"GET", "/nowhere", nil, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, page := s.do(test.method, test.path, test.form, "same-origin")
			if status != test.status || !strings.Contains(page, test.text) || strings.Contains(page, "<script>") {
				t.Errorf("%d %s", status, page)
			}
		})
	}
	if _, page := s.post("/admin/hire", url.Values{"first": {strings.Repeat("x", 300<<10)}}); !strings.Contains(page, "no such action") && !strings.Contains(page, "400") {
		t.Error("a form of 300 KiB was read")
	}
}

func TestChangesComeFromThisSiteOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	han := s.hire("Han", "Solo")
	for _, path := range []string{"/admin/suspend", "/signin", "/signout"} {
		if status, _ := s.do(http.MethodPost, path, url.Values{"person": {han.ID}}, "cross-site"); status != http.StatusForbidden {
			t.Errorf("%s across sites: %d", path, status)
		}
	}
	if han.Status() != simulator.Active {
		t.Error("a form on another site suspended somebody")
	}
	if status, _ := s.get("/admin/suspend?person=" + han.ID); status != http.StatusMethodNotAllowed {
		t.Errorf("by GET: %d", status)
	}
}

func TestAdminPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	press := func(action string, pairs ...string) string {
		t.Helper()
		form := url.Values{"app": {s.app.ID}}
		for n := 0; n < len(pairs); n += 2 {
			form.Set(pairs[n], pairs[n+1])
		}
		status, page := s.post("/admin/"+action, form)
		if status != 200 {
			t.Fatalf("%s: %d %s", action, status, page)
		}
		return page
	}
	if page := press("hire", "first", "Han", "last", "Solo", "email", "han@acme.test"); !strings.Contains(page, "Han Solo") {
		t.Error("the page does not show who was hired")
	}
	han := s.okta.People()[0]
	press("group", "name", "Rebels")
	rebels := s.okta.Groups()[0]

	press("assign", "person", han.ID)
	s.expect(`GET /Users userName eq "han@acme.test"; POST /Users on`)
	press("admin", "person", han.ID, "value", "true")
	if got, _ := s.app.Assignment(han); got.Profile["admin"] != "true" {
		t.Errorf("assignment %+v", got)
	}
	press("join", "person", han.ID, "group", rebels.ID)
	press("assign-group", "group", rebels.ID)
	page := press("teams", "group", rebels.ID, "teams", "one/maintainer, two")
	if got := attribute(t, s.app.Claims(han), "teams"); len(got) != 1 || got[0] != "one/maintainer,two" || !strings.Contains(page, `value="one/maintainer, two"`) {
		t.Errorf("teams %q", got)
	}
	if page := press("unassign", "person", han.ID); !strings.Contains(page, "through a group") {
		t.Error("the page does not tell why nothing was sent")
	}
	press("unassign-group", "group", rebels.ID)
	s.expect("PATCH /Users/1 off")
	press("leave", "person", han.ID, "group", rebels.ID)
	press("suspend", "person", han.ID)
	press("unsuspend", "person", han.ID)

	s.refuses(func(string, string) (int, string, http.Header) { return 503, "back <soon>", nil })
	if page := press("assign", "person", han.ID); !strings.Contains(page, "Service Unavailable. Errors reported by remote server: back &lt;soon&gt;") {
		t.Error("the page does not show the task")
	}
	if page := press("test"); !strings.Contains(page, "could not be tested") {
		t.Error("the page does not show that the credentials failed")
	}
	s.refuses(nil)
	press("retry", "task", s.app.Tasks()[0].ID)
	if !s.app.Tasks()[0].Done {
		t.Error("the retry did nothing")
	}
	press("deactivate", "person", han.ID)
	if page := press("assign", "person", han.ID); !strings.Contains(page, "E0000001") {
		t.Error("the page does not show a refusal")
	}
	press("activate", "person", han.ID)
	press("assign", "person", han.ID)
	page = press("provision", "person", han.ID)
	if strings.Contains(page, "t0ken") {
		t.Error("the page shows the token")
	}
}

func TestAdminPagePushesAndImports(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.teams = &teams{byID: map[string]*team{}}
	s.app.Configure(pushing)
	group, _ := s.rebels(t, "Han")
	press := func(action string, pairs ...string) string {
		t.Helper()
		form := url.Values{"app": {s.app.ID}, "group": {group.ID}}
		for n := 0; n < len(pairs); n += 2 {
			form.Set(pairs[n], pairs[n+1])
		}
		status, page := s.post("/admin/"+action, form)
		if status != 200 {
			t.Fatalf("%s: %d %s", action, status, page)
		}
		return page
	}
	if page := press("push"); !strings.Contains(page, "Unlink Rebels and delete it in the app") || s.team("g1") != "Rebels: 1" {
		t.Errorf("the product has %q", s.team("g1"))
	}
	s.teams.byID["g1"].members = nil
	if press("push-now"); s.team("g1") != "Rebels: 1" {
		t.Errorf("the product has %q", s.team("g1"))
	}
	if page := press("import"); !strings.Contains(page, "1 user scanned!") || !strings.Contains(page, "1 new group imported") {
		t.Error("the page does not show what was imported")
	}
	if press("unlink", "remove", "false"); s.team("g1") != "Rebels: 1" {
		t.Errorf("the product has %q", s.team("g1"))
	}
	press("push")
	if press("unlink", "remove", "true"); s.team("g1") != "" {
		t.Errorf("the product has %q", s.team("g1"))
	}
}

func TestPagesAreGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	response, err := s.client.Get(s.base + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if got := response.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "script-src 'sha256-") {
		t.Errorf("policy %q", got)
	}
	if status, sheet := s.get("/style.css"); status != 200 || !strings.Contains(sheet, "body {") {
		t.Errorf("style sheet: %d", status)
	}
}
