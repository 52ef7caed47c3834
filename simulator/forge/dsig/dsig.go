// Package dsig writes XML signatures that no library would: any number of references,
// any chain of transforms, an algorithm of its own in each place, keys of the wrong
// kind, and a SignedInfo that is bent before it is signed.
//
// By itself [Enveloped] makes what an identity provider makes, and a verifier finds it
// in order. Everything that a forger wants otherwise is a field. Where a field states
// an algorithm that nobody knows, the usual one is used: a verifier that passes over
// what it does not know then finds everything in order, which is the mistake that such
// a signature is for.
//
//	s := dsig.Enveloped(assertion, dsig.RSA{Key: key}, certificate, "xs")
//	s.References[0].URI = nil
//	_, err := s.Place(assertion, dsig.AfterIssuer(assertion))
//
// A library canonicalizes; the rest is made here (XML Signature 1.1).
package dsig

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/beevik/etree"
)

// Namespace of XML Signature.
const Namespace = "http://www.w3.org/2000/09/xmldsig#"

// Signature is one ds:Signature to be made.
type Signature struct {
	// Canonicalization is stated for SignedInfo; Exclusive where empty.
	Canonicalization string
	// Algorithm is the signature method; RSASHA256 where empty.
	Algorithm string
	// Key makes the value.
	Key Key
	// References are what is signed; none at all is possible.
	References []Reference
	// KeyInfo is what stands in it; without any there is no KeyInfo.
	KeyInfo []*etree.Element
	// Objects stand after it.
	Objects []*etree.Element
	// Bend has the last word over SignedInfo before it is signed.
	Bend func(signedInfo *etree.Element) error
}

// Reference is one ds:Reference.
type Reference struct {
	// URI is left out where nil.
	URI *string
	// Type is left out where empty.
	Type string
	// Transforms are stated one after the other; without any there is no such element.
	Transforms []Transform
	// Digest is the digest method; SHA256 where empty.
	Digest string
	// Over is the element that is digested, in its place in the document and before the
	// signature stands in it. The last canonicalization among the transforms counts.
	Over *etree.Element
	// View does to a copy of it what the stated transforms would.
	View func(*etree.Element) error
	// Octets are digested in place of Over, where not nil.
	Octets []byte
	// Value is written in place of the digest, where not nil.
	Value *string
}

// Transform is one ds:Transform.
type Transform struct {
	Algorithm string
	// Prefixes are stated as InclusiveNamespaces, where not empty.
	Prefixes string
	// Content stands in it.
	Content []*etree.Element
}

// To is a URI for a [Reference].
func To(uri string) *string { return &uri }

// Enveloped is the signature that an identity provider puts into the element: RSA with
// SHA-256, one reference to its ID, enveloped and exclusive, the certificate in KeyInfo.
// A nil certificate leaves KeyInfo out.
func Enveloped(el *etree.Element, key Key, certificate *x509.Certificate, prefixes string) Signature {
	s := Signature{
		Key: key,
		References: []Reference{{
			URI:        To("#" + el.SelectAttrValue("ID", "")),
			Transforms: []Transform{{Algorithm: EnvelopedSignature}, {Algorithm: Exclusive, Prefixes: prefixes}},
			Over:       el,
		}},
	}
	if certificate != nil {
		s.KeyInfo = []*etree.Element{X509Data(certificate.Raw)}
	}
	return s
}

// AfterIssuer is the place of a signature in the element: behind its Issuer, or first
// (SAML 2.0 core §2.3.3 and §3.2.1).
func AfterIssuer(el *etree.Element) int {
	if issuer := el.SelectElement("Issuer"); issuer != nil {
		return issuer.Index() + 1
	}
	return 0
}

// Place digests what is referred to, puts the signature into parent as its child
// number at, and signs it there.
func (s Signature) Place(parent *etree.Element, at int) (*etree.Element, error) {
	signature := Element("Signature")
	signature.CreateAttr("xmlns:ds", Namespace)
	signedInfo, err := s.signedInfo()
	if err != nil {
		return nil, err
	}
	signature.AddChild(signedInfo)
	value := signature.CreateElement("ds:SignatureValue")
	if len(s.KeyInfo) > 0 {
		info := signature.CreateElement("ds:KeyInfo")
		for _, el := range s.KeyInfo {
			info.AddChild(el)
		}
	}
	for _, el := range s.Objects {
		signature.AddChild(el)
	}
	if s.Bend != nil {
		if err := s.Bend(signedInfo); err != nil {
			return nil, err
		}
	}
	parent.InsertChildAt(at, signature)
	octets, err := canonical(signedInfo, or(s.Canonicalization, Exclusive), "", nil)
	if err != nil {
		return nil, fmt.Errorf("canonicalizing SignedInfo: %w", err)
	}
	raw, err := s.Key.Sign(or(s.Algorithm, RSASHA256), octets)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	value.SetText(base64.StdEncoding.EncodeToString(raw))
	return signature, nil
}

func (s Signature) signedInfo() (*etree.Element, error) {
	signedInfo := Element("SignedInfo")
	method(signedInfo, "CanonicalizationMethod", or(s.Canonicalization, Exclusive))
	method(signedInfo, "SignatureMethod", or(s.Algorithm, RSASHA256))
	for _, r := range s.References {
		el, err := r.Element()
		if err != nil {
			return nil, err
		}
		signedInfo.AddChild(el)
	}
	return signedInfo, nil
}

// Element writes the reference, digest and all.
func (r Reference) Element() (*etree.Element, error) {
	el := Element("Reference")
	if r.URI != nil {
		el.CreateAttr("URI", *r.URI)
	}
	if r.Type != "" {
		el.CreateAttr("Type", r.Type)
	}
	if len(r.Transforms) > 0 {
		transforms := el.CreateElement("ds:Transforms")
		for _, t := range r.Transforms {
			t.writeTo(transforms)
		}
	}
	method(el, "DigestMethod", or(r.Digest, SHA256))
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	el.CreateElement("ds:DigestValue").SetText(value)
	return el, nil
}

func (t Transform) writeTo(transforms *etree.Element) {
	el := method(transforms, "Transform", t.Algorithm)
	if t.Prefixes != "" {
		list := el.CreateElement("ec:InclusiveNamespaces")
		list.CreateAttr("xmlns:ec", Exclusive)
		list.CreateAttr("PrefixList", t.Prefixes)
	}
	for _, content := range t.Content {
		el.AddChild(content)
	}
}

// value is the digest. A reference within the document never takes comments along, with
// whatever canonicalization (XML Signature §4.4.3.3).
func (r Reference) value() (string, error) {
	if r.Value != nil {
		return *r.Value, nil
	}
	octets := r.Octets
	if octets == nil {
		form, prefixes := Inclusive, ""
		for _, t := range r.Transforms {
			if _, known := canonicalizers[t.Algorithm]; known {
				form, prefixes = withoutComments(t.Algorithm), t.Prefixes
			}
		}
		var err error
		if octets, err = canonical(r.Over, form, prefixes, r.View); err != nil {
			return "", fmt.Errorf("canonicalizing what is signed: %w", err)
		}
	}
	return base64.StdEncoding.EncodeToString(Sum(or(r.Digest, SHA256), octets)), nil
}

// Element is an empty element of XML Signature.
func Element(tag string) *etree.Element { return etree.NewElement("ds:" + tag) }

func method(parent *etree.Element, tag, algorithm string) *etree.Element {
	el := parent.CreateElement("ds:" + tag)
	el.CreateAttr("Algorithm", algorithm)
	return el
}

func or(stated, usual string) string {
	if stated == "" {
		return usual
	}
	return stated
}
