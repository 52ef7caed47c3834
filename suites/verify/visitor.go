package verify

import (
	"context"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// visitor is one person in an Okta tenant of their own that the product trusts, for
// what has to be tried outside of a spec.
type visitor struct {
	connection target.Connection
	tenant     *simulator.Tenant
	app        *simulator.App
	person     *simulator.Person
	browser    *simulator.Browser
}

// newVisitor hires somebody who is called so, under the address. Nothing is sent yet.
func newVisitor(live *target.Live, c target.Connection, first, last, email string) (*visitor, error) {
	tenant, app, err := customer(live, c)
	if err != nil {
		return nil, err
	}
	person := tenant.Hire(simulator.Profile{FirstName: first, LastName: last, Email: email, Login: email})
	return &visitor{c, tenant, app, person, tenant.Browser(nil)}, nil
}

// signsIn says whether there is a way to sign in that we can go.
func (v *visitor) signsIn() bool {
	return v.connection.SAML.Offered()
}

// signIn takes the person through sign-in, at the product where that is offered.
func (v *visitor) signIn(ctx context.Context) (simulator.Visit, error) {
	start := v.connection.SAML.SignIn
	return v.browser.SignIn(ctx, v.app, v.person, simulator.SignInOptions{StartURL: start, IdPInitiated: start == ""})
}
