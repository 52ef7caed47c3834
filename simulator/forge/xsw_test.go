package forge_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/forge"
)

// needXMLSec skips where the tool is missing: a wrapping attack is only worth its name
// where a verifier that is not ours says that the signature still holds.
func needXMLSec(t *testing.T) {
	t.Helper()
	machine.Tool(t, "xmlsec1")
}

// holds lets xmlsec1 say whether the first signature in the document does.
func holds(t *testing.T, document []byte) (bool, string) {
	t.Helper()
	dir := t.TempDir()
	certificate, message := filepath.Join(dir, "idp.pem"), filepath.Join(dir, "message.xml")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: identity(t).Certificate.Raw})
	for path, content := range map[string][]byte{certificate: block, message: document} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	arguments := []string{"--verify", "--trusted-pem", certificate, "--verification-time", "2026-11-22 09:30:00"}
	for _, element := range []string{
		"protocol:Response", "assertion:Assertion", "metadata:EntityDescriptor", "protocol:LogoutRequest", "protocol:LogoutResponse", "protocol:ArtifactResponse",
	} {
		arguments = append(arguments, "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:"+element)
	}
	output, err := exec.CommandContext(t.Context(), "xmlsec1", append(arguments, message)...).CombinedOutput()
	return err == nil, string(output)
}

// verified are the wrapping attacks whose signature holds for xmlsec1. Of the others it
// does not take the document: two elements with one ID, two roots, something that does
// not belong into a signature, or a signed element that goes out with its signature when
// that is taken out to be verified. Other verifiers do.
var verified = []string{
	"response-before-signature", "forged-assertion-first", "forged-assertion-around", "signature-moved",
	"forged-assertion-in-extensions", "forged-assertion-last", "signed-in-advice", "signed-in-status",
	"signed-in-confirmation", "signed-in-attribute", "foreign-root", "signed-metadata", "signed-logout",
	"signed-failure", "stale-donor", "assertion-in-name-only",
}

func TestWrappedSignaturesHold(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	for _, attack := range forge.Family("xsw") {
		if !slices.Contains(verified, attack.Proves()) || strings.HasSuffix(attack.Name, "-same-id") || strings.HasSuffix(attack.Name, "-in-object") {
			continue
		}
		given := donor(t)
		given.Claims.Sign = attack.In()[0]
		response, err := attack.Forge(given)
		if err != nil {
			t.Fatal(err)
		}
		if ok, said := holds(t, response.XML); !ok {
			t.Errorf("%s: the signature does not hold, so that it proves nothing:\n%s", attack.Name, said)
		}
	}
}

// TestWrapping holds every attack to naming the victim and the attacker both, or, where
// what is signed names nobody, the victim alone.
func TestWrapping(t *testing.T) {
	t.Parallel()
	for _, attack := range forge.Family("xsw") {
		for _, mode := range attack.In() {
			given := donor(t)
			given.Claims.Sign = mode
			response, err := attack.Forge(given)
			if err != nil {
				t.Fatal(err)
			}
			for who, wanted := range map[string]bool{victim: true, attacker: attack.Expect == forge.Harmless} {
				if wanted && !bytes.Contains(response.XML, []byte(">"+who+"<")) {
					t.Errorf("%s does not name %s", attack.Name, who)
				}
			}
			if !bytes.Contains(response.XML, []byte("<ds:SignatureValue>")) {
				t.Errorf("%s lost its signature", attack.Name)
			}
		}
	}
}
