package idp

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
)

// Declarations that Okta's messages consist of.
const (
	declareProtocol  = ` xmlns:saml2p="` + nsProtocol + `"`
	declareAssertion = ` xmlns:saml2="` + nsAssertion + `"`
	declareSignature = ` xmlns:ds="` + nsSignature + `"`
	declareExclusive = ` xmlns:ec="` + nsExcC14N + `"`
	declareSchema    = ` xmlns:xs="` + nsSchema + `"`
	declareInstance  = ` xmlns:xsi="` + nsInstance + `"`
	typedString      = ` xsi:type="xs:string"`
)

// Okta says the assertion's namespace again on each child of an assertion, where the
// canonical form has it already.
var (
	undeclared = spaces{}
	repeated   = spaces{sent: declareAssertion}
	typed      = spaces{declareSchema + declareInstance + typedString, declareInstance + typedString}
)

// straight writes an honest message in Okta's shape without a tree of it. It is what
// [Identity.Draft], [Draft.SignAs] and [Draft.Seal] make of the same message, to the byte,
// which a test and a fuzz target hold it to; they stay for everything that is changed,
// encrypted or in the shape of somebody else.
//
// The text of the assertion is written once and hashed where it stands: its canonical
// form by itself and that inside of the response have all but the start tag in common.
type straight struct {
	message
	// schema declares the prefix of typed values, and listed has it in signatures; both
	// are empty in a message without attributes.
	schema, listed string
	certificate    string
}

// straightforward says that nothing about the message needs a tree.
func (m message) straightforward() bool {
	return m.Encrypt == nil && m.EncryptName == nil && m.Key != nil && m.Certificate != nil && reflect.ValueOf(m.Shape).IsZero()
}

// straight writes and signs the message.
func (m message) straight() (*Response, error) {
	s := straight{message: m, certificate: wrapped(m.Certificate.Raw)}
	if len(m.attributes) > 0 {
		s.schema, s.listed = declareSchema, "xs"
	}
	inner, whole := newTwin(), newTwin()
	defer inner.giveBack()
	defer whole.giveBack()
	if err := s.inner(inner); err != nil {
		return nil, fmt.Errorf("signing the assertion: %w", err)
	}
	if err := s.whole(whole, inner); err != nil {
		return nil, fmt.Errorf("signing the response: %w", err)
	}
	return &Response{
		XML: slices.Clone(whole.sent), ID: m.responseID, AssertionID: m.assertionID,
		Name:         Name{Value: m.NameID, Format: m.Claims.NameIDFormat},
		SessionIndex: m.SessionIndex,
	}, nil
}

