package forge

import (
	"encoding/base64"
	"encoding/pem"
	"strconv"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that lets the message choose the algorithms. The old ones are
// genuine signatures of the trusted key; in the others whoever forged has no key at all.
func init() {
	register("alg",
		Attack{
			Row: "ALG-01", Name: "sha1", Modes: Alone, Expect: Warn, Summary: "is signed with SHA-1",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Algorithm, s.References[0].Digest = dsig.RSASHA1, dsig.SHA1
				return nil
			}),
		},
		Attack{
			Row: "ALG-02", Name: "sha1-digest", Modes: Alone, Expect: Warn, Summary: "is digested with SHA-1",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.References[0].Digest = dsig.SHA1
				return nil
			}),
		},
		Attack{
			Row: "ALG-03", Name: "md5-signature", Rule: "md5", Modes: Alone, Summary: "is signed with MD5",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Algorithm = dsig.RSAMD5
				return nil
			}),
		},
		Attack{
			Row: "ALG-03", Name: "md5-digest", Rule: "md5", Modes: Alone, Summary: "is digested with MD5",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.References[0].Digest = dsig.MD5
				return nil
			}),
		},
		Attack{
			Row: "ALG-05", Name: "hmac-empty", Rule: "hmac-with-known-secret", Modes: Alone, Summary: "is authenticated with an empty secret",
			Sources: []string{"CVE-2021-21239"},
			forged:  true,
			sign:    authenticated(func(Donor) []byte { return nil }, -1),
		},
		Attack{
			Row: "ALG-05", Name: "hmac-named", Rule: "hmac-with-known-secret", Modes: Alone, Summary: "is authenticated with a secret that its KeyInfo names",
			Sources: []string{"CVE-2021-21239"},
			forged:  true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Algorithm, s.Key = dsig.HMACSHA256, dsig.HMAC{Secret: []byte("a-secret"), Bits: -1}
				s.KeyInfo = []*etree.Element{dsig.KeyName("a-secret")}
				return nil
			}),
		},
		Attack{
			Row: "ALG-07", Name: "signature-method-none", Rule: "no-method", Modes: Alone, Summary: `is signed with the method "none"`,
			forged: true, sign: withMethod("none"),
		},
		Attack{
			Row: "ALG-07", Name: "signature-method-empty", Rule: "no-method", Modes: Alone, Summary: "is signed with a method without a name",
			forged: true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Key = dsig.Fixed(nil)
				s.Bend = func(info *etree.Element) error { return change(info, "SignatureMethod", "Algorithm", "") }
				return nil
			}),
		},
		Attack{
			Row: "ALG-07", Name: "signature-method-missing", Rule: "no-method", Modes: Alone, Summary: "is signed with no method",
			forged: true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Key = dsig.Fixed(nil)
				s.Bend = func(info *etree.Element) error { return drop(info, "SignatureMethod") }
				return nil
			}),
		},
		Attack{
			Row: "ALG-08", Name: "signature-method-unknown", Modes: Alone, Summary: "is signed with a method that nobody knows",
			forged: true, sign: withMethod("urn:rollcall:not-a-method"),
		},
		Attack{
			Row: "ALG-09", Name: "digest-unknown", Modes: Alone, Summary: "has an empty digest by a method that nobody knows",
			forged: true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.References[0].Digest, s.References[0].Value = "urn:rollcall:not-a-digest", new(string)
				return nil
			}),
		},
		Attack{
			Row: "ALG-11", Name: "method-of-other-key", Rule: "method-fits-key", Modes: Alone, NoCrash: true,
			Summary: "states an elliptic curve for a key that has none",
			forged:  true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Algorithm, s.Key = dsig.ECDSASHA256, dsig.Fixed(filled(64))
				return nil
			}),
		},
		Attack{
			Row: "ALG-11", Name: "key-of-other-method", Rule: "method-fits-key", Modes: Alone, NoCrash: true,
			Summary: "states RSA and names a key on an elliptic curve",
			forged:  true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Key, s.KeyInfo = dsig.Fixed(filled(64)), []*etree.Element{curvePoint()}
				return nil
			}),
		},
		Attack{
			Row: "ALG-12", Name: "dsa", Modes: Alone, Summary: "is signed with DSA, by a key that it brings along",
			forged: true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Algorithm, s.Key, s.KeyInfo = dsig.DSASHA1, dsig.DSA{}, []*etree.Element{dsig.DSA{}.KeyValue()}
				return nil
			}),
		},
		Attack{
			Row: "ALG-15", Name: "canonicalization-unknown", Rule: "canonicalization-stated", Modes: Alone,
			Summary: "is canonicalized as nobody knows how",
			Sources: []string{"CVE-2013-2172"},
			sign:    canonicalizedBy("urn:rollcall:not-a-canonicalization"),
		},
		Attack{
			Row: "ALG-15", Name: "canonicalization-missing", Rule: "canonicalization-stated", Modes: Alone,
			Summary: "does not say how it is canonicalized",
			Sources: []string{"CVE-2013-2172"},
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Bend = func(info *etree.Element) error { return drop(info, "CanonicalizationMethod") }
				return nil
			}),
		},
		Attack{
			Row: "ALG-16", Name: "canonicalization-by-stylesheet", Rule: "canonicalization-is-one", Modes: Alone,
			Summary: "states a style sheet for a canonicalization",
			Sources: []string{"CVE-2013-2172"},
			sign:    canonicalizedBy(dsig.XSLT),
		},
		Attack{
			Row: "ALG-16", Name: "canonicalization-by-transform", Rule: "canonicalization-is-one", Modes: Alone,
			Summary: "states a transform for a canonicalization",
			Sources: []string{"CVE-2013-2172"},
			sign:    canonicalizedBy(dsig.EnvelopedSignature),
		},
		Attack{
			Row: "ALG-17", Name: "comment-in-signed-info", Modes: Alone, Expect: Warn, Summary: "has a comment in its SignedInfo, which is signed with it",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Canonicalization = dsig.ExclusiveWithComments
				s.Bend = func(info *etree.Element) error {
					info.InsertChildAt(0, etree.NewComment("said by nobody"))
					return nil
				}
				return nil
			}),
		},
	)
	for _, form := range []struct {
		name, summary string
		secret        func(Donor) []byte
	}{
		{"pem", "in PEM", func(d Donor) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d.Identity.Certificate.Raw})
		}},
		{"der", "in DER", func(d Donor) []byte { return d.Identity.Certificate.Raw }},
		{"spki", "as its public key", func(d Donor) []byte { return d.Identity.Certificate.RawSubjectPublicKeyInfo }},
		{"modulus", "as its modulus", func(d Donor) []byte { return d.key().N.Bytes() }},
	} {
		register("alg", Attack{
			Row: "ALG-04", Name: "hmac-" + form.name, Rule: "hmac-with-certificate", Modes: Alone,
			Summary: "is authenticated with the certificate for a secret, " + form.summary,
			Sources: []string{"CVE-2018-7644", "GHSA-c27r-x354-4m68", "CVE-2021-21239", "CVE-2026-15013"},
			forged:  true,
			sign:    authenticated(form.secret, -1),
		})
	}
	for _, length := range []struct {
		name, said string
		bits       int
	}{{"hmac-of-no-bits", "0", 0}, {"hmac-of-one-bit", "1", 1}, {"hmac-of-one-byte", "8", 8}} {
		register("alg", Attack{
			Row: "ALG-06", Name: length.name, Rule: "hmac-cut-off", Modes: Alone,
			Summary: "is authenticated with no more than " + length.said + " bits",
			Sources: []string{"CVE-2009-0217"},
			forged:  true,
			sign:    authenticated(func(d Donor) []byte { return d.Identity.Certificate.Raw }, length.bits),
		})
	}
}

