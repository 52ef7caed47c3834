package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// serviceProvider stands in for the product's own sign-in pages.
func serviceProvider(t *testing.T, w world, pages map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, page := range pages {
		mux.HandleFunc(path, page)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.app.Configure(func(s *simulator.AppSettings) { s.SAML.ACS = server.URL + "/acs" })
	return server.URL
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// A sign-in that keeps its state in a cookie works only if that comes along when
// Okta's page posts the response, as in a real browser.
func TestStateInACookie(t *testing.T) {
	t.Parallel()
	for attributes, want := range map[string]int{
		"; SameSite=None; Secure": 200, "": 200, "; SameSite=Lax": 403, "; SameSite=Strict": 403, "; SameSite=None": 403,
	} {
		w, han := signedIn(t)
		at := serviceProvider(t, w, map[string]http.HandlerFunc{
			"/start": func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Set-Cookie", "state=1; Path=/"+attributes)
				http.Redirect(rw, r, w.startURL(), http.StatusFound)
			},
			"/acs": func(rw http.ResponseWriter, r *http.Request) {
				if _, err := r.Cookie("state"); err != nil {
					rw.WriteHeader(http.StatusForbidden)
				}
			},
		})
		w.request = strings.Replace(w.request, w.url+"/acs", at+"/acs", 1)
		visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: at + "/start"})
		if err != nil || visit.Answered != want {
			t.Errorf("%q: %d, %v, want %d", attributes, visit.Answered, err, want)
		}
	}
}

// A session that is Strict is there when somebody comes by themselves, but not on the
// redirect right after Okta's page has posted.
func TestStrictSession(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	var seen []bool
	at := serviceProvider(t, w, map[string]http.HandlerFunc{
		"/acs": func(rw http.ResponseWriter, r *http.Request) {
			http.SetCookie(rw, &http.Cookie{Name: "sid", Value: "1", Path: "/", SameSite: http.SameSiteStrictMode})
			http.Redirect(rw, r, "/home", http.StatusSeeOther)
		},
		"/home": func(_ http.ResponseWriter, r *http.Request) {
			_, err := r.Cookie("sid")
			seen = append(seen, err == nil)
		},
	})
	browser := w.okta.Browser(nil)
	if _, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := browser.Get(t.Context(), at+"/home"); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[0] || !seen[1] {
		t.Errorf("the session was seen %v", seen)
	}
}

func TestPagesInBetween(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	at := serviceProvider(t, w, map[string]http.HandlerFunc{
		"/start": says(`<html><form method=post action=checked><input type=hidden name=csrf value=1></form><script>document.forms[0].submit()</script>`),
		"/checked": func(rw http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost || r.FormValue("csrf") != "1" || r.Header.Get("Origin") != "http://"+r.Host {
				rw.WriteHeader(http.StatusBadRequest)
				return
			}
			_, _ = io.WriteString(rw, `<html><meta http-equiv="refresh" content="0; url=`+w.startURL()+`"></html>`)
		},
		"/acs":     says(`<html><meta http-equiv="refresh" content="1; url=/welcome"></html>`),
		"/welcome": says("<html>hello</html>"),
	})
	w.request = strings.Replace(w.request, w.url+"/acs", at+"/acs", 1)
	visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: at + "/start"})
	if err != nil || visit.Answered != 200 || visit.Landing != at+"/welcome" || visit.URL != at+"/welcome" || visit.Body != "<html>hello</html>" {
		t.Errorf("%+v, %v", visit, err)
	}
}

// A product that sends people back to Okta has let nobody in, and the network is not
// asked for Okta.
func TestSentBackToOkta(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	at := serviceProvider(t, w, map[string]http.HandlerFunc{
		"/acs":  func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/home", http.StatusFound) },
		"/home": func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, w.startURL(), http.StatusFound) },
	})
	browser := w.okta.Browser(nil)
	visit, err := browser.SignIn(t.Context(), w.app, han, simulator.SignInOptions{IdPInitiated: true})
	if err != nil || visit.Answered != 302 || visit.Status != 302 || visit.Landing != at+"/home" || visit.URL != w.app.Identity().SSOURL {
		t.Errorf("%+v, %v", visit, err)
	}
	page, err := browser.Open(t.Context(), at+"/home")
	if err != nil || page.Status != 302 || strings.Contains(page.URL, "okta.com") && !strings.HasPrefix(page.URL, w.url) {
		t.Errorf("%+v, %v", page, err)
	}
	if status, _, err := browser.Get(t.Context(), at+"/home"); err != nil || status != 302 {
		t.Errorf("%d, %v", status, err)
	}
	peeked, err := browser.Peek(t.Context(), at+"/acs")
	if err != nil || peeked.Status != 302 || peeked.URL != at+"/acs" {
		t.Errorf("%+v, %v", peeked, err)
	}
}

func TestPagesThatLeadOnForEver(t *testing.T) {
	t.Parallel()
	w, han := signedIn(t)
	turn := func(to string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			next := to + "?n=" + url.QueryEscape(r.URL.Query().Get("n")+"y")
			_, _ = io.WriteString(rw, `<html><meta http-equiv="refresh" content="0; url=`+next+`"></html>`)
		}
	}
	at := serviceProvider(t, w, map[string]http.HandlerFunc{"/one": turn("/two"), "/two": turn("/one")})
	visit, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, han, simulator.SignInOptions{StartURL: at + "/one"})
	if err != nil || !strings.Contains(visit.Stuck, "more than 20 pages that lead on by themselves") || strings.Contains(visit.Stuck, "yyy") {
		t.Errorf("stuck by %q, error %v", visit.Stuck, err)
	}
}
