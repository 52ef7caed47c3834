package shapes_test

import (
	"bytes"
	"encoding/pem"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/idp/shapes"
)

var (
	created = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	now     = time.Date(2026, 11, 22, 9, 30, 0, 120e6, time.UTC)
)

func identity(t *testing.T) idp.Identity {
	t.Helper()
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	made, err := idp.NewIdentity("acme", "Rollcall CI", key, created, "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func claims() idp.Claims {
	return idp.Claims{
		Destination: "https://ci.acme.test/acs", Recipient: "https://ci.acme.test/acs", Audience: "https://ci.acme.test",
		InResponseTo: "_4f1f2a0c9e", NameID: "han.solo@acme.test", NameIDFormat: idp.FormatEmailAddress, Now: now,
		Attributes: []idp.Attribute{
			{Name: "name", Values: []string{"Han Solo"}}, {Name: "admin", Values: []string{"true"}}, {Name: "teams", Values: []string{"one/maintainer,two"}},
		},
	}
}

// issued is a response in the shape, and the metadata of who signed it.
func issued(t *testing.T, shape shapes.Shape) (message *idp.Response, metadata []byte, said idp.Claims) {
	t.Helper()
	signer := identity(t)
	metadata, shape, err := shape.Metadata(signer, created)
	if err != nil {
		t.Fatal(err)
	}
	said = claims()
	shape.Apply(&said)
	if message, err = signer.Issue(said); err != nil {
		t.Fatal(err)
	}
	return message, metadata, said
}

// Somebody else's implementation verifies every shape with the key that the metadata shows.
func TestXMLSecVerifiesEveryShape(t *testing.T) {
	t.Parallel()
	machine.Tool(t, "xmlsec1")
	batches := map[string]*batch{} // by element and key: starting xmlsec1 takes longer than a signature
	for _, shape := range shapes.All() {
		if shape.Proves == "pss" {
			continue // which xmlsec1 knows from 1.3 on; package idp has openssl verify it
		}
		message, metadata, said := issued(t, shape)
		elements := map[idp.Signing][]string{idp.SignBoth: {"Response", "Assertion"}, idp.SignAssertion: {"Assertion"}, idp.SignResponse: {"Response"}}[said.Sign]
		if got := bytes.Count(message.XML, []byte("SignatureValue>")); got != 2*len(elements) {
			t.Fatalf("%s: %d signatures, want %d", shape.Name, got/2, len(elements))
		}
		for _, element := range elements {
			key := certificate(t, metadata, shape.By)
			b := batches[element+string(key)]
			if b == nil {
				b = &batch{element: element, key: key, messages: map[string][]byte{}}
				batches[element+string(key)] = b
			}
			b.messages[shape.Name] = message.XML
		}
	}
	for _, b := range batches {
		b.verify(t)
	}
	for name, b := range batches {
		if strings.HasPrefix(name, "Assertion") && len(b.messages) > 1 {
			b.spoil()
			if output, err := b.judge(t); err == nil {
				t.Errorf("messages that were changed verify: this test shows nothing\n%s", output)
			}
		}
	}
}

// batch is messages of which one key signed one element.
type batch struct {
	element  string
	key      []byte
	messages map[string][]byte
}

// spoil changes the one that is judged last.
func (b *batch) spoil() {
	last := slices.Max(slices.Collect(maps.Keys(b.messages)))
	b.messages[last] = bytes.ReplaceAll(b.messages[last], []byte("NotOnOrAfter"), []byte("NotOnOrLater"))
}

// verify has all of them judged at once, and where that fails each by itself.
func (b *batch) verify(t *testing.T) {
	t.Helper()
	if _, err := b.judge(t); err == nil {
		return
	}
	for name, message := range b.messages {
		alone := batch{b.element, b.key, map[string][]byte{name: message}}
		if output, err := alone.judge(t); err != nil {
			t.Errorf("%s: the signature of the %s does not verify: %v %s\n%s", name, b.element, err, output, message)
		}
	}
}

func (b *batch) judge(t *testing.T) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "idp.pem")
	write(t, key, b.key)
	// The key is given, so that neither a certificate's dates nor what KeyInfo says matter.
	arguments := []string{"--verify", "--enabled-key-data", "key-name,rsa,ec,x509", "--pubkey-cert-pem", key,
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
		"--node-xpath", "//*[local-name()='" + b.element + "']/*[local-name()='Signature']"}
	for _, name := range slices.Sorted(maps.Keys(b.messages)) {
		file := filepath.Join(dir, name+".xml")
		write(t, file, b.messages[name])
		arguments = append(arguments, file)
	}
	return exec.CommandContext(t.Context(), "xmlsec1", arguments...).CombinedOutput()
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate is the one in that place of the metadata, as PEM.
func certificate(t *testing.T, metadata []byte, place int) []byte {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromBytes(metadata); err != nil {
		t.Fatal(err)
	}
	shown := document.FindElements("//X509Certificate")
	if place >= len(shown) {
		t.Fatalf("the metadata shows %d certificates", len(shown))
	}
	text := strings.Join(strings.Fields(shown[place].Text()), "\n")
	block, _ := pem.Decode([]byte("-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n"))
	if block == nil {
		t.Fatal("the metadata shows no certificate there")
	}
	return pem.EncodeToMemory(block)
}

