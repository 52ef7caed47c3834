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
var (
	secretName = regexp.MustCompile(`(?i)(password|passwd|secret|token|assertion|api[_-]?key|authorization)$`)
	samlName   = regexp.MustCompile(`^SAML(Response|Request)$`)
	// jsonSecret finds a member with a secret's name; a string may be cut off at the end of the text.
	jsonSecret = regexp.MustCompile(`(?i)("[a-z0-9_\-]*(?:password|passwd|secret|token|api_?key)"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|$)|-?[0-9][0-9.eE+\-]*)`)
	// patchSecret finds a SCIM PATCH operation that names the attribute in its path.
	patchSecret = regexp.MustCompile(`(?i)("path"\s*:\s*"(?:[^"\\]*[:.])?password"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)`)
	// formField finds a hidden form field that carries a SAML message.
	formField = regexp.MustCompile(`(?i)(name="(SAML(?:Response|Request))"[^>]*?value=")([^"]*)`)
)

// redact takes out what is secret by its place or name, in both messages.
func redact(e *Exchange) {
	e.Request.URL = redactURL(e.Request.URL)
	for _, message := range []*Message{&e.Request, &e.Response} {
		redactHeader(message.Header)
		message.Body = redactBody(message.Header, message.Body)
	}
	e.Error = redactQueries(e.Error)
}

func redactHeader(header http.Header) {
	for name, values := range header {
		for i, value := range values {
			values[i] = redactHeaderValue(name, value)
		}
	}
}

func redactHeaderValue(name, value string) string {
	switch name {
	case "Authorization", "Proxy-Authorization":
		// A raw token may hold a space, so only a known scheme is shown.
		if scheme, _, _ := strings.Cut(value, " "); scheme == "Bearer" || scheme == "Basic" {
			return scheme + " " + blank
		}
		return blank
	case "Cookie":
		pairs := strings.Split(value, ";")
		for i, pair := range pairs {
			pairs[i] = blankCookie(pair)
		}
		return strings.Join(pairs, ";")
	case "Set-Cookie":
		pair, attributes, found := strings.Cut(value, ";")
		if !found {
			return blankCookie(pair)
		}
		return blankCookie(pair) + ";" + attributes
	case "Location", "Referer", "Content-Location":
		return redactURL(value)
	}
	if secretName.MatchString(name) {
		return blank
	}
	return value
}

func blankCookie(pair string) string {
	name, value, _ := strings.Cut(pair, "=")
	if value == "" {
		return pair
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
	if parsed, err := url.Parse(address); err == nil && parsed.User != nil {
		address = strings.Replace(address, parsed.User.String()+"@", blank+"@", 1)
	}
	return address
}

// redactPairs does the same for name=value pairs joined by "&".
func redactPairs(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found || value == "" {
			continue
		}
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		switch {
		case samlName.MatchString(plain):
			pairs[i] = name + "=" + digest(plain, unescaped(value))
		case plain == "SigAlg", plain == "Signature":
			pairs[i] = name + "=" + digest(plain, unescaped(value))
		case secretName.MatchString(plain):
			pairs[i] = name + "=" + blank
		}
	}
	return strings.Join(pairs, "&")
}

// redactQueries handles an error's text, in which net/http quotes the URL.
func redactQueries(text string) string {
	start := strings.IndexByte(text, '?')
	if start < 0 {
		return text
	}
	end := strings.IndexAny(text[start:], "\" ")
	if end < 0 {
		end = len(text) - start
	}
	return text[:start+1] + redactPairs(text[start+1:start+end]) + text[start+end:]
}

func redactBody(header http.Header, body string) string {
	if body == "" {
		return ""
	}
	if !utf8.ValidString(body) {
		return fmt.Sprintf("[%d bytes that are not text, sha256:%s]", len(body), shortSum(body))
	}
	if strings.Contains(header.Get("Content-Type"), "x-www-form-urlencoded") {
		return redactPairs(body)
	}
	if !suspicious(body) {
		return body
	}
	body = jsonSecret.ReplaceAllString(body, `${1}"`+blank+`"`)
	body = patchSecret.ReplaceAllString(body, `${1}"`+blank+`"`)
	return formField.ReplaceAllStringFunc(body, func(field string) string {
		parts := formField.FindStringSubmatch(field)
		return parts[1] + digest(parts[2], parts[3])
	})
}

// hints are what a text must hold, in small letters, for one of the patterns above to
// find anything in it. Looking for them takes a hundredth of the time.
var hints = []string{`password"`, `passwd"`, `secret"`, `token"`, `apikey"`, `api_key"`, `name="saml`}

// suspicious says whether the patterns may find something in a body. They take a long
// s for an s, hence the first question.
func suspicious(body string) bool {
	if strings.ContainsRune(body, 'ſ') {
		return true
	}
	small := strings.ToLower(body)
	return slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(small, hint) })
}

// digest stands for a message that is too long and too sensitive to show, but
// that a reader must be able to recognize when it comes again.
func digest(name, value string) string {
	return fmt.Sprintf("[%s %d bytes sha256:%s…]", name, len(value), shortSum(value))
}

func shortSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

func unescaped(value string) string {
	if plain, err := url.QueryUnescape(value); err == nil {
		return plain
	}
	return value
}

// clip takes from a JSON body what would not be shown anyway, before it is searched
// for secrets: that takes long in a body of many megabytes. A margin is left over,
// so that a secret which the cut halves ends behind what is shown. It returns how
// many bytes it took. Any other body is needed whole, for its digests.
func clip(message *Message, margin int) int {
	keep := maxBody + margin
	if len(message.Body) <= keep || !strings.Contains(message.Header.Get("Content-Type"), "json") || !utf8.ValidString(message.Body) {
		return 0
	}
	unread := len(message.Body) - edge(message.Body, keep)
	message.Body = message.Body[:len(message.Body)-unread]
	return unread
}

// bound cuts a body at 64 KiB, on a rune's edge, and says so. Of a body that was
// clipped the margin is cut off as well.
func bound(message *Message, unread, margin int) {
	keep := maxBody
	if unread > 0 {
		keep = min(keep, max(0, len(message.Body)-margin))
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
