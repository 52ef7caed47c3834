package idp

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Attribute is one SAML attribute (SAML 2.0 core §2.7.3.1).
type Attribute struct {
	Name string
	// NameFormat is a URI; empty means unspecified, which is Okta's default.
	NameFormat string
	// Values become one AttributeValue each. No values at all means that the
	// attribute is not set for this person, and Claims.Unset decides what is sent;
	// one empty value is sent as an empty AttributeValue either way.
	Values []string
}

// Attribute name formats (SAML 2.0 core §8.2).
const (
	NameFormatUnspecified = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
	NameFormatBasic       = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	NameFormatURI         = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
)

// Signing says which elements carry a signature.
type Signing int

// Okta lets an admin choose the first three. SignNothing is for the forge, which
// signs by itself.
const (
	SignBoth Signing = iota
	SignResponse
	SignAssertion
	SignNothing
)

// String names the choice as reports do.
func (s Signing) String() string {
	switch s {
	case SignBoth:
		return "both"
	case SignResponse:
		return "response"
	case SignAssertion:
		return "assertion"
	case SignNothing:
		return "nothing"
	}
	return fmt.Sprintf("Signing(%d)", int(s))
}

// Unset says what is sent of an attribute that has no value.
type Unset int

// Omit leaves the attribute out, as Okta does by all that was seen; Empty sends
// it with one empty value.
const (
	Omit Unset = iota
	Empty
)

// String names the choice.
func (u Unset) String() string {
	if u == Empty {
		return "empty"
	}
	return "omit"
}

// Leeway is how far the validity of a response reaches from the time of issue:
// backwards for NotBefore, forwards for NotOnOrAfter.
const Leeway = 5 * time.Minute

// Claims is what one response says. Destination, Recipient, Audience and NameID
// are required; the rest has a meaning when left out.
type Claims struct {
	// Destination and Recipient are the product's assertion consumer service.
	Destination string
	Recipient   string
	// Audience is the product's entity id.
	Audience string
	// InResponseTo is the ID of the AuthnRequest; empty when the identity provider
	// started the sign-in, and then no such attribute is written.
	InResponseTo string
	// NameID is who signs in; NameIDFormat defaults to the identity's.
	NameID       string
	NameIDFormat string
	Attributes   []Attribute
	// Now is the time of issue, written in UTC with milliseconds. Required.
	Now time.Time
	// AuthnInstant is when the person proved who they are, which may be long before; zero means Now.
	AuthnInstant time.Time
	// SessionIndex defaults to what Okta puts there: the request's ID, or in a
	// sign-in without a request id{milliseconds}.{random digits}.
	SessionIndex string
	// Sign says what is signed.
	Sign Signing
	// Encrypt encrypts the assertion, after it was signed and before the response is;
	// nil leaves it readable.
	Encrypt *Encryption
	// EncryptName encrypts the NameID inside of the assertion, before anything is
	// signed; nil leaves it readable.
	EncryptName *Encryption
	// Unset says what becomes of attributes without a value.
	Unset Unset
	// Shape is how it is written; the zero value is Okta's.
	Shape Shape
	// Random feeds the IDs; nil means crypto/rand. The same bytes give the same IDs.
	Random io.Reader
}

func (c Claims) check() error {
	var missing []string
	for _, field := range []struct{ name, value string }{
		{"Destination", c.Destination}, {"Recipient", c.Recipient}, {"Audience", c.Audience}, {"NameID", c.NameID},
	} {
		if field.value == "" {
			missing = append(missing, field.name)
		}
	}
	if c.Now.IsZero() {
		missing = append(missing, "Now")
	}
	if len(missing) > 0 {
		return fmt.Errorf("a SAML response needs %s", strings.Join(missing, ", "))
	}
	for _, attribute := range c.Attributes {
		if attribute.Name == "" {
			return errors.New("a SAML attribute needs a name")
		}
	}
	return nil
}

// written returns the attributes that will be in the message, with the values
// that they will have there.
func (c Claims) written() []Attribute {
	var kept []Attribute
	for _, attribute := range c.Attributes {
		if len(attribute.Values) == 0 {
			if c.Unset == Omit {
				continue
			}
			attribute.Values = []string{""}
		}
		if attribute.NameFormat == "" {
			attribute.NameFormat = NameFormatUnspecified
		}
		kept = append(kept, attribute)
	}
	return kept
}

// identifiers draws the IDs of one message. Those of Okta are "id" and decimal
// digits of which the first ten are the same in Response and Assertion.
func (c Claims) identifiers() (response, assertion, session string, err error) {
	response, assertion, session, err = identifiers(c.Random)
	if err != nil || c.Shape.ID == "" {
		return response, assertion, session, err
	}
	if response, err = c.Shape.identifier(c.Random); err != nil {
		return "", "", "", err
	}
	assertion, err = c.Shape.identifier(c.Random)
	return response, assertion, session, err
}

func identifiers(random io.Reader) (response, assertion, session string, err error) {
	if random == nil {
		random = bufio.NewReaderSize(rand.Reader, 4*8) // asked once for all of it
	}
	var parts [4]string
	for n, width := range []int{10, 16, 16, 9} {
		if parts[n], err = digits(random, width); err != nil {
			return "", "", "", fmt.Errorf("drawing IDs for a SAML response: %w", err)
		}
	}
	return "id" + parts[0] + parts[1], "id" + parts[0] + parts[2], parts[3], nil
}

// digits draws a decimal number of exactly that width, 18 at most; the first digit is not 0.
func digits(random io.Reader, width int) (string, error) {
	var raw [8]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", err
	}
	low := uint64(1)
	for range width - 1 {
		low *= 10
	}
	return strconv.FormatUint(binary.BigEndian.Uint64(raw[:])%(9*low)+low, 10), nil
}

// oktaInstants is the layout of Okta's times: exactly three decimals.
const oktaInstants = "2006-01-02T15:04:05.000Z"

// instant writes a time as Okta does, in UTC.
func instant(t time.Time) string { return t.UTC().Format(oktaInstants) }

// instant writes a time as the shape does, in UTC.
func (c Claims) instant(t time.Time) string {
	return t.UTC().Format(cmp.Or(c.Shape.Instants, oktaInstants))
}
