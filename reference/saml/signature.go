package saml

import (
	"context"
	"crypto/subtle"
	"crypto/x509"
	"slices"

	"github.com/beevik/etree"
)

// checkSignature wants response, assertion or both to be signed by one of the
// provider's keys, and every signature in the document to hold. It makes Trusted from
// the bytes that were verified: from the assertion's own signature where there is one,
// else from the assertion inside the verified response.
//
// Both signatures are verified over the document as it came. To verify the inner one
// over what the outer one returned would fail on good messages: a canonical response
// no longer repeats, on the assertion, a namespace that its parent declares.
//
// Of a response around an encrypted assertion, "decryption" has verified the signature
// already. Where the assertion has none of its own, the decrypted one is trusted as it
// is: its ciphertext was covered.
func checkSignature(_ context.Context, m *Message) error {
	ofResponse, ofAssertion, err := placeSignatures(m)
	if err != nil {
		return err
	}
	if ofResponse == nil && ofAssertion == nil {
		return Refuse("neither the response nor its assertion is signed")
	}
	covered := m.Encrypted != nil && m.ResponseSigned
	if covered && ofAssertion == nil {
		m.Trusted = m.Unverified
		return nil
	}
	var verified []byte
	if ofResponse != nil && !covered {
		if verified, err = verifySignature(ofResponse, m.Provider.IdP.Certificates); err != nil {
			return err
		}
		m.ResponseSigned = true
	}
	if ofAssertion != nil {
		if verified, err = verifySignature(ofAssertion, m.Provider.IdP.Certificates); err != nil {
			return err
		}
		m.AssertionSigned = true
	}
	m.Trusted, err = assertionIn(verified)
	return err
}

// checkSignedParts wants those parts to be signed for which the caller asks. That the
// other one is, is enough to believe what is said; it is not what was agreed on.
func checkSignedParts(_ context.Context, m *Message) error {
	switch {
	case m.SignedParts.Response && !m.ResponseSigned:
		return Refuse("the response is not signed, and has to be")
	case m.SignedParts.Assertion && !m.AssertionSigned:
		return Refuse("the assertion has no signature of its own, and has to have one")
	}
	return nil
}

// placeSignatures sorts the document's signatures by what they stand in. One that
// stands anywhere else, or a second one, is refused: it could only confuse.
func placeSignatures(m *Message) (ofResponse, ofAssertion *etree.Element, err error) {
	for _, signature := range slices.Concat(m.census.signatures, m.inner.signatures) {
		switch parent := signature.Parent(); {
		case !inItsPlace(signature):
			return nil, nil, Refuse("the signature of the %s does not stand behind its issuer", parent.Tag)
		case parent == m.Response && ofResponse == nil:
			ofResponse = signature
		case parent == m.Unverified && ofAssertion == nil:
			ofAssertion = signature
		case parent == m.Response || parent == m.Unverified:
			return nil, nil, Refuse("the %s has more than one signature", parent.Tag)
		default:
			return nil, nil, Refuse("a signature stands in %s, where it signs nothing", show(parent.Tag))
		}
	}
	return ofResponse, ofAssertion, nil
}

// inItsPlace says whether a signature stands where the schema has it: behind the
// issuer, or first (Core 2.3.3, 3.2.1).
func inItsPlace(signature *etree.Element) bool {
	for i := signature.Index() - 1; i >= 0; i-- {
		sibling, ok := signature.Parent().Child[i].(*etree.Element)
		if ok && !is(sibling, nsAssertion, "Issuer") {
			return false
		}
	}
	return true
}

// assertionIn parses verified bytes, which are an assertion or a response around one.
func assertionIn(verified []byte) (*etree.Element, error) { return childIn(verified, "Assertion") }

// childIn is assertionIn for any element of the assertion's namespace.
func childIn(verified []byte, tag string) (*etree.Element, error) {
	document, err := scan(string(verified))
	if err != nil {
		return nil, err
	}
	root := document.Root()
	if is(root, nsAssertion, tag) {
		return root, nil
	}
	found, err := child(root, nsAssertion, tag)
	if err == nil && found == nil {
		return nil, Refuse("the verified bytes hold no %s", tag)
	}
	return found, err
}

// verifySignature verifies an enveloped signature over the element that it stands in
// and returns that element's canonical form, which is what the signature covers.
//
// The signature value is checked before the digest: until it holds, nobody we trust
// asked us to canonicalize anything but a SignedInfo of known, small shape.
func verifySignature(el *etree.Element, certificates []*x509.Certificate) ([]byte, error) {
	signature, err := readSignature(el)
	if err != nil {
		return nil, err
	}
	if err := signature.checkKeyInfo(certificates); err != nil {
		return nil, err
	}
	const most = 4 << 10 // a response without its signature is seldom longer
	signedInfo, err := canonicalOver(make([]byte, 0, most), signature.signedInfo, signature.prefixes, nil)
	if err != nil {
		return nil, err
	}
	if !signature.signedBy(certificates, signedInfo) {
		return nil, Refuse("the signature of the %s does not verify with any certificate of the provider%s",
			signature.signed.Tag, signature.hint(certificates))
	}
	covered, err := canonicalOver(signedInfo, signature.signed, signature.reference.prefixes, el)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(sum(signature.reference.hash, covered), signature.reference.digest) != 1 {
		return nil, Refuse("the %s was changed after it was signed: its digest differs", signature.signed.Tag)
	}
	return covered, nil
}

// signedBy tries the provider's keys in turn. A message may name its certificate, but
// what it names never decides which key is tried.
func (s *signature) signedBy(certificates []*x509.Certificate, signedInfo []byte) bool {
	digest := sum(s.method.hash, signedInfo)
	return slices.ContainsFunc(certificates, func(certificate *x509.Certificate) bool {
		return s.method.holds(certificate.PublicKey, s.method.hash, digest, s.value)
	})
}

// hint tells the administrator about the usual reason: the identity provider has a new
// certificate that we have not been given.
func (s *signature) hint(certificates []*x509.Certificate) string {
	for _, named := range s.certificates {
		if !slices.ContainsFunc(certificates, func(c *x509.Certificate) bool { return slices.Equal(c.Raw, named) }) {
			return ": the message names a certificate that the provider does not have"
		}
	}
	return ""
}

// checkKeyInfo wants each certificate in the message to be one. It is compared, not
// trusted; parsing is spared where it is one of ours.
func (s *signature) checkKeyInfo(certificates []*x509.Certificate) error {
	for _, named := range s.certificates {
		if slices.ContainsFunc(certificates, func(c *x509.Certificate) bool { return slices.Equal(c.Raw, named) }) {
			continue
		}
		if _, err := x509.ParseCertificate(named); err != nil {
			return Refuse("KeyInfo holds something that is not a certificate")
		}
	}
	return nil
}
