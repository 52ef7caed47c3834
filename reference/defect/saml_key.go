package defect

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in whose key is believed.
var _ = register(defects{
	"saml-enclosed-certificate-believed": keyed(func(s signing) []*x509.Certificate { return append(enclosedIn(s), s.certificates...) }),
	"saml-certificate-compared-by-name": keyed(func(s signing) []*x509.Certificate {
		return matching(s, func(theirs, ours *x509.Certificate) bool {
			return bytes.Equal(theirs.RawSubject, ours.RawSubject) && theirs.SerialNumber.Cmp(ours.SerialNumber) == 0
		})
	}),
	"saml-certificate-compared-by-issuer": keyed(func(s signing) []*x509.Certificate {
		return matching(s, func(theirs, ours *x509.Certificate) bool { return bytes.Equal(theirs.RawIssuer, ours.RawIssuer) })
	}),
	"saml-certificate-beside-believed": keyed(func(s signing) []*x509.Certificate {
		enclosed := enclosedIn(s)
		if !slices.ContainsFunc(enclosed, func(c *x509.Certificate) bool { return c.Equal(s.certificates[0]) }) {
			return s.certificates
		}
		return enclosed
	}),
	"saml-key-value-believed": keyed(func(s signing) []*x509.Certificate {
		for _, pair := range s.signature.FindElements("./KeyInfo/KeyValue/RSAKeyValue") {
			modulus, _ := base64.StdEncoding.DecodeString(childText(pair, "Modulus"))
			s.certificates = append(s.certificates, &x509.Certificate{PublicKey: &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}})
		}
		return s.certificates
	}),

	"saml-known-certificate-suffices": sufficing(func(s signing) bool {
		enclosed := enclosedIn(s)
		return len(enclosed) == 1 && enclosed[0].Equal(s.certificates[0]) && s.signature.FindElement(".//KeyValue") == nil
	}),
	"saml-unnamed-key-suffices": sufficing(func(s signing) bool { return s.signature.SelectElement("KeyInfo") == nil }),
	"saml-named-key-suffices": sufficing(func(s signing) bool {
		info := s.signature.SelectElement("KeyInfo")
		return info != nil && len(enclosedIn(s)) == 0 && (info.FindElement("./KeyName") != nil ||
			info.FindElement("./X509Data/X509IssuerSerial") != nil || info.FindElement("./X509Data/X509SubjectName") != nil ||
			info.FindElement("./X509Data/X509SKI") != nil)
	}),

	"saml-key-info-required": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			value := v.value
			v.value = func(s signing) error {
				if s.signature.SelectElement("KeyInfo") == nil {
					return saml.Refuse("the signature does not name its key")
				}
				return value(s)
			}
		})
	},
	"saml-key-fetched": func(p *reference.Parts) {
		before(p, "signature", func(ctx context.Context, m *saml.Message) {
			for _, tag := range []string{"RetrievalMethod", "Reference"} {
				for _, el := range m.Response.FindElements(".//KeyInfo//" + tag) {
					fetch(ctx, el.SelectAttrValue("URI", ""))
				}
			}
		})
	},
	"saml-broken-certificate-panics": func(p *reference.Parts) {
		before(p, "signature", func(_ context.Context, m *saml.Message) {
			for _, el := range m.Response.FindElements(".//X509Certificate") {
				der, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(el.Text()), ""))
				if _, err := x509.ParseCertificate(der); err != nil {
					panic(http.ErrAbortHandler)
				}
			}
		})
	},
	"saml-certificate-dates-checked": func(p *reference.Parts) {
		before(p, "signature", func(_ context.Context, m *saml.Message) {
			trusting := *m.Provider
			trusting.IdP.Certificates = slices.DeleteFunc(slices.Clone(m.Provider.IdP.Certificates), func(c *x509.Certificate) bool {
				return m.Now.Before(c.NotBefore) || m.Now.After(c.NotAfter)
			})
			m.Provider = &trusting
		})
	},
})

// keyed registers a product that believes signatures by the keys of these certificates.
func keyed(trusted func(signing) []*x509.Certificate) install {
	return func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			value := v.value
			v.value = func(s signing) error {
				s.certificates = trusted(s)
				return value(s)
			}
		})
	}
}

// sufficing registers a product that takes what a message says of its key for the
// signature itself.
func sufficing(enough func(signing) bool) install {
	return func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			value := v.value
			v.value = func(s signing) error {
				if enough(s) {
					return nil
				}
				return value(s)
			}
		})
	}
}

// before does something ahead of a check of the SAML policy.
func before(p *reference.Parts, name string, do func(context.Context, *saml.Message)) {
	run := check(p, name)
	p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
		do(ctx, m)
		return run(ctx, m)
	})
}

// enclosedIn are the certificates that a signature brings along.
func enclosedIn(s signing) []*x509.Certificate {
	var found []*x509.Certificate
	for _, el := range s.signature.FindElements("./KeyInfo/X509Data/X509Certificate") {
		der, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(el.Text()), ""))
		if certificate, err := x509.ParseCertificate(der); err == nil {
			found = append(found, certificate)
		}
	}
	return found
}

// matching are the provider's certificates and those brought along that match one.
func matching(s signing, match func(theirs, ours *x509.Certificate) bool) []*x509.Certificate {
	trusted := slices.Clone(s.certificates)
	for _, theirs := range enclosedIn(s) {
		if slices.ContainsFunc(s.certificates, func(ours *x509.Certificate) bool { return match(theirs, ours) }) {
			trusted = append(trusted, theirs)
		}
	}
	return trusted
}
