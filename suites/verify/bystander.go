package verify

import (
	"context"
	"errors"
	"fmt"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Enroll gives the target a bystander: a person who is assigned, signs in and
// then stays while the specs run. In an empty directory a product that mixes
// people up passes whatever spec comes first. A product that refuses the
// bystander is not judged for it here; only a broken wire is an error. The
// function returned takes the app away from the bystander again, and the bystander
// from the product. A run that only reads has none.
func Enroll(ctx context.Context, t target.Target) (leave func(context.Context), err error) {
	if t.Run.ReadOnly {
		return func(context.Context) {}, nil
	}
	c := t.Connection()
	live, err := target.Open(t)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = live.Conceal(err)
			live.Close()
		}
	}()
	tenant, app, err := customer(live, c)
	if err != nil {
		return nil, err
	}
	email := fmt.Sprintf("bystander.%s@rollcall.test", live.Tag())
	live.Hired(c, email)
	person := tenant.Hire(simulator.Profile{FirstName: "By", LastName: "Stander", Email: email, Login: email})
	if _, err := app.Assign(ctx, person, nil); err != nil && !errors.Is(err, target.ErrNotOurs) {
		return nil, fmt.Errorf("assigning a bystander: %w", err)
	}
	if c.SAML.Offered() {
		way := simulator.SignInOptions{StartURL: c.SAML.SignIn, IdPInitiated: c.SAML.SignIn == ""}
		if _, err := tenant.Browser(nil).SignIn(ctx, app, person, way); err != nil {
			return nil, fmt.Errorf("signing a bystander in: %w", err)
		}
	}
	return func(ctx context.Context) {
		_, _ = app.Unassign(ctx, person)
		live.ClearAway(ctx)
		live.Close()
	}, nil
}

// customer is an Okta tenant with the product, as it is connected there, as its app.
func customer(live *target.Live, c target.Connection) (*simulator.Tenant, *simulator.App, error) {
	identity, err := c.Okta.Identity()
	if err != nil {
		return nil, nil, err
	}
	tenant, err := simulator.New(simulator.Options{Identity: identity, Transport: live.Transport(), PageTimeout: live.Timeout()})
	if err != nil {
		return nil, nil, err
	}
	saml, err := samlOf(c)
	if err != nil {
		return nil, nil, err
	}
	return tenant, tenant.NewApp(simulator.AppSettings{
		Label:           c.Okta.App,
		SCIM:            live.Okta(c.SCIM),
		Integration:     c.SCIM.Usable(),
		CreateUsers:     true,
		DeactivateUsers: true,
		Dialect:         dialectOf(live.Target),
		UserNameFormat:  simulator.Email,
		SAML:            saml,
	}), nil
}

// samlOf is the sign-on of the app as it is connected there.
func samlOf(c target.Connection) (simulator.SAML, error) {
	encryption, err := c.SAML.Encryption()
	return simulator.SAML{
		ACS: c.SAML.ACS, Recipient: c.SAML.ACS, Destination: c.SAML.ACS, Audience: c.SAML.EntityID,
		NameIDFormat: idp.FormatEmailAddress,
		Statements:   simulator.BuildkiteStatements(),
		Encrypt:      encryption,
	}, err
}

func dialectOf(t target.Target) provision.Dialect {
	for _, dialect := range t.Dialects {
		if provision.Dialect(dialect) == provision.OIN {
			return provision.OIN
		}
	}
	if len(t.Dialects) > 0 {
		return provision.Dialect(t.Dialects[0])
	}
	return provision.OIN
}
