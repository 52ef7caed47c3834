package forge

import (
	"net/url"
	"strings"
	"unicode"
)

// lookAlike makes of an address one that is somebody else's, and that a careless
// comparison takes for the same.
type lookAlike struct {
	name    string
	summary string // goes on after "an address"
	alike   func(address string) string
}

// lookAlikes are for Destination and Recipient. What two spellings of one address have
// in common (the standard port, a host in other case) is left out: a product may know
// them for the same.
var lookAlikes = []lookAlike{
	{"longer", "that the right one begins", func(a string) string { return a + beyond }},
	{"shorter", "that begins the right one", shorter},
	{"host", "at a host that begins like the right one", func(a string) string {
		return relocated(a, func(u *url.URL) {
			u.Host = strings.TrimSuffix(u.Host, ":"+u.Port()) + beyond
		})
	}},
	{"userinfo", "at another host, with the right one for a user name", func(a string) string {
		return relocated(a, func(u *url.URL) {
			u.User, u.Host = url.UserPassword(u.Hostname(), u.Port()), "elsewhere"+beyond
		})
	}},
	{"query", "with one more parameter", func(a string) string {
		return relocated(a, func(u *url.URL) {
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&from=elsewhere", "&")
		})
	}},
	{"in-query", "at another host, with the right one for a parameter", func(a string) string {
		return Elsewhere + "?to=" + a
	}},
	{"escaped", "with a letter of the path escaped", func(a string) string {
		return relocated(a, func(u *url.URL) {
			at := strings.LastIndexFunc(u.Path, unicode.IsLetter)
			if at < 0 {
				u.Path, u.RawPath = "/s", "/%73"
				return
			}
			u.RawPath = u.Path[:at] + "%" + strings.ToUpper(hexOf(u.Path[at])) + u.Path[at+1:]
		})
	}},
	{"path-case", "with the path in other case", func(a string) string {
		return relocated(a, func(u *url.URL) {
			other := inOtherCase(u.Path)
			if other == u.Path {
				other += "X"
			}
			u.Path, u.RawPath = other, ""
		})
	}},
}

// relocated changes an address; what is none is left, but longer.
func relocated(address string, change func(*url.URL)) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address + beyond
	}
	change(parsed)
	return parsed.String()
}

func hexOf(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

// inOtherCase turns small letters into large ones, and where there are none the other
// way round.
func inOtherCase(text string) string {
	if upper := strings.ToUpper(text); upper != text {
		return upper
	}
	return strings.ToLower(text)
}

// shorter leaves the last character out.
func shorter(text string) string {
	if text == "" {
		return text
	}
	return text[:len(text)-1]
}
