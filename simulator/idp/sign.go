package idp

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/beevik/etree"
)

// Signer puts an enveloped XML signature into an element (SAML 2.0 core §5.4).
type Signer struct {
	Key         Key
	Certificate *x509.Certificate
	Style
}

// Key is a private key, RSA or ECDSA, as the standard library makes them.
type Key interface {
	crypto.Signer
	Equal(crypto.PrivateKey) bool
}

// Style is how a signature is written. The zero value is Okta's way, in a message
// without attributes.
type Style struct {
	// Algorithm is a signature method URI; empty means RSASHA256, and ECDSASHA256 where the
	// key is on an elliptic curve.
	Algorithm string
	// Digest is a digest method URI; empty means the algorithm's own hash.
	Digest string
	// Canonicalization is that of the SignedInfo, and Transform that of the element;
	// empty means Exclusive.
	Canonicalization, Transform string
	// PrefixList names prefixes that exclusive canonicalization of the element must keep
	// though nothing visibly uses them. Okta writes "xs" in a message with attributes,
	// where the prefix stands inside xsi:type values, and nothing in one without. A
	// space writes a list with nothing in it. InfoPrefixList is the same for the
	// SignedInfo.
	PrefixList, InfoPrefixList string
	// KeyInfo names, by the local names of XML Signature, what the message tells of the
	// key. Nil means X509Certificate alone, empty no KeyInfo at all.
	KeyInfo []string
	// Prefix is that of the signature's elements; empty means ds.
	Prefix string
	// Wrap is the length of lines of base64: 0 is Okta's way, which has lines of 76 in the
	// certificate and one line elsewhere, and a negative number is one line everywhere.
	// Break ends a line; empty means a line feed.
	Wrap  int
	Break string
	// Padded puts a line break before and after base64 too.
	Padded bool
	// Indent puts every element of the signature on a line of its own, this much further
	// in than the one around it.
	Indent string
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
	at := 0
	if issuer := element.SelectElement("Issuer"); issuer != nil {
		at = issuer.Index() + 1
	}
	signature, err := s.unsealed(element)
	if err != nil {
		return err
	}
	element.InsertChildAt(at, signature)
	if s.Indent != "" {
		depth := depthOf(element) + 1
		element.InsertChildAt(at, etree.NewText("\n"+strings.Repeat(s.Indent, depth)))
		indent(signature, depth, s.Indent)
	}
	return s.seal(element, signature)
}

// algorithm is the signature method that the signer signs by.
func (s Signer) algorithm() string { return cmp.Or(s.Algorithm, usual(s.Key)) }

// Signature returns a ds:Signature over the element without inserting it.
func (s Signer) Signature(element *etree.Element) (*etree.Element, error) {
	signature, err := s.unsealed(element)
	if err != nil {
		return nil, err
	}
	element.AddChild(signature)
	err = s.seal(element, signature)
	element.RemoveChild(signature)
	return signature, err
}

// unsealed builds a signature without its digest and value.
func (s Signer) unsealed(element *etree.Element) (*etree.Element, error) {
	id := element.SelectAttrValue("ID", "")
	if id == "" {
		return nil, fmt.Errorf("element %s has no ID for a signature to refer to", element.FullTag())
	}
	if s.Key == nil || s.Certificate == nil {
		return nil, errors.New("a signer needs a key and its certificate")
	}
	algorithm := s.algorithm()
	known, ok := methods[algorithm]
	if !ok {
		return nil, fmt.Errorf("signature algorithm %q is not known", algorithm)
	}
	in := prefixed(cmp.Or(s.Prefix, "ds"))
	signature := etree.NewElement(in.name("Signature"))
	attributes(signature, in.declaration(), nsSignature)
	info := signature.CreateElement(in.name("SignedInfo"))
	s.canonicalization(info.CreateElement(in.name("CanonicalizationMethod")), s.Canonicalization, s.InfoPrefixList)
	attributes(info.CreateElement(in.name("SignatureMethod")), "Algorithm", algorithm)
	reference := info.CreateElement(in.name("Reference"))
	attributes(reference, "URI", "#"+id)
	transforms := reference.CreateElement(in.name("Transforms"))
	attributes(transforms.CreateElement(in.name("Transform")), "Algorithm", nsSignature+"enveloped-signature")
	s.canonicalization(transforms.CreateElement(in.name("Transform")), s.Transform, s.PrefixList)
	attributes(reference.CreateElement(in.name("DigestMethod")), "Algorithm", cmp.Or(s.Digest, known.digest))
	reference.CreateElement(in.name("DigestValue"))
	signature.CreateElement(in.name("SignatureValue"))
	return signature, s.keyInfo(in, signature)
}

