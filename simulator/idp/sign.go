package idp

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Signature algorithms that Okta offers.
const (
	RSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA1   = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
)

// Signer puts an enveloped XML signature into an element.
type Signer struct {
	Key         *rsa.PrivateKey
	Certificate *x509.Certificate
	// Algorithm is a signature method URI; the digest uses the same hash. Empty means RSASHA256.
	Algorithm string
	// PrefixList names prefixes that canonicalization must keep though nothing
	// visibly uses them. Okta writes "xs" in a message with attributes, where the
	// prefix stands inside xsi:type values, and nothing in one without.
	PrefixList string
}

// Signer returns the identity's signer, with an empty prefix list.
func (i Identity) Signer() Signer {
	return Signer{Key: i.Key, Certificate: i.Certificate}
}

// Sign signs the element as it stands and inserts the signature after its
// Issuer child, where the schema wants it, or first if it has none. The element
// needs an ID attribute to be referred to. Whatever is changed afterwards, the
// signature no longer covers.
func (s Signer) Sign(element *etree.Element) error {
	signature, err := s.Signature(element)
	if err != nil {
		return err
	}
	at := 0
	if issuer := element.SelectElement("Issuer"); issuer != nil {
		at = issuer.Index() + 1
	}
	element.InsertChildAt(at, signature)
	return nil
}

// Signature returns a ds:Signature over the element without inserting it.
func (s Signer) Signature(element *etree.Element) (*etree.Element, error) {
	if element.SelectAttrValue("ID", "") == "" {
		return nil, fmt.Errorf("element %s has no ID for a signature to refer to", element.FullTag())
	}
	if s.Key == nil || s.Certificate == nil {
		return nil, errors.New("a signer needs a key and its certificate")
	}
	context, err := dsig.NewSigningContext(s.Key, [][]byte{s.Certificate.Raw})
	if err != nil {
		return nil, err
	}
	if s.Algorithm != "" {
		if err := context.SetSignatureMethod(s.Algorithm); err != nil {
			return nil, err
		}
	}
	context.Canonicalizer = canonicalizer{prefixList: s.PrefixList}
	detached, err := detach(element)
	if err != nil {
		return nil, err
	}
	signature, err := context.ConstructSignature(detached, true)
	if err != nil {
		return nil, err
	}
	writePrefixList(signature.SelectElement("SignedInfo"), s.PrefixList)
	signature.FindElement("./KeyInfo/X509Data/X509Certificate").SetText(wrapped(s.Certificate.Raw))
	return signature, nil
}

// detach returns a copy that canonicalization may rearrange, with the namespace
// declarations that the original inherits.
func detach(element *etree.Element) (*etree.Element, error) {
	context, err := etreeutils.NSBuildParentContext(element)
	if err != nil {
		return nil, fmt.Errorf("namespaces around %s: %w", element.FullTag(), err)
	}
	return etreeutils.NSDetatch(context, element)
}

// canonicalizer is exclusive canonicalization that also writes its prefix list
// into the signature. The library hashes with a prefix list but does not say so
// in the SignedInfo, which no verifier then reproduces. It asks for two
// canonical forms, of the element and of the SignedInfo: the second one is the
// chance to write the list before it is hashed.
type canonicalizer struct{ prefixList string }

// Algorithm returns the URI of exclusive canonicalization without comments.
func (c canonicalizer) Algorithm() dsig.AlgorithmID {
	return dsig.CanonicalXML10ExclusiveAlgorithmId
}

// Canonicalize returns the canonical form and may change the element.
func (c canonicalizer) Canonicalize(element *etree.Element) ([]byte, error) {
	prefixList := c.prefixList
	if element.Space == dsig.DefaultPrefix && element.Tag == dsig.SignedInfoTag {
		writePrefixList(element, c.prefixList)
		prefixList = ""
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixList).Canonicalize(element)
}

// writePrefixList states the list in the canonicalization transform.
func writePrefixList(signedInfo *etree.Element, prefixList string) {
	if prefixList == "" {
		return
	}
	for _, transform := range signedInfo.FindElements("./Reference/Transforms/Transform") {
		if transform.SelectAttrValue("Algorithm", "") == nsExcC14N {
			attributes(transform.CreateElement("ec:InclusiveNamespaces"), "PrefixList", prefixList, "xmlns:ec", nsExcC14N)
		}
	}
}
