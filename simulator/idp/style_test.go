package idp_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
)

// keyed is a signer with the named key and a certificate for it.
func keyed(tb testing.TB, name string, style idp.Style) idp.Signer {
	tb.Helper()
	key, err := fixtures.AnyKey(name)
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := idp.Certify("acme", key, created)
	if err != nil {
		tb.Fatal(err)
	}
	return idp.Signer{Key: key, Certificate: certificate, Style: style}
}

// signedBy is a response with attributes signed by the signer, in both places.
func signedBy(t *testing.T, signer idp.Signer, change func(*idp.Draft)) []byte {
	t.Helper()
	draft, err := identity(t).Draft(withAttributes(claims()))
	if err != nil {
		t.Fatal(err)
	}
	draft.Signer = signer
	if change != nil {
		change(draft)
	}
	if err := draft.SignAs(idp.SignBoth); err != nil {
		t.Fatal(err)
	}
	return draft.Seal().XML
}

// Every way of signing is verified by somebody else's implementation, and a change is
// noticed by it.
func TestXMLSecVerifiesEveryStyle(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	for name, signer := range map[string]idp.Signer{
		"sha-384":              keyed(t, "okta", idp.Style{Algorithm: idp.RSASHA384}),
		"sha-512":              keyed(t, "okta", idp.Style{Algorithm: idp.RSASHA512}),
		"digest of its own":    keyed(t, "okta", idp.Style{Digest: idp.SHA512}),
		"rsa 3072":             keyed(t, "rsa-3072", idp.Style{}),
		"rsa 4096":             keyed(t, "rsa-4096", idp.Style{}),
		"p-256":                keyed(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA256}),
		"p-384":                keyed(t, "ec-p384", idp.Style{Algorithm: idp.ECDSASHA384}),
		"p-256 with sha-512":   keyed(t, "ec-p256", idp.Style{Algorithm: idp.ECDSASHA512}),
		"with comments":        keyed(t, "okta", idp.Style{Transform: idp.ExclusiveWithComments, Canonicalization: idp.ExclusiveWithComments}),
		"inclusive":            keyed(t, "okta", idp.Style{Transform: idp.Inclusive, Canonicalization: idp.Inclusive}),
		"inclusive 1.1":        keyed(t, "okta", idp.Style{Transform: idp.Inclusive11, Canonicalization: idp.Inclusive11}),
		"mixed":                keyed(t, "okta", idp.Style{Canonicalization: idp.Inclusive}),
		"prefixes":             keyed(t, "okta", idp.Style{PrefixList: "#default xs xsi", InfoPrefixList: "saml2p"}),
		"empty prefix list":    keyed(t, "okta", idp.Style{PrefixList: " "}),
		"every key info":       keyed(t, "okta", idp.Style{KeyInfo: []string{idp.KeyName, idp.KeyValue, idp.X509SubjectName, idp.X509IssuerSerial, idp.X509Certificate}}),
		"key value of a curve": keyed(t, "ec-p384", idp.Style{Algorithm: idp.ECDSASHA384, KeyInfo: []string{idp.X509Certificate, idp.KeyValue}}),
		"another prefix":       keyed(t, "okta", idp.Style{Prefix: "dsig"}),
		"no prefix":            keyed(t, "okta", idp.Style{Prefix: idp.DefaultNamespace}),
		"lines":                keyed(t, "okta", idp.Style{Wrap: 64, Break: "\r\n", Padded: true, Indent: "  "}),
		"one line":             keyed(t, "okta", idp.Style{Wrap: -1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := signedBy(t, signer, nil)
			trusted := identity(t)
			trusted.Certificate = signer.Certificate
			for _, element := range []string{"Response", "Assertion"} {
				if err := verify(t, trusted, document, element); err != nil {
					t.Errorf("the signature of the %s does not verify: %v\n%s", element, err, document)
				}
			}
			tampered := []byte(string(document[:len(document)-len("</saml2p:Response>")]) + " </saml2p:Response>")
			if verify(t, trusted, tampered, "Response") == nil {
				t.Error("a changed response verifies: this test shows nothing")
			}
		})
	}
}

