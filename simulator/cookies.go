package simulator

import (
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// cookies is a browser's cookie store. Besides what the standard library's jar does
// it keeps SameSite and Secure as Chromium does, since a cookie that does not come
// along when the identity provider's page posts the response is the most common
// reason for a sign-in to fail in a real browser and nowhere else.
type cookies struct {
	mu   sync.Mutex
	jars map[http.SameSite]*cookiejar.Jar // one for each kind of cookie
	kept []keptCookie                     // in the order in which they came
}

// keptCookie is a cookie and the address that set it.
type keptCookie struct {
	from   *url.URL
	cookie *http.Cookie
}

// unsetSameSite is the kind of a cookie that does not say. Chromium takes it for Lax,
// but sends it with a cross-site POST for the first two minutes, and no sign-in of
// ours takes longer; other browsers send it always.
const unsetSameSite http.SameSite = 0

// sent lists the kinds of cookies that go along with a navigation.
func sent(crossSite bool, method string) []http.SameSite {
	switch {
	case !crossSite:
		return []http.SameSite{http.SameSiteNoneMode, unsetSameSite, http.SameSiteLaxMode, http.SameSiteStrictMode}
	case method == http.MethodGet || method == http.MethodHead:
		return []http.SameSite{http.SameSiteNoneMode, unsetSameSite, http.SameSiteLaxMode}
	}
	return []http.SameSite{http.SameSiteNoneMode, unsetSameSite}
}

// pick returns the cookies that go to the address when a page of the initiator leads
// there; empty is somebody who typed the address in.
func (c *cookies) pick(to *url.URL, method, initiator string) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	var picked []*http.Cookie
	for _, kind := range sent(initiator != "" && !sameSite(initiator, to), method) {
		if jar := c.jars[kind]; jar != nil {
			picked = append(picked, jar.Cookies(asTrusted(to))...)
		}
	}
	return picked
}

// keep stores what an answer from the address sets.
func (c *cookies) keep(from *url.URL, set []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cookie := range set {
		if !acceptable(from, cookie) {
			continue
		}
		c.kept = append(c.kept, keptCookie{from, cookie})
		kind := cookie.SameSite
		if kind == http.SameSiteDefaultMode { // a value that no browser knows
			kind = unsetSameSite
		}
		if c.jars[kind] == nil {
			jar, err := cookiejar.New(nil)
			if err != nil {
				panic("simulator: a cookie jar without options: " + err.Error())
			}
			if c.jars == nil {
				c.jars = map[http.SameSite]*cookiejar.Jar{}
			}
			c.jars[kind] = jar
		}
		for of, jar := range c.jars {
			one := *cookie
			if of != kind { // it takes the place of a cookie of another kind
				one.MaxAge = -1
			}
			jar.SetCookies(asTrusted(from), []*http.Cookie{&one})
		}
	}
}

// all lists every cookie that was ever kept, in order: a jar itself does not tell what
// is in it.
func (c *cookies) all() []keptCookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.kept)
}

// acceptable says whether a browser takes the cookie from that address: Secure only
// from a place that is, SameSite=None only with Secure, and the prefixed names only
// with what they promise.
func acceptable(from *url.URL, cookie *http.Cookie) bool {
	switch {
	case cookie.Secure && !trusted(from):
		return false
	case cookie.SameSite == http.SameSiteNoneMode && !cookie.Secure:
		return false
	case strings.HasPrefix(cookie.Name, "__Secure-"):
		return cookie.Secure
	case strings.HasPrefix(cookie.Name, "__Host-"):
		return cookie.Secure && cookie.Path == "/" && cookie.Domain == ""
	}
	return true
}

// trusted is what browsers call potentially trustworthy: https, and this machine.
func trusted(address *url.URL) bool {
	host := address.Hostname()
	return address.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// asTrusted lets the jar, which knows only https, send Secure cookies to this machine.
func asTrusted(address *url.URL) *url.URL {
	if !trusted(address) {
		return address
	}
	secure := *address
	secure.Scheme = "https"
	return &secure
}

// sameSite compares scheme and registrable domain; ports do not count. The last two
// labels stand for the registrable domain, which is wrong only under suffixes such
// as co.uk.
func sameSite(origin string, address *url.URL) bool {
	from, err := url.Parse(origin)
	return err == nil && from.Scheme == address.Scheme && site(from.Hostname()) == site(address.Hostname())
}

func site(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	labels := strings.Split(strings.ToLower(host), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
