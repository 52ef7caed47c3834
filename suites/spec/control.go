package spec

import (
	"fmt"
	"slices"

	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// signedEnough are, by what the profile says of signed_part, the ways to sign that are
// enough for the product.
var signedEnough = map[any][]idp.Signing{
	"assertion": {idp.SignAssertion, idp.SignBoth},
	"response":  {idp.SignResponse, idp.SignBoth},
	"both":      {idp.SignBoth},
}

// Takes ends the spec as unsupported where the profile says that the product wants more
// signed than this: what is about such a response says nothing of the product then, which
// takes no honest one either.
func (o *Okta) Takes(mode idp.Signing) {
	part := o.live.Profile.Keys["signed_part"]
	if enough, limited := signedEnough[part]; limited && !slices.Contains(enough, mode) {
		conclude(EntryUnsupported, fmt.Sprintf("the profile %s says signed_part: %s, and this is about a response with %s signed", o.live.Profile.Name, part, mode), 1)
	}
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
// honest sign-in like that at the same product.
func (o *Okta) JustWorked(mode idp.Signing) bool {
	return proved.live == o.live && proved.acs == o.connection.SAML.ACS && proved.mode == mode && proved.by+1 == played.Load()
}