// authenticated puts a message authentication code in the place of a signature.
func authenticated(secret func(Donor) []byte, bits int) func(Donor, *idp.Draft) error {
	return signing(func(d Donor, s *dsig.Signature) error {
		s.Algorithm, s.Key = dsig.HMACSHA256, dsig.HMAC{Secret: secret(d), Bits: bits}
		if bits >= 0 {
			s.Bend = func(info *etree.Element) error {
				method, err := find(info, "SignatureMethod")
				if err == nil {
					method.CreateElement("ds:HMACOutputLength").SetText(strconv.Itoa(bits))
				}
				return err
			}
		}
		return nil
	})
}

// withMethod states a method that signs nothing.
func withMethod(algorithm string) func(Donor, *idp.Draft) error {
	return signing(func(_ Donor, s *dsig.Signature) error {
		s.Algorithm, s.Key = algorithm, dsig.Fixed("none")
		return nil
	})
}

// canonicalizedBy states another canonicalization of SignedInfo, and uses the usual one.
func canonicalizedBy(algorithm string) func(Donor, *idp.Draft) error {
	return signing(func(_ Donor, s *dsig.Signature) error {
		s.Canonicalization = algorithm
		return nil
	})
}

// curvePoint is a KeyInfo part with a key on an elliptic curve.
func curvePoint() *etree.Element {
	value := dsig.Element("KeyValue")
	key := value.CreateElement("dsig11:ECKeyValue")
	key.CreateAttr("xmlns:dsig11", "http://www.w3.org/2009/xmldsig11#")
	key.CreateElement("dsig11:NamedCurve").CreateAttr("URI", "urn:oid:1.2.840.10045.3.1.7")
	key.CreateElement("dsig11:PublicKey").SetText(base64.StdEncoding.EncodeToString(append([]byte{4}, filled(64)...)))
	return value
}