// whole writes the document around the assertion, which is finished.
func (s straight) whole(to, assertion *twin) error {
	tail := newTwin()
	defer tail.giveBack()
	tail.open("saml2p:Status", spaces{sent: declareProtocol})
	tail.empty("saml2p:StatusCode", undeclared, "Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	tail.shut("saml2p:Status")

	to.sent = append(to.sent, `<?xml version="1.0" encoding="UTF-8"?>`...)
	attributes := []string{"Destination", s.Destination, "ID", s.responseID, "InResponseTo", s.InResponseTo,
		"IssueInstant", s.instant(s.Now), "Version", "2.0"}
	if s.InResponseTo == "" {
		attributes = slices.Delete(attributes, 4, 6)
	}
	declared := declareProtocol + s.schema
	to.open("saml2p:Response", spaces{declared, declared}, attributes...)
	s.from(to, spaces{declareAssertion, declareAssertion})
	if s.Sign == SignBoth || s.Sign == SignResponse {
		err := s.sign(to, s.responseID, to.covered, tail.covered, assertion.covered, []byte("</saml2p:Response>"))
		if err != nil {
			return err
		}
	}
	to.sent = append(append(to.sent, tail.sent...), assertion.sent...)
	to.sent = append(to.sent, "</saml2p:Response>"...)
	return nil
}

// inner writes the assertion. What is written of its canonical form is that inside of
// the response.
func (s straight) inner(to *twin) error {
	rest, apart := newTwin(), newTwin()
	defer rest.giveBack()
	defer apart.giveBack()
	s.statements(rest)

	stated := []string{"ID", s.assertionID, "IssueInstant", s.instant(s.Now), "Version", "2.0"}
	// By itself, the start tag declares what otherwise the response does.
	apart.open("saml2:Assertion", spaces{covered: declareAssertion + s.schema}, stated...)
	to.open("saml2:Assertion", spaces{declareAssertion + s.schema, declareAssertion}, stated...)
	begins := len(to.covered)
	s.from(to, repeated)
	if s.Sign == SignBoth || s.Sign == SignAssertion {
		if err := s.sign(to, s.assertionID, apart.covered, to.covered[begins:], rest.covered); err != nil {
			return err
		}
	}
	to.sent, to.covered = append(to.sent, rest.sent...), append(to.covered, rest.covered...)
	return nil
}

func (s straight) from(to *twin, declared spaces) {
	to.leaf("saml2:Issuer", s.EntityID, declared, "Format", formatEntity)
}

// statements writes what follows an assertion's issuer, up to its end.
func (s straight) statements(to *twin) {
	until := s.instant(s.Now.Add(Leeway))
	to.open("saml2:Subject", repeated)
	to.leaf("saml2:NameID", s.NameID, undeclared, "Format", s.Claims.NameIDFormat)
	to.open("saml2:SubjectConfirmation", undeclared, "Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	if s.InResponseTo != "" {
		to.empty("saml2:SubjectConfirmationData", undeclared, "InResponseTo", s.InResponseTo, "NotOnOrAfter", until, "Recipient", s.Recipient)
	} else {
		to.empty("saml2:SubjectConfirmationData", undeclared, "NotOnOrAfter", until, "Recipient", s.Recipient)
	}
	to.shut("saml2:SubjectConfirmation")
	to.shut("saml2:Subject")

	to.open("saml2:Conditions", repeated, "NotBefore", s.instant(s.Now.Add(-Leeway)), "NotOnOrAfter", until)
	to.open("saml2:AudienceRestriction", undeclared)
	to.leaf("saml2:Audience", s.Audience, undeclared)
	to.shut("saml2:AudienceRestriction")
	to.shut("saml2:Conditions")

	to.open("saml2:AuthnStatement", repeated, "AuthnInstant", s.instant(s.AuthnInstant), "SessionIndex", s.SessionIndex)
	to.open("saml2:AuthnContext", undeclared)
	to.leaf("saml2:AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", undeclared)
	to.shut("saml2:AuthnContext")
	to.shut("saml2:AuthnStatement")

	s.values(to)
	to.shut("saml2:Assertion")
}

func (s straight) values(to *twin) {
	if len(s.attributes) == 0 {
		return
	}
	to.open("saml2:AttributeStatement", repeated)
	for _, attribute := range s.attributes {
		to.open("saml2:Attribute", undeclared, "Name", attribute.Name, "NameFormat", attribute.NameFormat)
		for _, value := range attribute.Values {
			to.leaf("saml2:AttributeValue", value, typed)
		}
		to.shut("saml2:Attribute")
	}
	to.shut("saml2:AttributeStatement")
}

// sign writes a signature over what the parts of a canonical form make up, to which the
// signature itself does not belong. The parts may lie in the memory that is written to:
// they are hashed before anything is written.
func (s straight) sign(to *twin, id string, parts ...[]byte) error {
	algorithm := usual(s.Key)
	by := methods[algorithm]
	digest := hashed(digests[by.digest], parts...)

	info := newTwin()
	defer info.giveBack()
	// Its canonical form is by itself, and declares its prefix.
	info.open("ds:SignedInfo", spaces{covered: declareSignature})
	info.empty("ds:CanonicalizationMethod", undeclared, "Algorithm", Exclusive)
	info.empty("ds:SignatureMethod", undeclared, "Algorithm", algorithm)
	info.open("ds:Reference", undeclared, "URI", "#"+id)
	info.open("ds:Transforms", undeclared)
	info.empty("ds:Transform", undeclared, "Algorithm", nsSignature+"enveloped-signature")
	s.transform(info)
	info.shut("ds:Transforms")
	info.empty("ds:DigestMethod", undeclared, "Algorithm", by.digest)
	info.leaf("ds:DigestValue", base64.StdEncoding.EncodeToString(digest), undeclared)
	info.shut("ds:Reference")
	info.shut("ds:SignedInfo")

	value, err := by.sign(s.Key, digests[by.digest], hashed(digests[by.digest], info.covered))
	if err != nil {
		return err
	}
	to.open("ds:Signature", spaces{declareSignature, declareSignature})
	to.sent = append(to.sent, info.sent...)
	// Inside of the signature the prefix is declared already.
	to.covered = append(append(to.covered, "<ds:SignedInfo"...), info.covered[len("<ds:SignedInfo"+declareSignature):]...)
	to.leaf("ds:SignatureValue", base64.StdEncoding.EncodeToString(value), undeclared)
	to.open("ds:KeyInfo", undeclared)
	to.open("ds:X509Data", undeclared)
	to.leaf("ds:X509Certificate", s.certificate, undeclared)
	to.shut("ds:X509Data")
	to.shut("ds:KeyInfo")
	to.shut("ds:Signature")
	return nil
}

// transform names the canonical form, and the prefix that it keeps for typed values.
func (s straight) transform(to *twin) {
	if s.listed == "" {
		to.empty("ds:Transform", undeclared, "Algorithm", Exclusive)
		return
	}
	to.open("ds:Transform", undeclared, "Algorithm", Exclusive)
	to.empty("ec:InclusiveNamespaces", spaces{declareExclusive, declareExclusive}, "PrefixList", s.listed)
	to.shut("ds:Transform")
}

func hashed(hash crypto.Hash, parts ...[]byte) []byte {
	h := hash.New()
	for _, part := range parts {
		_, _ = h.Write(part) // a hash never returns an error
	}
	return h.Sum(nil)
}
