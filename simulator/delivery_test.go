package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// stage is a place with one page, and a browser that stands before it.
func stage(t *testing.T, page http.HandlerFunc) (string, *simulator.Browser) {
	t.Helper()
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	okta, err := simulator.New(simulator.Options{Identity: tenantIdentity(t, "")})
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, okta.Browser(http.DefaultTransport)
}

func TestADeliveryIsSentToTheLetter(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	address, browser := stage(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
	})
	visit, err := browser.Deliver(t.Context(), simulator.Delivery{
		Method: http.MethodPut, Address: address + "/acs?a=%2F", Host: "evil.test", Body: []byte("x=\xff"), Fresh: true,
		Header: http.Header{"Content-Type": {"text/plain"}},
	})
	if err != nil || visit.Answered != http.StatusTeapot {
		t.Fatalf("%+v %v", visit, err)
	}
	if got.Method != http.MethodPut || got.RequestURI != "/acs?a=%2F" || got.Host != "evil.test" || string(body) != "x=\xff" ||
		got.Header.Get("Content-Type") != "text/plain" || !got.Close {
		t.Errorf("%s %s, host %s, %q, close %v, %v", got.Method, got.RequestURI, got.Host, body, got.Close, got.Header)
	}
	if _, err := browser.Deliver(t.Context(), simulator.Delivery{Method: "NO SUCH", Address: address}); err == nil {
		t.Error("a request that cannot be made was made")
	}
}

func TestADeliveryStaysWhereItIs(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{ // to the place that was left for; empty where it stays
		"/reports/1":                 "",
		"https://evil.test/":         "https://evil.test/",
		"//evil.test":                "http://evil.test",
		`/\evil.test`:                "http://evil.test",
		"\t//evil.test/x":            "http://evil.test/x",
		"https:evil.test":            "https://evil.test",
		"https:/evil.test":           "https://evil.test",
		"https:///evil.test":         "https://evil.test",
		"http:evil.test":             "", // a path, since the page is of this scheme
		"////evil.test":              "http://evil.test",
		"javascript:alert(1)":        "javascript:alert(1)",
		"%2f%2fevil.test":            "",
		"https://sp@evil.test/":      "https://sp@evil.test/",
		`?next=\\evil.test`:          "",
		"http://[::1":                "http://[::1",
		"data:text/html,<b>x</b>":    "data:text/html,<b>x</b>",
		"https://\tevil.test/p?q=\\": `https://evil.test/p?q=\`,
	} {
		address, browser := stage(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.Header()["Location"] = []string{location}
				w.WriteHeader(http.StatusSeeOther)
			}
		})
		visit, err := browser.Deliver(t.Context(), simulator.Delivery{Address: address + "/acs"})
		if err != nil || visit.Answered != http.StatusSeeOther || visit.Left != want || visit.HungUp != nil {
			t.Errorf("%q: left for %q, want %q (%v, %v)", location, visit.Left, want, err, visit.HungUp)
		}
		if want == "" && (visit.Status != http.StatusOK || !strings.HasPrefix(visit.Landing, address)) {
			t.Errorf("%q: ended with %d at %s", location, visit.Status, visit.Landing)
		}
	}
}

func TestADeliveryTellsOfAProductThatHangsUp(t *testing.T) {
	t.Parallel()
	address, browser := stage(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	visit, err := browser.Deliver(t.Context(), simulator.Delivery{Address: address})
	if err != nil || visit.HungUp == nil || visit.Answered != 0 {
		t.Errorf("%+v %v", visit, err)
	}
}

func TestACopyOfABrowser(t *testing.T) {
	t.Parallel()
	address, browser := stage(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: strings.Trim(r.URL.Path, "/"), Value: "1", Path: "/"})
	})
	visit := func(b *simulator.Browser, path string) {
		if _, _, err := b.Get(t.Context(), address+path); err != nil {
			t.Fatal(err)
		}
	}
	visit(browser, "/before")
	other := browser.Copy()
	visit(browser, "/after")
	if mine, copied := browser.Cookies(address), other.Cookies(address); len(mine) != 2 || len(copied) != 1 || copied[0].Name != "before" {
		t.Errorf("%v, and the copy %v", mine, copied)
	}
}
