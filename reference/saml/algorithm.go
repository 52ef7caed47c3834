package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"math/big"
)

// method is an allowed signature algorithm.
type method struct {
	hash crypto.Hash
	// holds says whether the key made this signature. A key of another kind than the
	// algorithm's never did.
	holds func(key crypto.PublicKey, hash crypto.Hash, digest, value []byte) bool
}

// The allowed algorithms (RFC 9231, XML Encryption). SHA-1, MAC and "none" are absent
// by intent; what is not in the table does not exist.
var (
	signatureMethods = map[string]method{
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":      {crypto.SHA256, holdsPKCS},
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":      {crypto.SHA384, holdsPKCS},
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":      {crypto.SHA512, holdsPKCS},
		"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": {crypto.SHA256, holdsPSS},
		"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1": {crypto.SHA384, holdsPSS},
		"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1": {crypto.SHA512, holdsPSS},
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256":    {crypto.SHA256, holdsECDSA},
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384":    {crypto.SHA384, holdsECDSA},
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512":    {crypto.SHA512, holdsECDSA},
	}
	digestMethods = map[string]crypto.Hash{
		"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
		"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
		"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
	}
)

func holdsPKCS(key crypto.PublicKey, hash crypto.Hash, digest, value []byte) bool {
	public, is := key.(*rsa.PublicKey)
	return is && rsa.VerifyPKCS1v15(public, hash, digest, value) == nil
}

// holdsPSS takes the one set of parameters that the name of the algorithm stands for: the
// same hash in the mask, and a salt as long as it (RFC 9231 §2.3.10).
func holdsPSS(key crypto.PublicKey, hash crypto.Hash, digest, value []byte) bool {
	public, is := key.(*rsa.PublicKey)
	return is && rsa.VerifyPSS(public, hash, digest, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
}

// holdsECDSA reads r and s, which stand one after the other in the length of the curve's
// order (RFC 9231 §2.3.6). A signature of any other length, ASN.1 too, is none.
func holdsECDSA(key crypto.PublicKey, _ crypto.Hash, digest, value []byte) bool {
	public, is := key.(*ecdsa.PublicKey)
	if !is {
		return false
	}
	size := (public.Params().N.BitLen() + 7) / 8
	if len(value) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:])
	return ecdsa.Verify(public, digest, r, s)
}
