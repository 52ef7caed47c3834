package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxBody is the largest request body, in bytes, that is read.
const MaxBody = 1 << 20

const (
	maxBodyDepth    = 64
	maxNumberLength = 64
)

// Document is a JSON object whose member names are in lower case, since names of
// attributes count without regard to case (RFC 7643 section 2.1). Its values are
// nil, bool, string, [json.Number], []any and map[string]any of the same kind.
type Document = map[string]any

// readDocument reads a body that must be one JSON object. It refuses what two
// readers might understand in two ways: names that occur twice, bytes that are not
// UTF-8, halves of surrogate pairs, NUL.
func readDocument(body []byte) (Document, *Error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, bad(InvalidSyntax, "the body is empty: a JSON object was expected")
	}
	if !utf8.Valid(body) {
		return nil, bad(InvalidSyntax, "the body is not UTF-8")
	}
	if problem := deeper(body, maxBodyDepth); problem != nil {
		return nil, problem
	}
	if !json.Valid(body) {
		return nil, bad(InvalidSyntax, "the body is not one well-formed JSON value")
	}
	if halfSurrogate(body) {
		return nil, bad(InvalidSyntax, "the body escapes half a surrogate pair, which is no character")
	}
	value, err := (&reader{body: body}).value()
	if err != nil {
		return nil, err
	}
	document, ok := value.(map[string]any)
	if !ok {
		return nil, bad(InvalidSyntax, "the body is not a JSON object")
	}
	return document, nil
}

// deeper refuses nesting beyond the limit before anything is built. Brackets
// within strings do not count.
func deeper(body []byte, limit int) *Error {
	depth, quoted, escaped := 0, false, false
	for _, c := range body {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return bad(InvalidSyntax, "the body is nested more than %d deep", limit)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// halfSurrogate looks for an escape such as \ud800 without its other half. The
// body is known to be valid JSON.
func halfSurrogate(body []byte) bool {
	for {
		at := bytes.IndexByte(body, '\\')
		if at < 0 {
			return false
		}
		unit, ok := escapedUnit(body[at:])
		if !ok {
			body = body[at+2:]
			continue
		}
		body = body[at+6:]
		switch {
		case 0xDC00 <= unit && unit <= 0xDFFF:
			return true
		case 0xD800 <= unit && unit <= 0xDBFF:
			low, ok := escapedUnit(body)
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			body = body[6:]
		}
	}
}

// escapedUnit reads a \u escape at the start of b.
func escapedUnit(b []byte) (uint64, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(b[2:6]), 16, 32)
	return unit, err == nil
}

// reader builds values from JSON that is known to be valid, deep enough for the
// stack, and free of half characters.
type reader struct {
	body []byte
	at   int
}

// next skips space and looks at what follows.
func (r *reader) next() byte {
	for {
		switch c := r.body[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
}

func (r *reader) value() (any, *Error) {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		return r.text()
	case 't':
		r.at += len("true")
		return true, nil
	case 'f':
		r.at += len("false")
		return false, nil
	case 'n':
		r.at += len("null")
		return nil, nil
	}
	return r.number()
}

func (r *reader) object() (any, *Error) {
	object := Document{}
	for r.more('}') {
		r.next()
		name, problem := r.text()
		if problem != nil {
			return nil, problem
		}
		key := strings.ToLower(name)
		if _, twice := object[key]; twice {
			return nil, bad(InvalidSyntax, "the body names %s twice in one object", quote(name))
		}
		r.next()
		r.at++ // the colon
		value, problem := r.value()
		if problem != nil {
			return nil, problem
		}
		object[key] = value
	}
	return object, nil
}

func (r *reader) list() (any, *Error) {
	list := []any{}
	for r.more(']') {
		value, problem := r.value()
		if problem != nil {
			return nil, problem
		}
		list = append(list, value)
	}
	return list, nil
}

// more steps over the bracket or comma before a member, and over the closing bracket
// when there is none.
func (r *reader) more(end byte) bool {
	if r.next() != end {
		r.at++
	}
	if r.next() == end {
		r.at++
		return false
	}
	return true
}

// text reads a string. Most hold no escape and are taken as they are; NUL can only
// be written with one.
func (r *reader) text() (string, *Error) {
	from, plain := r.at, true
	for r.at++; r.body[r.at] != '"'; r.at++ {
		if r.body[r.at] == '\\' {
			plain = false
			r.at++
		}
	}
	r.at++
	if plain {
		return string(r.body[from+1 : r.at-1]), nil
	}
	var text string
	if err := json.Unmarshal(r.body[from:r.at], &text); err != nil {
		return "", bad(InvalidSyntax, "the body is not one well-formed JSON value")
	}
	if strings.IndexByte(text, 0) >= 0 {
		return "", bad(InvalidValue, "a text holds the character NUL")
	}
	return text, nil
}

func (r *reader) number() (any, *Error) {
	from := r.at
	for r.at < len(r.body) && strings.IndexByte("+-.0123456789Ee", r.body[r.at]) >= 0 {
		r.at++
	}
	if r.at-from > maxNumberLength {
		return nil, errNumber
	}
	n := json.Number(r.body[from:r.at])
	if _, err := n.Float64(); err != nil {
		return nil, errNumber
	}
	return n, nil
}

var errNumber = bad(InvalidValue, "a number is beyond all bounds")

// quote echoes what a client sent, kept short and on one line.
func quote(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
