package dsig_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/forge/dsig"
)

const document = `<p:Response xmlns:p="urn:p" ID="r"><a:Issuer xmlns:a="urn:a">me</a:Issuer>` +
	`<a:Assertion xmlns:a="urn:a" xmlns:xs="urn:xs" ID="a"><a:Issuer>me &amp; you</a:Issuer><!-- said --><a:Value t="xs:string">x</a:Value></a:Assertion></p:Response>`

// TestXMLSecVerifies lets another implementation judge what an honest signer could have
// made: where the builder is right about these, a forgery is refused for what was bent.
func TestXMLSecVerifies(t *testing.T) {
	t.Parallel()
	machine.Tool(t, "xmlsec1")
	key := rsaKey(t)
	for name, bend := range map[string]func(s *dsig.Signature, root *etree.Element){
		"as it comes": func(*dsig.Signature, *etree.Element) {},
		"SHA-1": func(s *dsig.Signature, _ *etree.Element) {
			s.Algorithm, s.References[0].Digest = dsig.RSASHA1, dsig.SHA1
		},
		"SHA-384": func(s *dsig.Signature, _ *etree.Element) {
			s.Algorithm, s.References[0].Digest = dsig.RSASHA384, dsig.SHA384
		},
		"SHA-512": func(s *dsig.Signature, _ *etree.Element) {
			s.Algorithm, s.References[0].Digest = dsig.RSASHA512, dsig.SHA512
		},
		"comments": func(s *dsig.Signature, _ *etree.Element) {
			s.References[0].Transforms[1].Algorithm = dsig.ExclusiveWithComments
		},
		"inclusive": func(s *dsig.Signature, _ *etree.Element) {
			s.Canonicalization, s.References[0].Transforms[1] = dsig.Inclusive, dsig.Transform{Algorithm: dsig.Inclusive}
		},
		"no canonicalization": func(s *dsig.Signature, _ *etree.Element) {
			s.References[0].Transforms = s.References[0].Transforms[:1]
		},
		"the whole document": func(s *dsig.Signature, root *etree.Element) {
			s.References[0].URI, s.References[0].Over = dsig.To(""), root
		},
		"two references": func(s *dsig.Signature, root *etree.Element) {
			second := s.References[0]
			second.URI, second.Over = dsig.To("#r"), root
			s.References = append(s.References, second)
		},
		"XPath": func(s *dsig.Signature, _ *etree.Element) {
			expression := etree.NewElement("ds:XPath")
			expression.SetText("not(ancestor-or-self::*[local-name()='Value'])")
			r := &s.References[0]
			r.Transforms = append(r.Transforms[:1:1], dsig.Transform{Algorithm: dsig.XPath, Content: []*etree.Element{expression}}, r.Transforms[1])
			r.View = func(el *etree.Element) error {
				el.RemoveChild(el.SelectElement("Value"))
				return nil
			}
		},
		"an object": func(s *dsig.Signature, _ *etree.Element) {
			object := etree.NewElement("ds:Object")
			object.CreateAttr("xmlns:ds", dsig.Namespace)
			object.SetText("said")
			s.Objects = append(s.Objects, object)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := parsed(t)
			assertion := root.SelectElement("Assertion")
			s := dsig.Enveloped(assertion, dsig.RSA{Key: key}, nil, "xs")
			bend(&s, root)
			if _, err := s.Place(assertion, dsig.AfterIssuer(assertion)); err != nil {
				t.Fatal(err)
			}
			xmlsec(t, root, "--pubkey-pem", public(t, &key.PublicKey))
		})
	}
	t.Run("ECDSA", func(t *testing.T) {
		t.Parallel()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		xmlsec(t, signedWith(t, dsig.EC{Key: key}, dsig.ECDSASHA256), "--pubkey-pem", public(t, &key.PublicKey))
	})
	t.Run("DSA", func(t *testing.T) {
		t.Parallel()
		root := parsed(t)
		s := dsig.Enveloped(root, dsig.DSA{}, nil, "")
		s.Algorithm, s.KeyInfo = dsig.DSASHA1, []*etree.Element{dsig.DSA{}.KeyValue()}
		if _, err := s.Place(root, dsig.AfterIssuer(root)); err != nil {
			t.Fatal(err)
		}
		xmlsec(t, root)
	})
	t.Run("HMAC", func(t *testing.T) {
		t.Parallel()
		secret := []byte("a secret of some length")
		xmlsec(t, signedWith(t, dsig.HMAC{Secret: secret, Bits: -1}, dsig.HMACSHA256), "--hmackey", file(t, "hmac", secret))
	})
}

func TestValuesOfOtherLengths(t *testing.T) {
	t.Parallel()
	octets := []byte("what is signed")
	for bits, want := range map[int]int{-1: 32, 0: 0, 1: 1, 8: 1, 12: 2, 256: 32, 1000: 32} {
		value, err := dsig.HMAC{Secret: []byte("secret"), Bits: bits}.Sign(dsig.HMACSHA256, octets)
		if err != nil || len(value) != want {
			t.Errorf("%d bits: %d bytes, want %d (%v)", bits, len(value), want, err)
		}
	}
	value, err := dsig.RSA{Key: rsaKey(t)}.Sign(dsig.PSSSHA256, octets)
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPSS(&rsaKey(t).PublicKey, 5, dsig.Sum(dsig.PSSSHA256, octets), value, nil); err != nil {
		t.Errorf("PSS: %v", err)
	}
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signedWith(t *testing.T, key dsig.Key, algorithm string) *etree.Element {
	t.Helper()
	root := parsed(t)
	s := dsig.Enveloped(root, key, nil, "")
	s.Algorithm = algorithm
	if _, err := s.Place(root, dsig.AfterIssuer(root)); err != nil {
		t.Fatal(err)
	}
	return root
}

func parsed(t *testing.T) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(document); err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func public(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func xmlsec(t *testing.T, root *etree.Element, key ...string) {
	t.Helper()
	if value, err := base64.StdEncoding.DecodeString(root.FindElement("//SignatureValue").Text()); err != nil || len(value) == 0 {
		t.Fatalf("the signature has no value: %v", err)
	}
	doc := etree.NewDocument()
	doc.SetRoot(root)
	doc.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true, CanonicalEndTags: true}
	text, err := doc.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"--verify", "--id-attr:ID", "urn:p:Response", "--id-attr:ID", "urn:a:Assertion"}, key...)
	command := exec.CommandContext(t.Context(), "xmlsec1", append(arguments, file(t, "message.xml", text))...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("xmlsec1 refuses it: %s\n%s", output, text)
	}
}
