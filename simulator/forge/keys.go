package forge

import (
	"time"

	"rollcall.example/fixtures"
)

// Attacks in which everything is in order but who it is from.
func init() {
	register("jit", []Attack{
		{
			Name: "attacker-key", Summary: "is signed with a key of the attacker's own",
			claims: func(d *Donor) error {
				d.Claims.NameID = d.Victim
				return d.signWith("attacker")
			},
		},
		{
			Name: "other-tenant-key", Summary: "is signed with the key of another customer's Okta",
			claims: func(d *Donor) error {
				d.Claims.NameID = d.Victim
				return d.signWith("other-tenant")
			},
		},
		{
			Name: "wrong-issuer", Summary: "comes from an issuer that nobody knows",
			claims: func(d *Donor) error {
				d.Identity.EntityID = Elsewhere
				return nil
			},
		},
	}...)
}

// forgedAt dates the certificates of forgers.
var forgedAt = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// signWith puts another key, and a certificate for it, in the identity's hand.
func (d *Donor) signWith(name string) error {
	key, err := fixtures.Key(name)
	if err != nil {
		return err
	}
	d.Identity, err = d.Identity.WithKey(key, forgedAt)
	return err
}
