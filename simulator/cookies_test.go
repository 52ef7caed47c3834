package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// give stores what these Set-Cookie headers say.
func give(t *testing.T, c *cookies, from string, headers ...string) {
	t.Helper()
	response := http.Response{Header: http.Header{"Set-Cookie": headers}}
	if set := response.Cookies(); len(set) != len(headers) {
		t.Fatalf("%d of %q can be read", len(set), headers)
	}
	c.keep(parsed(t, from), response.Cookies())
}

func names(picked []*http.Cookie) string {
	var all []string
	for _, cookie := range picked {
		all = append(all, cookie.Name+"="+cookie.Value)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestSameSite(t *testing.T) {
	t.Parallel()
	const product = "https://app.acme.test/acs"
	var jar cookies
	give(t, &jar, product, "none=1; SameSite=None; Secure; Path=/", "lax=1; SameSite=Lax; Path=/", "strict=1; SameSite=Strict; Path=/", "plain=1; Path=/", "odd=1; SameSite=Whatever; Path=/")
	for name, c := range map[string]struct{ method, initiator, want string }{
		"typed in":                {"GET", "", "lax=1 none=1 odd=1 plain=1 strict=1"},
		"a link of its own":       {"GET", "https://app.acme.test", "lax=1 none=1 odd=1 plain=1 strict=1"},
		"a form of its own":       {"POST", "https://app.acme.test", "lax=1 none=1 odd=1 plain=1 strict=1"},
		"a form of its sister":    {"POST", "https://login.acme.test:8443", "lax=1 none=1 odd=1 plain=1 strict=1"},
		"a link of Okta":          {"GET", "https://acme.okta.test", "lax=1 none=1 odd=1 plain=1"},
		"a form of Okta":          {"POST", "https://acme.okta.test", "none=1 odd=1 plain=1"},
		"a form of its http side": {"POST", "http://app.acme.test", "none=1 odd=1 plain=1"},
	} {
		if got := names(jar.pick(parsed(t, product), c.method, c.initiator)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := names(jar.pick(parsed(t, "https://other.test/"), "GET", "")); got != "" {
		t.Errorf("elsewhere: %s", got)
	}
}

func TestACookieTakesTheOthersPlace(t *testing.T) {
	t.Parallel()
	const product = "https://app.acme.test/"
	var jar cookies
	give(t, &jar, product, "sid=lax; SameSite=Lax")
	give(t, &jar, product, "sid=none; SameSite=None; Secure")
	if got := names(jar.pick(parsed(t, product), "GET", "")); got != "sid=none" {
		t.Errorf("set anew: %s", got)
	}
	give(t, &jar, product, "sid=; SameSite=Strict; Max-Age=0")
	if got := names(jar.pick(parsed(t, product), "GET", "")); got != "" {
		t.Errorf("taken away: %s", got)
	}
}

func TestSecureCookies(t *testing.T) {
	t.Parallel()
	all := []string{"a=1; Secure", "b=1; SameSite=None", "c=1; SameSite=None; Secure", "__Secure-d=1", "__Secure-e=1; Secure",
		"__Host-f=1; Secure; Path=/", "__Host-g=1; Secure; Path=/x", "__Host-h=1; Path=/", "i=1"}
	for from, want := range map[string]string{
		"https://acme.test/x/":     "__Host-f=1 __Secure-e=1 a=1 c=1 i=1",
		"http://acme.test/x/":      "i=1",
		"http://127.0.0.1:8080/x/": "__Host-f=1 __Secure-e=1 a=1 c=1 i=1",
		"http://localhost:8080/x/": "__Host-f=1 __Secure-e=1 a=1 c=1 i=1",
		"http://[::1]:8080/x/":     "__Host-f=1 __Secure-e=1 a=1 c=1 i=1",
	} {
		var jar cookies
		give(t, &jar, from, all...)
		if got := names(jar.pick(parsed(t, from), "GET", "")); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
	var jar cookies
	give(t, &jar, "https://acme.test/", "a=1; Secure", "b=1")
	if got := names(jar.pick(parsed(t, "http://acme.test/"), "GET", "")); got != "b=1" {
		t.Errorf("without TLS: %s", got)
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		origin, address string
		same            bool
	}{
		"itself":         {"https://acme.test", "https://acme.test/x", true},
		"a subdomain":    {"https://acme.test", "https://a.b.ACME.test/x", true},
		"another domain": {"https://acme.test", "https://acme.example/x", false},
		"another port":   {"http://127.0.0.1:1", "http://127.0.0.1:2/x", true},
		"another IP":     {"http://127.0.0.1:1", "http://10.0.0.1:1/x", false},
		"a name for it":  {"http://127.0.0.1:1", "http://localhost:1/x", false},
		"another scheme": {"http://acme.test", "https://acme.test/x", false},
		"no address":     {"://", "https://acme.test/x", false},
	} {
		if got := sameSite(c.origin, parsed(t, c.address)); got != c.same {
			t.Errorf("%s: %v", name, got)
		}
	}
}
