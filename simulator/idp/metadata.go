package idp

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// XML namespaces of the messages.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsSchema    = "http://www.w3.org/2001/XMLSchema"
	nsInstance  = "http://www.w3.org/2001/XMLSchema-instance"
)

// Bindings by which the single sign-on address takes requests (SAML 2.0 bindings
// §3.4 and §3.5).
const (
	BindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
)

// Metadata returns the document that a product is configured with (SAML 2.0
// metadata §2.4.3): UTF-8, one line but for the certificate, unsigned. It shows the
// key in use, as Okta's does, and after it the certificates given, which Okta's
// does not: they are for a rollover.
func (i Identity) Metadata(further ...*x509.Certificate) []byte {
	return serialize(i.describe(further))
}

// SignedMetadata is Metadata signed, as federations hand it out (SAML 2.0 metadata §3):
// by whoever vouches for it, which need not be the identity provider. It is good until
// the given time; zero leaves that out.
func (i Identity) SignedMetadata(by Signer, until time.Time, further ...*x509.Certificate) ([]byte, error) {
	document := i.describe(further)
	attributes(document.Root(), "ID", "_"+i.ExternalKey)
	if !until.IsZero() {
		attributes(document.Root(), "validUntil", until.UTC().Format(time.RFC3339))
	}
	if err := by.Sign(document.Root()); err != nil {
		return nil, fmt.Errorf("signing the metadata: %w", err)
	}
	return serialize(document), nil
}

// describe builds the metadata.
func (i Identity) describe(further []*x509.Certificate) *etree.Document {
	document := newDocument()
	entity := document.CreateElement("md:EntityDescriptor")
	attributes(entity, "entityID", i.EntityID, "xmlns:md", nsMetadata)
	role := entity.CreateElement("md:IDPSSODescriptor")
	attributes(role, "WantAuthnRequestsSigned", strconv.FormatBool(i.WantRequestsSigned), "protocolSupportEnumeration", nsProtocol)

	for _, certificate := range append([]*x509.Certificate{i.Certificate}, further...) {
		key := role.CreateElement("md:KeyDescriptor")
		attributes(key, "use", "signing")
		info := key.CreateElement("ds:KeyInfo")
		attributes(info, "xmlns:ds", nsSignature)
		info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(wrapped(certificate.Raw))
	}

	if i.Logout {
		for _, binding := range []string{BindingPOST, BindingRedirect} {
			attributes(role.CreateElement("md:SingleLogoutService"), "Binding", binding, "Location", i.SLOURL)
		}
	}
	role.CreateElement("md:NameIDFormat").SetText(i.NameIDFormat)
	for _, binding := range []string{BindingPOST, BindingRedirect} {
		attributes(role.CreateElement("md:SingleSignOnService"), "Binding", binding, "Location", i.SSOURL)
	}
	return document
}

func newDocument() *etree.Document {
	document := etree.NewDocument()
	// In canonical form a carriage return survives the way to the product; in
	// etree's usual form it would not, and would break the signature.
	document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	document.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	return document
}

// attributes adds name-value pairs in the order given.
func attributes(element *etree.Element, pairs ...string) {
	element.Attr = slices.Grow(element.Attr, len(pairs)/2)
	for n := 0; n < len(pairs); n += 2 {
		element.CreateAttr(pairs[n], pairs[n+1])
	}
}
