package dsig

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
)

// Key makes the value of a signature.
type Key interface {
	// Sign signs the canonical SignedInfo as the signature method says.
	Sign(algorithm string, octets []byte) ([]byte, error)
}

// RSA signs with PKCS #1 v1.5, or with PSS where the method is one of those.
type RSA struct{ Key *rsa.PrivateKey }

// Sign implements [Key].
func (k RSA) Sign(algorithm string, octets []byte) ([]byte, error) {
	hash := hashOf(algorithm)
	if strings.HasSuffix(algorithm, "MGF1") {
		return rsa.SignPSS(rand.Reader, k.Key, hash, Sum(algorithm, octets), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	return rsa.SignPKCS1v15(nil, k.Key, hash, Sum(algorithm, octets))
}

// EC signs with ECDSA. The value is r and s side by side, as the standard has it
// (XML Signature 1.1 §6.4.3), or in DER, as libraries give it.
type EC struct {
	Key *ecdsa.PrivateKey
	DER bool
}

// Sign implements [Key].
func (k EC) Sign(algorithm string, octets []byte) ([]byte, error) {
	if k.DER {
		return ecdsa.SignASN1(rand.Reader, k.Key, Sum(algorithm, octets))
	}
	r, s, err := ecdsa.Sign(rand.Reader, k.Key, Sum(algorithm, octets))
	if err != nil {
		return nil, err
	}
	size := (k.Key.Params().BitSize + 7) / 8
	value := make([]byte, 2*size)
	r.FillBytes(value[:size])
	s.FillBytes(value[size:])
	return value, nil
}

// HMAC is a secret that both sides know, or that anybody knows. Bits is to how many
// the value is cut off (HMACOutputLength); negative leaves it whole.
type HMAC struct {
	Secret []byte
	Bits   int
}

// Sign implements [Key].
func (k HMAC) Sign(algorithm string, octets []byte) ([]byte, error) {
	mac := hmac.New(hashOf(algorithm).New, k.Secret)
	mac.Write(octets)
	value := mac.Sum(nil)
	if k.Bits < 0 || k.Bits >= 8*len(value) {
		return value, nil
	}
	value = value[:(k.Bits+7)/8]
	if over := k.Bits % 8; over > 0 {
		value[len(value)-1] &= 0xFF << (8 - over)
	}
	return value, nil
}

// Fixed is a value that is no signature.
type Fixed []byte

// Sign implements [Key].
func (k Fixed) Sign(string, []byte) ([]byte, error) { return k, nil }

// X509Data is a KeyInfo part with certificates in DER.
func X509Data(certificates ...[]byte) *etree.Element {
	data := Element("X509Data")
	for _, der := range certificates {
		data.CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(der))
	}
	return data
}

// KeyName is a KeyInfo part that names a key.
func KeyName(name string) *etree.Element {
	el := Element("KeyName")
	el.SetText(name)
	return el
}
