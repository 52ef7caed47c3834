package spec

import (
	"fmt"

	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// wanted are the values of signed_part as what of a response has to be signed.
var wanted = map[any]idp.Signing{"assertion": idp.SignAssertion, "response": idp.SignResponse, "both": idp.SignBoth}

// Wants says what of a response has to be signed, as the profile has it; SignNothing
// stands for one part, whichever it is.
func (o *Okta) Wants() idp.Signing {
	if part, limited := wanted[o.live.Profile.Keys["signed_part"]]; limited {
		return part
	}
	return idp.SignNothing
}

// Takes ends the spec as unsupported where the profile says that the product wants more
// signed than this: what is about such a response says nothing of the product then, which
// takes no honest one either.
func (o *Okta) Takes(mode idp.Signing) {
	if want := o.Wants(); want != idp.SignNothing && mode != want && mode != idp.SignBoth {
		o.takesNot(fmt.Sprintf("this is about a response with %s signed", mode))
	}
}

// AtLeast is the mode, or both parts where the product wants more signed.
func (o *Okta) AtLeast(mode idp.Signing) idp.Signing {
	if want := o.Wants(); want != idp.SignNothing && mode != want {
		return idp.SignBoth
	}
	return mode
}

// Signing is the mode in which an attack that is made in that mode is put to the product,
// which may want more signed. It ends the spec as unsupported where there is no such
// attack on a product like this.
func (o *Okta) Signing(attack forge.Attack, mode idp.Signing) idp.Signing {
	signed, reason := attack.Signed(mode, o.Wants())
	if reason != "" {
		o.takesNot(fmt.Sprintf("of an attack on a response with %s signed nothing is left: %s", mode, reason))
	}
	return signed
}

// Mode is the first of an attack's modes in which it can be put to the product, and ends
// the spec as [Okta.Signing] does where there is none.
func (o *Okta) Mode(attack forge.Attack) idp.Signing {
	for _, mode := range attack.In() {
		if _, reason := attack.Signed(mode, o.Wants()); reason == "" {
			return mode
		}
	}
	o.Signing(attack, attack.In()[0])
	return attack.In()[0]
}

// takesNot ends the spec with what the profile says of signed parts, and why that ends it.
func (o *Okta) takesNot(why string) {
	conclude(EntryUnsupported, fmt.Sprintf("the profile %s says signed_part: %s, and %s", o.live.Profile.Name, o.Wants(), why), 2)
}

// proved is the honest sign-in that the last spec of the process ended with. It serves
// the next spec as the one to begin with, and no later one: in between nothing else was
// asked of the product.
var proved struct {
	live *target.Live
	acs  string
	mode idp.Signing
	by   int64 // the spec's number in the process
}

// Worked notes that an honest sign-in, signed like that, has just worked, as the last
// thing that the spec asks of the product.
func (o *Okta) Worked(mode idp.Signing) {
	proved.live, proved.acs, proved.mode, proved.by = o.live, o.connection.SAML.ACS, mode, played.Load()
}

// JustWorked says whether the spec before this one, of the same process, ended with an
// honest sign-in like that at the same product. It serves nobody where sign-ins bring no
// new address: who comes under a wrong one at first keeps it there.
func (o *Okta) JustWorked(mode idp.Signing) bool {
	return o.live.Profile.States("login_overwrites", "email") && proved.live == o.live && proved.acs == o.connection.SAML.ACS && proved.mode == mode && proved.by+1 == played.Load()
}
