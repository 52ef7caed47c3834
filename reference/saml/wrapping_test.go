package saml_test

import (
	"strings"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/reference/saml"
)

// A wrapping attack keeps the signed element somewhere in the document, so that a
// signature still verifies, and puts a forged one where the reader looks. Shapes 1 to 8
// are those of Somorovsky and others, "On Breaking SAML" (2012), each with the forged
// element under a new ID and under the signed one's.
var wrappings = []struct {
	name  string
	mode  mode
	check string // with a new ID; with the same ID it is always "document"
	wrap  func(root *etree.Element, id string)
}{
	{"1: signed response inside its signature", response, "document", func(root *etree.Element, id string) {
		original := unsigned(root)
		forge(root, id)
		first(root, "Signature").AddChild(original)
	}},
	{"1: the same inside an Object", response, "document", func(root *etree.Element, id string) {
		original := unsigned(root)
		forge(root, id)
		object(first(root, "Signature")).AddChild(original)
	}},
	{"2: signed response before its signature", response, "document", func(root *etree.Element, id string) {
		original := unsigned(root)
		forge(root, id)
		root.InsertChildAt(first(root, "Signature").Index(), original)
	}},
	{"3: forged assertion before the signed one", assertion, "one-assertion", func(root *etree.Element, id string) {
		root.InsertChildAt(first(root, "Assertion").Index(), forged(root, id))
	}},
	{"4: signed assertion inside the forged one", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed, evil := first(root, "Assertion"), forged(root, id)
		root.InsertChildAt(signed.Index(), evil)
		root.RemoveChild(signed)
		evil.AddChild(signed)
	}},
	{"5: signature moved to the forged one", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed := first(root, "Assertion")
		original := unsigned(signed)
		forge(signed, id)
		root.AddChild(original)
	}},
	{"6: original inside the moved signature", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed := first(root, "Assertion")
		original := unsigned(signed)
		forge(signed, id)
		first(signed, "Signature").AddChild(original)
	}},
	{"7: forged one in Extensions", assertion, "one-assertion", func(root *etree.Element, id string) {
		extensions := etree.NewElement("saml2p:Extensions")
		extensions.AddChild(forged(root, id))
		root.InsertChildAt(first(root, "Status").Index(), extensions)
	}},
	{"8: original inside an Object of the moved signature", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed := first(root, "Assertion")
		original := unsigned(signed)
		forge(signed, id)
		object(first(signed, "Signature")).AddChild(original)
	}},
	{"forged assertion appended", assertion, "one-assertion", func(root *etree.Element, id string) { root.AddChild(forged(root, id)) }},
	{"forged assertion prepended", assertion, "one-assertion", func(root *etree.Element, id string) { root.InsertChildAt(0, forged(root, id)) }},
	{"signed one in Advice of the forged one", assertion, "one-assertion", hideIn("saml2:Advice")},
	{"signed one in an AttributeValue of the forged one", assertion, "one-assertion", hideIn("saml2:AttributeStatement", "saml2:Attribute", "saml2:AttributeValue")},
	{"signed one in SubjectConfirmationData of the forged one", assertion, "one-assertion", hideIn("saml2:Subject", "saml2:SubjectConfirmation", "saml2:SubjectConfirmationData")},
	{"signed one in StatusDetail", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed, evil := first(root, "Assertion"), forged(root, id)
		root.InsertChildAt(signed.Index(), evil)
		root.RemoveChild(signed)
		first(root, "Status").CreateElement("saml2p:StatusDetail").AddChild(signed)
	}},
	{"signed one encrypted away", assertion, "one-assertion", func(root *etree.Element, id string) {
		signed, evil := first(root, "Assertion"), forged(root, id)
		root.RemoveChild(signed)
		root.AddChild(evil)
		wrapper := etree.NewElement("saml2:EncryptedAssertion")
		wrapper.CreateAttr("xmlns:saml2", "urn:oasis:names:tc:SAML:2.0:assertion")
		wrapper.AddChild(signed)
		root.AddChild(wrapper)
	}},
}

// unsigned is a copy of el without its own signature.
func unsigned(el *etree.Element) *etree.Element {
	c := el.Copy()
	if signature := first(c, "Signature"); signature != nil {
		c.RemoveChild(signature)
	}
	return c
}

// forge makes el speak of the canary under another ID.
func forge(el *etree.Element, id string) {
	if id != "" {
		el.CreateAttr("ID", id)
	}
	subject := first(el, "Subject")
	if subject == nil {
		subject = first(first(el, "Assertion"), "Subject")
	}
	first(subject, "NameID").SetText(canary)
}

func forged(root *etree.Element, id string) *etree.Element {
	evil := unsigned(first(root, "Assertion"))
	forge(evil, id)
	return evil
}

func object(signature *etree.Element) *etree.Element {
	o := etree.NewElement("ds:Object")
	signature.AddChild(o)
	return o
}

func hideIn(path ...string) func(root *etree.Element, id string) {
	return func(root *etree.Element, id string) {
		signed, evil := first(root, "Assertion"), forged(root, id)
		root.InsertChildAt(signed.Index(), evil)
		root.RemoveChild(signed)
		place := evil
		for _, tag := range path {
			place = place.CreateElement(tag)
		}
		place.AddChild(signed)
	}
}

func wrapped(t testing.TB, m mode, wrap func(root *etree.Element, id string), id string) string {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromString(oktaXML(t, m)); err != nil {
		t.Fatal(err)
	}
	wrap(document.Root(), id)
	out, err := document.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, canary) {
		t.Fatal("the test forged nothing")
	}
	return out
}

func TestRefusesWrapping(t *testing.T) {
	t.Parallel()
	for _, w := range wrappings {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			refused(t, arrival(t, wrapped(t, w.mode, w.wrap, "_evil")), w.check)
			refused(t, arrival(t, wrapped(t, w.mode, w.wrap, "")), "document")
			// In the shape where everything is signed twice nothing gets easier.
			if _, err := saml.Standard().Verify(t.Context(), arrival(t, wrapped(t, both, w.wrap, "_evil"))); err == nil {
				t.Error("believed when both are signed")
			}
		})
	}
}

// TestWrappingUncounted takes away the check that counts assertions and reads the first
// or the last one instead, as careless products do. What is left must still never read
// the forged person: a signature is bound to the element that it stands in, not to
// whatever has the right ID.
func TestWrappingUncounted(t *testing.T) {
	t.Parallel()
	var believed int
	for _, w := range wrappings {
		for _, id := range []string{"_evil", ""} {
			for _, choice := range []string{"first", "last"} {
				policy := lenient(t, choice)
				got, err := policy.Verify(t.Context(), arrival(t, wrapped(t, w.mode, w.wrap, id)))
				if err == nil {
					believed++
					isHonest(t, got)
				}
			}
		}
	}
	if believed == 0 {
		t.Error("no message got as far as being read: the test shows nothing")
	}
}
