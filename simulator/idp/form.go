package idp

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

const formScript = `document.getElementById("appForm").submit();`

// FormScriptSource is the Content-Security-Policy source that allows the script
// in a Form page and no other.
func FormScriptSource() string {
	sum := sha256.Sum256([]byte(formScript))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Form returns the page that carries a response to the product (SAML 2.0
// bindings §3.5.4): a form that posts itself, with Okta's element names and its
// escapes, and a button for a browser without scripts. The response is the form
// value, already base64.
func Form(acs, samlResponse, relayState string) []byte {
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>Signing in</title></head><body>`)
	fmt.Fprintf(&page, `<form id="appForm" action="%s" method="POST">`, hexEscape(acs))
	fmt.Fprintf(&page, `<input name="SAMLResponse" type="hidden" value="%s"/>`, hexEscape(samlResponse))
	fmt.Fprintf(&page, `<input name="RelayState" type="hidden" value="%s"/>`, hexEscape(relayState))
	page.WriteString(`<noscript><p>This browser runs no scripts. Press the button to go on.</p><button type="submit">Continue</button></noscript>`)
	page.WriteString(`</form><script>` + formScript + `</script></body></html>`)
	return []byte(page.String())
}

// MessageForm is Form for any message: each field is written once, with its first value.
func MessageForm(to string, fields url.Values) []byte {
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>Signing out</title></head><body>`)
	fmt.Fprintf(&page, `<form id="appForm" action="%s" method="POST">`, hexEscape(to))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&page, `<input name="%s" type="hidden" value="%s"/>`, hexEscape(name), hexEscape(fields.Get(name)))
	}
	page.WriteString(`<noscript><p>This browser runs no scripts. Press the button to go on.</p><button type="submit">Continue</button></noscript>`)
	page.WriteString(`</form><script>` + formScript + `</script></body></html>`)
	return []byte(page.String())
}

// named are the characters that Okta's encoder writes by name.
var named = map[rune]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;"}

// hexEscape escapes everything but letters, digits and , . - _ which is what the
// encoder in Okta's pages does to attribute values.
func hexEscape(text string) string {
	var escaped strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(",.-_", r)):
			escaped.WriteRune(r)
		case named[r] != "":
			escaped.WriteString(named[r])
		default:
			fmt.Fprintf(&escaped, "&#x%x;", r)
		}
	}
	return escaped.String()
}
