package idp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"math/big"

	_ "crypto/sha1"   // makes SHA-1 available to crypto.Hash
	_ "crypto/sha256" // makes SHA-256 available to crypto.Hash
	_ "crypto/sha512" // makes SHA-384 and SHA-512 available to crypto.Hash
)

// Signature algorithms (RFC 9231 §2.3). Okta offers RSASHA256 and RSASHA1.
const (
	RSASHA256    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA384    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	RSASHA512    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	RSASHA1      = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	RSAPSSSHA256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
	RSAPSSSHA384 = "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
	RSAPSSSHA512 = "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
	ECDSASHA256  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	ECDSASHA384  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
	ECDSASHA512  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
)

// Digest algorithms (XML encryption §5.7, RFC 9231 §2.1).
const (
	SHA1   = "http://www.w3.org/2000/09/xmldsig#sha1"
	SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
)

var digests = map[string]crypto.Hash{SHA1: crypto.SHA1, SHA256: crypto.SHA256, SHA384: crypto.SHA384, SHA512: crypto.SHA512}

// method is what a signature algorithm does.
type method struct {
	// digest is the digest algorithm of the same strength.
	digest string
	sign   func(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error)
}

var methods = map[string]method{
	RSASHA1: {SHA1, signPKCS}, RSASHA256: {SHA256, signPKCS}, RSASHA384: {SHA384, signPKCS}, RSASHA512: {SHA512, signPKCS},
	RSAPSSSHA256: {SHA256, signPSS}, RSAPSSSHA384: {SHA384, signPSS}, RSAPSSSHA512: {SHA512, signPSS},
	ECDSASHA256: {SHA256, signECDSA}, ECDSASHA384: {SHA384, signECDSA}, ECDSASHA512: {SHA512, signECDSA},
}

// usual is the signature algorithm of a key for which none is named: Okta's, where the
// key can.
func usual(key crypto.Signer) string {
	if _, is := key.(*ecdsa.PrivateKey); is {
		return ECDSASHA256
	}
	return RSASHA256
}

func signPKCS(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error) {
	if _, is := key.Public().(*rsa.PublicKey); !is {
		return nil, fmt.Errorf("an RSA algorithm needs an RSA key, not %T", key)
	}
	return key.Sign(rand.Reader, sum, hash)
}

// signPSS signs with the default parameters of RFC 9231 §2.3.10: MGF1 with the same hash
// and a salt as long as it.
func signPSS(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error) {
	if _, is := key.Public().(*rsa.PublicKey); !is {
		return nil, fmt.Errorf("an RSA algorithm needs an RSA key, not %T", key)
	}
	return key.Sign(rand.Reader, sum, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash})
}

// signECDSA writes r and s one after the other, each as long as the curve's order (RFC
// 9231 §2.3.6). Libraries write ASN.1, which no verifier of XML signatures takes.
func signECDSA(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error) {
	public, is := key.Public().(*ecdsa.PublicKey)
	if !is {
		return nil, fmt.Errorf("an ECDSA algorithm needs an EC key, not %T", key)
	}
	encoded, err := key.Sign(rand.Reader, sum, hash)
	if err != nil {
		return nil, err
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(encoded, &parts); err != nil {
		return nil, fmt.Errorf("the key's signature cannot be read: %w", err)
	}
	size := (public.Params().N.BitLen() + 7) / 8
	value := make([]byte, 2*size)
	parts.R.FillBytes(value[:size])
	parts.S.FillBytes(value[size:])
	return value, nil
}