// canonicalization states an algorithm and its prefix list.
func (s Signer) canonicalization(at *etree.Element, algorithm, prefixList string) {
	attributes(at, "Algorithm", cmp.Or(algorithm, Exclusive))
	if prefixList != "" {
		attributes(at.CreateElement("ec:InclusiveNamespaces"), "PrefixList", strings.TrimSpace(prefixList), "xmlns:ec", Exclusive)
	}
}

// seal fills in digest and value. Both are of the document as it stands, with the
// signature in its place.
func (s Signer) seal(element, signature *etree.Element) error {
	info, value := signature.SelectElement("SignedInfo"), signature.SelectElement("SignatureValue")
	reference := info.SelectElement("Reference")
	algorithm := reference.SelectElement("DigestMethod").SelectAttrValue("Algorithm", "")
	hash, known := digests[algorithm]
	if !known {
		return fmt.Errorf("digest algorithm %q is not known", algorithm)
	}
	form := forms.Get().(*[]byte)
	defer forms.Put(form)
	covered, err := canonicalForm((*form)[:0], cmp.Or(s.Transform, Exclusive), s.PrefixList, element, signature)
	if err != nil {
		return err
	}
	*form = covered
	reference.SelectElement("DigestValue").SetText(s.base64(sum(hash, covered)))
	signed, err := canonicalForm(covered[:0], cmp.Or(s.Canonicalization, Exclusive), s.InfoPrefixList, info, nil)
	if err != nil {
		return err
	}
	by := methods[s.algorithm()]
	raw, err := by.sign(s.Key, digests[by.digest], sum(digests[by.digest], signed))
	if err != nil {
		return err
	}
	value.SetText(s.base64(raw))
	return nil
}

// forms are the memory of canonical forms, which nobody needs once they are hashed.
var forms = sync.Pool{New: func() any { return new([]byte) }}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	_, _ = h.Write(data) // a hash never returns an error
	return h.Sum(nil)
}

// base64 writes a digest or a signature.
func (s Signer) base64(raw []byte) string {
	if s.Wrap <= 0 {
		return s.padded(base64.StdEncoding.EncodeToString(raw))
	}
	return s.padded(lines(raw, s.Wrap, cmp.Or(s.Break, "\n")))
}

// certificate writes a certificate.
func (s Signer) certificate(der []byte) string {
	switch {
	case s.Wrap == 0:
		return s.padded(wrapped(der))
	case s.Wrap < 0:
		return s.padded(base64.StdEncoding.EncodeToString(der))
	}
	return s.padded(lines(der, s.Wrap, cmp.Or(s.Break, "\n")))
}

func (s Signer) padded(text string) string {
	if !s.Padded {
		return text
	}
	around := cmp.Or(s.Break, "\n")
	return around + text + around
}

// prefixed is a prefix for element names.
type prefixed string

// DefaultNamespace stands for no prefix at all wherever one can be chosen.
const DefaultNamespace = "xmlns"

// name returns an element's name under the prefix.
func (p prefixed) name(local string) string {
	if p == DefaultNamespace {
		return local
	}
	return string(p) + ":" + local
}

// declaration is the name of the attribute that declares the prefix.
func (p prefixed) declaration() string {
	if p == DefaultNamespace {
		return "xmlns"
	}
	return "xmlns:" + string(p)
}
