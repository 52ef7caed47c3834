package idp

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Signature is how a message that came to us is signed: in the query, by the Redirect
// binding, or in its XML, by POST. The zero value is no signature.
type Signature struct {
	// Algorithm is the URI of a query's signature; empty for one in XML.
	Algorithm string

	octets    string // what a query's signature covers
	value     []byte
	enveloped []byte // the document of a message that came by POST
}

// There says whether the message has a signature at all. Nothing is said of its worth.
func (s Signature) There() bool {
	if s.enveloped == nil {
		return s.value != nil
	}
	root, err := readRoot(s.enveloped)
	return err == nil && child(root, nsSignature, "Signature") != nil
}

// Verify says why the message is not signed by the key of any of the certificates. Of
// a certificate only the key counts, not its dates.
func (s Signature) Verify(certificates []*x509.Certificate) error {
	switch {
	case len(certificates) == 0:
		return errors.New("no certificate of the service provider is known")
	case !s.There():
		return errors.New("it is not signed")
	case s.enveloped != nil:
		return s.verifyXML(certificates)
	}
	hash, known := queryHashes[s.Algorithm]
	if !known {
		return fmt.Errorf("its SigAlg %q is not supported", s.Algorithm)
	}
	for _, certificate := range certificates {
		if s.holds(certificate, hash) {
			return nil
		}
	}
	return errors.New("its signature does not verify with any certificate of the service provider")
}

// queryHashes are the algorithms by which service providers sign queries: with RSA keys.
// Some still sign with SHA-1.
var queryHashes = map[string]crypto.Hash{
	RSASHA1: crypto.SHA1, RSASHA256: crypto.SHA256, RSASHA384: crypto.SHA384, RSASHA512: crypto.SHA512,
}

func (s Signature) holds(certificate *x509.Certificate, hash crypto.Hash) bool {
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(key, hash, digest(hash, s.octets), s.value) == nil
}

// verifyXML verifies the signature in the document's root. The library takes one
// certificate at a time and looks at its dates, so each is tried at a time at which it
// is good.
func (s Signature) verifyXML(certificates []*x509.Certificate) error {
	var failed error
	for _, certificate := range certificates {
		document := etree.NewDocument()
		if err := document.ReadFromBytes(s.enveloped); err != nil {
			return fmt.Errorf("it is not well-formed XML: %w", err)
		}
		context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
		context.IdAttribute = "ID"
		context.Clock = dsig.NewFakeClockAt(certificate.NotBefore)
		if _, failed = context.Validate(document.Root()); failed == nil {
			return nil
		}
	}
	return fmt.Errorf("its signature does not verify with any certificate of the service provider: %w", failed)
}
