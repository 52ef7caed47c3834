// Package forge makes a SAML response wrong on purpose.
//
// Every attack is a named value. It starts from a donor, which is an honest answer
// that the identity provider is about to give: what it would say, of whom, and the
// key that would sign it. The attack then interferes at one or more of seven moments:
//
//	claims    what the response says, before it is written
//	draft     the document, before it is signed
//	sign      the signing itself, in place of the honest one
//	around    what stands around the assertion, when that is signed and nothing else is
//	document  the document, after it is signed
//	bytes     the text of the document, before base64
//	post      the form that the browser carries to the product
//
// An attack at the first four is a genuine signature, by the key that the product
// trusts, over something wrong; at the later ones, something wrong under a signature
// that was honest once. Whose key signs is part of the donor and so of the claims'
// moment; forged stands for one that names the victim there, and has no key that anybody
// trusts. One thing is wrong with each attack: all else is valid and fresh, so that a
// product that refuses it does so for that reason.
//
// # How to add one
//
// A family has a file, or two, and registers its attacks in an init:
//
//	func init() {
//		register("sig",
//			Attack{
//				Row: "SIG-12", Name: "signature-value-empty", Modes: Alone,
//				Summary:  "is signed with no value",
//				Sources:  []string{"CVE-2025-40934"},
//				document: onSignatures(func(_ Donor, s *etree.Element) error { return write(s, "SignatureValue", "") }),
//			},
//		)
//	}
//
// Row is the attack's name in the research list, Name its own (unique in all families),
// and Rule the last part of the requirement that it proves where several attacks prove
// one; it is the Name otherwise. The suite builds a spec for it in each of its Modes.
// Where a product wants more signed than a mode signs, [Attack.Signed] says what becomes
// of it; wraps and Only have a say in that.
//
// What moments are made of: says (claims), set (an attribute of the assertion),
// signing (bends the signature builder of package dsig, which makes what no library
// would), onSignatures, onSigned (the elements that the mode signs). [Donor.Impersonate]
// and impersonate put the victim in the attacker's place, in claims and in elements.
// What etree would not write (a DOCTYPE, an attribute twice) is put into the bytes by
// swap, which replaces a text that must be there.
package forge

