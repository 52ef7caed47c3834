package idp_test

import (
	"bytes"
	"crypto/x509"
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

// serviceProvider is somebody to encrypt for.
func serviceProvider(t *testing.T) idp.Recipient {
	t.Helper()
	key, err := fixtures.Key("service-provider")
	if err != nil {
		t.Fatal(err)
	}
	return idp.Recipient{Key: &key.PublicKey}
}

// keyFile is the private half of a test key, for a tool to read.
func keyFile(t *testing.T, name string) string {
	t.Helper()
	key, err := fixtures.Key(name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// decrypt has xmlsec1 decrypt the one EncryptedData of a document and returns what
// stands in its place then.
func decrypt(t *testing.T, key string, document []byte) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	message, out := filepath.Join(dir, "message.xml"), filepath.Join(dir, "out.xml")
	if err := os.WriteFile(message, document, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "xmlsec1", "--decrypt", "--privkey-pem", key,
		"--id-attr:Id", "http://www.w3.org/2001/04/xmlenc#:EncryptedKey", "--output", out, message)
	if output, err := command.CombinedOutput(); err != nil {
		return output, err
	}
	return os.ReadFile(out)
}

// plainAssertion makes of a decrypted response one that holds the assertion itself.
func plainAssertion(t *testing.T, decrypted []byte) []byte {
	t.Helper()
	document := etree.NewDocument()
	document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	if err := document.ReadFromBytes(decrypted); err != nil {
		t.Fatal(err)
	}
	assertion := document.FindElement("/Response/EncryptedAssertion/Assertion")
	if assertion == nil {
		t.Fatalf("nothing was decrypted: %s", decrypted)
	}
	document.SetRoot(assertion.Copy())
	text, err := document.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestXMLSecDecrypts has another implementation read what we encrypt, in every cipher
// and every place of the key, and verify the signature that was inside.
func TestXMLSecDecrypts(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	key := keyFile(t, "service-provider")
	variants := map[string]idp.Encryption{
		"defaults":         {},
		"key in key info":  {Placement: idp.InKeyInfo},
		"RSA 1.5":          {Transport: idp.Transport{Algorithm: idp.RSA15}},
		"OAEP parameters":  {Transport: idp.Transport{Params: []byte("a label")}},
		"triple DES":       {Content: idp.TripleDESCBC},
		"with certificate": {Recipients: []idp.Recipient{{Certificate: spCertificate(t), Name: "https://ci.acme.test"}}},
	}
	for _, content := range []string{idp.AES128CBC, idp.AES192CBC, idp.AES256CBC, idp.AES128GCM, idp.AES192GCM, idp.AES256GCM} {
		variants[content[strings.LastIndexByte(content, '#')+1:]] = idp.Encryption{Content: content, Placement: idp.InKeyInfo}
	}
	for name, encryption := range variants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if encryption.Recipients == nil {
				encryption.Recipients = []idp.Recipient{serviceProvider(t)}
			}
			c := withAttributes(claims())
			c.Attributes[0].Values = []string{"Łukasz O'Neil-周 <&\">\t\r\n ]]>"}
			c.Encrypt = &encryption
			document := issue(t, c).XML
			if bytes.Contains(document, []byte(c.NameID)) {
				t.Error("the name can be read")
			}
			if err := verify(t, identity(t), document, "Response"); err != nil {
				t.Errorf("the response does not verify: %v", err)
			}
			decrypted, err := decrypt(t, key, document)
			if err != nil {
				t.Fatalf("xmlsec1 cannot decrypt: %v\n%s", err, decrypted)
			}
			if err := verify(t, identity(t), plainAssertion(t, decrypted), "Assertion"); err != nil {
				t.Errorf("the decrypted assertion does not verify: %v", err)
			}
		})
	}
}

func spCertificate(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := fixtures.Key("service-provider")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := identity(t).WithKey(key, created)
	if err != nil {
		t.Fatal(err)
	}
	return provider.Certificate
}

// TestOpenSSLUnwraps: what xmlsec1 does not know of OAEP, OpenSSL does.
func TestOpenSSLUnwraps(t *testing.T) {
	t.Parallel()
	machine.Tool(t, "openssl")
	key := keyFile(t, "service-provider")
	for name, tc := range map[string]struct {
		transport    idp.Transport
		digest, mask string
	}{
		"mgf1p":             {idp.Transport{}, "sha1", "sha1"},
		"mgf1p sha256":      {idp.Transport{Digest: idp.DigestSHA256}, "sha256", "sha1"},
		"oaep":              {idp.Transport{Algorithm: idp.RSAOAEP}, "sha1", "sha1"},
		"oaep sha256":       {idp.Transport{Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA256, MGF: idp.MGF1SHA256}, "sha256", "sha256"},
		"oaep sha512 mixed": {idp.Transport{Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA512, MGF: idp.MGF1SHA384}, "sha512", "sha384"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var secret, wrapped []byte
			keep := func(to *[]byte) func([]byte) []byte {
				return func(value []byte) []byte { *to = value; return value }
			}
			encryption := idp.Encryption{Recipients: []idp.Recipient{serviceProvider(t)}, Transport: tc.transport,
				Faults: idp.Faults{Key: keep(&secret), Wrapped: keep(&wrapped)}}
			if _, _, err := encryption.Encrypt([]byte("<a/>")); err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), "openssl", "pkeyutl", "-decrypt", "-inkey", key, "-pkeyopt", "rsa_padding_mode:oaep",
				"-pkeyopt", "rsa_oaep_md:"+tc.digest, "-pkeyopt", "rsa_mgf1_md:"+tc.mask)
			command.Stdin = bytes.NewReader(wrapped)
			got, err := command.Output()
			if err != nil || !bytes.Equal(got, secret) || len(got) != 32 {
				t.Errorf("openssl reads %d bytes, not the key of %d: %v", len(got), len(secret), err)
			}
		})
	}
}

