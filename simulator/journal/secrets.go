package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	// shortestSecret is as short as a value may be that is blanked wherever it stands.
	shortestSecret = 4
	// tellTale is how much of the beginning of a secret is enough to blank it: what a
	// product or a message cuts off short of its end still gives most of it away.
	tellTale = 16
)

// secrets is a set of values to blank, each in every spelling in which it may
// appear.
type secrets struct {
	spellings []string // the longest first: one may begin with another
}

func (s *secrets) add(values ...string) {
	before := len(s.spellings)
	for _, value := range values {
		if len(value) < shortestSecret {
			continue
		}
		for _, spelling := range spellings(value) {
			if !slices.Contains(s.spellings, spelling) {
				s.spellings = append(s.spellings, spelling)
			}
		}
	}
	if len(s.spellings) > before {
		slices.SortStableFunc(s.spellings, func(a, b string) int { return len(b) - len(a) })
	}
}

// longest is the length of the longest spelling, in bytes.
func (s *secrets) longest() int {
	if len(s.spellings) == 0 {
		return 0
	}
	return len(s.spellings[0])
}

// blank blanks every spelling, and what begins like one for long enough.
func (s *secrets) blank(text string) string {
	for _, spelling := range s.spellings {
		text = blankSpelling(text, spelling)
	}
	return text
}

func blankSpelling(text, spelling string) string {
	stem := spelling[:min(len(spelling), tellTale)]
	at := strings.Index(text, stem)
	if at < 0 {
		return text
	}
	var shown strings.Builder
	for ; at >= 0; at = strings.Index(text, stem) {
		shown.WriteString(text[:at])
		shown.WriteString(blank)
		text = text[at+alike(text[at:], spelling):]
	}
	shown.WriteString(text)
	return shown.String()
}

// alike is how many bytes two texts begin with in common.
func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// spellings are the ways in which a value may be written down. A value of several
// lines, as a key is, may be written line by line.
func spellings(value string) []string {
	all := slices.Concat([]string{value}, escaped(value), encoded(value))
	if !strings.ContainsAny(value, "\r\n") {
		return all
	}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= tellTale && !strings.HasPrefix(line, "-----") {
			all = append(all, spellings(line)...)
		}
	}
	return all
}

// percent is an escaped byte of an address.
var percent = regexp.MustCompile(`%[0-9A-F]{2}`)

// escaped are the spellings for addresses, JSON and pages.
func escaped(value string) []string {
	var all []string
	for _, text := range []string{url.QueryEscape(value), url.PathEscape(value), url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(value)))} {
		all = append(all, text, percent.ReplaceAllStringFunc(text, strings.ToLower))
	}
	for _, forPages := range []bool{true, false} {
		var quoted bytes.Buffer
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(forPages)
		if err := encoder.Encode(value); err == nil {
			text := strings.TrimSpace(quoted.String())
			all = append(all, text[1:len(text)-1])
		}
	}
	return append(all, html.EscapeString(value), strings.ReplaceAll(html.EscapeString(value), "+", "&#43;"))
}

// encoded are the spellings in base64. Within a longer text, as a user name before a
// password, the value begins at any of three places of a group, and what shares a
// letter with its neighbours is left out.
func encoded(value string) []string {
	all := []string{base64.StdEncoding.EncodeToString([]byte(value)), base64.URLEncoding.EncodeToString([]byte(value))}
	for before, mixed := range []int{0, 2, 3} {
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), value...))
		if (before+len(value))%3 != 0 {
			text = text[:len(text)-1]
		}
		if text = text[min(mixed, len(text)):]; len(text) >= tellTale/2 {
			all = append(all, text, strings.NewReplacer("+", "-", "/", "_").Replace(text))
		}
	}
	return all
}

func (s *secrets) blankExchange(e *Exchange) {
	if len(s.spellings) == 0 {
		return
	}
	for _, message := range []*Message{&e.Request, &e.Response} {
		message.URL = s.blank(message.URL)
		message.Body = s.blank(message.Body)
		for _, values := range message.Header {
			for i, value := range values {
				values[i] = s.blank(value)
			}
		}
	}
	e.Error = s.blank(e.Error)
}

// given are the values of the cookies that an answer sets, where they are long enough
// for secrets: the product may repeat one where nothing tells what it is.
func given(header http.Header) []string {
	var values []string
	for _, line := range header["Set-Cookie"] {
		if cookie, err := http.ParseSetCookie(line); err == nil && len(cookie.Value) >= tellTale {
			values = append(values, cookie.Value)
		}
	}
	return values
}
