// Package saml proves what a service provider owes to a SAML response that somebody
// sent on purpose, and to the many honest shapes in which one may come.
//
// A part of the catalogue is a file here (sig, xsw, …), a file of requirements in
// fixtures/requirements/saml and a family of package forge. Most parts need no more
// than
//
//	var _ = spec.Section("A signature that is not in order", func(okta *spec.Okta, _ *spec.Product) {
//		attacks("sig", okta)
//	})
//
// which builds a spec for each attack of the family in each of its modes. It cites
// saml.sig.NAME, where NAME is what the attack proves; forms of one mistake are variants.
// An attack that takes more than one posting says ByHand and has a spec of its own.
//
// # What is a refusal
//
// Not a status. A product is asked whom it takes the browser for, and that is nobody, the
// attacker (whom the signature honestly names), or the victim: a person of this one spec.
// What must be refused signs nobody in; what is harmless may sign the attacker in.
//
// A refusal says something only where the same would have worked honestly: before each
// attack and after it the attacker signs in with as much of the response signed. The
// sign-in after one attack is the one before the next of the same mode, where a process
// plays them in a row. The later one also shows that the product still lives.
package saml
