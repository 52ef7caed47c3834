package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"rollcall.example/simulator/provision"
)

// Judge says what keeps an answer from being one that a SCIM endpoint gives to those
// it lets in: a refusal, a page for people, nothing there. Whether a SCIM answer is
// a right one it leaves to others: it is nil for any JSON, and for no body at all.
func Judge(answer provision.Answer) *Trouble {
	status := fmt.Sprintf("%d %s", answer.Status, answer.Reason())
	page := isHTML(answer)
	switch {
	case answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden:
		return &Trouble{Kind: Credentials, Says: "it answered " + status + " to the credentials that it was given" + reason(answer), Advice: "is the token right, and not expired or revoked? is it sent as the product wants it (bearer, raw, basic, headers)?"}
	case answer.Status == http.StatusPaymentRequired:
		return &Trouble{Kind: Unpaid, Says: "it answered " + status + reason(answer), Advice: "is the organization on a plan that has SCIM, and is it switched on there?"}
	case answer.Status == http.StatusProxyAuthRequired:
		return &Trouble{Kind: Proxy, Says: "a proxy answered " + status + ", and not the product", Advice: proxiesAreNamed}
	case answer.Status == http.StatusTooManyRequests:
		return &Trouble{Kind: Busy, Says: "it answered " + status}
	case answer.Status >= 300 && answer.Status < 400:
		return &Trouble{Kind: Redirected, Says: fmt.Sprintf("it answered %s, a redirect to %s", status, shownLocation(answer)), Advice: redirectAdvice(answer)}
	case page && answer.Status >= 500:
		return &Trouble{Kind: HTML, Says: fmt.Sprintf("it answered HTML where JSON belongs (%s%s)", status, title(answer.Body)), Advice: "is the product down, or does a proxy before it not find it?"}
	case page:
		return &Trouble{Kind: HTML, Says: fmt.Sprintf("it answered HTML where JSON belongs (%s%s)", status, title(answer.Body)), Advice: "is this the base URL of the SCIM endpoint, and not a page for people?"}
	case answer.Status == http.StatusNotFound || answer.Status == http.StatusGone:
		return &Trouble{Kind: NotFound, Says: "it answered " + status + ": there is no list of users under this address", Advice: "is the base URL right? many end in /scim/v2"}
	case answer.OK() && inOtherLetters(answer.Body) != "":
		return &Trouble{Kind: NotJSON, Says: "it answered JSON " + inOtherLetters(answer.Body) + ", which is none (RFC 8259 section 8.1)", Advice: "have the product write UTF-8 without a byte order mark"}
	case answer.OK() && bytes.Contains(answer.Body, []byte("urn:scim:schemas:core:1.")):
		return &Trouble{Kind: OldSCIM, Says: "it speaks SCIM 1, by the schema of its answer (urn:scim:schemas:core:1.0), and this suite is about SCIM 2.0", Advice: "has the product SCIM 2.0 under another address? many have it at /scim/v2"}
	case answer.OK() && len(bytes.TrimSpace(answer.Body)) > 0 && !json.Valid(answer.Body):
		return &Trouble{Kind: NotJSON, Says: fmt.Sprintf("it answered something that is no JSON (%s, %s)", status, orElse(answer.Header.Get("Content-Type"), "without a Content-Type")), Advice: "is this the base URL of the SCIM endpoint?"}
	}
	return nil
}

// reason is what a SCIM error says of itself (RFC 7644 section 3.12), in its first words.
func reason(answer provision.Answer) string {
	const most = 120
	words := []rune(strings.Join(strings.Fields(answer.Detail()), " "))
	switch {
	case len(words) == 0:
		return ""
	case len(words) > most:
		words = append(words[:most], '…')
	}
	return fmt.Sprintf(", and said %q", string(words))
}

// inOtherLetters is what the letters of a text are that would be JSON in UTF-8; empty for
// any other text.
func inOtherLetters(body []byte) string {
	switch plain, marked := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); {
	case marked && json.Valid(plain):
		return "behind a byte order mark"
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return "in UTF-16"
	}
	return ""
}

// isHTML says whether the body is a page, by what it says of itself or looks like.
func isHTML(answer provision.Answer) bool {
	kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err == nil && (kind == "text/html" || kind == "application/xhtml+xml") {
		return true
	}
	begins := strings.ToLower(string(bytes.TrimSpace(answer.Body[:min(len(answer.Body), 256)])))
	return strings.HasPrefix(begins, "<!doctype html") || strings.HasPrefix(begins, "<html")
}

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>([^<]{1,80})`)

// title quotes what a page calls itself, in few words.
func title(page []byte) string {
	found := titleElement.FindSubmatch(page[:min(len(page), 16<<10)])
	if found == nil {
		return ""
	}
	text := strings.Join(strings.Fields(html.UnescapeString(string(found[1]))), " ")
	return fmt.Sprintf(", a page that calls itself %q", text)
}

// shownLocation is where a redirect leads, without its query, which may hold a secret.
func shownLocation(answer provision.Answer) string {
	location, _, cut := strings.Cut(answer.Header.Get("Location"), "?")
	switch {
	case location == "":
		return "nowhere"
	case cut:
		return location + "?…"
	}
	return location
}

var loginWords = regexp.MustCompile(`(?i)log-?_?in|sign-?_?in|auth|sso`)

func redirectAdvice(answer provision.Answer) string {
	if loginWords.MatchString(shownLocation(answer)) {
		return "that is a login page for people: is this the base URL of the SCIM endpoint, and does it take these credentials?"
	}
	return "name the address that it leads to; Okta follows no redirect"
}
