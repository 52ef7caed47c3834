package saml

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxRelayState = 1024

// SameSite decides whether a relay state may be followed after a sign-in, and returns
// the path to follow. It is whatever the sender of a response put there, so only a path
// of our own site is followed: one that starts with a single slash and holds neither a
// backslash nor a control character (browsers take "/\evil.example" for another
// host and drop tabs and line ends), at most 1024 bytes. An absolute URL
// is accepted when it lies at self, our own origin as in https://app.example, and is
// then cut down to its path; with self empty, none is.
func SameSite(relay, self string) (path string, ok bool) {
	if len(relay) > maxRelayState || !utf8.ValidString(relay) {
		return "", false
	}
	path = relay
	if self = strings.TrimSuffix(self, "/"); self != "" {
		if rest, ours := strings.CutPrefix(relay, self); ours && strings.HasPrefix(rest, "/") {
			path = rest
		}
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "", false
	}
	if strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
		return "", false
	}
	if parsed, err := url.Parse(path); err != nil || parsed.Scheme != "" || parsed.Host != "" {
		return "", false
	}
	return path, true
}
