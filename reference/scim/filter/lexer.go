package filter

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	end kind = iota
	word
	text
	number
	open
	shut
	openBracket
	shutBracket
)

// token is one piece of a filter. Its value is the source for words and numbers
// and what the quotes hold for texts. Spaced says that a space stands before it:
// the grammar wants one around operators.
type token struct {
	kind   kind
	at     int
	value  string
	spaced bool
}

var brackets = [256]kind{'(': open, ')': shut, '[': openBracket, ']': shutBracket}

type lexer struct {
	source string
	at     int
}

// next reads one token.
func (l *lexer) next() (token, error) {
	from := l.at
	for l.at < len(l.source) && l.source[l.at] == ' ' {
		l.at++
	}
	t := token{at: l.at, spaced: l.at > from}
	if l.at == len(l.source) {
		return t, nil
	}
	switch c := l.source[l.at]; {
	case c == '"':
		return l.text(t)
	case brackets[c] != end:
		l.at++
		t.kind = brackets[c]
		return t, nil
	case c == '-' || isDigit(c):
		t.kind = number
		t.value = l.run(ofNumber)
		if !json.Valid([]byte(t.value)) {
			return t, &Error{t.at, "a malformed number"}
		}
		return t, nil
	case isLetter(c) || c == '.' || c == '$':
		t.kind = word
		t.value = l.run(ofWord)
		return t, nil
	}
	return t, &Error{t.at, "an unexpected character"}
}

// run takes the characters that belong to one word or number.
func (l *lexer) run(belongs uint8) string {
	from := l.at
	for l.at < len(l.source) && classes[l.source[l.at]]&belongs != 0 {
		l.at++
	}
	return l.source[from:l.at]
}

// text reads a JSON string. Most have nothing escaped and are taken as they are.
func (l *lexer) text(t token) (token, error) {
	t.kind = text
	plain := true
	for l.at++; l.at < len(l.source); l.at++ {
		switch c := l.source[l.at]; {
		case c == '"':
			l.at++
			return l.unquote(t, plain)
		case c == '\\':
			plain = false
			l.at++
		case c < ' ':
			return t, &Error{l.at, "a control character within quotes"}
		}
	}
	return t, &Error{t.at, "a quote that is never closed"}
}

func (l *lexer) unquote(t token, plain bool) (token, error) {
	quoted := l.source[t.at:l.at]
	if plain {
		t.value = quoted[1 : len(quoted)-1]
		return t, nil
	}
	if err := json.Unmarshal([]byte(quoted), &t.value); err != nil {
		return t, &Error{t.at, "a malformed escape within quotes"}
	}
	if strings.ContainsRune(t.value, 0) || strings.ContainsRune(t.value, utf8.RuneError) {
		return t, &Error{t.at, "a character that no text may hold"}
	}
	return t, nil
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// What a character may belong to: attribute names with the URNs that may stand before
// them, and numbers.
const (
	ofWord uint8 = 1 << iota
	ofNumber
)

var classes = func() (classes [256]uint8) {
	for i := range classes {
		c := byte(i)
		if isLetter(c) || isDigit(c) || strings.IndexByte("-_.:$", c) >= 0 {
			classes[i] |= ofWord
		}
		if isDigit(c) || strings.IndexByte("+-.eE", c) >= 0 {
			classes[i] |= ofNumber
		}
	}
	return classes
}()
