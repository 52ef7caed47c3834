package target_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// club is a product whose pages show in many ways who is in. The session cookie
// holds the address of whoever signed in; signing in is opening /enter.
func club(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/enter", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: r.URL.Query().Get("as"), Path: "/"})
	})
	show := func(path string, member, stranger func(w http.ResponseWriter, r *http.Request, who string)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if cookie, err := r.Cookie("sid"); err == nil {
				who, _ := url.QueryUnescape(cookie.Value)
				member(w, r, who)
				return
			}
			stranger(w, r, "")
		})
	}
	say := func(status int, text string) func(http.ResponseWriter, *http.Request, string) {
		return func(w http.ResponseWriter, _ *http.Request, who string) {
			w.Header().Set("X-Seen", who)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, strings.ReplaceAll(text, "WHO", who))
		}
	}
	away := func(w http.ResponseWriter, r *http.Request, _ string) {
		http.Redirect(w, r, "/login?next=1", http.StatusFound)
	}
	show("/me", say(200, `{"user": {"mail": "WHO", "groups": [{"id": "t1"}, {"id": "t2"}], "level": "admin", "n": 1}}`), say(200, `{"user": null}`))
	show("/email", say(200, `{"email": "WHO"}`), say(401, `{"email": "nobody@acme.test"}`))
	show("/spaced", say(200, `{"email": " WHO\t"}`), say(200, `{"email": " "}`))
	show("/home", say(200, "home\n"), away)
	show("/home/deep", say(200, "deep"), away)
	show("/start", func(w http.ResponseWriter, r *http.Request, _ string) {
		http.Redirect(w, r, "/home/deep?x=1", http.StatusSeeOther)
	}, away)
	show("/page", say(200, "<script>Signed in as evil@acme.test.</script><p>Signed in\n as <b>WHO</b>.<td>Log</td><td>out</td>"), say(200, "Please sign in"))
	show("/busy", say(503, "Signed in as WHO."), say(503, ""))
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>Log in</h1>") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func newBrowser(t *testing.T) *simulator.Browser {
	t.Helper()
	identity, err := target.Okta{Subdomain: "acme", App: "Club", Key: "okta", Created: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}.Identity()
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := simulator.New(simulator.Options{Identity: identity})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.Browser(nil)
}

func TestWhoIsIn(t *testing.T) {
	t.Parallel()
	at := club(t)
	const han = "han@acme.test"
	for name, c := range map[string]struct {
		by      target.SignedIn
		doors   target.Doors
		in, out target.Presence
	}{
		"the door": {
			doors: target.Doors{WhoAmI: at + "/email"},
			in:    target.Presence{In: true, Email: han, Status: 200}, out: target.Presence{Status: 401},
		},
		"whoami": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{
				URL: at + "/me", Email: "body.user.mail", Role: "body.user.level", Teams: "body.user.groups.map(g, g.id)",
			}},
			in: target.Presence{In: true, Email: han, Role: "admin", Teams: []string{"t1", "t2"}, Status: 200}, out: target.Presence{Status: 200},
		},
		"whoami of a name with space around it, which is another name": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: at + "/spaced"}},
			in: target.Presence{In: true, Email: " " + han + "\t", Status: 200}, out: target.Presence{Status: 200},
		},
		"whoami over a header": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: at + "/home", Email: "header['x-seen']", Role: "body.user.n", Teams: "body"}},
			in: target.Presence{In: true, Email: han, Status: 200}, out: target.Presence{Status: 200},
		},
		"whoami over status and text": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: at + "/home", Email: `status == 200 && body == "home" ? "somebody" : ""`}},
			in: target.Presence{In: true, Email: "somebody", Status: 200}, out: target.Presence{Status: 200},
		},
		"whoami that finds no such thing": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: at + "/me", Email: "body.user.e_mail"}},
			in: target.Presence{Status: 200}, out: target.Presence{Status: 200},
		},
		"whoami of another kind": {
			by: target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: at + "/me", Email: "body.user.n"}},
			in: target.Presence{Status: 200}, out: target.Presence{Status: 200},
		},
		"status": {
			by: target.SignedIn{Status: &target.ByStatus{URL: at + "/home"}},
			in: target.Presence{In: true, Status: 200}, out: target.Presence{Status: 302},
		},
		"another status": {
			by: target.SignedIn{Status: &target.ByStatus{URL: at + "/start", In: 303}},
			in: target.Presence{In: true, Status: 303}, out: target.Presence{Status: 302},
		},
		"redirect": {
			by: target.SignedIn{Redirect: &target.ByRedirect{To: "/home/*", URL: at + "/start"}},
			in: target.Presence{In: true, Status: 200}, out: target.Presence{Status: 200},
		},
		"redirect away": {
			by: target.SignedIn{Redirect: &target.ByRedirect{To: "/home"}},
			in: target.Presence{In: true, Status: 200}, out: target.Presence{Status: 200},
		},
		"cookie": {
			by: target.SignedIn{Cookie: &target.ByCookie{Name: "sid"}},
			in: target.Presence{In: true}, out: target.Presence{},
		},
		"text": {
			by: target.SignedIn{Text: &target.ByText{Contains: "Log out", URL: at + "/page"}},
			in: target.Presence{In: true, Status: 200}, out: target.Presence{Status: 200},
		},
		"text that names": {
			by: target.SignedIn{Text: &target.ByText{Contains: "Signed in as {email}.", URL: at + "/page"}},
			in: target.Presence{In: true, Email: han, Status: 200}, out: target.Presence{Status: 200},
		},
		"text of a page that fails": {
			by: target.SignedIn{Text: &target.ByText{Contains: "Signed in as", URL: at + "/busy"}},
			in: target.Presence{Status: 503}, out: target.Presence{Status: 503},
		},
	} {
		connection := target.Connection{SAML: target.SAML{ACS: at + "/acs", SignIn: at + "/sso"}, Doors: c.doors}
		if c.doors.WhoAmI == "" {
			connection.SAML.SignedIn = &c.by
		}
		browser := newBrowser(t)
		for _, want := range []target.Presence{c.out, c.in} {
			if got, err := connection.WhoIsIn(t.Context(), browser); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
			}
			if _, _, err := browser.Get(t.Context(), at+"/enter?as="+url.QueryEscape(han)); err != nil {
				t.Fatal(err)
			}
		}
		whole := whole()
		whole.Connections[0].SAML.SignedIn = connection.SAML.SignedIn
		if err := whole.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (target.Connection{}).WhoIsIn(t.Context(), newBrowser(t)); !errors.Is(err, target.ErrNoOracle) {
		t.Errorf("without an oracle: %v", err)
	}
}

