package scim

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxText   = 1024    // characters in a text that is kept
	maxBinary = 1 << 16 // characters of base64 that are kept
)

// checks hold a simple value to the type of its attribute (RFC 7643 section 2.3). Each
// returns what is wrong, to be put behind the attribute's name; empty for nothing.
// Booleans are read by [Protocol.Boolean].
var checks = map[string]func(value any) (complaint string){
	"string":    text(checkText),
	"integer":   checkInteger,
	"decimal":   checkDecimal,
	"dateTime":  text(checkMoment),
	"binary":    text(checkBinary),
	"reference": text(checkReference),
}

// formats are what the standard demands of some texts in the place of what it demands of
// all, by their names in lower case.
var formats = map[string]func(value any) (complaint string){
	"addresses.country":       text(checkCountry),
	"addresses.formatted":     text(checkLines),
	"addresses.streetaddress": text(checkLines),
}

// text makes a check of texts one of values.
func text(check func(string) string) func(any) string {
	return func(value any) string {
		s, ok := value.(string)
		if !ok {
			return "must be a text"
		}
		return check(s)
	}
}

func checkText(s string) string {
	if utf8.RuneCountInString(s) > maxText {
		return "is longer than " + strconv.Itoa(maxText) + " characters"
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return "holds a control character"
		}
	}
	return ""
}

// checkLines is checkText for what may have several lines.
func checkLines(s string) string {
	return checkText(strings.NewReplacer("\r\n", " ", "\n", " ").Replace(s))
}

// checkInteger wants a number without fraction and exponent that fits into 64 bits.
func checkInteger(value any) string {
	n, ok := value.(json.Number)
	if !ok {
		return "must be a number"
	}
	if strings.ContainsAny(string(n), ".eE") {
		return "must be a whole number, without fraction and exponent"
	}
	if _, err := strconv.ParseInt(string(n), 10, 64); err != nil {
		return "is beyond 64 bits"
	}
	return ""
}

func checkDecimal(value any) string {
	if _, ok := value.(json.Number); !ok {
		return "must be a number"
	}
	return ""
}

func checkMoment(s string) string {
	if _, ok := momentOf(s); !ok {
		return `must be a date and a time, as "2026-01-31T12:00:00Z"`
	}
	return ""
}

// momentOf reads an xsd:dateTime. One without a time zone is taken for UTC.
func momentOf(s string) (time.Time, bool) {
	if strings.ContainsRune(s, ',') { // package time takes it for a point
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = time.Parse("2006-01-02T15:04:05", s)
	}
	return at, err == nil
}

// checkBinary wants base64; the padding at its end may be left out (section 2.3.6).
func checkBinary(s string) string {
	if len(s) > maxBinary {
		return "is longer than " + strconv.Itoa(maxBinary) + " characters"
	}
	if strings.ContainsAny(s, "\r\n") { // package base64 skips them
		return "must be base64 without line breaks"
	}
	if _, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(s, "=")); err != nil {
		return "must be base64"
	}
	if padded := len(strings.TrimRight(s, "=")) < len(s); padded && len(s)%4 != 0 {
		return "must be base64"
	}
	return ""
}

// checkReference wants a URI, absolute or relative (section 2.3.7, RFC 3986).
func checkReference(s string) string {
	const complaint = "must be a URI"
	if complaint := checkText(s); complaint != "" {
		return complaint
	}
	for i := range len(s) {
		if !isURIByte(s[i]) {
			return complaint
		}
	}
	if _, err := url.Parse(s); err != nil {
		return complaint
	}
	return ""
}

func isURIByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~:/?#[]@!$&'()*+,;=%", c) >= 0
}

// checkCountry wants the form of an ISO 3166-1 alpha-2 code (RFC 7643 section 4.1.2).
func checkCountry(s string) string {
	if len(s) != 2 || !isLetter(s[0]) || !isLetter(s[1]) {
		return `must be a country code of two letters, as "SE"`
	}
	return ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
