package defect

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// verifier checks XML signatures in steps, each of which a defect may take wrong. As
// newVerifier gives it, it takes every honest message and is mistaken about none of the
// steps; what it lacks, compared with the reference, is the habit of refusing whatever
// it does not expect. That is how most products verify.
type verifier struct {
	// find lists the signatures that have to hold.
	find func(m *saml.Message) ([]*etree.Element, error)
	// info is the SignedInfo of a signature, and refs the references in it.
	info func(signature *etree.Element) (*etree.Element, error)
	refs func(info *etree.Element) ([]*etree.Element, error)
	// form is the canonical form of SignedInfo.
	form func(info *etree.Element) string
	// value checks the signature value over the canonical SignedInfo.
	value func(s signing) error
	// target is the element that a reference is about.
	target func(m *saml.Message, signature, reference *etree.Element) (*etree.Element, error)
	// transform is what is digested of the target.
	transform func(signature, reference, target *etree.Element) ([]byte, error)
	// digest compares it with the digest value.
	digest func(reference *etree.Element, octets []byte) error
	// believe picks the assertion that is read out of what is covered.
	believe func(m *saml.Message, covered []*etree.Element) (*etree.Element, error)
}

// signing is a signature value about to be checked.
type signing struct {
	algorithm    string
	octets       []byte // SignedInfo in canonical form
	value        string // as written
	signature    *etree.Element
	certificates []*x509.Certificate // the provider's
}

func newVerifier() *verifier {
	return &verifier{
		find: enclosedSignatures, info: onlySignedInfo, form: statedForm, refs: someReferences,
		value: byPinnedKey, target: parentByID, transform: byKnownTransforms, digest: digestMatches,
		believe: coveredAssertion,
	}
}

// replaceVerifier makes the reference verify with a verifier that bend took wrong.
func replaceVerifier(p *reference.Parts, bend func(*verifier)) {
	v := newVerifier()
	bend(v)
	p.SAML.Replace("signature", v.check)
}

// check is the policy's check "signature".
func (v *verifier) check(_ context.Context, m *saml.Message) error {
	signatures, err := v.find(m)
	if err != nil {
		return err
	}
	var covered []*etree.Element
	for _, signature := range signatures {
		found, err := v.verify(m, signature)
		if err != nil {
			return err
		}
		covered = append(covered, found...)
	}
	bearing(m)
	m.Trusted, err = v.believe(m, covered)
	return err
}

// bearing notes, of the parts that have to be signed, which bear a signature: whether it
// holds, the product has seen as far as it looks.
func bearing(m *saml.Message) {
	noteSigned(m, bears(m.Response), m.Unverified != nil && bears(m.Unverified))
}

func noteSigned(m *saml.Message, response, assertion bool) {
	m.ResponseSigned = m.ResponseSigned || m.SignedParts.Response && response
	m.AssertionSigned = m.AssertionSigned || m.SignedParts.Assertion && assertion
}

func bears(el *etree.Element) bool { return el.SelectElement("Signature") != nil }

// verify returns the elements that one signature covers.
func (v *verifier) verify(m *saml.Message, signature *etree.Element) ([]*etree.Element, error) {
	info, err := v.info(signature)
	if err != nil {
		return nil, err
	}
	octets, err := canonicalForm(info, v.form(info), "", nil)
	if err != nil {
		return nil, err
	}
	err = v.value(signing{
		algorithm: algorithmOf(info, "SignatureMethod"), octets: octets, value: childText(signature, "SignatureValue"),
		signature: signature, certificates: m.Provider.IdP.Certificates,
	})
	if err != nil {
		return nil, err
	}
	references, err := v.refs(info)
	if err != nil {
		return nil, err
	}
	var covered []*etree.Element
	for _, reference := range references {
		target, err := v.target(m, signature, reference)
		if err != nil {
			return nil, err
		}
		octets, err := v.transform(signature, reference, target)
		if err != nil {
			return nil, err
		}
		if err := v.digest(reference, octets); err != nil {
			return nil, err
		}
		covered = append(covered, target)
	}
	return covered, nil
}

