package simulator_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
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
	"rollcall.example/simulator/journal"
)

// product is a small SCIM server and service provider, enough to be driven.
type product struct {
	t   *testing.T
	url string

	mu    sync.Mutex
	order []string
	users map[string]map[string]any
	teams *teams
	lines []string
	// refuse, if set, answers instead; it gets method and path.
	refuse func(method, path string) (int, string, http.Header)
	// posted are the forms that came to the assertion consumer service.
	posted []url.Values
	// request is the AuthnRequest that the sign-in address sends people off with.
	request string
	byForm  bool
}

func newProduct(t *testing.T) *product {
	t.Helper()
	p := &product{t: t, users: map[string]map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/scim/", p.scim)
	mux.HandleFunc("GET /sso", p.startSignIn)
	mux.HandleFunc("GET /hop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	mux.HandleFunc("POST /acs", p.acs)
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, r *http.Request) {
		if cookie, err := r.Cookie("sid"); err != nil || cookie.Value != "in" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "welcome")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *product) scim(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/scim")
	p.lines = append(p.lines, line(r, path, body))
	if p.refuse != nil {
		if status, text, header := p.refuse(r.Method, path); status != 0 {
			for name := range header {
				w.Header().Set(name, header.Get(name))
			}
			p.answer(w, status, map[string]any{"detail": text})
			return
		}
	}
	id := strings.TrimPrefix(path, "/Users/")
	switch {
	case strings.HasPrefix(path, "/Groups") && p.teams != nil:
		p.serveTeams(w, r, strings.TrimPrefix(strings.TrimPrefix(path, "/Groups"), "/"), body)
	case path == "/Groups":
		p.answer(w, 404, map[string]any{"detail": "no groups here"})
	case path == "/Users" && r.Method == http.MethodGet:
		p.list(w, r)
	case path == "/Users" && r.Method == http.MethodPost:
		id = fmt.Sprint(len(p.order) + 1)
		user := decoded(p.t, body)
		user["id"] = id
		p.order, p.users[id] = append(p.order, id), user
		p.answer(w, 201, user)
	case p.users[id] == nil:
		p.answer(w, 404, map[string]any{"detail": "no such user"})
	case r.Method == http.MethodPut:
		p.users[id] = decoded(p.t, body)
		p.answer(w, 200, p.users[id])
	case r.Method == http.MethodPatch:
		for _, operation := range decoded(p.t, body)["Operations"].([]any) {
			for name, value := range operation.(map[string]any)["value"].(map[string]any) {
				p.users[id][name] = value
			}
		}
		p.answer(w, 200, p.users[id])
	default:
		p.answer(w, 200, p.users[id])
	}
}

// line is a request as the tests compare it: what was sent of active, not the rest.
func line(r *http.Request, path string, body []byte) string {
	text := r.Method + " " + path
	switch {
	case r.URL.Query().Has("filter"):
		text += " " + r.URL.Query().Get("filter")
	case strings.Contains(string(body), `"active":false`):
		text += " off"
	case strings.Contains(string(body), `"active":true`):
		text += " on"
	case strings.Contains(string(body), `"password":"`):
		text += " password"
	}
	return text
}

func (p *product) list(w http.ResponseWriter, r *http.Request) {
	filter := r.URL.Query().Get("filter")
	if start := r.URL.Query().Get("startIndex"); len(start) > 1 {
		p.answer(w, 200, map[string]any{"totalResults": len(p.order), "itemsPerPage": 0, "Resources": []any{}})
		return
	}
	resources := []any{}
	for _, id := range p.order {
		if p.users[id] != nil && (filter == "" || strings.EqualFold(filter, fmt.Sprintf("userName eq %q", p.users[id]["userName"]))) {
			resources = append(resources, p.users[id])
		}
	}
	p.answer(w, 200, map[string]any{"totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources})
}

func (p *product) answer(w http.ResponseWriter, status int, body map[string]any) {
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		p.t.Error(err)
	}
}

func decoded(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		t.Errorf("%s: %v", body, err)
	}
	return object
}

// took returns the requests since the last call.
func (p *product) took() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := strings.Join(p.lines, "; ")
	p.lines = nil
	return lines
}

func (p *product) user(id, name string) any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.users[id][name]
}

func (p *product) refuses(refuse func(method, path string) (int, string, http.Header)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = refuse
}

func (p *product) startSignIn(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "from", Value: "start", Path: "/"})
	target := r.URL.Query().Get("idp")
	switch {
	case target == "":
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "no provider")
	case p.byForm:
		_, _ = fmt.Fprintf(w, `<html><script>if (1 < 2) {}</script><form method='post' action="%s"><input type="hidden" name="SAMLRequest" value="%s"><input name=RelayState value="a&amp;b"></form>`,
			strings.ReplaceAll(target, "/", "&#x2f;"), base64.StdEncoding.EncodeToString([]byte(p.request)))
	default:
		var packed bytes.Buffer
		writer, _ := flate.NewWriter(&packed, flate.DefaultCompression)
		_, _ = writer.Write([]byte(p.request))
		_ = writer.Close()
		query := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(packed.Bytes())}, "RelayState": {"/builds"}}
		http.Redirect(w, r, "/hop?to="+url.QueryEscape(target+"?"+query.Encode()), http.StatusFound)
	}
}

func (p *product) acs(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	p.posted = append(p.posted, r.PostForm)
	p.mu.Unlock()
	if r.PostForm.Get("SAMLResponse") == "forged" {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "refused")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: "in", Path: "/"})
	http.Redirect(w, r, "/home", http.StatusSeeOther)
}

// world is a tenant connected to a product.
type world struct {
	*product
	okta *simulator.Tenant
	app  *simulator.App
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func tenantIdentity(t *testing.T, baseURL string) idp.Identity {
	t.Helper()
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	identity, err := idp.NewIdentity("acme", "Acme CI", key, noon.AddDate(-1, 0, 0), baseURL)
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func newWorld(t *testing.T, changes ...func(*simulator.AppSettings)) world {
	t.Helper()
	p := newProduct(t)
	okta, err := simulator.New(simulator.Options{
		Identity: tenantIdentity(t, ""), Clock: simulator.NewClock(func() time.Time { return noon }), Journal: journal.New(),
	})
	if err != nil {
		t.Fatal(err)
	}
	settings := simulator.AppSettings{
		Label:       "Acme CI",
		SCIM:        simulator.Connection{BaseURL: p.url + "/scim", Token: "t0ken-of-acme"},
		Integration: true, CreateUsers: true, DeactivateUsers: true,
		SAML: simulator.SAML{ACS: p.url + "/acs", Audience: "https://ci.test"},
	}
	for _, change := range changes {
		change(&settings)
	}
	return world{product: p, okta: okta, app: okta.NewApp(settings)}
}

func (w world) hire(first, last string) *simulator.Person {
	return w.okta.Hire(simulator.Profile{FirstName: first, LastName: last, Email: strings.ToLower(first) + "@acme.test"})
}

// ok passes an outcome on and fails the test on an error.
func ok(t *testing.T) func(simulator.Outcome, error) simulator.Outcome {
	return func(outcome simulator.Outcome, err error) simulator.Outcome {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return outcome
	}
}

func (p *product) expect(want string) {
	p.t.Helper()
	if got := p.took(); got != want {
		p.t.Errorf("the product got\n%s\nwant\n%s", got, want)
	}
}
