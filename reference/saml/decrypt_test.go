package saml_test

// Like simulator_test.go, this file lets the fake Okta and the service provider meet:
// each has an XML encryption of its own, and neither is its own judge. xmlsec1 is the
// third opinion.

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/reference/saml"
	"rollcall.example/simulator/idp"
)

// ourKey is the key that assertions are encrypted for.
func ourKey(t testing.TB) *saml.DecryptionKey {
	t.Helper()
	return &saml.DecryptionKey{Key: key(t, "service-provider"), Certificate: certificate(t, "service-provider")}
}

// toUs encrypts for us, as the fake Okta does by itself.
func toUs(t testing.TB) *idp.Encryption {
	t.Helper()
	return &idp.Encryption{Recipients: []idp.Recipient{{Certificate: certificate(t, "service-provider")}}}
}

// encryptedArrival is a response of the fake Okta to a connection that has a key.
func encryptedArrival(t *testing.T, change func(*idp.Claims)) saml.Arrival {
	t.Helper()
	identity := fakeOkta(t)
	c := idp.Claims{
		Destination: ourACS, Recipient: ourACS, Audience: ourEntity, InResponseTo: requestID, NameID: honest, Now: now, Encrypt: toUs(t),
		Attributes: []idp.Attribute{{Name: "name", Values: []string{"Han Solo <&> 李\r\n"}}, {Name: "admin", Values: []string{"false"}}},
	}
	if change != nil {
		change(&c)
	}
	message, err := identity.Issue(c)
	if err != nil {
		t.Fatal(err)
	}
	a := arrival(t, string(message.XML))
	p := registered(t, identity)
	p.Decryption = ourKey(t)
	a.Providers = []saml.Provider{p}
	return a
}

func deciphered(t *testing.T, a saml.Arrival) {
	t.Helper()
	got, err := saml.Standard().Verify(t.Context(), a)
	if err != nil {
		t.Fatalf("not believed: %v", err)
	}
	if got.NameID != honest || got.InResponseTo != requestID || len(got.Attributes) > 0 && got.Attributes[0].Values[0] != "Han Solo <&> 李\r\n" {
		t.Errorf("%+v", got)
	}
}

// TestFakeOktaIsDeciphered tries every algorithm, every place of the key and every
// choice of signatures.
func TestFakeOktaIsDeciphered(t *testing.T) {
	t.Parallel()
	shapes := map[string]idp.Encryption{
		"two recipients": {Recipients: []idp.Recipient{
			{Key: &key(t, "attacker").PublicKey, Name: "https://elsewhere.example"}, {Key: &key(t, "service-provider").PublicKey, Name: ourEntity},
		}},
		"two keys, unnamed": {Recipients: []idp.Recipient{{Key: &key(t, "attacker").PublicKey}, {Key: &key(t, "service-provider").PublicKey}}},
	}
	for _, content := range []string{idp.AES128CBC, idp.AES192CBC, idp.AES256CBC, idp.AES128GCM, idp.AES192GCM, idp.AES256GCM} {
		shapes[content] = idp.Encryption{Content: content}
	}
	for _, placement := range []idp.Placement{idp.BesideData, idp.InKeyInfo, idp.Unmentioned} {
		shapes[placement.String()] = idp.Encryption{Placement: placement}
	}
	for name, transport := range map[string]idp.Transport{
		"mgf1p sha256": {Digest: idp.DigestSHA256}, "mgf1p sha512": {Digest: idp.DigestSHA512}, "label": {Params: []byte("a label")},
		"oaep": {Algorithm: idp.RSAOAEP}, "oaep sha256": {Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA256, MGF: idp.MGF1SHA256},
		"oaep mixed": {Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA384, MGF: idp.MGF1SHA512},
	} {
		shapes[name] = idp.Encryption{Transport: transport}
	}
	for name, shape := range shapes {
		if shape.Recipients == nil {
			shape.Recipients = toUs(t).Recipients
		}
		for _, signing := range []idp.Signing{idp.SignBoth, idp.SignAssertion, idp.SignResponse} {
			t.Run(name+"/"+signing.String(), func(t *testing.T) {
				t.Parallel()
				deciphered(t, encryptedArrival(t, func(c *idp.Claims) { c.Sign, c.Encrypt = signing, &shape }))
			})
		}
	}
}

