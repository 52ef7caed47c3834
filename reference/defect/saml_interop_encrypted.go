package defect

import (
	"context"
	"crypto/rsa"
	"maps"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Products that take encrypted assertions in some of the honest shapes only.
var _ = register(defects{
	"interop-encrypted-refused":                    refusesEncrypted(func(*saml.Message) bool { return true }),
	"interop-encrypted-response-signature-wanted":  refusesEncrypted(func(m *saml.Message) bool { return !m.ResponseSigned }),
	"interop-encrypted-assertion-signature-wanted": refusesEncrypted(func(m *saml.Message) bool { return !m.AssertionSigned }),
	"interop-encrypted-one-signature":              refusesEncrypted(func(m *saml.Message) bool { return m.ResponseSigned && m.AssertionSigned }),
	"interop-encrypted-certificate-wanted": refusesEncrypted(func(m *saml.Message) bool {
		return m.Encrypted.FindElement(".//EncryptedKey//X509Certificate") == nil
	}),
	"interop-encrypted-key-beside-only": refusesEncrypted(func(m *saml.Message) bool { return m.Encrypted.SelectElement("EncryptedKey") == nil }),

	"interop-encrypted-cbc-only":       func(p *reference.Parts) { withoutContent(p, "-gcm") },
	"interop-encrypted-long-keys-only": func(p *reference.Parts) { withoutContent(p, "aes128", "aes192") },
	"interop-encrypted-sha1-only": func(p *reference.Parts) {
		const old = xmlenc + "rsa-oaep-mgf1p"
		unwrap := p.SAML.Ciphers.Transport[old]
		clear(p.SAML.Ciphers.Transport)
		p.SAML.Ciphers.Transport[old] = func(ours *rsa.PrivateKey, method saml.KeyMethod, value []byte) ([]byte, error) {
			method.Digest = ""
			return unwrap(ours, method, value)
		}
	},
	"interop-encrypted-first-key": func(p *reference.Parts) {
		decryption := check(p, "decryption")
		p.SAML.Replace("decryption", func(ctx context.Context, m *saml.Message) error {
			if err := decryption(ctx, m); err != nil || m.Encrypted == nil {
				return err
			}
			return firstKeyFits(m)
		})
	},
})

// refusesEncrypted refuses such a response, if any of it came encrypted.
func refusesEncrypted(where func(m *saml.Message) bool) install {
	return func(p *reference.Parts) {
		signature := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			if err := signature(ctx, m); err != nil || m.Encrypted == nil || !where(m) {
				return err
			}
			return saml.Refuse("this shape is not known here")
		})
	}
}

// withoutContent takes the ciphers out whose names hold one of the texts.
func withoutContent(p *reference.Parts, texts ...string) {
	maps.DeleteFunc(p.SAML.Ciphers.Content, func(name string, _ saml.ContentCipher) bool {
		for _, text := range texts {
			if strings.Contains(name, text) {
				return true
			}
		}
		return false
	})
}

// firstKeyFits decrypts once more with the first encrypted key alone, for whomever it is.
func firstKeyFits(m *saml.Message) error {
	alone := m.Encrypted.Copy()
	for n, key := range alone.FindElements(".//EncryptedKey") {
		if n > 0 {
			key.Parent().RemoveChild(key)
		}
		key.RemoveAttr("Recipient")
	}
	etree.NewDocument().SetRoot(alone)
	_, err := m.Open(alone)
	return err
}
