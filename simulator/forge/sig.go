package forge

import (
	"encoding/base64"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks on a product that does not insist on a signature, or does not check that it
// holds.
func init() {
	register("sig",
		Attack{
			Row: "SIG-01", Name: "unsigned", Summary: "is not signed at all",
			Sources: []string{"CVE-2012-5352"},
			claims: func(d *Donor) error {
				d.Impersonate()
				d.Claims.Sign = idp.SignNothing
				return nil
			},
		},
		Attack{
			Row: "SIG-02", Name: "stripped-intact", Rule: "stripped-signature", Modes: Everywhere,
			Summary:  "lost its signatures on the way and nothing else",
			Sources:  []string{"Somorovsky et al. 2012"},
			document: stripped,
		},
		Attack{
			Row: "SIG-03", Name: "stripped-signature", Modes: Everywhere, Summary: "lost its signatures on the way",
			Sources:  []string{"CVE-2025-59718", "CVE-2025-59719", "CVE-2026-123550"},
			document: then(stripped, onVictim),
		},
		Attack{
			Row: "SIG-06", Name: "response-signature-broken", Summary: "is signed twice, and the outer signature does not hold",
			document: func(_ Donor, draft *idp.Draft) error { return flip(draft.Response) },
		},
		Attack{
			Row: "SIG-07", Name: "assertion-signature-foreign", Expect: Warn,
			Summary: "is signed twice, and the inner signature is by a key that nobody knows",
			sign: func(d Donor, draft *idp.Draft) error {
				stranger := d
				if err := stranger.signWith("attacker"); err != nil {
					return err
				}
				if err := stranger.Identity.Signer().Sign(draft.Assertion); err != nil {
					return err
				}
				return draft.SignAs(idp.SignResponse)
			},
		},
		Attack{
			Row: "SIG-08", Name: "tampered-name-id", Rule: "covers-content", Modes: Everywhere,
			Summary:  "names somebody else than what was signed",
			document: onVictim,
		},
		Attack{
			Row: "SIG-09", Name: "tampered-attribute", Rule: "covers-content", Modes: Everywhere,
			Summary: "grants more than what was signed",
			claims:  says(func(c *idp.Claims) { c.Attributes = replaced(c.Attributes, "admin", "false") }),
			document: func(_ Donor, draft *idp.Draft) error {
				return write(draft.Assertion, "AttributeStatement/Attribute[@Name='admin']/AttributeValue", "true")
			},
		},
		Attack{
			Row: "SIG-10", Name: "digest-recomputed", Rule: "value-checked", Modes: Alone,
			Summary:  "names somebody else, with a digest that fits and the old signature value",
			Sources:  []string{"CVE-2026-49454"},
			document: then(onVictim, onSigned(redigest)),
		},
		Attack{
			Row: "SIG-11", Name: "signature-value-flipped", Rule: "value-checked", Modes: Alone,
			Summary:  "has one bit of its signature value wrong",
			document: onSigned(func(_ Donor, el *etree.Element) error { return flip(el) }),
		},
		Attack{
			Row: "SIG-12", Name: "signature-value-empty", Modes: Alone, Summary: "is signed with no value",
			Sources:  []string{"CVE-2025-40934"},
			document: forgedValue(nil),
		},
		Attack{
			Row: "SIG-13", Name: "signature-value-missing", Modes: Alone, Summary: "is signed without the element for the value",
			document: redigested(func(s *etree.Element) error { return drop(s, "SignatureValue") }),
		},
	)
	for _, odd := range []struct {
		name, summary string
		value         []byte
	}{
		{"short", "one byte", []byte{1}},
		{"long", "more bytes than the key", filled(4096)},
		{"zero", "nothing but zeros", make([]byte, 256)},
		{"der", "what a signature with an elliptic curve looks like", []byte{0x30, 6, 2, 1, 1, 2, 1, 1}},
	} {
		register("sig", Attack{
			Row: "SIG-14", Name: "signature-value-" + odd.name, Rule: "value-of-wrong-form", Modes: Alone, NoCrash: true,
			Summary:  "has a signature value of " + odd.summary,
			Sources:  []string{"CVE-2016-9814", "CVE-2016-9955", "CVE-2018-7711", "CVE-2026-15981"},
			document: forgedValue(odd.value),
		})
	}
}

// stripped takes every signature away.
func stripped(_ Donor, draft *idp.Draft) error { return unsign(draft.Response, draft.Assertion) }

// forgedValue names the victim, lets the digest fit and writes this for the value.
func forgedValue(value []byte) func(Donor, *idp.Draft) error {
	return redigested(func(s *etree.Element) error {
		return write(s, "SignatureValue", base64.StdEncoding.EncodeToString(value))
	})
}

// redigested names the victim, and lets each digest fit before its signature is changed:
// the one around it covers that change.
func redigested(change func(signature *etree.Element) error) func(Donor, *idp.Draft) error {
	return then(onVictim, onSigned(func(d Donor, el *etree.Element) error {
		if err := redigest(d, el); err != nil {
			return err
		}
		return change(el.SelectElement("Signature"))
	}))
}

// flip turns one bit of the value of an element's signature.
func flip(signed *etree.Element) error {
	value, err := find(signed, "Signature/SignatureValue")
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(value.Text())
	if err != nil {
		return err
	}
	raw[len(raw)/2] ^= 1
	value.SetText(base64.StdEncoding.EncodeToString(raw))
	return nil
}

// filled is that many bytes of a pattern, the first of which is small.
func filled(length int) []byte {
	out := make([]byte, length)
	for i := range out {
		out[i] = byte(i)
	}
	return out
}

// replaced returns the attributes with this one saying only that.
func replaced(attributes []idp.Attribute, name, value string) []idp.Attribute {
	kept := []idp.Attribute{{Name: name, Values: []string{value}}}
	for _, a := range attributes {
		if a.Name != name {
			kept = append(kept, a)
		}
	}
	return kept
}
