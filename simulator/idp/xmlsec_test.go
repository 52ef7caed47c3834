package idp_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
)

// needXMLSec skips where the tool is missing. It is the independent opinion: the
// library that signs must not be the only one to judge its signatures.
func needXMLSec(t *testing.T) {
	t.Helper()
	machine.Tool(t, "xmlsec1")
}

// verify lets xmlsec1 check the signature that is a child of the named element.
func verify(t *testing.T, signer idp.Identity, document []byte, element string) error {
	t.Helper()
	dir := t.TempDir()
	certificate := filepath.Join(dir, "idp.pem")
	message := filepath.Join(dir, "message.xml")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer.Certificate.Raw})
	if err := os.WriteFile(certificate, block, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(message, document, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "xmlsec1", "--verify", "--trusted-pem", certificate,
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest",
		"--node-xpath", "//*[local-name()='"+element+"']/*[local-name()='Signature']",
		"--verification-time", "2026-11-22 09:30:00", message)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Logf("xmlsec1: %s", output)
	}
	return err
}

var signedElements = map[idp.Signing][]string{
	idp.SignBoth:      {"Response", "Assertion"},
	idp.SignResponse:  {"Response"},
	idp.SignAssertion: {"Assertion"},
}

func TestXMLSecVerifies(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	variants := map[string]func(idp.Claims) idp.Claims{
		"plain":      func(c idp.Claims) idp.Claims { return c },
		"attributes": withAttributes,
		"hard texts": func(c idp.Claims) idp.Claims {
			c = withAttributes(c)
			c.Attributes[0].Values = []string{"Łukasz O'Neil-周 <&\">\t\r\n ]]>"}
			return c
		},
		"empty value": func(c idp.Claims) idp.Claims {
			c.Unset, c.Attributes = idp.Empty, []idp.Attribute{{Name: "teams"}}
			return c
		},
	}
	for signing, elements := range signedElements {
		for name, variant := range variants {
			t.Run(signing.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				c := variant(claims())
				c.Sign = signing
				document := issue(t, c).XML
				for _, element := range elements {
					if err := verify(t, identity(t), document, element); err != nil {
						t.Errorf("the signature of the %s does not verify: %v", element, err)
					}
				}
				if got := bytes.Count(document, []byte("<ds:Signature ")); got != len(elements) {
					t.Errorf("%d signatures, want %d", got, len(elements))
				}
			})
		}
	}
}

func TestXMLSecRefusesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	for signing, elements := range signedElements {
		t.Run(signing.String(), func(t *testing.T) {
			t.Parallel()
			c := withAttributes(claims())
			c.Sign = signing
			document := issue(t, c).XML
			for from, to := range map[string]string{"leia@acme.test": "lando@acme.test", ">true<": ">false<"} {
				changed := bytes.ReplaceAll(document, []byte(from), []byte(to))
				for _, element := range elements {
					if verify(t, identity(t), changed, element) == nil {
						t.Errorf("%s became %s, and the signature of the %s still verifies", from, to, element)
					}
				}
			}
		})
	}
}

func TestXMLSecRefusesAnotherKey(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	key, err := fixtures.Key("attacker")
	if err != nil {
		t.Fatal(err)
	}
	attacker, err := idp.NewIdentity("acme", "Rollcall CI", key, created, "")
	if err != nil {
		t.Fatal(err)
	}
	response, err := attacker.Issue(claims())
	if err != nil {
		t.Fatal(err)
	}
	if verify(t, identity(t), response.XML, "Response") == nil {
		t.Error("a response signed with another key verifies")
	}
}

// A draft may be changed and signed by other means; what is signed first must
// still verify when it lies inside something that is changed later.
func TestDraftCanBeSignedPieceByPiece(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	draft, err := identity(t).Draft(withAttributes(claims()))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(draft.Seal().XML, []byte("ds:Signature")) {
		t.Error("a draft is signed already")
	}
	if err := draft.SignAs(idp.SignAssertion); err != nil {
		t.Fatal(err)
	}
	draft.Response.CreateAttr("Destination", "https://elsewhere.test")
	sealed := draft.Seal()
	if err := verify(t, identity(t), sealed.XML, "Assertion"); err != nil {
		t.Errorf("the assertion does not verify: %v", err)
	}
	if !strings.Contains(string(sealed.XML), "https://elsewhere.test") {
		t.Error("the change is lost")
	}
}

func TestSignerNeedsAnID(t *testing.T) {
	t.Parallel()
	draft, err := identity(t).Draft(claims())
	if err != nil {
		t.Fatal(err)
	}
	draft.Assertion.RemoveAttr("ID")
	if err := draft.SignAs(idp.SignAssertion); err == nil || !strings.Contains(err.Error(), "no ID") {
		t.Errorf("error %v", err)
	}
}

func TestSHA1IsAChoice(t *testing.T) {
	t.Parallel()
	draft, err := identity(t).Draft(claims())
	if err != nil {
		t.Fatal(err)
	}
	draft.Signer.Algorithm = idp.RSASHA1
	if err := draft.SignAs(idp.SignBoth); err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(draft.Seal().XML, []byte(`Algorithm="`+idp.RSASHA1+`"`)); got != 2 {
		t.Errorf("%d signatures with SHA-1, want 2", got)
	}
	draft.Signer.Algorithm = "urn:none"
	if err := draft.SignAs(idp.SignResponse); err == nil {
		t.Error("an unknown algorithm was accepted")
	}
}
