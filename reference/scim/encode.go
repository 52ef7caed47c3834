package scim

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// written is what writes itself as JSON, without reflection: a resource, or a page of
// them.
type written interface{ appendTo(b []byte) []byte }

// shown is a resource on its way to the client: as much of it as the view lets through,
// its attributes in the order of the schema.
type shown struct {
	schema   *schema
	resource Document
	view     *projection
}

func (s shown) appendTo(b []byte) []byte {
	b = append(b, '{')
	b = s.schema.appendMembers(b, s.resource, s.view)
	for _, e := range s.schema.extensions {
		object, _ := s.resource[e.key].(map[string]any)
		if object == nil {
			continue
		}
		from := len(b)
		b = append(appendComma(b), `"`+e.id+`":{`...)
		before := len(b)
		if b = e.appendMembers(b, object, s.view); len(b) == before {
			b = b[:from]
			continue
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendMembers writes the attributes of one schema that are to be seen.
func (s *schema) appendMembers(b []byte, object Document, view *projection) []byte {
	for _, a := range s.attributes {
		value := object[a.key]
		if value == nil || !view.shows(a) {
			continue
		}
		from := len(b)
		b = append(appendComma(b), a.quoted...)
		before := len(b)
		if b = a.appendValue(b, value, view); len(b) == before {
			b = b[:from] // no part of it is to be seen
		}
	}
	return b
}

// appendComma writes what separates a member from the one before it.
func appendComma(b []byte) []byte {
	if last := b[len(b)-1]; last != '{' && last != '[' {
		b = append(b, ',')
	}
	return b
}

// appendValue writes the value of an attribute; nothing when nothing of it is to be seen.
func (a *attribute) appendValue(b []byte, value any, view *projection) []byte {
	list, ok := value.([]any)
	if !ok {
		return a.appendSingle(b, value, view)
	}
	from := len(b)
	b = append(b, '[')
	for _, entry := range list {
		before := len(b)
		b = appendComma(b)
		separated := len(b)
		if b = a.appendSingle(b, entry, view); len(b) == separated {
			b = b[:before]
		}
	}
	if len(b) == from+1 {
		return b[:from]
	}
	return append(b, ']')
}

func (a *attribute) appendSingle(b []byte, value any, view *projection) []byte {
	switch v := value.(type) {
	case string:
		return appendText(b, v)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case json.Number:
		return append(b, v...)
	case map[string]any:
		return a.appendParts(b, v, view)
	}
	return b
}

func (a *attribute) appendParts(b []byte, object Document, view *projection) []byte {
	from := len(b)
	b = append(b, '{')
	for _, part := range a.Parts {
		if value := object[part.key]; value != nil && view.showsPart(a, part) {
			b = append(appendComma(b), part.quoted...)
			b = part.appendValue(b, value, view)
		}
	}
	if len(b) == from+1 {
		return b[:from]
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string; letters stay as they are.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// valid is a text without bytes that are no UTF-8: what other parts of the product keep
// may hold some.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
