package defect

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"regexp"
	"strings"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in which keys are believed for what.
var _ = register(defects{
	"saml-padding-not-looked-at": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				hash, known := rsaMethods[s.algorithm]
				value, err := base64.StdEncoding.DecodeString(s.value)
				if !known || err != nil {
					return saml.Refuse("an unknown signature method, or a value that is not base64")
				}
				for _, certificate := range s.certificates {
					key, ok := certificate.PublicKey.(*rsa.PublicKey)
					if ok && beginsWith(key, value, sumOf(hash, s.octets)) {
						return nil
					}
				}
				return saml.Refuse("the signature does not hold")
			}
		})
	},
	"saml-short-key-trusted": func(p *reference.Parts) {
		var short sync.Map // certificates, for the policy refuses metadata that has one
		importing(p, func(m string) string {
			for _, written := range certificateText.FindAllStringSubmatch(m, -1) {
				if certificate := readCertificate(written[1]); certificate != nil && bits(certificate) < 2048 {
					short.Store(certificate, true)
					m = keyDescriptors.ReplaceAllLiteralString(m, someKey())
				}
			}
			return m
		})
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				short.Range(func(certificate, _ any) bool {
					s.certificates = append(s.certificates, certificate.(*x509.Certificate))
					return true
				})
				return byPinnedKey(s)
			}
		})
	},
})

// beginsWith says whether the value, to the power of the key's exponent, begins as a
// padded digest does: after the filling and what names the hash.
func beginsWith(key *rsa.PublicKey, value, digest []byte) bool {
	n := new(big.Int).SetBytes(value)
	power := n.Exp(n, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	filling, rest, found := bytes.Cut(power[1:], []byte{0})
	return found && bytes.HasPrefix(filling, []byte{1, 0xFF}) && len(rest) > infoBefore && bytes.HasPrefix(rest[infoBefore:], digest)
}

// infoBefore is the length of what names the hash, for all of the SHA-2 family (RFC 8017
// §9.2, note 1).
const infoBefore = 19

var certificateText = regexp.MustCompile(`(?s)<ds:X509Certificate>(.*?)</ds:X509Certificate>`)

// readCertificate reads a certificate of metadata; nil where it is none.
func readCertificate(text string) *x509.Certificate {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return certificate
}

// bits is the size of an RSA key; of another kind it is large enough.
func bits(certificate *x509.Certificate) int {
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok {
		return key.N.BitLen()
	}
	return 2048
}
