package saml

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// DecryptionKey is what an identity provider encrypts for: our key, and the certificate
// in which metadata carries its public half. The certificate means nothing else; its
// dates are not looked at (SAML V2.0 Metadata Interoperability Profile 2.5).
type DecryptionKey struct {
	Key         *rsa.PrivateKey
	Certificate *x509.Certificate
}

// keyLife is how long the certificates last that we make: longer than anybody keeps a key.
const keyLife = 10 * 365 * 24 * time.Hour

// NewDecryptionKey makes an RSA key of 2048 bits, which takes a tenth of a second.
func NewDecryptionKey(now time.Time) (DecryptionKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return DecryptionKey{}, fmt.Errorf("saml: making a decryption key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "assertions for us"},
		NotBefore: now.Add(-time.Minute), NotAfter: now.Add(keyLife), KeyUsage: x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return DecryptionKey{}, fmt.Errorf("saml: certifying a decryption key: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	return DecryptionKey{key, certificate}, err
}

// Marshal writes key and certificate as PEM, to be kept where secrets are.
func (k DecryptionKey) Marshal() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.Key)
	if err != nil {
		return nil, fmt.Errorf("saml: writing a decryption key: %w", err)
	}
	var out bytes.Buffer
	out.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate.Raw}))
	return out.Bytes(), nil
}

// ParseDecryptionKey reads what Marshal wrote. Its errors hold nothing of it.
func ParseDecryptionKey(text []byte) (*DecryptionKey, error) {
	private, rest := pem.Decode(text)
	public, _ := pem.Decode(rest)
	if private == nil || public == nil {
		return nil, errors.New("saml: a decryption key is a key and a certificate in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(private.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("saml: the decryption key is not an RSA key in PKCS #8")
	}
	certificate, err := x509.ParseCertificate(public.Bytes)
	if err != nil {
		return nil, fmt.Errorf("saml: the certificate of the decryption key: %w", err)
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, errors.New("saml: the certificate of the decryption key holds another key")
	}
	return &DecryptionKey{key, certificate}, nil
}
