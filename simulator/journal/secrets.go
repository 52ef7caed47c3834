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
// appear. What is long enough to tell is found in capital and small letters alike: a
// product may show a header, or a code in hexadecimal, in letters of its own choice.
//
// A text is looked through once, however many spellings there are, and by steps: in
// whatever begins with a spelling, one of the windows at its beginning is where a step
// ends. That there is none, a few bits tell for most of the text.
type secrets struct {
	windows map[uint32][]place
	maybe   [256]uint64 // a bit for each window, by its mark
	short   []string    // spellings that have no room for as many windows
	most    int         // the length of the longest spelling
}

// place is where a window is in a spelling.
type place struct {
	spelling string
	offset   int
}

const (
	width = 4 // of a window, in bytes
	step  = 4 // from one place in a text that is looked at to the next
)

func (s *secrets) add(values ...string) {
	for _, value := range values {
		if len(value) < shortestSecret {
			continue
		}
		for _, spelling := range spellings(value) {
			s.addSpelling(spelling)
		}
	}
}

func (s *secrets) addSpelling(spelling string) {
	s.most = max(s.most, len(spelling))
	if len(spelling) < width+step-1 {
		if !slices.Contains(s.short, spelling) {
			s.short = append(s.short, spelling)
		}
		return
	}
	if slices.Contains(s.windows[windowAt(spelling, 0)], place{spelling, 0}) {
		return
	}
	if s.windows == nil {
		s.windows = map[uint32][]place{}
	}
	for offset := range step {
		window := windowAt(spelling, offset)
		s.windows[window] = append(s.windows[window], place{spelling, offset})
		word, bit := mark(window)
		s.maybe[word] |= bit
	}
}

// windowAt is the window of the text there, in small letters; it takes some bytes that are
// no letters for others, too.
func windowAt(text string, at int) uint32 {
	_ = text[at+width-1]
	return (uint32(text[at]) | uint32(text[at+1])<<8 | uint32(text[at+2])<<16 | uint32(text[at+3])<<24) | 0x20202020
}

// mark is where the bit of a window is.
func mark(window uint32) (word uint8, bit uint64) {
	const spread = 2654435761 // of Knuth's multiplicative hashing
	hash := window * spread >> 18
	return uint8(hash >> 6), 1 << (hash & 63)
}

// longest is the length of the longest spelling, in bytes.
func (s *secrets) longest() int { return s.most }

// blank blanks every spelling, and what begins like one for long enough.
func (s *secrets) blank(text string) string {
	if found := s.in(text); len(found) > 0 {
		return blanked(text, found)
	}
	return text
}

// in is what of the text is to be blanked, in no order.
func (s *secrets) in(text string) []span {
	var found []span
	for at := 0; at+width <= len(text); at += step {
		window := windowAt(text, at)
		if word, bit := mark(window); s.maybe[word]&bit == 0 {
			continue
		}
		for _, p := range s.windows[window] {
			if begin := at - p.offset; begin >= 0 {
				found = appendShown(found, text, begin, p.spelling)
			}
		}
	}
	for _, spelling := range s.short {
		for end := 0; ; {
			at := strings.Index(text[end:], spelling)
			if at < 0 {
				break
			}
			found = append(found, span{end + at, end + at + len(spelling)})
			end += at + len(spelling)
		}
	}
	return found
}

// appendShown appends what the text shows of a spelling that may begin there.
func appendShown(found []span, text string, begin int, spelling string) []span {
	n := alike(text[begin:], spelling)
	switch {
	case n >= tellTale, n == len(spelling) && text[begin:begin+n] == spelling:
		return append(found, span{begin, begin + n})
	}
	return found
}

// blanked is the text with these parts blanked; where they lap over they are one.
func blanked(text string, parts []span) string {
	slices.SortFunc(parts, func(a, b span) int { return a.from - b.from })
	var rest strings.Builder
	end := 0
	for _, part := range parts {
		if part.from >= end {
			rest.WriteString(text[end:part.from])
			rest.WriteString(blank)
		}
		end = max(end, part.to)
	}
	rest.WriteString(text[end:])
	return rest.String()
}

// alike is how many bytes two texts begin with in common, whatever their case.
func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && small(a[n]) == small(b[n]) {
		n++
	}
	return n
}

// small is a letter of ASCII in small, and any other byte as it is.
func small(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
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
	if s.most == 0 {
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
