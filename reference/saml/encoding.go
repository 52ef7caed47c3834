package saml

import (
	"context"
	"encoding/base64"
	"strings"
)

// checkEncoding undoes the base64 of the POST binding (Bindings 3.5.4). Lines may be
// wrapped; anything else that is not base64 is refused, and so is what is too long,
// before any memory is spent on it.
func checkEncoding(_ context.Context, m *Message) error {
	if m.Encoded == "" {
		return Refuse("no SAMLResponse was posted")
	}
	// Four characters carry three bytes; as much again as white space is generous.
	if len(m.Encoded)/8*3 > m.MaxBytes {
		return Refuse("the response has %d characters; %d bytes are allowed", len(m.Encoded), m.MaxBytes)
	}
	decoded, err := decodeBase64(m.Encoded)
	if err != nil {
		return Refuse("the response is not base64")
	}
	if len(decoded) > m.MaxBytes {
		return Refuse("the response has %d bytes; %d are allowed", len(decoded), m.MaxBytes)
	}
	m.XML = decoded
	return nil
}

// decodeBase64 decodes strictly, but for white space anywhere.
func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.Strict().DecodeString(squeezed(s))
}

// squeezed is s without spaces and tabulators; line breaks the decoder passes over itself.
func squeezed(s string) string {
	if strings.IndexByte(s, ' ') < 0 && strings.IndexByte(s, '\t') < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, s)
}