import (
	"crypto/rsa"
	"fmt"
	"slices"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// Donor is an honest answer about to be given, and whom the attacker would rather be.
type Donor struct {
	// Identity is the identity provider that the product trusts. It signs with RSA.
	Identity idp.Identity
	// Claims are what it would say of the attacker, who may sign in as themselves.
	// Claims.Sign is the mode: what of the response is signed.
	Claims idp.Claims
	// Victim is the NameID of somebody else.
	Victim string
	// Neighbour is the name of another identity provider that the product trusts; empty
	// where there is none.
	Neighbour string
	// Collector is an address at which nobody may ever come by: what a message refers
	// to outside of itself stands there. It ends in no slash.
	Collector string
	// Part is the mode that the attack is asked for in, where Claims.Sign signs more than
	// that, as [Attack.Signed] says; it has no meaning otherwise.
	Part idp.Signing
	// Heavy asks for attacks that wear a product out in their full size. Otherwise they
	// are so large as to show whether there is a bound.
	Heavy bool
}

// key is what the identity provider signs with; nil where that is no RSA key.
func (d Donor) key() *rsa.PrivateKey {
	key, _ := d.Identity.Key.(*rsa.PrivateKey)
	return key
}

// Expect says what a service provider owes to an attack.
type Expect int

// What it owes.
const (
	// Refuse: nobody may be signed in.
	Refuse Expect = iota
	// Harmless: what is signed names the attacker alone, so it does no harm to sign the
	// attacker in; nobody may be signed in as the victim.
	Harmless
	// Warn: it had better be refused, and no standard says that it has to be.
	Warn
	// Accept: it is odd and honest, and the attacker must get in as themselves.
	Accept
)

// String is the word for it.
func (e Expect) String() string {
	return [...]string{"refuse", "harmless", "warn", "accept"}[e]
}

// Modes in which attacks are made.
var (
	// Alone is one signature, on the response or on the assertion.
	Alone = []idp.Signing{idp.SignResponse, idp.SignAssertion}
	// Everywhere is Alone, and both at once.
	Everywhere = []idp.Signing{idp.SignResponse, idp.SignAssertion, idp.SignBoth}
	// OnResponse and OnAssertion are one of them.
	OnResponse  = []idp.Signing{idp.SignResponse}
	OnAssertion = []idp.Signing{idp.SignAssertion}
	// OnBoth is both at once; it is the mode of an attack that names none.
	OnBoth = []idp.Signing{idp.SignBoth}
)

// Attack is one way for a response to be wrong.
type Attack struct {
	// Name is made of words with dashes, as tampered-name-id.
	Name string
	// Row is its name in the research list, as SIG-08.
	Row string
	// Rule is the last part of the id of the requirement that it proves; empty means
	// the Name. Attacks of one rule are forms of one mistake.
	Rule string
	// Summary goes on after "a response that".
	Summary string
	// Expect is what a service provider owes.
	Expect Expect
	// Enrolled says that the victim has to have an account for the attack to take over.
	Enrolled bool
	// NoCrash says that it is the row's point that the product stays up: an answer of
	// 500 or none at all is then no refusal.
	NoCrash bool
	// Modes are what of the donor is signed, one after the other; OnBoth where empty.
	Modes []idp.Signing
	// Sources are CVEs and papers of the same class.
	Sources []string
	// Precondition says what a product must be like to be caught; empty for any.
	Precondition string
	// Lure says that the message refers to the donor's collector, at which nobody may
	// come by.
	Lure bool
	// Leak is a text that the product shows where it did as the message says.
	Leak string
	// ByHand says that the suite needs more than one posting to prove it, and has a
	// spec of its own.
	ByHand bool

	// Only says why the attack is made in its Modes and in no other, where a product wants
	// more signed; empty where it is made of a donor with both parts signed too.
	Only string

	family string
	// forged says that nobody with a key has any part in it: the victim is named all over.
	forged bool
	// wraps says that something forged is put beside what is signed.
	wraps    bool
	claims   func(*Donor) error
	draft    func(Donor, *idp.Draft) error
	sign     func(Donor, *idp.Draft) error
	around   func(Donor, *idp.Draft) error
	document func(Donor, *idp.Draft) error
	bytes    func(Donor, []byte) ([]byte, error)
	post     func(Donor, *simulator.Posting) error
}

// Family is the part of the catalogue that the attack belongs to, as sig or xsw.
func (a Attack) Family() string { return a.family }

// Proves is the last part of the id of the requirement that the attack proves.
func (a Attack) Proves() string {
	if a.Rule != "" {
		return a.Rule
	}
	return a.Name
}

// In lists the modes in which the attack is made: what of the donor is signed.
func (a Attack) In() []idp.Signing {
	if len(a.Modes) == 0 {
		return OnBoth
	}
	return a.Modes
}

// Forge makes the attack's response out of the donor. The donor stays as it was.
func (a Attack) Forge(d Donor) (*idp.Response, error) {
	response, err := a.forge(&d)
	if err != nil {
		return nil, fmt.Errorf("forging %s: %w", a.Name, err)
	}
	return response, nil
}

// Post makes the attack's response and puts it into the form, which it may change too.
func (a Attack) Post(d Donor, posting *simulator.Posting) error {
	response, err := a.forge(&d)
	if err == nil {
		posting.SAMLResponse = response.Encoded()
		if a.post != nil {
			err = a.post(d, posting)
		}
	}
	if err != nil {
		return fmt.Errorf("forging %s: %w", a.Name, err)
	}
	return nil
}

func (a Attack) forge(d *Donor) (*idp.Response, error) {
	if d.key() == nil {
		return nil, fmt.Errorf("attacks are made with an RSA key, and the identity provider has %T", d.Identity.Key)
	}
	d.Claims.Attributes = slices.Clone(d.Claims.Attributes)
	if a.forged {
		d.Impersonate()
	}
	if a.claims != nil {
		if err := a.claims(d); err != nil {
			return nil, err
		}
	}
	last, err := a.hide(d)
	if err != nil {
		return nil, err
	}
	draft, err := d.Identity.Draft(d.Claims)
	if err != nil {
		return nil, err
	}
	for _, moment := range a.moments(*d) {
		if moment == nil {
			continue
		}
		if err := moment(*d, draft); err != nil {
			return nil, err
		}
	}
	if err := last(draft); err != nil {
		return nil, err
	}
	response := draft.Seal()
	if a.bytes != nil {
		response.XML, err = a.bytes(*d, response.XML)
	}
	return response, err
}

// moments are those at which the attack interferes with the document as a tree.
func (a Attack) moments(d Donor) []edit {
	if a.widened(d) {
		if a.wraps {
			return []edit{a.draft, a.signWidely, kept(a.document)}
		}
		return []edit{a.draft, a.signWidely, a.document}
	}
	sign := honestly
	if a.sign != nil {
		sign = a.sign
	}
	return []edit{a.draft, sign, a.around, a.document}
}

// honestly signs as the identity provider would.
func honestly(d Donor, draft *idp.Draft) error { return draft.SignAs(d.Claims.Sign) }
