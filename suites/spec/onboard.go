package spec

import (
	"context"
	"fmt"
	"strings"

	"rollcall.example/suites/target"
)

// Onboard hires somebody, assigns the app to them and signs them in: a member like
// any other. Where the product does not let them in, the spec is untestable.
func (o *Okta) Onboard(ctx context.Context, name string) (*Person, Visit) {
	p := o.Hire(name)
	o.Assign(ctx, p)
	return p, o.comeIn(ctx, p)
}

// Enroll is Onboard as far as the target goes: where nobody can be seen to sign in,
// the person has a record and no more. It is for claims about the record alone, which
// then hold for a member, and for a product of which only SCIM is known.
func (o *Okta) Enroll(ctx context.Context, name string) *Person {
	if o.live.Has(target.SAMLSignIn) && o.live.Has(target.DoorSignedIn) {
		p, _ := o.Onboard(ctx, name)
		return p
	}
	p := o.Hire(name)
	o.Assign(ctx, p)
	return p
}

// Precede hires somebody who signs in before anybody set up SCIM: a member of whom
// Okta knows no record.
func (o *Okta) Precede(ctx context.Context, name string) (*Person, Visit) {
	p := o.Hire(name)
	o.Admit(ctx, p)
	return p, o.comeIn(ctx, p)
}

// comeIn signs somebody in who has to come in for the story to go on.
func (o *Okta) comeIn(ctx context.Context, p *Person) Visit {
	v := o.SignIn(ctx, p)
	v.MustTell(false)
	if !v.In() || v.As() != "" && !strings.EqualFold(v.As(), p.Email()) {
		conclude(EntryUntestable, fmt.Sprintf("%s could not sign in: %s", p, v.Ended()), 2)
	}
	return v
}
