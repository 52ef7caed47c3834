package forge

import (
	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that trusts a key which signs for more than its owner. Each says
// something only to a product that was given such a key.
func init() {
	register("alg",
		Attack{
			Row: "ALG-13", Name: "short-key", Modes: Alone, Expect: Warn, ByHand: true,
			Summary: "is signed with a key of 1024 bits",
			claims:  func(d *Donor) error { return d.signWith("rsa-1024") },
		},
		Attack{
			Row: "ALG-14", Name: "cube-root", Rule: "padding-looked-at", Modes: Alone, ByHand: true,
			Summary: "bears a cube root that anybody can work out, for a key of the exponent 3",
			Sources: []string{"CVE-2006-4339"},
			forged:  true, sign: rooted(3),
		},
		Attack{
			Row: "ALG-14", Name: "exponent-one", Modes: Alone, ByHand: true,
			Summary: "bears its own digest, for a key of the exponent 1",
			Sources: []string{"CVE-2006-4339"},
			forged:  true, sign: rooted(1),
		},
	)
}

// rooted makes the signature without the private key, which a key of this public exponent
// is taken to allow.
func rooted(exponent int) func(Donor, *idp.Draft) error {
	return signing(func(d Donor, s *dsig.Signature) error {
		s.Key = dsig.Rooted{Bits: d.key().N.BitLen(), Exponent: exponent}
		return nil
	})
}