// TestSigningOfWhatIsEncrypted: what is signed where, and that the signature of the
// assertion is in the secret part.
func TestSigningOfWhatIsEncrypted(t *testing.T) {
	t.Parallel()
	for signing, outside := range map[idp.Signing]int{idp.SignBoth: 1, idp.SignResponse: 1, idp.SignAssertion: 0, idp.SignNothing: 0} {
		t.Run(signing.String(), func(t *testing.T) {
			t.Parallel()
			var plain []byte
			c := claims()
			c.Sign = signing
			c.Encrypt = &idp.Encryption{Recipients: []idp.Recipient{serviceProvider(t)},
				Faults: idp.Faults{Plain: func(text []byte) []byte { plain = text; return text }}}
			document := issue(t, c).XML
			if got := bytes.Count(document, []byte("<ds:Signature ")); got != outside {
				t.Errorf("%d signatures can be seen, want %d", got, outside)
			}
			inside := 0
			if signing == idp.SignBoth || signing == idp.SignAssertion {
				inside = 1
			}
			if got := bytes.Count(plain, []byte("<ds:Signature ")); got != inside {
				t.Errorf("%d signatures inside, want %d", got, inside)
			}
			if !bytes.HasPrefix(plain, []byte("<saml2:Assertion ")) || bytes.Contains(document, []byte("saml2:Assertion>")) {
				t.Errorf("what was encrypted is %.40s…", plain)
			}
		})
	}
}

// TestEncryptedNameIsSigned: the name is a secret, and the signature holds over it.
func TestEncryptedNameIsSigned(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	c := claims()
	c.EncryptName = &idp.Encryption{Recipients: []idp.Recipient{serviceProvider(t)}}
	document := issue(t, c).XML
	for _, element := range []string{"Response", "Assertion"} {
		if err := verify(t, identity(t), document, element); err != nil {
			t.Errorf("the %s does not verify: %v", element, err)
		}
	}
	decrypted, err := decrypt(t, keyFile(t, "service-provider"), document)
	if err != nil || bytes.Contains(document, []byte(c.NameID)) || !bytes.Contains(decrypted, []byte(">"+c.NameID+"</")) {
		t.Errorf("%v\n%s", err, decrypted)
	}
}

// TestFaultsReachTheirStep: each fault makes the message unreadable, so none is idle.
func TestFaultsReachTheirStep(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	key := keyFile(t, "service-provider")
	flip := func(value []byte) []byte {
		value = bytes.Clone(value)
		value[len(value)-1] ^= 0x80
		return value
	}
	for name, encryption := range map[string]idp.Encryption{
		"plain":   {Faults: idp.Faults{Plain: func([]byte) []byte { return []byte("no element") }}},
		"padding": {Faults: idp.Faults{Padded: flip}},
		"tag":     {Content: idp.AES256GCM, Faults: idp.Faults{Cipher: flip}},
		"short":   {Faults: idp.Faults{Cipher: func(value []byte) []byte { return value[:len(value)-3] }}},
		"key":     {Faults: idp.Faults{Key: flip}},
		"block":   {Transport: idp.Transport{Algorithm: idp.RSA15}, Faults: idp.Faults{Block: func(b []byte) []byte { b[1] = 1; return b }}},
		"wrapped": {Faults: idp.Faults{Wrapped: flip}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			encryption.Recipients = []idp.Recipient{serviceProvider(t)}
			c := claims()
			c.Encrypt = &encryption
			out, err := decrypt(t, key, issue(t, c).XML)
			if err == nil && bytes.Contains(out, []byte(c.NameID)) {
				t.Error("xmlsec1 reads it all the same")
			}
		})
	}
}

func TestEncryptionNeedsWhatItNeeds(t *testing.T) {
	t.Parallel()
	to := []idp.Recipient{serviceProvider(t)}
	for want, encryption := range map[string]idp.Encryption{
		"recipient's key":         {},
		"key or a certificate":    {Recipients: []idp.Recipient{{}}},
		"no content encryption":   {Recipients: to, Content: "urn:none"},
		"no key transport":        {Recipients: to, Transport: idp.Transport{Algorithm: "urn:none"}},
		"no digest":               {Recipients: to, Transport: idp.Transport{Digest: "urn:none"}},
		"no mask generation func": {Recipients: to, Transport: idp.Transport{Algorithm: idp.RSAOAEP, MGF: "urn:none"}},
	} {
		if _, _, err := encryption.Encrypt([]byte("<a/>")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, not about %q", err, want)
		}
	}
}
