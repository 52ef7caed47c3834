package simulator

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// encodeForm writes a form as [url.Values.Encode] does, in memory that is asked for once.
// A field of megabytes takes its length there, and not four times as much.
func encodeForm(form url.Values) string {
	names := slices.Sorted(maps.Keys(form))
	size := 0
	for _, name := range names {
		for _, value := range form[name] {
			size += escapedLength(name) + escapedLength(value) + len("=&")
		}
	}
	var body strings.Builder
	body.Grow(size)
	for _, name := range names {
		for _, value := range form[name] {
			if body.Len() > 0 {
				body.WriteByte('&')
			}
			escape(&body, name)
			body.WriteByte('=')
			escape(&body, value)
		}
	}
	return body.String()
}

func escapedLength(text string) int {
	length := len(text)
	for i := range len(text) {
		if c := text[i]; c != ' ' && !unreserved(c) {
			length += len("%XX") - 1
		}
	}
	return length
}

// escape writes a name or a value as application/x-www-form-urlencoded has it.
func escape(to *strings.Builder, text string) {
	const hex = "0123456789ABCDEF"
	written := 0
	for i := range len(text) {
		c := text[i]
		if unreserved(c) {
			continue
		}
		to.WriteString(text[written:i])
		written = i + 1
		if c == ' ' {
			to.WriteByte('+')
			continue
		}
		to.WriteByte('%')
		to.WriteByte(hex[c>>4])
		to.WriteByte(hex[c&15])
	}
	to.WriteString(text[written:])
}

// unreserved are the characters that stand for themselves (RFC 3986 §2.3).
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}
