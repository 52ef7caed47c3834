package store

import (
	"strings"

	"rollcall.example/reference/org"
)

// packedEmails is [packed] for addresses. Every record has some, and almost all are plain
// ASCII: those are written without reflection, to the same text.
func packedEmails(list []org.Email) string {
	b := make([]byte, 0, 96*len(list)+2)
	b = append(b, '[')
	for i, e := range list {
		if !plain(e.Value) || !plain(e.Display) || !plain(e.Type) {
			return packed(list)
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"value":"`...)
		b = append(b, e.Value...)
		if e.Display != "" {
			b = append(b, `","display":"`...)
			b = append(b, e.Display...)
		}
		if e.Type != "" {
			b = append(b, `","type":"`...)
			b = append(b, e.Type...)
		}
		b = append(b, '"')
		if e.Primary {
			b = append(b, `,"primary":true`...)
		}
		b = append(b, '}')
	}
	return string(append(b, ']'))
}

// unpackedEmails reads what [packedEmails] wrote.
type unpackedEmails struct{ into *[]org.Email }

// Scan implements [sql.Scanner].
func (u unpackedEmails) Scan(value any) error {
	text, _ := value.(string)
	list, ok := plainEmails(text)
	if !ok {
		return unpacked[org.Email](u).Scan(value)
	}
	*u.into = list
	return nil
}

// plainEmails reads a list as it is written by hand: without escapes, the members in
// their order. It is not ok where it is written otherwise, or empty.
func plainEmails(text string) (list []org.Email, ok bool) {
	rest, ok := strings.CutPrefix(text, "[")
	if !ok || strings.IndexByte(text, '\\') >= 0 {
		return nil, false
	}
	for rest = "," + rest; rest != "]"; {
		var e org.Email
		if e.Value, rest, ok = quoted(rest, `,{"value":"`); !ok {
			return nil, false
		}
		e.Display, rest, _ = quoted(rest, `,"display":"`)
		e.Type, rest, _ = quoted(rest, `,"type":"`)
		rest, e.Primary = strings.CutPrefix(rest, `,"primary":true`)
		if rest, ok = strings.CutPrefix(rest, "}"); !ok {
			return nil, false
		}
		list = append(list, e)
	}
	return list, true
}

// quoted takes a text off that stands between what is before it and a quotation mark.
func quoted(from, before string) (text, rest string, ok bool) {
	after, ok := strings.CutPrefix(from, before)
	if !ok {
		return "", from, false
	}
	return strings.Cut(after, `"`)
}

// plain says whether JSON writes a text as it is.
func plain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