func TestEncryptedNameIsRead(t *testing.T) {
	t.Parallel()
	for _, signing := range []idp.Signing{idp.SignBoth, idp.SignAssertion, idp.SignResponse} {
		deciphered(t, encryptedArrival(t, func(c *idp.Claims) { c.Sign, c.EncryptName = signing, toUs(t) }))
	}
	for name, wrong := range map[string]idp.Encryption{
		"for another key": {Recipients: []idp.Recipient{{Key: &key(t, "attacker").PublicKey}}},
		"no name inside": {Recipients: toUs(t).Recipients, Faults: idp.Faults{
			Plain: func([]byte) []byte {
				return []byte(`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>`)
			},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedFor(t, encryptedArrival(t, func(c *idp.Claims) { c.EncryptName = &wrong }), "contents", "cannot be deciphered")
		})
	}
}

// secrets are messages that a connection with a key does not take.
var secrets = []struct {
	name, check, reason string
	change              func(*idp.Claims)
	post                func(xml string) string
}{
	{name: "plain", check: "decryption", reason: "is not encrypted", change: func(c *idp.Claims) { c.Encrypt = nil }},
	{name: "unsigned", check: "signature", reason: "neither", change: func(c *idp.Claims) { c.Sign = idp.SignNothing }},
	{name: "RSA 1.5", check: "decryption", reason: "rsa-1_5\" is not allowed", change: func(c *idp.Claims) { c.Encrypt.Transport.Algorithm = idp.RSA15 }},
	{name: "triple DES", check: "decryption", reason: "tripledes-cbc\" is not allowed", change: func(c *idp.Claims) { c.Encrypt.Content = idp.TripleDESCBC }},
	{name: "for somebody else", check: "decryption", reason: "no key for us", change: func(c *idp.Claims) { c.Encrypt.Recipients[0].Name = "https://elsewhere.example" }},
	{name: "five keys", check: "decryption", reason: "more than 4", change: func(c *idp.Claims) {
		one := c.Encrypt.Recipients[0]
		c.Encrypt.Recipients = []idp.Recipient{one, one, one, one, one}
	}},
	{name: "no response issuer", check: "issuer", reason: "no issuer", post: regexpReplace(`<saml2:Issuer.*?</saml2:Issuer>`, "")},
	{name: "content type", check: "decryption", reason: "not an element", post: regexpReplace(`xmlenc#Element"`, `xmlenc#Content"`)},
	{name: "no method", check: "decryption", reason: "does not say", post: regexpReplace(`<xenc:EncryptionMethod Algorithm="[^"]*aes256-cbc"/>`, "")},
	{name: "no data", check: "decryption", reason: "no EncryptedData", post: regexpReplace(`<xenc:EncryptedData.*?</xenc:EncryptedData>`, "")},
	{name: "no keys", check: "decryption", reason: "names no key", post: regexpReplace(`<xenc:EncryptedKey.*?</xenc:EncryptedKey>`, "")},
	{name: "dangling", check: "decryption", reason: "names no key", post: regexpReplace(`(RetrievalMethod .*?URI=")#_`, "$1#dangling")},
	{name: "remote", check: "decryption", reason: "names no key", post: regexpReplace(`(RetrievalMethod .*?URI=")#_[^"]*`, "${1}http://127.0.0.1:1/key")},
	{name: "reference", check: "decryption", reason: "no CipherValue", post: regexpReplace(`<xenc:CipherValue>.*?</xenc:CipherValue>`, `<xenc:CipherReference URI="http://127.0.0.1:1/x"></xenc:CipherReference>`)},
	{name: "comment", check: "decryption", reason: "comment", post: regexpReplace(`<xenc:CipherData>`, `<xenc:CipherData><!-- -->`)},
	{name: "text", check: "decryption", reason: "text", post: regexpReplace(`<xenc:CipherData>`, `<xenc:CipherData>text`)},
	{name: "no base64", check: "decryption", reason: "base64", post: regexpReplace(`<xenc:CipherValue>`, `<xenc:CipherValue>*`)},
	{name: "more", check: "decryption", reason: "no place", post: regexpReplace(`</xenc:EncryptedData>`, `<xenc:EncryptionProperties></xenc:EncryptionProperties></xenc:EncryptedData>`)},
	{name: "no key", check: "decryption", reason: "has no key for it", change: nil},
	{name: "signature beside", check: "decryption", reason: "signs nothing", post: regexpReplace(`<saml2:EncryptedAssertion ([^>]*)>`, `<saml2:EncryptedAssertion $1><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>`)},
}

func regexpReplace(pattern, by string) func(string) string {
	expression := regexp.MustCompile("(?s)" + pattern)
	return func(xml string) string {
		if !expression.MatchString(xml) {
			panic("nothing to replace by " + by)
		}
		return expression.ReplaceAllString(xml, by)
	}
}

