package forge_test

import (
	"slices"
	"testing"

	"rollcall.example/simulator/forge"
)

// untouched are the attacks on a parser under which the signature holds for xmlsec1: a
// product that refuses one of these does so for the document and not for the signature.
// (It does not expand entities: those that have some hold for whoever does.)
var untouched = []string{
	"bare-doctype", "odd-doctype", "instruction-in-name",
	"half-name-in-cdata", "name-in-cdata", "twin-id", "namespace-confusion", "root-namespace", "bare-assertion",
	"other-root", "foreign-element", "odd-type", "schema-elsewhere", "inclusion", "style-sheet", "foreign-name",
	"type-prefix-rebound", "namespace-tower", "namespace-around-exclusive",
}

func TestSignaturesUnderOddDocumentsHold(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	for _, attack := range slices.Concat(forge.Family("xml"), forge.Family("c14n")) {
		if !slices.Contains(untouched, attack.Proves()) || attack.Name == "namespace-confusion-invalid" || attack.Name == "twin-id-on-response" {
			continue
		}
		given := donor(t)
		given.Claims.Sign = attack.In()[0]
		response, err := attack.Forge(given)
		if err != nil {
			t.Fatal(err)
		}
		if ok, said := holds(t, response.XML); !ok {
			t.Errorf("%s: the signature does not hold:\n%s", attack.Name, said)
		}
	}
}
