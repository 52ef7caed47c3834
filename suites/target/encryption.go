package target

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"

	"rollcall.example/simulator/idp"
)

// Encryption is how an assertion for the product is encrypted; nil where it goes plain.
func (s SAML) Encryption() (*idp.Encryption, error) {
	if s.EncryptionCertificate == "" {
		return nil, nil
	}
	der, err := base64.StdEncoding.DecodeString(s.EncryptionCertificate)
	if err == nil {
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(der); err == nil {
			return &idp.Encryption{Recipients: []idp.Recipient{{Certificate: certificate}}}, nil
		}
	}
	return nil, fmt.Errorf("the product's encryption certificate cannot be read: %w", err)
}

// errNoEncryptionKey says why nothing can be encrypted for a product.
var errNoEncryptionKey = errors.New("it has no KeyDescriptor for encryption with an X.509 certificate in it, and without the product's key nothing can be encrypted for it")

// Encrypted returns the connection with the certificate to encrypt for, from its
// metadata, which is read unless the certificate is known. From then on every sign-in
// through it is encrypted. ok is false where the metadata publishes none.
func (l *Live) Encrypted(ctx context.Context, c Connection) (_ Connection, ok bool, err error) {
	if c.SAML.EncryptionCertificate != "" {
		return c, true, nil
	}
	if c.SAML.Metadata == "" {
		return c, false, nil
	}
	read, err := l.SPMetadata(ctx, c)
	if err != nil || len(read.Encryption) == 0 {
		return c, false, err
	}
	c.SAML.EncryptionCertificate = read.encryptionCertificate()
	return c, true, nil
}

// encryptionCertificate is the first certificate to encrypt for, in base64; empty where
// there is none.
func (m SPMetadata) encryptionCertificate() string {
	if len(m.Encryption) == 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(m.Encryption[0].Raw)
}