func TestRefusesWhatIsBadlyEncrypted(t *testing.T) {
	t.Parallel()
	for _, tc := range secrets {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := encryptedArrival(t, func(c *idp.Claims) {
				c.Sign = idp.SignAssertion
				if tc.change != nil {
					tc.change(c)
				}
			})
			if tc.post != nil {
				xml, err := base64.StdEncoding.DecodeString(a.Encoded)
				if err != nil {
					t.Fatal(err)
				}
				a.Encoded = encode(tc.post(string(xml)))
			}
			if tc.name == "no key" {
				a.Providers[0].Decryption = nil
			}
			refusedFor(t, a, tc.check, tc.reason)
		})
	}
}

// TestNobodyLearnsWhyDecryptionFails: from a wrong key to a wrong document, one answer.
func TestNobodyLearnsWhyDecryptionFails(t *testing.T) {
	t.Parallel()
	flip := func(n int) func([]byte) []byte {
		return func(value []byte) []byte {
			value = bytes.Clone(value)
			value[(len(value)+n)%len(value)] ^= 0x41
			return value
		}
	}
	pad := func(last byte) func([]byte) []byte {
		return func(value []byte) []byte { value[len(value)-1] = last; return value }
	}
	says := func(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }
	const name = `<saml2:NameID xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">x</saml2:NameID>`
	const empty = `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>`
	for _, tc := range []struct {
		name       string
		encryption idp.Encryption
	}{
		{"wrong key", idp.Encryption{Recipients: []idp.Recipient{{Key: &key(t, "attacker").PublicKey}}}},
		{"wrapped key flipped", idp.Encryption{Faults: idp.Faults{Wrapped: flip(-1)}}},
		{"wrapped key short", idp.Encryption{Faults: idp.Faults{Wrapped: func(v []byte) []byte { return v[:20] }}}},
		{"wrapped key empty", idp.Encryption{Faults: idp.Faults{Wrapped: func([]byte) []byte { return nil }}}},
		{"another digest", idp.Encryption{Transport: idp.Transport{Digest: idp.DigestSHA256}, Faults: idp.Faults{Key: flip(0)}}},
		{"key too short", idp.Encryption{Faults: idp.Faults{Key: func(v []byte) []byte { return v[:16] }}}},
		{"key flipped", idp.Encryption{Faults: idp.Faults{Key: flip(3)}}},
		{"no ciphertext", idp.Encryption{Faults: idp.Faults{Cipher: func([]byte) []byte { return nil }}}},
		{"vector only", idp.Encryption{Faults: idp.Faults{Cipher: func(v []byte) []byte { return v[:16] }}}},
		{"half a block", idp.Encryption{Faults: idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-8] }}}},
		{"last block flipped", idp.Encryption{Faults: idp.Faults{Cipher: flip(-1)}}},
		{"padding 0", idp.Encryption{Faults: idp.Faults{Padded: pad(0)}}},
		{"padding 17", idp.Encryption{Faults: idp.Faults{Padded: pad(17)}}},
		{"padding 255", idp.Encryption{Faults: idp.Faults{Padded: pad(255)}}},
		{"tag flipped", idp.Encryption{Content: idp.AES256GCM, Faults: idp.Faults{Cipher: flip(-1)}}},
		{"tag cut", idp.Encryption{Content: idp.AES256GCM, Faults: idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-12] }}}},
		{"no nonce", idp.Encryption{Content: idp.AES256GCM, Faults: idp.Faults{Cipher: func(v []byte) []byte { return v[:8] }}}},
		{"no XML", idp.Encryption{Faults: idp.Faults{Plain: says("text")}}},
		{"nothing", idp.Encryption{Faults: idp.Faults{Plain: says("")}}},
		{"two assertions", idp.Encryption{Faults: idp.Faults{Plain: says(empty + empty)}}},
		{"a name", idp.Encryption{Faults: idp.Faults{Plain: says(name)}}},
		{"document type", idp.Encryption{Faults: idp.Faults{Plain: says(`<!DOCTYPE a [<!ENTITY b "c">]>` + empty)}}},
		{"prefix from outside", idp.Encryption{Faults: idp.Faults{Plain: says(`<saml2:Assertion ID="a"/>`)}}},
		{"encrypted again", idp.Encryption{Faults: idp.Faults{Plain: says(strings.Replace(empty, "/>", "><saml2:EncryptedAssertion/></saml2:Assertion>", 1))}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.encryption.Recipients == nil {
				tc.encryption.Recipients = toUs(t).Recipients
			}
			for _, signing := range []idp.Signing{idp.SignAssertion, idp.SignResponse, idp.SignBoth} {
				a := encryptedArrival(t, func(c *idp.Claims) { c.Sign, c.Encrypt = signing, &tc.encryption })
				_, err := saml.Standard().Verify(t.Context(), a)
				if err == nil || err.Error() != "saml: refused by check decryption: what is encrypted cannot be deciphered" {
					t.Errorf("signing %s: %v", signing, err)
				}
			}
		})
	}
}

