package verify

import (
	"context"
	"encoding/base64"
	"errors"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// ErrStrangerIn says that what tells who is signed in says so of a browser that
// never signed in: nothing that it tells can be believed.
var ErrStrangerIn = errors.New("saml.signed_in says that a stranger is signed in")

// strangerError is ErrStrangerIn with what to do about it.
type strangerError struct{ as string }

func (s strangerError) Error() string {
	if s.as != "" {
		return ErrStrangerIn.Error() + ", as " + s.as
	}
	return ErrStrangerIn.Error()
}

func (s strangerError) Unwrap() error { return ErrStrangerIn }

// Hint is what to do about it.
func (s strangerError) Hint() string {
	return "choose an address, a cookie or a text that only somebody who is signed in gets"
}

// meetStranger makes sure that a stranger is out. Where only signs tell it that a
// product may give to anybody, as cookies, the stranger also goes as far as one can
// without an assertion: to where sign-in starts, and to where it ends with nonsense.
func meetStranger(ctx context.Context, live *target.Live, c target.Connection) error {
	oracle := c.Oracle()
	if oracle == nil || !c.SAML.Offered() {
		return nil
	}
	identity, err := c.Okta.Identity()
	if err != nil {
		return err
	}
	tenant, err := simulator.New(simulator.Options{Identity: identity, Transport: live.Transport()})
	if err != nil {
		return err
	}
	browser := tenant.Browser(nil)
	if oracle.WhoAmI == nil {
		if err := wander(ctx, tenant, browser, c); err != nil {
			return &Unreachable{"the sign-in", err}
		}
	}
	seen, err := c.WhoIsIn(ctx, browser)
	switch {
	case err != nil:
		return &Unreachable{"what tells who is signed in (saml.signed_in)", err}
	case seen.Unclear() != "":
		return &Unreachable{"what tells who is signed in (saml.signed_in)", errors.New(seen.Unclear())}
	case seen.In:
		return strangerError{seen.Email}
	}
	return nil
}

// wander takes a browser to both ends of a sign-in that never happens.
func wander(ctx context.Context, tenant *simulator.Tenant, browser *simulator.Browser, c target.Connection) error {
	if c.SAML.SignIn != "" {
		app := tenant.NewApp(simulator.AppSettings{Label: c.Okta.App, SAML: simulator.SAML{ACS: c.SAML.ACS, Audience: c.SAML.EntityID}})
		nobody := tenant.Hire(simulator.Profile{FirstName: "Some", LastName: "Stranger", Email: "stranger@rollcall.test"})
		if _, err := browser.SignIn(ctx, app, nobody, simulator.SignInOptions{StartURL: c.SAML.SignIn}); err != nil {
			return err
		}
	}
	nonsense := base64.StdEncoding.EncodeToString([]byte("no response at all"))
	_, err := browser.Post(ctx, simulator.Posting{ACS: c.SAML.ACS, SAMLResponse: nonsense})
	return err
}
