package forge_test

import (
	"slices"
	"testing"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
)

// TestAttacksWhereMoreIsSigned makes every attack that is made otherwise where some part
// has to be signed, and wants a part that has to be to be among those that are.
func TestAttacksWhereMoreIsSigned(t *testing.T) {
	t.Parallel()
	for _, attack := range forge.All() {
		for _, mode := range attack.In() {
			widened := false
			for _, wanted := range []idp.Signing{idp.SignAssertion, idp.SignResponse, idp.SignBoth} {
				signed, reason := attack.Signed(mode, wanted)
				if reason == "" && signed != wanted && signed != idp.SignBoth {
					t.Errorf("%s with %s signed, where %s is wanted: %s is signed", attack.Name, mode, wanted, signed)
				}
				widened = widened || signed != mode
			}
			if !widened {
				continue
			}
			given := donorFor(t, attack)
			given.Claims.Sign, given.Part = idp.SignBoth, mode
			var posting simulator.Posting
			if err := attack.Post(given, &posting); err != nil {
				t.Errorf("with both signed, in place of %s: %v", mode, err)
			}
		}
	}
}

// TestOneSignatureOfTwo: a fault in the making of one signature leaves the other as the
// identity provider makes it.
func TestOneSignatureOfTwo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attack, response, assertion string
		part                        idp.Signing
	}{
		{"canonicalization-missing", "holds", "broken", idp.SignAssertion},
		{"canonicalization-missing", "broken", "holds", idp.SignResponse},
		{"hmac-pem", "broken", "broken", idp.SignAssertion},
		{"self-signed-certificate", "broken", "broken", idp.SignBoth},
		{"tampered-name-id", "broken", "broken", idp.SignBoth},
		{"root-namespace-none", "holds", "holds", idp.SignAssertion},
		{"namespace-around-exclusive", "holds", "holds", idp.SignAssertion},
		{"malformed-certificate-noise", "holds", "broken", idp.SignAssertion},
	} {
		attack, _ := forge.Find(c.attack)
		given := donor(t)
		given.Claims.Sign, given.Part = idp.SignBoth, c.part
		made, err := attack.Forge(given)
		if err != nil {
			t.Fatal(err)
		}
		root, trusted := parse(t, made.XML), identity(t)
		if got := signed(root, trusted); got != c.response {
			t.Errorf("%s in %s: the response's signature %s, want %s", c.attack, c.part, got, c.response)
		}
		if got := signed(root.FindElement("./Assertion"), trusted); got != c.assertion {
			t.Errorf("%s in %s: the assertion's signature %s, want %s", c.attack, c.part, got, c.assertion)
		}
	}
}

// TestHowMuchIsSigned: what is left of an attack, and in which of its modes.
func TestHowMuchIsSigned(t *testing.T) {
	t.Parallel()
	all := []idp.Signing{idp.SignResponse, idp.SignAssertion, idp.SignBoth}
	for _, c := range []struct {
		attack string
		wanted idp.Signing
		made   []idp.Signing // of the modes of its own
	}{
		{"sha1", idp.SignNothing, []idp.Signing{idp.SignResponse, idp.SignAssertion}},
		{"sha1", idp.SignBoth, []idp.Signing{idp.SignResponse, idp.SignAssertion}},
		{"sha1", idp.SignAssertion, []idp.Signing{idp.SignAssertion}},
		{"sha1", idp.SignResponse, []idp.Signing{idp.SignResponse}},
		{"hmac-pem", idp.SignBoth, []idp.Signing{idp.SignAssertion}},
		{"hmac-pem", idp.SignResponse, []idp.Signing{idp.SignResponse}},
		{"tampered-name-id", idp.SignBoth, []idp.Signing{idp.SignBoth}},
		{"tampered-name-id", idp.SignAssertion, []idp.Signing{idp.SignAssertion, idp.SignBoth}},
		{"bare-assertion", idp.SignBoth, nil},
		{"bare-assertion", idp.SignAssertion, []idp.Signing{idp.SignAssertion}},
		{"forged-assertion-first-new-id", idp.SignResponse, []idp.Signing{idp.SignAssertion}},
	} {
		attack, _ := forge.Find(c.attack)
		var made []idp.Signing
		for _, mode := range all {
			if _, reason := attack.Signed(mode, c.wanted); reason == "" && slices.Contains(attack.In(), mode) {
				made = append(made, mode)
			}
		}
		if !slices.Equal(made, c.made) {
			t.Errorf("%s, where %s is wanted, is made in %v, want %v", c.attack, c.wanted, made, c.made)
		}
	}
}

// TestWhatWasSignedIsKept: where a forged assertion stands beside the signed one, the
// response's signature still fits what it refers to.
func TestWhatWasSignedIsKept(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"forged-assertion-first-new-id", "assertion-in-object-same-id", "id-twice-first", "stale-donor-expired-inside", "attributes-added-before"} {
		attack, _ := forge.Find(name)
		given := donor(t)
		given.Claims.Sign = idp.SignBoth
		made, err := attack.Forge(given)
		if err != nil {
			t.Fatal(err)
		}
		root := parse(t, made.XML)
		signature := root.SelectElement("Signature")
		object := signature.SelectElement("Object")
		kept := object.SelectElement("Response")
		signature.RemoveChild(object)
		kept.InsertChildAt(kept.SelectElement("Issuer").Index()+1, signature)
		if got := signed(kept, identity(t)); got != "holds" {
			t.Errorf("%s: the response's signature %s over what was kept", name, got)
		}
		if got := signed(kept.SelectElement("Assertion"), identity(t)); got != "holds" {
			t.Errorf("%s: the assertion's signature %s in what was kept", name, got)
		}
		if root.SelectAttrValue("ID", "") == kept.SelectAttrValue("ID", "") {
			t.Errorf("%s: two responses have one ID", name)
		}
	}
}