func TestTheDoorForTokens(t *testing.T) {
	t.Parallel()
	c := target.Connection{Doors: target.Doors{WhoAmI: "http://localhost/me"}}
	c.SAML.SignedIn = &target.SignedIn{WhoAmI: &target.ByWhoAmI{URL: "http://localhost/other"}}
	seen, err := c.WhoAmIDoor().Read(200, nil, `{"email": "r2@acme.test", "role": "member", "teams": [{"id": "t1"}]}`)
	if want := (target.Presence{In: true, Email: "r2@acme.test", Role: "member", Teams: []string{"t1"}, Status: 200}); err != nil || !reflect.DeepEqual(seen, want) {
		t.Errorf("%+v, %v", seen, err)
	}
	c.Doors.WhoAmI = ""
	if door := c.WhoAmIDoor(); door.URL != "http://localhost/other" {
		t.Errorf("%+v", door)
	}
	c.SAML.SignedIn = &target.SignedIn{Cookie: &target.ByCookie{Name: "sid"}}
	if door := c.WhoAmIDoor(); door != nil || (target.Connection{}).WhoAmIDoor() != nil {
		t.Errorf("a cookie told of a token: %+v", door)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for status, unclear := range map[int]bool{0: false, 200: false, 302: false, 401: false, 404: false, 429: true, 500: true, 503: true} {
		if said := (target.Presence{Status: status}).Unclear(); (said != "") != unclear {
			t.Errorf("%d: %q", status, said)
		}
	}
}

func TestOraclesThatAreWrong(t *testing.T) {
	t.Parallel()
	const at = "https://acme.test/"
	for want, by := range map[string]target.SignedIn{
		"0 ways":                      {},
		"whoami: it has no url":       {WhoAmI: &target.ByWhoAmI{}},
		`"/me" is not an http`:        {WhoAmI: &target.ByWhoAmI{URL: "/me"}},
		"email: \"body.\" is not a":   {WhoAmI: &target.ByWhoAmI{URL: at, Email: "body."}},
		`email: "answer.email" is no`: {WhoAmI: &target.ByWhoAmI{URL: at, Email: "answer.email"}},
		`email: "status" yields int`:  {WhoAmI: &target.ByWhoAmI{URL: at, Email: "status"}},
		`teams: "'a'" yields string`:  {WhoAmI: &target.ByWhoAmI{URL: at, Teams: "'a'"}},
		`role: "[1]" yields list`:     {WhoAmI: &target.ByWhoAmI{URL: at, Role: "[1]"}},
		"status: it has no url":       {Status: &target.ByStatus{In: 200}},
		"status: in is 20,":           {Status: &target.ByStatus{URL: at, In: 20}},
		`redirect: to is ""`:          {Redirect: &target.ByRedirect{URL: at}},
		`redirect: to is "home"`:      {Redirect: &target.ByRedirect{To: "home", URL: at}},
		"redirect: it has no url":     {Redirect: &target.ByRedirect{To: "/home*"}},
		`cookie: "" is not the name`:  {Cookie: &target.ByCookie{}},
		`cookie: "a=b" is not the`:    {Cookie: &target.ByCookie{Name: "a=b"}},
		"text: it has no url":         {Text: &target.ByText{Contains: "Log out"}},
		`text: contains is "{email}"`: {Text: &target.ByText{Contains: "{email}", URL: at}},
		"more than once":              {Text: &target.ByText{Contains: "{email} {email} in", URL: at}},
	} {
		wrong := whole()
		wrong.Connections[0].SAML.SignedIn = &by
		if err := wrong.Check(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestWhatOraclesCanTell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by           *target.SignedIn
		names, lasts bool
	}{
		"nothing":    {nil, false, false},
		"whoami":     {&target.SignedIn{WhoAmI: &target.ByWhoAmI{}}, true, true},
		"status":     {&target.SignedIn{Status: &target.ByStatus{}}, false, true},
		"redirect":   {&target.SignedIn{Redirect: &target.ByRedirect{}}, false, true},
		"cookie":     {&target.SignedIn{Cookie: &target.ByCookie{}}, false, false},
		"text":       {&target.SignedIn{Text: &target.ByText{Contains: "Log out"}}, false, true},
		"named text": {&target.SignedIn{Text: &target.ByText{Contains: "Hello {email}"}}, true, true},
	} {
		if c.by.NamesWho() != c.names || c.by.Lasts() != c.lasts {
			t.Errorf("%s: names %v, lasts %v", name, c.by.NamesWho(), c.by.Lasts())
		}
	}
}
