package forge_test

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"rollcall.example/fixtures"
	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
)

var (
	created = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	now     = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
)

const (
	acs      = "https://ci.acme.test/saml/acs"
	audience = "https://ci.acme.test"
	attacker = "lando@acme.test"
	victim   = "leia@acme.test"
)

// made is made once: a certificate is a signature too.
var made = sync.OnceValues(func() (idp.Identity, error) {
	key, err := fixtures.Key("okta")
	if err != nil {
		return idp.Identity{}, err
	}
	return idp.NewIdentity("acme", "Rollcall CI", key, created, "")
})

func identity(tb testing.TB) idp.Identity {
	tb.Helper()
	identity, err := made()
	if err != nil {
		tb.Fatal(err)
	}
	return identity
}

func donor(tb testing.TB) forge.Donor {
	return forge.Donor{
		Identity: identity(tb),
		Victim:   victim, Collector: "http://127.0.0.1:9/collector",
		Claims: idp.Claims{
			Destination: acs, Recipient: acs, Audience: audience, InResponseTo: "_4f1f2a0c9e", NameID: attacker, Now: now,
			Attributes: []idp.Attribute{
				{Name: "name", Values: []string{"Lando Calrissian"}},
				{Name: "admin", Values: []string{"false"}},
			},
		},
	}
}

// donorFor is a donor that the attack can be made of: encrypted where it is about that.
func donorFor(tb testing.TB, attack forge.Attack) forge.Donor {
	tb.Helper()
	given := donor(tb)
	if attack.Family() == "enc" {
		given.Claims.Encrypt = &idp.Encryption{Recipients: []idp.Recipient{{Key: &productKey(tb).PublicKey}}}
	}
	return given
}

// productKey is what the product under test decrypts with.
func productKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := fixtures.Key("service-provider")
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func parse(tb testing.TB, xml []byte) *etree.Element {
	tb.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromBytes(xml); err != nil {
		tb.Fatal(err)
	}
	return document.Root()
}

func text(root *etree.Element, path string) string {
	if found := root.FindElement(path); found != nil {
		return found.Text()
	}
	return ""
}

func attribute(root *etree.Element, path, name string) string {
	if found := root.FindElement(path); found != nil {
		return found.SelectAttrValue(name, "")
	}
	return ""
}

// signed says how the element's own signature stands with the key.
func signed(el *etree.Element, by idp.Identity) string {
	if el.SelectElement("Signature") == nil {
		return "unsigned"
	}
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{by.Certificate}})
	context.IdAttribute = "ID"
	context.Clock = dsig.NewFakeClockAt(now)
	if _, err := context.Validate(el); err != nil {
		return "broken"
	}
	return "holds"
}

// TestAttacksOfTheSignInSuite holds an attack to what it says it is: what of the
// signatures is left with the key that the product trusts, and the one thing that is
// wrong.
func TestAttacksOfTheSignInSuite(t *testing.T) {
	t.Parallel()
	const conditions, confirmation = "//Conditions", "//SubjectConfirmationData"
	facts := map[string]struct {
		response, assertion string // how its signature stands
		wrong               func(root *etree.Element) bool
	}{
		"unsigned":           {"unsigned", "unsigned", func(r *etree.Element) bool { return text(r, "//NameID") == victim }},
		"stripped-signature": {"unsigned", "unsigned", func(r *etree.Element) bool { return text(r, "//NameID") == victim }},
		"tampered-name-id":   {"broken", "broken", func(r *etree.Element) bool { return text(r, "//NameID") == victim }},
		"tampered-attribute": {"broken", "broken", func(r *etree.Element) bool {
			return text(r, "//Attribute[@Name='admin']/AttributeValue") == "true" && text(r, "//NameID") == attacker
		}},
		"attacker-key":     {"broken", "broken", func(r *etree.Element) bool { return text(r, "//NameID") == victim }},
		"other-tenant-key": {"broken", "broken", func(r *etree.Element) bool { return text(r, "//NameID") == victim }},
		"wrong-issuer": {"holds", "holds", func(r *etree.Element) bool {
			return text(r, "./Issuer") == forge.Elsewhere && text(r, "./Assertion/Issuer") == forge.Elsewhere
		}},
		"expired": {"holds", "holds", func(r *etree.Element) bool {
			return attribute(r, conditions, "NotOnOrAfter") < stamp(now) && attribute(r, confirmation, "NotOnOrAfter") < stamp(now)
		}},
		"not-yet-valid": {"holds", "holds", func(r *etree.Element) bool { return attribute(r, conditions, "NotBefore") > stamp(now) }},
		"expired-conditions": {"holds", "holds", func(r *etree.Element) bool {
			return attribute(r, conditions, "NotOnOrAfter") < stamp(now) && attribute(r, confirmation, "NotOnOrAfter") > stamp(now)
		}},
		"expired-confirmation": {"holds", "holds", func(r *etree.Element) bool {
			return attribute(r, confirmation, "NotOnOrAfter") < stamp(now) && attribute(r, conditions, "NotOnOrAfter") > stamp(now)
		}},
		"wrong-audience": {"holds", "holds", func(r *etree.Element) bool { return text(r, "//Audience") == forge.Elsewhere }},
		"wrong-recipient": {"holds", "holds", func(r *etree.Element) bool {
			return attribute(r, confirmation, "Recipient") == forge.Elsewhere && r.SelectAttrValue("Destination", "") == acs
		}},
		"wrong-destination": {"holds", "holds", func(r *etree.Element) bool {
			return r.SelectAttrValue("Destination", "") == forge.Elsewhere && attribute(r, confirmation, "Recipient") == acs
		}},
		"unknown-request": {"holds", "holds", func(r *etree.Element) bool {
			return r.SelectAttrValue("InResponseTo", "") == "id-that-nobody-asked" &&
				attribute(r, confirmation, "InResponseTo") == "id-that-nobody-asked"
		}},
		"failed-status": {"holds", "holds", func(r *etree.Element) bool {
			return strings.HasSuffix(attribute(r, "./Status/StatusCode", "Value"), ":AuthnFailed")
		}},
		"comment-in-name-id": {"holds", "holds", func(r *etree.Element) bool {
			first, ok := r.FindElement("//NameID").Child[0].(*etree.CharData)
			return ok && first.Data == victim && text(r, "//NameID") != victim
		}},
		"appended-assertion": {"unsigned", "unsigned", func(r *etree.Element) bool {
			assertions := r.SelectElements("Assertion")
			return len(assertions) == 2 && text(assertions[0], "./Subject/NameID") == victim &&
				text(assertions[1], "./Subject/NameID") == attacker && signed(assertions[1], identity(t)) == "holds"
		}},
	}
	for name, want := range facts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attack, known := forge.Find(name)
			if !known {
				t.Fatal("there is no such attack")
			}
			response, err := attack.Forge(donor(t))
			if err != nil {
				t.Fatal(err)
			}
			root := parse(t, response.XML)
			trusted := identity(t)
			if got := signed(root, trusted); got != want.response {
				t.Errorf("the response's signature %s, want %s", got, want.response)
			}
			if got := signed(root.SelectElement("Assertion"), trusted); got != want.assertion {
				t.Errorf("the assertion's signature %s, want %s", got, want.assertion)
			}
			if !want.wrong(root) {
				t.Errorf("what should be wrong with it is not: %s", response.XML)
			}
		})
	}
}

