package web

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall.example/reference/org"
)

// The cookie that tells a browser which of our requests were made for it. It comes back
// from the identity provider's page by a cross-site POST, so where that can be had it
// says SameSite=None, which wants Secure; a browser takes that from https and from its
// own machine.
const (
	askedCookie = "rollcall_asked"
	maxAsked    = 8 // sign-ins begun at once in one browser; the oldest are forgotten
)

// noteAsked lets the browser remember a request that is about to be made for it.
func (s *Server) noteAsked(w http.ResponseWriter, r *http.Request, request string) {
	asked := append(askedHere(r), request)
	if len(asked) > maxAsked {
		asked = asked[len(asked)-maxAsked:]
	}
	cookie := &http.Cookie{
		Name:     askedCookie,
		Value:    strings.Join(asked, "."),
		Path:     "/",
		MaxAge:   int(org.RequestLifetime.Seconds()),
		HttpOnly: true,
	}
	if trustworthy(string(s.site(r))) {
		cookie.Secure, cookie.SameSite = true, http.SameSiteNoneMode
	}
	http.SetCookie(w, cookie)
}

// askedHere lists the requests that were made for the browser.
func askedHere(r *http.Request) []string {
	cookie, err := r.Cookie(askedCookie)
	if err != nil || cookie.Value == "" {
		return nil
	}
	return strings.Split(cookie.Value, ".")
}

// asked says whether the request was made for the browser.
func asked(r *http.Request) func(string) bool {
	return func(request string) bool { return slices.Contains(askedHere(r), request) }
}

// trustworthy says whether browsers take a Secure cookie from the address: https, and
// their own machine (W3C Secure Contexts, section 3.1).
func trustworthy(address string) bool {
	at, err := url.Parse(address)
	return err == nil && (at.Scheme == "https" || at.Hostname() == "localhost" || net.ParseIP(at.Hostname()).IsLoopback())
}
