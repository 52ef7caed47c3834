package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	blank   = "[redacted]"
	maxBody = 64 << 10
)

// A secret is known by its name, wherever the name stands.
const secretWords = `passwords?|passwd|passphrase|pwd|secrets?|tokens?|assertions?|api[_-]?keys?|private[_-]?key|authorization|credentials?|cookies?|jwt|session(?:[_-]?id)?|sid`

var (
	secretName = regexp.MustCompile(`(?i)(?:` + secretWords + `)$`)
	// pairName adds what is secret only in a query or a form.
	pairName = regexp.MustCompile(`(?i)(?:` + secretWords + `|^code|^signature|^sigalg)$`)
	samlName = regexp.MustCompile(`(?i)^SAML(Response|Request|Art|Assertion)$`)
)

// redact takes out what is secret by its place, its name or its form, in both
// messages.
func redact(e *Exchange) {
	e.Request.URL = redactURL(e.Request.URL)
	for _, message := range []*Message{&e.Request, &e.Response} {
		redactHeader(message.Header)
		message.Body = redactBody(message.Header, message.Body)
	}
	e.Error = Redact(e.Error)
}

func redactHeader(header http.Header) {
	for name, values := range header {
		for i, value := range values {
			values[i] = redactHeaderValue(http.CanonicalHeaderKey(name), value)
		}
	}
}

func redactHeaderValue(name, value string) string {
	switch name {
	case "Authorization", "Proxy-Authorization":
		// A raw token may hold a space, so only a known scheme is shown.
		scheme, _, found := strings.Cut(value, " ")
		if found && slices.Contains(schemes, strings.ToLower(scheme)) {
			return scheme + " " + blank
		}
		return blank
	case "Cookie":
		return redactCookies(value)
	case "Set-Cookie":
		return redactSetCookie(value)
	case "Location", "Referer", "Content-Location":
		return Redact(redactURL(value))
	}
	if secretName.MatchString(name) {
		return blank
	}
	return Redact(value)
}

// schemes are the authorization schemes whose name may be shown.
var schemes = []string{"basic", "bearer", "digest", "dpop", "hoba", "mutual", "negotiate", "ntlm", "oauth", "ssws", "token"}

func redactCookies(value string) string {
	pairs := strings.Split(value, ";")
	for i, pair := range pairs {
		pairs[i] = blankCookie(pair)
	}
	return strings.Join(pairs, ";")
}

// redactSetCookie keeps what a cookie is called and where it holds, which is
// evidence, and nothing else.
func redactSetCookie(value string) string {
	pair, attributes, found := strings.Cut(value, ";")
	if !found {
		return blankCookie(pair)
	}
	parts := strings.Split(attributes, ";")
	for i, part := range parts {
		name, setting, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !slices.Contains(cookieAttributes, strings.ToLower(name)) || strings.Contains(setting, "=") {
			parts[i] = blankCookie(part)
		}
	}
	return blankCookie(pair) + ";" + strings.Join(parts, ";")
}

var cookieAttributes = []string{"domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"}

// blankCookie keeps the name. What has no name may be all value.
func blankCookie(pair string) string {
	name, value, named := strings.Cut(pair, "=")
	switch {
	case strings.TrimSpace(pair) == "", named && value == "":
		return pair
	case !named:
		return blank
	}
	return name + "=" + blank
}

// redactURL blanks secret query values and leaves the rest byte for byte, since
// how a query was encoded is evidence.
func redactURL(text string) string {
	address, fragment, hasFragment := strings.Cut(text, "#")
	address, query, hasQuery := strings.Cut(address, "?")
	if hasQuery {
		address += "?" + redactPairs(query)
	}
	if hasFragment {
		address += "#" + redactPairs(fragment)
	}
	return userInfo.ReplaceAllString(address, "${1}"+blank+"@")
}

// userInfo is the user and password before an address's host.
var userInfo = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@"'<>?#]+@`)

// redactPairs does the same for name=value pairs joined by "&".
func redactPairs(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if found {
			pairs[i] = name + "=" + redactPair(name, value)
		}
	}
	return strings.Join(pairs, "&")
}

// redactPair returns what may be shown of an encoded value with that encoded name.
func redactPair(name, value string) string {
	plain := unescaped(name)
	switch {
	case value == "" || isBlanked(value):
		return value
	case samlName.MatchString(plain), strings.EqualFold(plain, "SigAlg"), strings.EqualFold(plain, "Signature"):
		return digest(plain, unescaped(value))
	case pairName.MatchString(plain):
		return blank
	}
	if decoded := unescaped(value); Redact(decoded) != decoded {
		return Redact(decoded)
	}
	return value
}

// isBlanked says whether a value is one that stands for another already, so that
// to redact twice is to redact once.
func isBlanked(value string) bool { return stands.MatchString(value) }

var stands = regexp.MustCompile(`^\[(?:redacted\]|[A-Za-z0-9]+ [0-9]+ bytes |(?:SAML\w+|SigAlg|Signature)$)`)

func redactBody(header http.Header, body string) string {
	if body == "" {
		return ""
	}
	if !utf8.ValidString(body) {
		return fmt.Sprintf("[%d bytes that are not text, sha256:%s]", len(body), shortSum(body))
	}
	if strings.Contains(strings.ToLower(header.Get("Content-Type")), "x-www-form-urlencoded") {
		return redactPairs(body)
	}
	return Redact(body)
}

// digest stands for a message that is too long and too sensitive to show, but
// that a reader must be able to recognize when it comes again.
func digest(name, value string) string {
	return fmt.Sprintf("[%s %d bytes sha256:%s…]", name, len(value), shortSum(value))
}

func shortSum(text string) string {
	if len(text) <= ordinary {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:6])
	}
	hash := sha256.New()
	piece := make([]byte, ordinary) // and not as much as the text once more
	for text != "" {
		n := copy(piece, text)
		_, _ = hash.Write(piece[:n]) // a hash never returns an error
		text = text[n:]
	}
	return hex.EncodeToString(hash.Sum(nil)[:6])
}

func unescaped(value string) string {
	if plain, err := url.QueryUnescape(value); err == nil {
		return plain
	}
	return value
}

// margin is how much of a long body is kept beyond what is shown, in bytes: more than
// the longest secret that is known by its form.
const margin = 16 << 10

// clip takes from a JSON body what would not be shown anyway, so that it need not be
// searched for secrets, which takes long in a body of many megabytes. A margin stays,
// so that a secret which the cut halves ends behind what is shown. It returns how
// many bytes it took. Any other body is needed whole, for its digests.
func clip(message *Message) int {
	const keep = maxBody + margin
	if len(message.Body) <= keep || !strings.Contains(message.Header.Get("Content-Type"), "json") || !utf8.ValidString(message.Body) {
		return 0
	}
	cut := edge(message.Body, keep)
	unread := len(message.Body) - cut
	message.Body = strings.Clone(message.Body[:cut])
	return unread
}

// bound cuts a body at 64 KiB, on a rune's edge, and says so. From a body that was
// clipped it also cuts what a halved secret may reach into.
func bound(message *Message, unread, halved int) {
	keep := maxBody
	if unread > 0 {
		keep = min(keep, max(0, len(message.Body)-halved))
	}
	if len(message.Body) <= keep {
		return
	}
	cut := edge(message.Body, keep)
	message.Body = fmt.Sprintf("%s\n[%d more bytes are not shown]", message.Body[:cut], len(message.Body)-cut+unread)
}

// edge is where a text may be cut, at most so many bytes in, without halving a rune.
func edge(text string, most int) int {
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}