// TestEveryAttackCanBeMade posts every attack in every one of its modes, and holds it to
// having all that a reader is told of it; the donor stays honest.
func TestEveryAttackCanBeMade(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile(`^[A-Z0-9]+-[0-9]{2}$`)
	for _, attack := range forge.All() {
		if attack.Family() != "jit" && !row.MatchString(attack.Row) {
			t.Errorf("%s: %q is no row of the research list", attack.Name, attack.Row)
		}
		for _, mode := range attack.In() {
			given, honest := donorFor(t, attack), donorFor(t, attack)
			given.Claims.Sign, honest.Claims.Sign = mode, mode
			var posting simulator.Posting
			if err := attack.Post(given, &posting); err != nil {
				t.Errorf("with %s signed: %v", mode, err)
			}
			if !reflect.DeepEqual(given.Claims, honest.Claims) || given.Identity.EntityID != honest.Identity.EntityID {
				t.Errorf("%s changed its donor", attack.Name)
			}
		}
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

func TestNames(t *testing.T) {
	t.Parallel()
	wellFormed := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, attack := range forge.All() {
		if !wellFormed.MatchString(attack.Name) || seen[attack.Name] || attack.Summary == "" {
			t.Errorf("%q: a name is words with dashes, stands once, and has a summary", attack.Name)
		}
		seen[attack.Name] = true
		if found, ok := forge.Find(attack.Name); !ok || found.Name != attack.Name {
			t.Errorf("Find(%q) does not find it", attack.Name)
		}
	}
	if _, ok := forge.Find("honest"); ok {
		t.Error("Find finds an attack that is not there")
	}
}

func TestADonorThatDoesNotServe(t *testing.T) {
	t.Parallel()
	attack, _ := forge.Find("stripped-signature")
	given := donor(t)
	given.Claims.Sign = idp.SignNothing
	if _, err := attack.Forge(given); err == nil || !strings.Contains(err.Error(), "stripped-signature") {
		t.Errorf("stripping what is not signed: %v", err)
	}
	given = donor(t)
	given.Claims.NameID = ""
	if _, err := attack.Forge(given); err == nil || errors.Unwrap(err) == nil {
		t.Errorf("a donor without a name: %v", err)
	}
}

// Attacks are about RSA, and an identity provider with another key is told so.
func TestAttacksTakeAnRSAKey(t *testing.T) {
	t.Parallel()
	key, err := fixtures.AnyKey("ec-p256")
	if err != nil {
		t.Fatal(err)
	}
	given := donor(t)
	if given.Identity, err = given.Identity.WithKey(key, created); err != nil {
		t.Fatal(err)
	}
	attack, found := forge.Find("unsigned")
	if !found {
		t.Fatal("there is no such attack")
	}
	const want = "forging unsigned: attacks are made with an RSA key, and the identity provider has *ecdsa.PrivateKey"
	if _, err := attack.Forge(given); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
