package target_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall.example/suites/target"
)

// house is a product with a SCIM endpoint and an assertion consumer service, that
// keeps what it is asked and answers with what it has.
type house struct {
	mu       sync.Mutex
	users    map[string]string // userName by path below the base URL
	next     string            // id of the next one that is made
	pretend  string            // what is answered for it
	asked    []string          // requests that change something, as METHOD path
	before   func(*http.Request)
	stubborn bool          // nothing is deleted
	numbers  bool          // ids are numbers, which RFC 7643 section 3.1 has no place for
	hang     chan struct{} // nothing is answered until it is closed
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/scim")
	if h.hang != nil {
		select {
		case <-h.hang:
		case <-r.Context().Done():
		}
		return
	}
	if r.Method == http.MethodGet && path == "/Users" {
		h.list(w, r.URL.Query().Get("filter"))
		return
	}
	if r.Method == http.MethodGet {
		name, there := h.users[path]
		if !there {
			http.NotFound(w, r)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"id": path, "userName": name})
		return
	}
	if h.before != nil {
		h.before(r)
	}
	h.asked = append(h.asked, r.Method+" "+path)
	var body struct {
		UserName string `json:"userName"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	switch r.Method {
	case http.MethodPost:
		h.users["/Users/"+h.next] = body.UserName
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": h.id(cmp.Or(h.pretend, h.next)), "userName": body.UserName})
	case http.MethodDelete, http.MethodPatch, http.MethodPut:
		if h.stubborn {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if r.Method != http.MethodDelete {
			return
		}
		delete(h.users, path)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (h *house) list(w http.ResponseWriter, filter string) {
	found := []any{}
	for path, name := range h.users {
		if strings.EqualFold(filter, fmt.Sprintf("userName eq %q", name)) {
			found = append(found, map[string]any{"id": h.id(strings.TrimPrefix(path, "/Users/")), "userName": name})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"totalResults": len(found), "Resources": found})
}

func (h *house) id(text string) any {
	if h.numbers {
		return json.Number(text)
	}
	return text
}

// guarded is a run that has begun against a house.
type guarded struct {
	*house
	t      *testing.T
	live   *target.Live
	begun  *target.Begun
	ledger string
	tag    string
}

func guard(t *testing.T) *guarded {
	t.Helper()
	h := &house{users: map[string]string{"/Users/1": "ada@acme.test", "/Users/2": "grace@acme.test"}, next: "9"}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	at := target.Target{
		Name: "a house", Features: []string{target.SCIMUsers, target.SCIMDelete},
		Connections: []target.Connection{{
			Organization: "o1", SCIM: target.SCIM{BaseURL: server.URL + "/scim", Token: "secret-token-4711"},
			SAML: target.SAML{SignIn: server.URL + "/sso", ACS: server.URL + "/acs?organization=o1"},
		}},
	}
	g := &guarded{house: h, t: t, ledger: filepath.Join(t.TempDir(), "deep", "ledger.jsonl")}
	var err error
	if g.begun, err = target.Begin(t.Context(), at, target.BeginOptions{Ledger: g.ledger}); err != nil {
		t.Fatal(err)
	}
	if g.live, err = target.Open(g.begun.Target); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.live.Close)
	g.tag = string(g.live.Tag())
	return g
}

// send sends a request to the SCIM endpoint, or wherever the path leads.
func (g *guarded) send(method, path, body string) error {
	g.t.Helper()
	address := strings.TrimSuffix(g.live.Connection().SCIM.BaseURL, "/scim")
	request, err := http.NewRequestWithContext(g.t.Context(), method, address+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer secret-token-4711")
	response, err := g.live.Transport().RoundTrip(request)
	if err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	return err
}

func (g *guarded) written() string {
	g.t.Helper()
	text, err := os.ReadFile(g.ledger)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(text)
}

func TestOnlyOursIsChanged(t *testing.T) {
	t.Parallel()
	const patch = `{"Operations":[{"op":"replace","value":{"active":false}}]}`
	for name, c := range map[string]struct {
		prepare      func(*guarded)
		method, path string
		withheld     bool
		notOurs      bool // the product shows somebody else
	}{
		"somebody who was there":  {nil, "PATCH", "/scim/Users/1", true, true},
		"deleting who was there":  {nil, "DELETE", "/scim/Users/2", true, true},
		"replacing who was there": {nil, "PUT", "/scim/Users/1", true, true},
		"nobody":                  {nil, "PATCH", "/scim/Users/77", false, false},
		"who was made":            {func(g *guarded) { g.make("han") }, "PATCH", "/scim/Users/9", false, false},
		"who is ours by the name": {func(g *guarded) { g.users["/Users/5"] = "HAN." + strings.ToUpper(g.tag) + "@rollcall.test" }, "PUT", "/scim/Users/5", false, false},
		"who was made under another's id": {func(g *guarded) {
			g.pretend = "1"
			g.make("han")
		}, "DELETE", "/scim/Users/1", true, true},
		"ours of another run": {func(g *guarded) { g.users["/Users/5"] = "han." + string(target.NewTag(joined)) + "@rollcall.test" }, "DELETE", "/scim/Users/5", true, true},
		"who was deleted, and whose id was given again": {func(g *guarded) {
			g.make("han")
			_ = g.send("DELETE", "/scim/Users/9", "")
			g.users["/Users/9"] = "linus@acme.test"
			g.asked = nil
		}, "PATCH", "/scim/Users/9", true, true},
		"everybody":               {nil, "DELETE", "/scim/Users", true, false},
		"everybody, with a slash": {nil, "DELETE", "/scim/Users/", true, false},
		"the endpoint":            {nil, "PUT", "/scim", true, false},
		"in bulk":                 {nil, "POST", "/scim/Bulk", true, false},
		"what is no user":         {nil, "PATCH", "/scim/Schemas/1", true, false},
		"another place":           {nil, "DELETE", "/scim2/Users/1", true, false},
		"a way round":             {nil, "DELETE", "/scim/Users/../Users/1", true, false},
		"by another method":       {nil, "PURGE", "/scim/Users/1", true, false},
		"a response, put":         {nil, "PUT", "/acs?organization=o1", false, false},
		"a response, deleted":     {nil, "DELETE", "/acs?organization=o1", true, false},
		"a page":                  {nil, "PATCH", "/acs/members", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			if c.prepare != nil {
				c.prepare(g)
			}
			before := len(g.asked)
			err := g.send(c.method, c.path, patch)
			var withheld *target.Withheld
			if errors.As(err, &withheld) != c.withheld || errors.Is(err, target.ErrNotOurs) != c.notOurs {
				t.Errorf("%v", err)
			}
			if sent := len(g.asked) > before; sent == c.withheld {
				t.Errorf("sent: %v; the house was asked %v", sent, g.asked)
			}
			if err != nil && strings.Contains(err.Error(), "acme.test") {
				t.Errorf("names somebody: %v", err)
			}
		})
	}
}

func (g *guarded) make(name string) {
	g.t.Helper()
	if err := g.send("POST", "/scim/Users", fmt.Sprintf(`{"userName":"%s.%s@rollcall.test"}`, name, g.tag)); err != nil {
		g.t.Fatal(err)
	}
}

// What is made stands in the ledger before the product hears of it, and what came of
// it afterwards; no secret does.
func TestTheLedgerComesFirst(t *testing.T) {
	t.Parallel()
	response := func(document string) string {
		return url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte(document))}}.Encode()
	}
	for name, c := range map[string]struct {
		path, body string
		names      []string
	}{
		"a user":             {"/scim/Users", `{"userName":"Han.%[1]s@rollcall.test","externalId":"x%[1]s"}`, []string{"han.%s@rollcall.test"}},
		"with an address":    {"/scim/Users", `{"userName":"han.%[1]s","emails":[{"value":"solo.%[1]s@rollcall.test"}]}`, []string{"han.%s", "solo.%s@rollcall.test"}},
		"what is no JSON":    {"/scim/Users", `userName=han.%[1]s`, []string{"han.%s"}},
		"a group":            {"/scim/Groups", `{"displayName":"Rebels %[1]s"}`, []string{"Rebels %s"}},
		"a sign-in":          {"/acs?organization=o1", response("<NameID>han.%[1]s@rollcall.test</NameID><a href='x'>00u%[1]s</a><b>https://x/%[1]s</b>"), []string{"han.%s@rollcall.test", "00u%s"}},
		"a broken name":      {"/acs?organization=o1", response("<NameID>han.%[1]s@rollcall.test<!-- -->.evil</NameID>"), []string{"han.%s@rollcall.test", "han.%s@rollcall.test.evil"}},
		"what is encrypted":  {"/acs?organization=o1", response("<EncryptedAssertion/>"), []string{"hired.%s@rollcall.test"}},
		"what is not base64": {"/acs?organization=o1", "SAMLResponse=%%%%", []string{"hired.%s@rollcall.test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			g.live.Hired(g.live.Connection(), "hired."+g.tag+"@rollcall.test")
			var first string
			g.before = func(*http.Request) { first = g.written() }
			body := c.body
			if form, err := url.ParseQuery(body); err == nil && form.Has("SAMLResponse") {
				document, _ := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
				body = response(strings.ReplaceAll(string(document), "%[1]s", g.tag))
			}
			if err := g.send("POST", c.path, strings.ReplaceAll(body, "%[1]s", g.tag)); err != nil {
				t.Fatal(err)
			}
			for _, name := range c.names {
				if !strings.Contains(first, `"name":"`+fmt.Sprintf(name, g.tag)+`"`) {
					t.Errorf("%s is not written down first: %s", name, first)
				}
			}
			if n := strings.Count(first, `"kind"`); n != len(c.names) {
				t.Errorf("%d entries, want %d: %s", n, len(c.names), first)
			}
			if strings.Contains(g.written(), "secret-token") {
				t.Error("the ledger holds a secret")
			}
		})
	}
}

// Whatever cannot be written down is not made.
func TestWithoutALedgerNothingIsMade(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.live.Close() // the file with it
	if err := g.send("POST", "/scim/Users", `{"userName":"han.`+g.tag+`@rollcall.test"}`); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Error(err)
	}
	if len(g.asked) > 0 {
		t.Errorf("the house was asked %v", g.asked)
	}
}

func TestWhoHasNotBegunChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		run  target.Run
		want error
	}{
		"not begun": {target.Run{}, target.ErrNotBegun},
		"read-only": {target.Run{Tag: target.NewTag(joined), ReadOnly: true}, target.ErrReadOnly},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			at := g.begun.Target
			at.Run = c.run
			at.Probe = &target.ProbeConfig{Go: &registry{}}
			live, err := target.Open(at)
			if err != nil {
				t.Fatal(err)
			}
			defer live.Close()
			g.live = live
			signIn := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte("<Response/>"))}}.Encode()
			for _, deed := range [][3]string{{"POST", "/scim/Users", "{}"}, {"DELETE", "/scim/Users/1", ""}, {"PATCH", "/scim/Users/77", "{}"}, {"POST", "/acs?organization=o1", signIn}} {
				if err := g.send(deed[0], deed[1], deed[2]); !errors.Is(err, c.want) {
					t.Errorf("%s %s: %v", deed[0], deed[1], err)
				}
			}
			if err := live.Probe().(target.Arranger).Remove(t.Context(), "o1", "a1"); !errors.Is(err, c.want) {
				t.Error(err)
			}
			if len(g.asked) > 0 {
				t.Errorf("the house was asked %v", g.asked)
			}
			nonsense := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString([]byte("nonsense"))}}.Encode()
			for _, deed := range [][3]string{{"GET", "/scim/Users/1", ""}, {"POST", "/scim/Users/.search", "{}"}, {"POST", "/acs?organization=o1", nonsense}} {
				if err := g.send(deed[0], deed[1], deed[2]); err != nil {
					t.Errorf("%s %s: %v", deed[0], deed[1], err)
				}
			}
			if left := live.ClearAway(t.Context()); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// registry is a probe in Go that shows whom it was told of, and keeps what it is asked.
type registry struct {
	accounts []target.Account
	places   []target.TeamPlace
	team     target.Team
	asked    []string
}

func (r *registry) note(format string, args ...any) error {
	r.asked = append(r.asked, fmt.Sprintf(format, args...))
	return nil
}

func (r *registry) Features(context.Context) ([]string, error) { return target.Features(), nil }
func (r *registry) Look(context.Context, string, target.Identifiers) (target.View, error) {
	return target.View{Accounts: r.accounts, Memberships: []target.Membership{{Teams: r.places}}}, nil
}
func (r *registry) SetRole(_ context.Context, _, account, _, by string) error {
	return r.note("role %s %s", account, by)
}
func (r *registry) NewTeam(context.Context, string, target.Team) (target.Team, error) {
	return r.team, r.note("team")
}
func (r *registry) Join(_ context.Context, _, account, _, _ string) error {
	return r.note("join %s", account)
}
func (r *registry) Leave(_ context.Context, _, account, _ string) error {
	return r.note("leave %s", account)
}
func (r *registry) Remove(_ context.Context, _, account string) error {
	return r.note("remove %s", account)
}
func (r *registry) IssueToken(_ context.Context, _, account, _ string) (string, error) {
	return "s", r.note("token %s", account)
}
func (r *registry) Disband(_ context.Context, _, team string) error {
	return r.note("disband %s", team)
}

func probed(t *testing.T, r target.Probe) (*guarded, target.Probe) {
	t.Helper()
	g := guard(t)
	at := g.begun.Target
	at.Probe = &target.ProbeConfig{Go: r}
	at.Connections = slices.Clone(at.Connections)
	at.Connections[0].Teams = []target.Team{{ID: "t-all", Slug: "everyone"}}
	live, err := target.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(live.Close)
	g.live = live
	return g, live.Probe()
}

func TestOnlyOursAreArrangedFor(t *testing.T) {
	t.Parallel()
	r := &registry{}
	g, probe := probed(t, r)
	if _, organizes := probe.(target.Organizer); organizes {
		t.Error("a probe that founds nothing is said to")
	}
	arranger, ctx := probe.(target.Arranger), t.Context()
	ours := "han." + g.tag + "@rollcall.test"
	r.accounts = []target.Account{{ID: "a1", Email: strings.ToUpper(ours)}, {ID: "a2", Email: "ada@acme.test"}, {ID: "a3"}}
	look := func(name string) {
		t.Helper()
		if _, err := probe.Look(ctx, "o1", target.Identifiers{UserNames: []string{name}}); err != nil {
			t.Fatal(err)
		}
	}
	look(ours)
	deeds := func(organization, account string) map[string]error {
		_, issued := arranger.IssueToken(ctx, organization, account, "ci "+g.tag)
		return map[string]error{
			"role": arranger.SetRole(ctx, organization, account, "admin", ""), "join": arranger.Join(ctx, organization, account, "t-all", ""),
			"leave": arranger.Leave(ctx, organization, account, "t-all"), "remove": arranger.Remove(ctx, organization, account), "token": issued,
		}
	}
	for _, c := range []struct {
		organization, account string
		allowed               bool
	}{{"o1", "a1", true}, {"o1", "a2", false}, {"o1", "a3", false}, {"o1", "nobody", false}, {"o2", "a1", false}} {
		before := len(r.asked)
		for deed, err := range deeds(c.organization, c.account) {
			var withheld *target.Withheld
			if errors.As(err, &withheld) == c.allowed {
				t.Errorf("%s of %s in %s: %v", deed, c.account, c.organization, err)
			}
		}
		if (len(r.asked) > before) != c.allowed {
			t.Errorf("%s in %s: the probe was asked %v", c.account, c.organization, r.asked[before:])
		}
	}
	if err := arranger.SetRole(ctx, "o1", "a1", "admin", "a2"); !errors.Is(err, target.ErrNotOurs) {
		t.Errorf("in the name of somebody else: %v", err)
	}
	// Where a probe shows no addresses, an only answer to our names is ours.
	r.accounts = []target.Account{{ID: "a4"}}
	look("ada@acme.test")
	if err := arranger.Remove(ctx, "o1", "a4"); !errors.Is(err, target.ErrNotOurs) {
		t.Errorf("asked for by another's name: %v", err)
	}
	look(ours)
	if err := arranger.Remove(ctx, "o1", "a4"); err != nil {
		t.Error(err)
	}
}

// A team that was there is not taken for one that was made, and is not disbanded.
func TestOnlyOurTeamsAreDisbanded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		made      target.Team
		refused   bool
		disbanded string // %s is the name
	}{
		"as asked":                    {target.Team{ID: "t9", Slug: "pilots-%s"}, false, "disband t9"},
		"by a slug of its own":        {target.Team{ID: "t9", Slug: "team-9"}, false, "disband Pilots %s"},
		"one that the target names":   {target.Team{ID: "t-all", Slug: "pilots-%s"}, true, "disband Pilots %s"},
		"one that was seen somewhere": {target.Team{ID: "t-seen", Slug: "pilots-%s"}, true, "disband Pilots %s"},
	} {
		r := &registry{accounts: []target.Account{}, places: []target.TeamPlace{{ID: "t-seen", Slug: "crew"}}}
		g, probe := probed(t, r)
		if _, err := probe.Look(t.Context(), "o1", target.Identifiers{}); err != nil {
			t.Fatal(err)
		}
		r.team = c.made
		r.team.Slug = strings.ReplaceAll(r.team.Slug, "%s", g.tag)
		_, err := probe.(target.Arranger).NewTeam(t.Context(), "o1", target.Team{Slug: "Pilots " + g.tag})
		if errors.Is(err, target.ErrNotOurs) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if left := g.live.ClearAway(t.Context()); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
		if want := strings.ReplaceAll(c.disbanded, "%s", g.tag); !slices.Equal(r.asked, []string{"team", want}) {
			t.Errorf("%s: the probe was asked %v, want %s", name, r.asked, want)
		}
	}
}