// enclosedSignatures are those of the response and of its assertion, one at least.
func enclosedSignatures(m *saml.Message) ([]*etree.Element, error) {
	var found []*etree.Element
	for _, el := range []*etree.Element{m.Response, m.Unverified} {
		found = append(found, el.SelectElements("Signature")...)
	}
	if len(found) == 0 {
		return nil, saml.Refuse("nothing is signed")
	}
	return found, nil
}

func onlySignedInfo(signature *etree.Element) (*etree.Element, error) {
	found := signature.SelectElements("SignedInfo")
	if len(found) != 1 {
		return nil, saml.Refuse("the signature has %d elements SignedInfo", len(found))
	}
	return found[0], nil
}

// statedForm is the one that it states.
func statedForm(info *etree.Element) string { return algorithmOf(info, "CanonicalizationMethod") }

func someReferences(info *etree.Element) ([]*etree.Element, error) {
	found := info.SelectElements("Reference")
	if len(found) == 0 {
		return nil, saml.Refuse("the signature refers to nothing")
	}
	return found, nil
}

// byPinnedKey wants the value to hold with one of the provider's keys.
func byPinnedKey(s signing) error {
	hash, known := rsaMethods[s.algorithm]
	if !known {
		return saml.Refuse("an unknown signature method")
	}
	value, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.value), ""))
	if err != nil {
		return saml.Refuse("the signature value is not base64")
	}
	if !s.holds(hash, value) {
		return saml.Refuse("the signature does not hold")
	}
	return nil
}

// holds says whether the value is one of the provider's keys' signature.
func (s signing) holds(hash crypto.Hash, value []byte) bool {
	return slices.ContainsFunc(s.certificates, func(certificate *x509.Certificate) bool {
		key, ok := certificate.PublicKey.(*rsa.PublicKey)
		return ok && rsa.VerifyPKCS1v15(key, hash, sumOf(hash, s.octets), value) == nil
	})
}

// parentByID wants a reference by ID to the element that the signature stands in.
func parentByID(_ *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
	parent := signature.Parent()
	id := parent.SelectAttrValue("ID", "")
	if id == "" || reference.SelectAttrValue("URI", "") != "#"+id {
		return nil, saml.Refuse("the signature refers to something else than what it stands in")
	}
	return parent, nil
}

// byKnownTransforms takes the signature out and canonicalizes, and nothing else.
func byKnownTransforms(signature, reference, target *etree.Element) ([]byte, error) {
	form, prefixes, leave := inclusive, "", (*etree.Element)(nil)
	for _, transform := range reference.FindElements("./Transforms/Transform") {
		switch algorithm := transform.SelectAttrValue("Algorithm", ""); {
		case algorithm == envelopedSignature:
			leave = signature
		case canonicalizers[algorithm] != nil:
			form, prefixes = algorithm, childAttribute(transform, "InclusiveNamespaces", "PrefixList")
		default:
			return nil, saml.Refuse("an unknown transform")
		}
	}
	return canonicalForm(target, form, prefixes, leave)
}

// digestMatches compares with the method that the reference states.
func digestMatches(reference *etree.Element, octets []byte) error {
	hash, known := digestMethods[algorithmOf(reference, "DigestMethod")]
	if !known {
		return saml.Refuse("an unknown digest method")
	}
	want, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(childText(reference, "DigestValue")), ""))
	if err != nil || !bytes.Equal(sumOf(hash, octets), want) {
		return saml.Refuse("the digest differs")
	}
	return nil
}

// coveredAssertion believes the response's assertion, if that or all of the response
// is covered.
func coveredAssertion(m *saml.Message, covered []*etree.Element) (*etree.Element, error) {
	if slices.Contains(covered, m.Response) || slices.Contains(covered, m.Unverified) {
		return m.Unverified, nil
	}
	return nil, saml.Refuse("the assertion is not signed")
}