// Metadata may be signed by somebody else than whom it describes.
func TestXMLSecVerifiesSignedMetadata(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	operator := keyed(t, "okta-next", idp.Style{})
	metadata, err := identity(t).SignedMetadata(operator, issued.AddDate(0, 0, 7), keyed(t, "rsa-3072", idp.Style{}).Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(metadata), `validUntil="2026-11-29T09:30:00Z"`) || strings.Count(string(metadata), "<md:KeyDescriptor") != 2 {
		t.Errorf("metadata %s", metadata)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"operator.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: operator.Certificate.Raw}),
		"metadata.xml": metadata, "changed.xml": []byte(strings.Replace(string(metadata), "okta.com", "okta.test", 1)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, holds := range map[string]bool{"metadata.xml": true, "changed.xml": false} {
		output, err := exec.CommandContext(t.Context(), "xmlsec1", "--verify", "--pubkey-cert-pem", filepath.Join(dir, "operator.pem"),
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor", filepath.Join(dir, file)).CombinedOutput()
		if (err == nil) != holds {
			t.Errorf("%s: %v %s", file, err, output)
		}
	}
}

// xmlsec1 knows no RSA-PSS before 1.3; openssl does.
func TestOpenSSLVerifiesPSS(t *testing.T) {
	t.Parallel()
	machine.Tool(t, "openssl")
	for algorithm, hash := range map[string]string{idp.RSAPSSSHA256: "sha256", idp.RSAPSSSHA384: "sha384", idp.RSAPSSSHA512: "sha512"} {
		signer := keyed(t, "okta", idp.Style{Algorithm: algorithm})
		document := etree.NewDocument()
		if err := document.ReadFromBytes(signedBy(t, signer, nil)); err != nil {
			t.Fatal(err)
		}
		info, err := idp.CanonicalForm(idp.Exclusive, "", document.FindElement("./Response/Signature/SignedInfo"), nil)
		if err != nil {
			t.Fatal(err)
		}
		value, err := base64.StdEncoding.DecodeString(document.FindElement("./Response/Signature/SignatureValue").Text())
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for file, content := range map[string][]byte{"info": info, "value": value, "key.pem": publicPEM(t, signer.Key.Public().(*rsa.PublicKey))} {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		output, err := exec.CommandContext(t.Context(), "openssl", "dgst", "-"+hash, "-verify", filepath.Join(dir, "key.pem"),
			"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-signature", filepath.Join(dir, "value"), filepath.Join(dir, "info")).CombinedOutput()
		if err != nil {
			t.Errorf("%s: openssl: %v %s", hash, err, output)
		}
	}
}

func publicPEM(t *testing.T, key *rsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestSignerSaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	for name, signer := range map[string]idp.Signer{
		"an RSA algorithm needs an RSA key":   keyed(t, "ec-p256", idp.Style{Algorithm: idp.RSASHA256}),
		"an ECDSA algorithm needs an EC key":  keyed(t, "okta", idp.Style{Algorithm: idp.ECDSASHA256}),
		`digest algorithm "urn:none"`:         keyed(t, "okta", idp.Style{Digest: "urn:none"}),
		`canonicalization "urn:none"`:         keyed(t, "okta", idp.Style{Transform: "urn:none"}),
		"KeyInfo cannot hold RetrievalMethod": keyed(t, "okta", idp.Style{KeyInfo: []string{"RetrievalMethod"}}),
	} {
		draft, err := identity(t).Draft(claims())
		if err != nil {
			t.Fatal(err)
		}
		draft.Signer = signer
		if err := draft.SignAs(idp.SignAssertion); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %s, got %v", name, err)
		}
	}
}
