// Package forge makes a SAML response wrong on purpose.
//
// Every attack is a named value. It starts from a donor, which is an honest answer
// that the identity provider is about to give: what it would say, of whom, and the
// key that would sign it. The attack then interferes at one or more of five moments:
//
//	claims    what the response says, before it is written
//	draft     the document, before it is signed
//	(signing, as the claims say, with the donor's key)
//	document  the document, after it is signed
//	bytes     what is posted
//
// An attack at the first two is an honest signature over something wrong; at the
// later two, something wrong under a signature that was honest once. Whose key signs
// is part of the donor and so of the claims' moment.
package forge

import (
	"fmt"
	"slices"

	"rollcall.example/simulator/idp"
)

// Donor is an honest answer about to be given, and whom the attacker would rather be.
type Donor struct {
	// Identity is the identity provider that the product trusts.
	Identity idp.Identity
	// Claims are what it would say of the attacker, who may sign in as themselves.
	Claims idp.Claims
	// Victim is the NameID of somebody else.
	Victim string
}

// Attack is one way for a response to be wrong.
type Attack struct {
	// Name is made of words with dashes, as tampered-name-id.
	Name string
	// Summary goes on after "a response that".
	Summary string
	// Honest says that what is signed still names the attacker alone, so that it does
	// no harm to sign the attacker in. Everything else has to be refused.
	Honest bool

	claims   func(*Donor) error
	draft    func(Donor, *idp.Draft) error
	document func(Donor, *idp.Draft) error
	bytes    func(Donor, []byte) ([]byte, error)
}

// Forge makes the attack's response out of the donor. The donor stays as it was.
func (a Attack) Forge(d Donor) (*idp.Response, error) {
	response, err := a.forge(d)
	if err != nil {
		return nil, fmt.Errorf("forging %s: %w", a.Name, err)
	}
	return response, nil
}

func (a Attack) forge(d Donor) (*idp.Response, error) {
	d.Claims.Attributes = slices.Clone(d.Claims.Attributes)
	if a.claims != nil {
		if err := a.claims(&d); err != nil {
			return nil, err
		}
	}
	draft, err := d.Identity.Draft(d.Claims)
	if err != nil {
		return nil, err
	}
	for _, moment := range []func(Donor, *idp.Draft) error{a.draft, sign, a.document} {
		if moment == nil {
			continue
		}
		if err := moment(d, draft); err != nil {
			return nil, err
		}
	}
	response := draft.Seal()
	if a.bytes != nil {
		response.XML, err = a.bytes(d, response.XML)
	}
	return response, err
}

func sign(d Donor, draft *idp.Draft) error { return draft.SignAs(d.Claims.Sign) }

// All lists every attack, those of one kind together.
func All() []Attack { return slices.Concat(signatures, keys, claims, documents) }

// Find returns the attack with the given name.
func Find(name string) (Attack, bool) {
	all := All()
	at := slices.IndexFunc(all, func(a Attack) bool { return a.Name == name })
	if at < 0 {
		return Attack{}, false
	}
	return all[at], true
}
