package dsig

import (
	"crypto"
	_ "crypto/md5"    // makes MD5 available to crypto.Hash
	_ "crypto/sha1"   // makes SHA-1 available to crypto.Hash
	_ "crypto/sha256" // makes SHA-256 available to crypto.Hash
	_ "crypto/sha512" // makes SHA-384 and SHA-512 available to crypto.Hash
	"strings"

	"github.com/beevik/etree"
	goxmldsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Canonicalizations, as methods and as transforms (Canonical XML 1.0 and 1.1,
// Exclusive XML Canonicalization 1.0).
const (
	Inclusive             = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	InclusiveWithComments = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
	Inclusive11           = "http://www.w3.org/2006/12/xml-c14n11"
	Exclusive             = "http://www.w3.org/2001/10/xml-exc-c14n#"
	ExclusiveWithComments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
)

// Transforms that are no canonicalization.
const (
	EnvelopedSignature = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	Base64             = "http://www.w3.org/2000/09/xmldsig#base64"
	XPath              = "http://www.w3.org/TR/1999/REC-xpath-19991116"
	XPathFilter2       = "http://www.w3.org/2002/06/xmldsig-filter2"
	XSLT               = "http://www.w3.org/TR/1999/REC-xslt-19991116"
	Decryption         = "http://www.w3.org/2002/07/decrypt#XML"
)

// Digest methods (XML Encryption, RFC 6931).
const (
	MD5    = "http://www.w3.org/2001/04/xmldsig-more#md5"
	SHA1   = "http://www.w3.org/2000/09/xmldsig#sha1"
	SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
)

// Signature methods (XML Signature 1.1, RFC 6931).
const (
	RSAMD5      = "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"
	RSASHA1     = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	RSASHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA384   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	RSASHA512   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	PSSSHA256   = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
	ECDSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	HMACSHA256  = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
	DSASHA1     = "http://www.w3.org/2000/09/xmldsig#dsa-sha1"
)

// hashes are named in the algorithms' URIs; the longer names stand first.
var hashes = []struct {
	name string
	hash crypto.Hash
}{{"sha256", crypto.SHA256}, {"sha384", crypto.SHA384}, {"sha512", crypto.SHA512}, {"sha1", crypto.SHA1}, {"md5", crypto.MD5}}

// hashOf is the hash of an algorithm, and SHA-256 of one that nobody knows.
func hashOf(algorithm string) crypto.Hash {
	for _, h := range hashes {
		if strings.Contains(algorithm, h.name) {
			return h.hash
		}
	}
	return crypto.SHA256
}

// Sum is the digest of octets by a digest or signature method.
func Sum(algorithm string, octets []byte) []byte {
	h := hashOf(algorithm).New()
	h.Write(octets) // a hash never returns an error
	return h.Sum(nil)
}

var canonicalizers = map[string]func(prefixes string) goxmldsig.Canonicalizer{
	Inclusive:             func(string) goxmldsig.Canonicalizer { return goxmldsig.MakeC14N10RecCanonicalizer() },
	InclusiveWithComments: func(string) goxmldsig.Canonicalizer { return goxmldsig.MakeC14N10WithCommentsCanonicalizer() },
	Inclusive11:           func(string) goxmldsig.Canonicalizer { return goxmldsig.MakeC14N11Canonicalizer() },
	Exclusive:             goxmldsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList,
	ExclusiveWithComments: goxmldsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList,
}

func withoutComments(form string) string {
	switch form {
	case InclusiveWithComments:
		return Inclusive
	case ExclusiveWithComments:
		return Exclusive
	}
	return form
}

// Canonical is the canonical form of an element in its place in the document; a form
// that nobody knows is the exclusive one.
func Canonical(el *etree.Element, form, prefixes string) ([]byte, error) {
	return canonical(el, form, prefixes, nil)
}

// canonical works on a copy, which view may change before.
func canonical(el *etree.Element, form, prefixes string, view func(*etree.Element) error) ([]byte, error) {
	context, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(context, el)
	if err != nil {
		return nil, err
	}
	if view != nil {
		if err := view(detached); err != nil {
			return nil, err
		}
	}
	canonicalizer, known := canonicalizers[form]
	if !known {
		canonicalizer = canonicalizers[Exclusive]
	}
	return canonicalizer(prefixes).Canonicalize(detached)
}
