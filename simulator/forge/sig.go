package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks on a product that does not insist on a signature, or does not check what it
// covers.
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
			Row: "SIG-03", Name: "stripped-signature", Modes: Everywhere, Summary: "lost its signatures on the way",
			Sources: []string{"CVE-2025-59718", "CVE-2025-59719", "CVE-2026-123550"},
			document: func(d Donor, draft *idp.Draft) error {
				if err := unsign(draft.Response, draft.Assertion); err != nil {
					return err
				}
				return impersonate(d, draft.Assertion)
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
			Row: "SIG-12", Name: "signature-value-empty", Modes: Alone, Summary: "is signed with no value",
			Sources:  []string{"CVE-2025-40934"},
			document: onSignatures(func(_ Donor, s *etree.Element) error { return write(s, "SignatureValue", "") }),
		},
	)
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
