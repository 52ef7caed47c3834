package defect

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects that let the message choose the algorithm.
var _ = register(defects{
	"saml-sha1-believed": func(p *reference.Parts) {
		alsoKnows(p, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1", crypto.SHA1)
	},
	"saml-md5-believed": func(p *reference.Parts) {
		alsoKnows(p, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#md5", crypto.MD5)
	},
	"saml-certificate-for-secret": func(p *reference.Parts) { authenticates(p, certificateForms, false) },
	"saml-secret-from-message": func(p *reference.Parts) {
		authenticates(p, func(s signing) [][]byte {
			name := s.signature.FindElement("./KeyInfo/KeyName")
			if name == nil {
				return [][]byte{nil}
			}
			return [][]byte{nil, []byte(name.Text())}
		}, false)
	},
	"saml-code-cut-off": func(p *reference.Parts) { authenticates(p, certificateForms, true) },
	"saml-method-none-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				if s.algorithm == "" || s.algorithm == "none" {
					return nil
				}
				return byPinnedKey(s)
			}
		})
	},
	"saml-unknown-method-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				switch {
				case strings.HasPrefix(s.algorithm, "http://"):
					return byPinnedKey(s)
				default: // nothing says that it is wrong
					return nil
				}
			}
		})
	},
	"saml-unknown-digest-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.digest = func(reference *etree.Element, octets []byte) error {
				if _, known := digestMethods[algorithmOf(reference, "DigestMethod")]; !known {
					octets = nil // there is no hash to make it with
					if childText(reference, "DigestValue") == string(octets) {
						return nil
					}
				}
				return digestMatches(reference, octets)
			}
		})
	},
	"saml-key-kind-assumed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				key := s.certificates[0].PublicKey
				if point := s.signature.FindElement("./KeyInfo/KeyValue/ECKeyValue"); point != nil {
					key = &ecdsa.PublicKey{}
				}
				if strings.Contains(s.algorithm, "ecdsa") {
					_ = key.(*ecdsa.PublicKey)
				} else {
					_ = key.(*rsa.PublicKey)
				}
				return byPinnedKey(s)
			}
		})
	},
	"saml-dsa-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.value = func(s signing) error {
				if strings.HasSuffix(s.algorithm, "#dsa-sha1") && dsaHolds(s) {
					return nil
				}
				return byPinnedKey(s)
			}
		})
	},
	"saml-canonicalization-assumed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.form = func(info *etree.Element) string {
				if stated := statedForm(info); canonicalizers[stated] != nil {
					return stated
				}
				return exclusive
			}
		})
	},
	"logout-sha1-believed": believeSHA1Queries,
	"saml-comments-signed": func(p *reference.Parts) { replaceVerifier(p, func(*verifier) {}) },
})

// believeSHA1Queries verifies a logout message in a query with the method that it states,
// weak or not.
func believeSHA1Queries(p *reference.Parts) {
	encoding, verified := logoutCheck(p, "encoding"), logoutCheck(p, "signature")
	const stated = "&SigAlg=http%3A%2F%2Fwww.w3.org%2F2000%2F09%2Fxmldsig%23rsa-sha1"
	var weak sync.Map // message → what signs it
	p.Logout.Replace("encoding", func(ctx context.Context, m *saml.LogoutMessage) error {
		octets, _, found := strings.Cut(m.RawQuery, stated)
		if !found {
			return encoding(ctx, m)
		}
		fields, err := url.ParseQuery(m.RawQuery)
		if err != nil {
			return saml.Refuse("the query cannot be read")
		}
		weak.Store(m, signing{octets: []byte(octets + stated), value: fields.Get("Signature")})
		m.RawQuery = octets
		return encoding(ctx, m)
	})
	p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
		kept, found := weak.LoadAndDelete(m)
		if !found {
			return verified(ctx, m)
		}
		s := kept.(signing)
		s.certificates = m.Provider.IdP.Certificates
		value, err := base64.StdEncoding.DecodeString(s.value)
		if err != nil || !s.holds(crypto.SHA1, value) {
			return saml.Refuse("the query's signature does not hold")
		}
		m.Trusted = m.Root
		return nil
	})
}

