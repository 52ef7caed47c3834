package reference_test

// The tests of this package drive the product from outside, so they use the fake
// Okta: nothing else makes requests and signed responses in Okta's shape. Only
// _test files cross this border; the product itself knows nothing of it.

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// world is a product that listens, an Okta beside it, and an organization that
// trusts it.
type world struct {
	t      *testing.T
	app    *reference.App
	server *httptest.Server
	log    *bytes.Buffer
	clock  *simulator.Clock

	organization connection
	identity     idp.Identity
	okta         *simulator.Tenant
	assigned     *simulator.App

	asking sync.Map // by SAMLResponse, the cookies of the browser that asked for it
}

// connection is what the probe answers, as somebody outside reads it.
type connection struct {
	Organization string
	Slug         string
	Provider     string
	SCIM         struct {
		BaseURL string `json:"base_url"`
		Token   string
	}
	SAML struct {
		Metadata string `json:"sp_metadata"`
		EntityID string `json:"entity_id"`
		ACS      string
		SignIn   string `json:"sign_in"`
	}
	Doors struct{ Whoami, Admin, Settings, Team string }
	Teams []struct {
		ID, Slug    string
		Default     bool
		DefaultRole string `json:"default_role"`
	}
}

// newWorld starts a product with the organization Acme and an app for it in Okta.
func newWorld(t *testing.T, options ...reference.Option) *world {
	t.Helper()
	w := listen(t, options...)
	w.identity = newIdentity(t, "acme", "okta")
	w.organization = w.found("Acme", w.identity, "enabled")
	w.okta, w.assigned = w.connect(w.organization, w.identity)
	return w
}

// listen starts a product without any organization.
func listen(t *testing.T, options ...reference.Option) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}, clock: simulator.NewClock(nil)}
	var err error
	w.app, err = reference.New(t.Context(), reference.Options{Logger: textLogger(w.log)}, options...)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(w.app)
	w.app.SetBaseURL(w.server.URL)
	t.Cleanup(func() {
		w.server.Close()
		if err := w.app.Close(); err != nil {
			t.Error(err)
		}
		if w.log.Len() > 0 {
			t.Errorf("faults were logged:\n%s", w.log)
		}
	})
	return w
}

func newIdentity(t *testing.T, subdomain, key string) idp.Identity {
	t.Helper()
	signer, err := fixtures.Key(key)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := idp.NewIdentity(subdomain, "Rollcall", signer, time.Now().Add(-time.Hour), "")
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// found makes an organization through the probe.
func (w *world) found(name string, identity idp.Identity, state string) connection {
	w.t.Helper()
	var made connection
	w.probe("POST", "/organizations", map[string]any{
		"name": name, "plan": "enterprise", "founder": true,
		"provider": map[string]any{"kind": "okta", "state": state, "idp_metadata": string(identity.Metadata())},
		"teams": []map[string]any{
			{"name": "Everyone", "default": true},
			{"name": "Core", "default_role": "maintainer"},
		},
	}, http.StatusCreated, &made)
	return made
}

// team is the id of the organization's team with the slug.
func (w *world) team(slug string) string {
	w.t.Helper()
	for _, team := range w.organization.Teams {
		if team.Slug == slug {
			return team.ID
		}
	}
	w.t.Fatalf("there is no team %q in %v", slug, w.organization.Teams)
	return ""
}

// connect makes an Okta with an app for the organization.
func (w *world) connect(to connection, identity idp.Identity) (*simulator.Tenant, *simulator.App) {
	w.t.Helper()
	okta, err := simulator.New(simulator.Options{Identity: identity, Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	app := okta.NewApp(simulator.AppSettings{
		Label: "Rollcall", Integration: true, CreateUsers: true, UpdateAttributes: true, DeactivateUsers: true,
		SCIM: simulator.Connection{BaseURL: to.SCIM.BaseURL, Token: to.SCIM.Token},
		SAML: simulator.SAML{ACS: to.SAML.ACS, Audience: to.SAML.EntityID},
	})
	return okta, app
}

// probe calls the probe, and holds what it answers against the contract.
func (w *world) probe(method, path string, body any, status int, into any) {
	w.t.Helper()
	request := w.request(method, w.app.ProbeURL()+path, body)
	request.Header.Set("Authorization", "Bearer "+w.app.ProbeToken())
	got, answer := w.send(http.DefaultClient, request)
	if got.StatusCode != status {
		w.t.Fatalf("probe %s %s: status %d, want %d: %s", method, path, got.StatusCode, status, answer)
	}
	checkAnswer(w.t, method, path, got.StatusCode, answer)
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			w.t.Fatalf("probe %s %s: %v", method, path, err)
		}
	}
}

func (w *world) request(method, address string, body any) *http.Request {
	w.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, address, content)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

// reply is an answer whose body was read and closed.
type reply struct {
	StatusCode int
	Header     http.Header
	cookies    []*http.Cookie
}

// Cookies are the cookies that the answer sets.
func (r reply) Cookies() []*http.Cookie { return r.cookies }

func (w *world) send(client *http.Client, request *http.Request) (reply, []byte) {
	w.t.Helper()
	answer, err := client.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, answer.Cookies()}, body
}

