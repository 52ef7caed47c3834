package journal

import (
	"encoding/json"
	"regexp"
	"strings"
)

// redactJSON blanks the secret members of a JSON document and leaves every other
// byte as it was. A text that is no JSON, or not to its end, comes back as it is
// from where it stops being JSON: redactMembers goes over it by pattern.
func redactJSON(text string) string {
	if start := strings.TrimSpace(text); start == "" || start[0] != '{' && start[0] != '[' {
		return text
	}
	walk := jsonWalk{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	walk.decoder.UseNumber()
	walk.value(false)
	return walk.result()
}

// span is a part of a text, as a value of a document, from its first byte to behind its last.
type span struct{ from, to int }

type jsonWalk struct {
	text    string
	decoder *json.Decoder
	secret  []span
	failed  bool
}

// token reads the next token and says where it stands.
func (w *jsonWalk) token() (json.Token, span) {
	before := int(w.decoder.InputOffset())
	token, err := w.decoder.Token()
	if err != nil {
		w.failed = true
		return nil, span{}
	}
	skipped := len(w.text[before:]) - len(strings.TrimLeft(w.text[before:], " \t\r\n,:"))
	return token, span{before + skipped, int(w.decoder.InputOffset())}
}

// value reads one value; all that is in a hidden one is secret. It returns the
// spans of the texts and numbers in it.
func (w *jsonWalk) value(hidden bool) []span {
	token, at := w.token()
	if w.failed {
		return nil
	}
	switch token {
	case json.Delim('{'):
		return w.object(hidden)
	case json.Delim('['):
		var found []span
		for !w.failed && w.decoder.More() {
			found = append(found, w.value(hidden)...)
		}
		w.token()
		return found
	}
	switch token.(type) {
	case string, json.Number:
		if hidden {
			w.secret = append(w.secret, at)
		}
		return []span{at}
	}
	return nil
}

// object reads the members of an object. A SCIM PATCH operation names its
// attribute in one member and gives the value in another.
func (w *jsonWalk) object(hidden bool) []span {
	var found, given []span
	namesSecret := false
	for !w.failed && w.decoder.More() {
		token, _ := w.token()
		name, _ := token.(string)
		before := len(w.secret)
		secret := hidden || secretName.MatchString(name)
		spans := w.value(secret)
		found = append(found, spans...)
		switch {
		case strings.EqualFold(name, "value") && len(w.secret) == before:
			given = spans
		case strings.EqualFold(name, "path") && len(spans) == 1:
			namesSecret = secretName.MatchString(strings.Trim(w.text[spans[0].from:spans[0].to], `"`))
		}
	}
	if namesSecret {
		w.secret = append(w.secret, given...)
	}
	w.token()
	return found
}

// result is the document with its secrets blanked.
func (w *jsonWalk) result() string {
	marked := make(map[int]int, len(w.secret))
	for _, s := range w.secret {
		marked[s.from] = s.to
	}
	var text strings.Builder
	for at := 0; at < len(w.text); {
		if to, secret := marked[at]; secret {
			text.WriteString(`"` + blank + `"`)
			at = to
			continue
		}
		text.WriteByte(w.text[at])
		at++
	}
	return text.String()
}

var (
	// secretMember finds a member with a secret's name in a text that may be cut off.
	secretMember = regexp.MustCompile(`(?i)("[\w:.-]*(?:` + secretWords + `)"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|$)|-?[0-9][0-9.eE+\-]*)`)
	// quotedMember finds the same in JSON that was quoted once more.
	quotedMember = regexp.MustCompile(`(?i)(\\"[\w:.-]*(?:` + secretWords + `)\\"\s*:\s*\\")(?:[^"\\]|\\\\(?:\\"|[^"]))*(\\"|$)`)
	// pageMember and quotedPageMember find them in JSON that stands in a page.
	pageMember       = regexp.MustCompile(`(?is)(` + pageQuote + `[\w:.-]*(?:` + secretWords + `)` + pageQuote + `\s*:\s*` + pageQuote + `)(?:\\.|[^\\])*?(` + pageQuote + `|$)`)
	quotedPageMember = regexp.MustCompile(`(?is)(\\` + pageQuote + `[\w:.-]*(?:` + secretWords + `)\\` + pageQuote + `\s*:\s*\\` + pageQuote + `)(?:\\\\.|[^\\])*?(\\` + pageQuote + `|$)`)
	// pathAndValue finds a SCIM PATCH operation that names the attribute in its path.
	pathAndValue = regexp.MustCompile(`(?i)("path"\s*:\s*"(?:[^"\\]*[:.])?(?:` + secretWords + `)"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)`)
)

// pageQuote is a quotation mark as a page has it, escaped once or more.
const pageQuote = `&(?:amp;)*(?:#34|#x22|quot);`

// redactMembers does by pattern what redactJSON does for a whole document.
func redactMembers(text string) string {
	text = secretMember.ReplaceAllString(text, `${1}"`+blank+`"`)
	text = quotedMember.ReplaceAllString(text, `${1}`+blank+`${2}`)
	if strings.Contains(text, "&") {
		text = pageMember.ReplaceAllString(text, `${1}`+blank+`${2}`)
		text = quotedPageMember.ReplaceAllString(text, `${1}`+blank+`${2}`)
	}
	return pathAndValue.ReplaceAllString(text, `${1}"`+blank+`"`)
}