// A shape says and shows what it is named for; the exact letters of those that are
// identity providers are kept as golden files.
func TestShapesAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"samlp-saml": `<samlp:Response `, "no-prefix": `<Assertion ID="`, "numbered": `<ns2:SignedInfo>`, "crlf": ">\r\n\t<",
		"carriage-returns": "&#xD;\n", "wrapped-values": "SignatureValue>\n", "hex": ` ID="_`, "dots": ` ID="a.b-C_`, "seconds": `IssueInstant="2026-11-22T09:30:00Z"`,
		"ticks": `09:30:00.1200000Z"`, "standalone": `standalone="no"?>`, "byte-order-mark": "\xEF\xBB\xBF<?xml", "inside-a-value": "Han <!--c-->Solo",
		"unknown-extensions": `<x:trace xmlns:x="urn:rollcall:unknown"`, "nil": `xsi:nil="true"`, "boolean": `xsi:type="xs:boolean"`, "cdata": `<![CDATA[Tom & Jerry <3]]>`,
		"list-empty": `PrefixList=""`, "list-default": `PrefixList="#default xs xsi"`, "persistent": `nameid-format:persistent">han-solo-acme-test0123`,
		"ahead": `NotBefore="2026-11-22T09:31:00.120Z"`, "session-end": `SessionNotOnOrAfter="2026-11-22T17:30:00.120Z"`, "context-declared": "<saml2:AuthnContextDeclRef>",
	} {
		shape, found := shapes.Find(name)
		if !found {
			t.Errorf("there is no shape %s", name)
			continue
		}
		if message, _, _ := issued(t, shape); !bytes.Contains(message.XML, []byte(want)) {
			t.Errorf("%s: no %q in %s", name, want, message.XML)
		}
	}
	for name, unwanted := range map[string]string{
		"no-declaration": "<?xml", "no-key-info": "KeyInfo", "no-attributes": "AttributeStatement", "untyped": "xsi:type", "no-destination": "Destination",
		"inherited": `Assertion xmlns`, "no-format": "nameid-format:emailAddress",
	} {
		shape, _ := shapes.Find(name)
		if message, _, _ := issued(t, shape); bytes.Contains(message.XML, []byte(unwanted)) {
			t.Errorf("%s: %q in %s", name, unwanted, message.XML)
		}
	}
}

func TestShapesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var names []string
	for _, shape := range shapes.All() {
		if slices.Contains(names, shape.Name) || shape.Summary == "" || !strings.HasPrefix(shape.Row, "POS-") || shape.Proves == "" {
			t.Errorf("shape %+v", shape)
		}
		names = append(names, shape.Name)
	}
	if _, found := shapes.Find("nobody's"); found {
		t.Error("a shape that is not there was found")
	}
	mine := claims()
	shape, _ := shapes.Find("name-formats")
	shape.Apply(&mine)
	if claims().Attributes[0].NameFormat != "" || len(mine.Attributes) != 3 {
		t.Error("a shape changed claims that are not its own")
	}
}