// view is a look at a person.
type view struct {
	Records []struct {
		ID, Email, Name string
		Active          bool
		AccountID       *string `json:"account_id"`
	}
	Accounts    []struct{ ID, Email, Name string }
	Memberships []struct {
		ID, Role  string
		AccountID string `json:"account_id"`
		Teams     []struct {
			Slug, Role string
			Default    bool
		}
	}
	Seats    []struct{ Ended *time.Time }
	Sessions []struct{ Ended *time.Time }
	Tokens   []struct{ Revoked *time.Time }
}

func (w *world) look(person *simulator.Person) view {
	w.t.Helper()
	var seen view
	w.probe("POST", "/look", map[string]any{
		"organization": w.organization.Organization,
		"identifiers":  map[string]any{"emails": []string{person.Email()}},
	}, http.StatusOK, &seen)
	return seen
}

func (w *world) hire(first, last string) *simulator.Person {
	email := strings.ToLower(first) + "." + strings.ToLower(last) + "@acme.test"
	return w.okta.Hire(simulator.Profile{FirstName: first, LastName: last, Email: email, Login: email})
}

func (w *world) assign(person *simulator.Person, profile ...simulator.AppProfile) {
	w.t.Helper()
	outcome, err := w.assigned.Assign(w.t.Context(), person, profile...)
	if err != nil || len(outcome.Tasks) > 0 {
		w.t.Fatalf("assigning %s: %v %v", person, outcome.Tasks, err)
	}
}

// member is somebody signed in.
type member struct {
	*simulator.Person
	client *http.Client // with the session cookie; it follows no redirects
}

// signIn signs somebody in and hands out a client with their session.
func (w *world) signIn(person *simulator.Person) member {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	m := member{person, &http.Client{Jar: jar, CheckRedirect: stay}}
	posting := w.response(person)
	answer, body := w.post(m.client, posting.ACS, postingForm(posting))
	if answer.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("signing in %s: %d %s", person, answer.StatusCode, body)
	}
	return m
}

// errTaken stops a browser before it posts.
var errTaken = errors.New("the response was taken")

// response makes Okta answer a request of the product for the person, and returns
// what the browser would post.
func (w *world) response(person *simulator.Person) simulator.Posting {
	w.t.Helper()
	var taken simulator.Posting
	asked := w.okta.Browser(http.DefaultTransport)
	visit, err := asked.SignIn(w.t.Context(), w.assigned, person, simulator.SignInOptions{
		StartURL: w.organization.SAML.SignIn,
		Replace: func(posting *simulator.Posting) error {
			taken = *posting
			return errTaken
		},
	})
	if !errors.Is(err, errTaken) {
		w.t.Fatalf("Okta made no response for %s: %v, %s", person, err, visit.Blocked)
	}
	w.asking.Store(taken.SAMLResponse, asked.Cookies(taken.ACS))
	return taken
}

func postingForm(p simulator.Posting) url.Values {
	return url.Values{"SAMLResponse": {p.SAMLResponse}, "RelayState": {p.RelayState}}
}

// post posts a form as the identity provider's page does: from another site. A response
// that [world.response] got comes with the cookies that the product gave its browser.
func (w *world) post(client *http.Client, address string, form url.Values) (reply, []byte) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "https://acme.okta.com")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	if asked, ok := w.asking.Load(form.Get("SAMLResponse")); ok {
		for _, cookie := range asked.([]*http.Cookie) {
			request.AddCookie(cookie)
		}
	}
	return w.send(client, request)
}

// newHire assigns and signs in somebody new.
func (w *world) newHire(first, last string, profile ...simulator.AppProfile) member {
	w.t.Helper()
	person := w.hire(first, last)
	w.assign(person, profile...)
	return w.signIn(person)
}

// get opens an address with the client's session.
func (w *world) get(client *http.Client, address string) (int, string) {
	w.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = w.server.URL + address
	}
	answer, body := w.send(client, w.request("GET", address, nil))
	return answer.StatusCode, string(body)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
