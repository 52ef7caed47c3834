package store

import "rollcall.example/reference/org"

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
