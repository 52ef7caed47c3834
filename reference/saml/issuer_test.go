package saml_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"rollcall.example/fixtures"
)

// A tiny issuer of responses in Okta's shape, and a signer that can be told to do
// anything. It shares nothing with the package under test; xmlsec1 vouches for it in
// TestXmlsecAgrees.

const (
	idpEntity  = "http://www.okta.com/exk1abcdefGHIJKLMN57"
	ourEntity  = "https://app.example/sso/~/7f6f2c1e/saml/metadata"
	ourACS     = "https://app.example/login/sso/saml/consume?organization=acme"
	providerID = "7f6f2c1e-3f1b-4a4c-9d2e-8b1f6a5c0d11"
	honest     = "han.solo@falcon.example"
	canary     = "evil-canary@death-star.example"
	requestID  = "_0123456789abcdef0123456789abcdef01234567"

	rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	sha256URI = "http://www.w3.org/2001/04/xmlenc#sha256"
	enveloped = `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>`
	excC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

var now = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func stamp(offset time.Duration) string { return now.Add(offset).Format("2006-01-02T15:04:05.000Z") }

func key(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	k, err := fixtures.Key(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var certificates sync.Map // name of the key → *x509.Certificate

// certificate returns a self-signed certificate for a fixture key, alive at now.
func certificate(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	if kept, ok := certificates.Load(name); ok {
		return kept.(*x509.Certificate)
	}
	kept, _ := certificates.LoadOrStore(name, makeCertificate(t, key(t, name), name, now.Add(-time.Minute), now.AddDate(10, 0, 0)))
	return kept.(*x509.Certificate)
}

func makeCertificate(t testing.TB, k *rsa.PrivateKey, name string, from, to time.Time) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixMilli()), NotBefore: from, NotAfter: to,
		Subject: pkix.Name{Organization: []string{"Okta"}, CommonName: name},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// letter is the unsigned response: its parts as XML, each replaceable.
type letter struct {
	responseAttributes, response, assertion string
	subject, conditions, authn, attributes  string
}

// oktaLetter is what Okta writes for the honest person, with attributes or without.
func oktaLetter(inResponseTo string, withAttributes bool) letter {
	irt, xs := "", ""
	if inResponseTo != "" {
		irt = fmt.Sprintf(` InResponseTo="%s"`, inResponseTo)
	}
	if withAttributes {
		xs = ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`
	}
	l := letter{
		responseAttributes: fmt.Sprintf(`Destination="%s" ID="id1234567890123456"%s IssueInstant="%s" Version="2.0" xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"%s`,
			ourACS, irt, stamp(0), xs),
		response: `<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">` + idpEntity +
			`</saml2:Issuer><saml2p:Status xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>`,
		assertion: fmt.Sprintf(`<saml2:Assertion ID="id1234567890654321" IssueInstant="%s" Version="2.0" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"%s><saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml2:Issuer>`,
			stamp(0), xs, idpEntity),
		subject: fmt.Sprintf(`<saml2:Subject xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">%s</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData%s NotOnOrAfter="%s" Recipient="%s"/></saml2:SubjectConfirmation></saml2:Subject>`,
			honest, irt, stamp(5*time.Minute), ourACS),
		conditions: fmt.Sprintf(`<saml2:Conditions NotBefore="%s" NotOnOrAfter="%s" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:AudienceRestriction><saml2:Audience>%s</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>`,
			stamp(-5*time.Minute), stamp(5*time.Minute), ourEntity),
		authn: fmt.Sprintf(`<saml2:AuthnStatement AuthnInstant="%s" SessionIndex="session-1" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>`,
			stamp(-time.Hour)),
	}
	if withAttributes {
		l.attributes = statement(attr("name", "Han Solo"), attr("email", honest), attr("admin", "false"),
			attr("teams", "uuid-1/member,uuid-2/maintainer"), attr("groups", "Pilots", "Smugglers"))
	}
	return l
}

func statement(attributes ...string) string {
	return `<saml2:AttributeStatement xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">` + strings.Join(attributes, "") + `</saml2:AttributeStatement>`
}

func attr(name string, values ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<saml2:Attribute Name="%s" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">`, name)
	for _, v := range values {
		b.WriteString(`<saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">` + v + `</saml2:AttributeValue>`)
	}
	b.WriteString(`</saml2:Attribute>`)
	return b.String()
}

func (l letter) xml() string {
	return `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response ` + l.responseAttributes + `>` + l.response +
		l.assertion + l.subject + l.conditions + l.authn + l.attributes + `</saml2:Assertion></saml2p:Response>`
}

// signer says how to sign; the zero value signs as Okta does without attributes.
type signer struct {
	key, certificate               string // fixture names; "okta" and the key's own by default
	prefixes                       string
	method, digestMethod           string
	hash, digestHash               crypto.Hash
	uri, transforms, canonicalizer *string
	references                     int
	keyInfo                        *string
	value                          func(signedInfo []byte) []byte
	position                       func(el, signature *etree.Element)
}

func ptr(s string) *string { return &s }

func or(s *string, def string) string {
	if s != nil {
		return *s
	}
	return def
}

// sign puts a signature into el, which stands in its document.
func (s signer) sign(t testing.TB, el *etree.Element) {
	t.Helper()
	if s.key == "" {
		s.key = "okta"
	}
	if s.method == "" {
		s.method, s.hash = rsaSHA256, crypto.SHA256
	}
	if s.digestMethod == "" {
		s.digestMethod, s.digestHash = sha256URI, crypto.SHA256
	}
	signedInfo := s.signedInfo(t, el)
	var signatureValue []byte
	if s.value != nil {
		signatureValue = s.value([]byte(signedInfo))
	} else {
		h := s.hash.New()
		h.Write([]byte(signedInfo))
		var err error
		if signatureValue, err = rsa.SignPKCS1v15(rand.Reader, key(t, s.key), s.hash, h.Sum(nil)); err != nil {
			t.Fatal(err)
		}
	}
	document := etree.NewDocument()
	err := document.ReadFromString(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + signedInfo +
		`<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(signatureValue) + `</ds:SignatureValue>` + or(s.keyInfo, s.defaultKeyInfo(t)) + `</ds:Signature>`)
	if err != nil {
		t.Fatal(err)
	}
	if s.position == nil {
		s.position = func(el, signature *etree.Element) { el.InsertChildAt(first(el, "Issuer").Index()+1, signature) }
	}
	s.position(el, document.Root())
}

// signedInfo is written in canonical form.
func (s signer) signedInfo(t testing.TB, el *etree.Element) string {
	inclusive := ""
	if s.prefixes != "" {
		inclusive = fmt.Sprintf(`<ec:InclusiveNamespaces xmlns:ec="%s" PrefixList="%s"></ec:InclusiveNamespaces>`, excC14N, s.prefixes)
	}
	transforms := or(s.transforms, enveloped+`<ds:Transform Algorithm="`+excC14N+`">`+inclusive+`</ds:Transform>`)
	reference := fmt.Sprintf(`<ds:Reference URI="%s"><ds:Transforms>%s</ds:Transforms><ds:DigestMethod Algorithm="%s"></ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue></ds:Reference>`,
		or(s.uri, "#"+el.SelectAttrValue("ID", "")), transforms, s.digestMethod, s.digest(t, el))
	return fmt.Sprintf(`<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="%s"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="%s"></ds:SignatureMethod>%s</ds:SignedInfo>`,
		or(s.canonicalizer, excC14N), s.method, strings.Repeat(reference, max(1, s.references)))
}

func (s signer) digest(t testing.TB, el *etree.Element) string {
	t.Helper()
	context, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		t.Fatal(err)
	}
	detached := el.Copy()
	for prefix, namespace := range context.Prefixes() {
		if name := "xmlns:" + prefix; prefix != "" && prefix != "xml" && prefix != "xmlns" && detached.SelectAttr(name) == nil {
			detached.CreateAttr(name, namespace)
		}
	}
	octets, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(s.prefixes).Canonicalize(detached)
	if err != nil {
		t.Fatal(err)
	}
	h := s.digestHash.New()
	h.Write(octets)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func (s signer) defaultKeyInfo(t testing.TB) string {
	name := s.certificate
	if name == "" {
		name = s.key
	}
	return x509KeyInfo(wrap76(base64.StdEncoding.EncodeToString(certificate(t, name).Raw)))
}

func x509KeyInfo(content string) string {
	return `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + content + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
}

func wrap76(s string) string {
	var b strings.Builder
	for ; len(s) > 76; s = s[76:] {
		b.WriteString(s[:76] + "\n")
	}
	return b.String() + s
}

// Who signs what.
type mode int

const (
	neither mode = iota
	response
	assertion
	both
)

var modes = map[string]mode{"response": response, "assertion": assertion, "both": both}

// signXML signs a document in Okta's order: the assertion, then the response around it.
func signXML(t testing.TB, xml string, m mode, s signer) string {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromString(xml); err != nil {
		t.Fatalf("the test's own document: %v", err)
	}
	if m == assertion || m == both {
		s.sign(t, first(document.Root(), "Assertion"))
	}
	if m == response || m == both {
		s.sign(t, document.Root())
	}
	out, err := document.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func first(el *etree.Element, tag string) *etree.Element {
	for _, child := range el.ChildElements() {
		if child.Tag == tag {
			return child
		}
	}
	return nil
}

// oktaXML is the whole message: attributes, PrefixList and all.
func oktaXML(t testing.TB, m mode) string {
	t.Helper()
	return signXML(t, oktaLetter(requestID, true).xml(), m, signer{prefixes: "xs"})
}

func encode(xml string) string { return base64.StdEncoding.EncodeToString([]byte(xml)) }

// swap replaces the first occurrence and fails when there is none.
func swap(t testing.TB, s, old, with string) string {
	t.Helper()
	if !strings.Contains(s, old) {
		t.Fatalf("the test's own document has no %q", old)
	}
	return strings.Replace(s, old, with, 1)
}

// from is s without what stands before the mark.
func from(s, mark string) string {
	_, after, _ := strings.Cut(s, mark)
	return mark + after
}

// upTo is s without the mark and what stands behind it.
func upTo(s, mark string) string {
	before, _, _ := strings.Cut(s, mark)
	return before
}

// pemOf is a fixture key's certificate as a PEM file.
func pemOf(t testing.TB, name string) []byte {
	t.Helper()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate(t, name).Raw})
}
