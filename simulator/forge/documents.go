package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks on a product that verifies one thing and reads another: the signature holds,
// and what it covers is not what a careless reader sees.
func init() {
	register("jit", []Attack{
		{
			Name: "comment-in-name-id", Summary: "breaks the name off with a comment", Expect: Harmless,
			claims: func(d *Donor) error {
				d.Claims.NameID = d.Victim + beyond
				return nil
			},
			document: func(d Donor, draft *idp.Draft) error {
				name, err := find(draft.Assertion, "Subject/NameID")
				if err != nil {
					return err
				}
				name.SetText(d.Victim)
				name.AddChild(etree.NewComment(""))
				name.AddChild(etree.NewText(beyond))
				return nil
			},
		},
		{
			Name: "appended-assertion", Summary: "puts an assertion of its own before the signed one", Expect: Harmless,
			claims: says(func(c *idp.Claims) { c.Sign = idp.SignAssertion }),
			document: func(d Donor, draft *idp.Draft) error {
				evil := draft.Assertion.Copy()
				newID(evil)
				if err := unsign(evil); err != nil {
					return err
				}
				if err := write(evil, "Subject/NameID", d.Victim); err != nil {
					return err
				}
				draft.Response.InsertChildAt(draft.Assertion.Index(), evil)
				return nil
			},
		},
	}...)
}

// beyond makes the victim's address part of one of the attacker's own.
const beyond = ".attacker.rollcall.test"
