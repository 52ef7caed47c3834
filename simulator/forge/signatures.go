package forge

import "rollcall.example/simulator/idp"

// signatures are attacks on a product that does not insist on a signature, or does
// not check what it covers.
var signatures = []Attack{
	{
		Name: "unsigned", Summary: "is not signed at all",
		claims: func(d *Donor) error {
			d.Claims.NameID, d.Claims.Sign = d.Victim, idp.SignNothing
			return nil
		},
	},
	{
		Name: "stripped-signature", Summary: "lost its signatures on the way",
		document: func(d Donor, draft *idp.Draft) error {
			if err := unsign(draft.Response, draft.Assertion); err != nil {
				return err
			}
			return write(draft.Assertion, "Subject/NameID", d.Victim)
		},
	},
	{
		Name: "tampered-name-id", Summary: "names somebody else than what was signed",
		document: func(d Donor, draft *idp.Draft) error { return write(draft.Assertion, "Subject/NameID", d.Victim) },
	},
	{
		Name: "tampered-attribute", Summary: "grants more than what was signed",
		claims: says(func(c *idp.Claims) { c.Attributes = replaced(c.Attributes, "admin", "false") }),
		document: func(_ Donor, draft *idp.Draft) error {
			return write(draft.Assertion, "AttributeStatement/Attribute[@Name='admin']/AttributeValue", "true")
		},
	},
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
