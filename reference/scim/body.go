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
	r := reader{json.NewDecoder(bytes.NewReader(body))}
	r.UseNumber()
	value, err := r.value()
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

// reader builds values from tokens of JSON that is known to be valid.
type reader struct{ *json.Decoder }

func (r reader) value() (any, *Error) {
	token, err := r.Token()
	if err != nil {
		return nil, bad(InvalidSyntax, "the body is not one well-formed JSON value")
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return r.object()
		}
		return r.list()
	case string:
		if strings.ContainsRune(t, 0) {
			return nil, bad(InvalidValue, "a text holds the character NUL")
		}
	case json.Number:
		return t, checkNumber(t)
	}
	return token, nil
}

func checkNumber(n json.Number) *Error {
	if _, err := n.Float64(); err != nil || len(n) > maxNumberLength {
		return bad(InvalidValue, "a number is beyond all bounds")
	}
	return nil
}

func (r reader) object() (any, *Error) {
	object := Document{}
	for r.More() {
		token, err := r.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, bad(InvalidSyntax, "the body is not one well-formed JSON value")
		}
		key := strings.ToLower(name)
		if _, twice := object[key]; twice {
			return nil, bad(InvalidSyntax, "the body names %s twice in one object", quote(name))
		}
		value, problem := r.value()
		if problem != nil {
			return nil, problem
		}
		object[key] = value
	}
	return object, r.close()
}

func (r reader) list() (any, *Error) {
	list := []any{}
	for r.More() {
		value, problem := r.value()
		if problem != nil {
			return nil, problem
		}
		list = append(list, value)
	}
	return list, r.close()
}

func (r reader) close() *Error {
	if _, err := r.Token(); err != nil {
		return bad(InvalidSyntax, "the body is not one well-formed JSON value")
	}
	return nil
}

// quote echoes what a client sent, kept short and on one line.
func quote(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