// TestDecryptsOnlyWhatIsCovered: of a signed response nothing is decrypted before its
// signature holds.
func TestDecryptsOnlyWhatIsCovered(t *testing.T) {
	t.Parallel()
	a := encryptedArrival(t, nil)
	xml, err := base64.StdEncoding.DecodeString(a.Encoded)
	if err != nil {
		t.Fatal(err)
	}
	other, err := base64.StdEncoding.DecodeString(encryptedArrival(t, nil).Encoded)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := regexp.MustCompile(`(?s)<saml2:EncryptedAssertion.*</saml2:EncryptedAssertion>`)
	a.Encoded = encode(encrypted.ReplaceAllString(string(xml), encrypted.FindString(string(other))))
	touched := false
	policy := saml.Standard()
	for name, cipher := range policy.Ciphers.Content {
		decrypt := cipher.Decrypt
		cipher.Decrypt = func(key, value []byte) ([]byte, error) { touched = true; return decrypt(key, value) }
		policy.Ciphers.Content[name] = cipher
	}
	_, err = policy.Verify(t.Context(), a)
	var refusal *saml.Refusal
	if !errors.As(err, &refusal) || refusal.Check != "decryption" || !strings.Contains(refusal.Reason, "was changed after it was signed") || touched {
		t.Errorf("%v; decrypted: %t", err, touched)
	}
}

// TestXmlsecIsDeciphered has another implementation encrypt.
func TestXmlsecIsDeciphered(t *testing.T) {
	t.Parallel()
	xmlsec := machine.Tool(t, "xmlsec1")
	public := writeFile(t, "sp.pem", string(pemOf(t, "service-provider")))
	for content, session := range map[string]string{
		idp.AES128CBC: "aes-128", idp.AES192CBC: "aes-192", idp.AES256CBC: "aes-256",
		idp.AES128GCM: "aes-128", idp.AES192GCM: "aes-192", idp.AES256GCM: "aes-256",
	} {
		t.Run(content[strings.LastIndexByte(content, '#')+1:], func(t *testing.T) {
			t.Parallel()
			template := fmt.Sprintf(`<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">
<xenc:EncryptionMethod Algorithm="%s"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>
<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><ds:KeyInfo><ds:KeyName/></ds:KeyInfo>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`, content)
			const holder = `<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">`
			xml := oktaXML(t, assertion)
			xml = strings.Replace(xml, "<saml2:Assertion", holder+"<saml2:Assertion", 1)
			xml = strings.Replace(xml, "</saml2:Assertion>", "</saml2:Assertion></saml2:EncryptedAssertion>", 1)
			out := filepath.Join(t.TempDir(), "out.xml")
			command := exec.CommandContext(t.Context(), xmlsec, "--encrypt", "--pubkey-cert-pem", public, "--session-key", session,
				"--xml-data", writeFile(t, "message.xml", xml), "--node-xpath", "//*[local-name()='Assertion']", "--output", out, writeFile(t, "template.xml", template))
			if output, err := command.CombinedOutput(); err != nil {
				t.Fatalf("xmlsec1 does not encrypt: %v\n%s", err, output)
			}
			encrypted, err := os.ReadFile(out)
			if err != nil || bytes.Contains(encrypted, []byte(honest)) {
				t.Fatalf("nothing was encrypted: %v", err)
			}
			a := arrival(t, string(encrypted))
			for i := range a.Providers {
				a.Providers[i].Decryption = ourKey(t)
			}
			believed(t, a)
		})
	}
}

func TestDecryptionKeyIsKept(t *testing.T) {
	t.Parallel()
	made, err := saml.NewDecryptionKey(now)
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, err := saml.ParseDecryptionKey(text)
	if err != nil || !read.Key.Equal(made.Key) || !read.Certificate.Equal(made.Certificate) {
		t.Errorf("not what was written: %v", err)
	}
	foreign, err := (saml.DecryptionKey{Key: made.Key, Certificate: certificate(t, "okta")}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"", string(text[:len(text)/2]), strings.Replace(string(text), "MII", "AAA", 1), string(foreign)} {
		if _, err := saml.ParseDecryptionKey([]byte(broken)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v", err)
		}
	}
}

// TestCiphersAreNew: whoever changes a policy's ciphers changes nobody else's.
func TestCiphersAreNew(t *testing.T) {
	t.Parallel()
	spoiled := saml.Standard()
	clear(spoiled.Ciphers.Content)
	clear(spoiled.Ciphers.Transport)
	deciphered(t, encryptedArrival(t, nil))
	if _, err := spoiled.Verify(context.Background(), encryptedArrival(t, nil)); err == nil {
		t.Error("without ciphers it is deciphered")
	}
}