// alsoKnows lets the product know a signature method and a digest method more.
func alsoKnows(p *reference.Parts, method, digest string, hash crypto.Hash) {
	replaceVerifier(p, func(v *verifier) {
		value, matches := v.value, v.digest
		v.value = func(s signing) error {
			if s.algorithm != method {
				return value(s)
			}
			raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.value), ""))
			if err != nil || !s.holds(hash, raw) {
				return saml.Refuse("the signature does not hold")
			}
			return nil
		}
		v.digest = func(reference *etree.Element, octets []byte) error {
			if algorithmOf(reference, "DigestMethod") != digest {
				return matches(reference, octets)
			}
			want, err := base64.StdEncoding.DecodeString(childText(reference, "DigestValue"))
			if err != nil || !bytes.Equal(sumOf(hash, octets), want) {
				return saml.Refuse("the digest differs")
			}
			return nil
		}
	})
}

// authenticates takes a code for a signature, made with one of the secrets; cut lets the
// message say how many bits of it count.
func authenticates(p *reference.Parts, secrets func(signing) [][]byte, cut bool) {
	replaceVerifier(p, func(v *verifier) {
		v.value = func(s signing) error {
			if !strings.Contains(s.algorithm, "#hmac-sha256") {
				return byPinnedKey(s)
			}
			value, err := base64.StdEncoding.DecodeString(s.value)
			if err != nil {
				return saml.Refuse("the code is not base64")
			}
			for _, secret := range secrets(s) {
				mac := hmac.New(crypto.SHA256.New, secret)
				mac.Write(s.octets)
				code := mac.Sum(nil)
				if cut {
					code = cutOff(code, s.signature.FindElement("./SignedInfo/SignatureMethod/HMACOutputLength"))
				}
				if bytes.Equal(code, value) {
					return nil
				}
			}
			return saml.Refuse("the code does not fit")
		}
	})
}

// certificateForms are what of a certificate might pass for a secret.
func certificateForms(s signing) [][]byte {
	var all [][]byte
	for _, c := range s.certificates {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), c.Raw, c.RawSubjectPublicKeyInfo, modulus(c))
	}
	return all
}

func modulus(c *x509.Certificate) []byte {
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok {
		return key.N.Bytes()
	}
	return nil
}

// cutOff is as much of a code as the message says.
func cutOff(code []byte, length *etree.Element) []byte {
	if length == nil {
		return code
	}
	bits, err := strconv.Atoi(length.Text())
	if err != nil || bits < 0 || bits >= 8*len(code) {
		return code
	}
	code = code[:(bits+7)/8]
	if over := bits % 8; over > 0 {
		code[len(code)-1] &= 0xFF << (8 - over)
	}
	return code
}

// dsaHolds verifies with the key that the message brings (FIPS 186-2).
func dsaHolds(s signing) bool {
	numbers := map[string]*big.Int{}
	for _, name := range []string{"P", "Q", "G", "Y"} {
		el := s.signature.FindElement("./KeyInfo/KeyValue/DSAKeyValue/" + name)
		if el == nil {
			return false
		}
		raw, err := base64.StdEncoding.DecodeString(el.Text())
		if err != nil {
			return false
		}
		numbers[name] = new(big.Int).SetBytes(raw)
	}
	value, err := base64.StdEncoding.DecodeString(s.value)
	if err != nil || len(value) != 40 {
		return false
	}
	p, q := numbers["P"], numbers["Q"]
	r, rest := new(big.Int).SetBytes(value[:20]), new(big.Int).SetBytes(value[20:])
	inverse := new(big.Int).ModInverse(rest, q)
	if inverse == nil {
		return false
	}
	digest := new(big.Int).SetBytes(sumOf(crypto.SHA1, s.octets))
	first := digest.Mul(digest, inverse)
	second := new(big.Int).Mul(r, inverse)
	both := new(big.Int).Exp(numbers["G"], first.Mod(first, q), p)
	both.Mul(both, new(big.Int).Exp(numbers["Y"], second.Mod(second, q), p))
	return both.Mod(both.Mod(both, p), q).Cmp(r) == 0
}
