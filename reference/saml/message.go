package saml

import (
	"context"
	"errors"
	"time"

	"github.com/beevik/etree"
)

// ErrAnswered is what a RequestLog returns from Answer when the request was
// answered in the meantime. It turns into a refusal, not into an error.
var ErrAnswered = errors.New("the request was answered already")

// RequestLog remembers the sign-in requests that we sent.
type RequestLog interface {
	// Pending reports whether the request with this ID was issued by us for this
	// provider, was not answered and has not expired at now.
	Pending(ctx context.Context, providerID, id string, now time.Time) (bool, error)
	// Answer marks the request as answered, for good. It returns an error that
	// is ErrAnswered when another response was faster.
	Answer(ctx context.Context, providerID, id string) error
}

// UseLog remembers the assertions that were used.
type UseLog interface {
	// Use records the assertion and reports whether this was its first use. The
	// entry may be forgotten after until. Of two calls at once, one is first.
	Use(ctx context.Context, issuer, assertionID string, until time.Time) (first bool, err error)
}

// Arrival is a response as it reached our assertion consumer service.
type Arrival struct {
	// Encoded is the form field SAMLResponse, as posted.
	Encoded string
	// Providers are those connections of the organization at whose ACS the response
	// arrived that may sign people in, or be tried, right now. Where two name the
	// same issuer the first one counts. An issuer outside of this list is
	// unknown, which is what keeps tenants apart.
	Providers []Provider
	// ACS is the absolute URL that the response was posted to, query included.
	ACS string
	// Client is the network address that the response was posted from, to be held
	// against the Address of a confirmation; empty where that is not to be looked at.
	Client string
	// SignedParts are those that have to be signed; with none named, either is enough.
	SignedParts Parts
	// Now is the time by which everything is judged.
	Now time.Time
	// Requests and Uses are the caller's memory.
	Requests RequestLog
	Uses     UseLog
	// AllowUnsolicited lets in a response that answers no request of ours.
	AllowUnsolicited bool
	// AskedHere says whether the browser that brought the response is the one for which
	// we made the request with this ID; nil where the caller cannot tell.
	AskedHere func(request string) bool
}

// Parts are the parts of a response that may be signed.
type Parts struct{ Response, Assertion bool }

// Message is an arrival on its way through the checks: each check reads it, and a
// few fill in what later ones read.
type Message struct {
	Arrival
	// Limits and Ciphers are the policy's.
	Limits
	Ciphers Ciphers

	// XML is the decoded form field. Check "encoding" fills it.
	XML []byte
	// Document is the parsed XML, nothing of it trusted. Check "document" fills
	// it together with Response, its root.
	Document *etree.Document
	Response *etree.Element
	// Unverified is the document's one assertion element. Check "one-assertion"
	// fills it, or "decryption" where it is encrypted; only "issuer" and "signature"
	// may read it.
	Unverified *etree.Element
	// Encrypted is the document's one encrypted assertion, nil where it is plain.
	// Check "one-assertion" fills it; only "decryption" may read it.
	Encrypted *etree.Element
	// Provider is the one that the issuer names. Check "issuer" fills it.
	Provider *Provider
	// ResponseSigned and AssertionSigned say what carried a signature that
	// verified. Check "signature" fills them and Trusted.
	ResponseSigned, AssertionSigned bool
	// Trusted is the assertion, parsed from the bytes that the signature covers.
	// It is the only place from which the checks after "signature" read it.
	Trusted *etree.Element
	// Assertion is what the caller gets. Check "contents" fills it from Trusted.
	Assertion *Assertion
	// Confirmations are the SubjectConfirmation elements of Trusted that satisfy
	// all checks so far. Check "contents" fills it, and each check of
	// the subject's confirmation drops those that fail, so that in the end one of
	// them satisfies all of them at once.
	Confirmations []*etree.Element

	census census
	inner  census // of the document that was encrypted
}

// Assertion is what a verified response says about the person.
type Assertion struct {
	// ID and Issuer identify the assertion; ProviderID is our connection's UUID.
	ID, Issuer, ProviderID string
	// NameID is the person's name in full, and NameIDFormat the URI that says what
	// kind of name it is ("" when absent).
	NameID, NameIDFormat string
	// NameQualifier and SPNameQualifier say for whom the name is one; "" when absent.
	NameQualifier, SPNameQualifier string
	// SessionIndex names the identity provider's session; "" when absent.
	SessionIndex string
	// InResponseTo is the ID of our request; "" when the response is unsolicited.
	InResponseTo string
	// AuthnInstant is when the person proved who they are.
	AuthnInstant time.Time
	// NotOnOrAfter is the last moment, exclusive, at which this assertion may be
	// used to sign in: the earliest end that it states.
	NotOnOrAfter time.Time
	// SessionNotOnOrAfter is when the session must end; zero when not stated.
	SessionNotOnOrAfter time.Time
	// Attributes are in document order; no two have the same name.
	Attributes []Attribute
}

// Transient says whether the name is good for this one visit and names nobody who is
// known from before (Core 8.3.8).
func (a *Assertion) Transient() bool { return a.NameIDFormat == formatTransient }

// Attribute is one named attribute with its values in document order. One that is
// present without any value, or with a nil one, has none; an empty AttributeValue
// is the value "".
type Attribute struct {
	Name   string
	Values []string
}

// Attribute returns the values of the attribute with exactly this name, and whether
// it is present at all: an attribute that is present but empty is not absent.
func (a *Assertion) Attribute(name string) (values []string, present bool) {
	for _, attribute := range a.Attributes {
		if attribute.Name == name {
			return attribute.Values, true
		}
	}
	return nil, false
}
