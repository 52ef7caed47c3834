package org

import (
	"context"
	"errors"
	"time"
)

// RequestLifetime is how long a person may take at the identity provider.
const RequestLifetime = 10 * time.Minute

// SignedIn is what came of a sign-in.
type SignedIn struct {
	Session Session // zero after a test sign-in
	Secret  string  // of the session; for the browser only
	First   bool    // the person had no membership before
	Tested  bool    // it was a test sign-in: the set-up works, and nobody is signed in
	Account Account // zero after a test sign-in
}

// OrganizationBySlug finds an organization by its name in URLs.
func (s *Service) OrganizationBySlug(ctx context.Context, slug string) (Organization, error) {
	var o Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		o, err = tx.OrganizationBySlug(ctx, slug)
		if errors.Is(err, ErrNotFound) {
			return refuse(NotFound, "there is no such organization")
		}
		return err
	})
	return o, err
}

// Organization finds an organization by its id.
func (s *Service) Organization(ctx context.Context, id string) (Organization, error) {
	var o Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		o, err = organization(ctx, tx, id)
		return err
	})
	return o, err
}

// Organizations lists all organizations.
func (s *Service) Organizations(ctx context.Context) ([]Organization, error) {
	var all []Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.Organizations(ctx)
		return err
	})
	return all, err
}

// Provider finds a provider by its id.
func (s *Service) Provider(ctx context.Context, id string) (Provider, error) {
	var p Provider
	err := s.store.View(ctx, func(tx Tx) (err error) {
		p, err = provider(ctx, tx, id)
		return err
	})
	return p, err
}

func provider(ctx context.Context, tx Tx, id string) (Provider, error) {
	p, err := tx.Provider(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return p, refuse(NotFound, "there is no such SSO provider")
	}
	return p, err
}

// Providers lists the SSO providers of an organization, in whatever state.
func (s *Service) Providers(ctx context.Context, organization string) ([]Provider, error) {
	var all []Provider
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.Providers(ctx, organization)
		return err
	})
	return all, err
}

// BeginSignIn notes that an authentication request went out through the provider.
// Its answer is expected within [RequestLifetime].
func (s *Service) BeginSignIn(ctx context.Context, p Provider, requestID, relayState string) error {
	return s.inOrganization(ctx, p.Organization, func(tx Tx, _ Organization, now time.Time) error {
		return tx.AddRequest(ctx, p.ID, requestID, relayState, now.Add(RequestLifetime))
	})
}

// Requests is the log of authentication requests, for the SAML layer.
type Requests struct{ store Store }

// Requests gives access to the log of authentication requests.
func (s *Service) Requests() Requests { return Requests{s.store} }

// Pending says whether the request went out through the provider, is unanswered,
// and has not expired at now.
func (r Requests) Pending(ctx context.Context, providerID, id string, now time.Time) (bool, error) {
	var pending bool
	err := r.store.View(ctx, func(tx Tx) (err error) {
		pending, err = tx.Request(ctx, providerID, id, now)
		return err
	})
	return pending, err
}

// Answer notes that the request was answered.
func (r Requests) Answer(ctx context.Context, providerID, id string) error {
	return r.store.Do(ctx, func(tx Tx) error { return tx.AnswerRequest(ctx, providerID, id) })
}

// Uses is the log of assertions that were accepted, for the SAML layer.
type Uses struct{ store Store }

// Uses gives access to the log of assertions.
func (s *Service) Uses() Uses { return Uses{s.store} }

// Use notes an assertion id until it expires, and says whether it was its first use.
func (u Uses) Use(ctx context.Context, issuer, assertionID string, until time.Time) (bool, error) {
	var first bool
	err := u.store.Do(ctx, func(tx Tx) (err error) {
		first, err = tx.UseAssertion(ctx, issuer, assertionID, until)
		return err
	})
	return first, err
}

// SignIn takes a verified assertion. At a provider that waits for its test it is
// the test; otherwise the person is signed in or refused. A refusal changes
// nothing and is noted in the audit log with its cause.
func (s *Service) SignIn(ctx context.Context, p Provider, a Assertion) (SignedIn, error) {
	e := SignIn{Provider: p, Assertion: a, First: true}
	testing := false
	err := s.inOrganization(ctx, p.Organization, func(tx Tx, o Organization, now time.Time) (err error) {
		e.Organization, e.Now = o, now
		if e.Provider, err = provider(ctx, tx, p.ID); err != nil {
			return err
		}
		testing = e.Provider.State != Enabled && !e.Provider.Tested || e.Provider.State == Created
		if testing {
			return run(ctx, tx, s.behaviour.Events.TestSignIn, &e)
		}
		return run(ctx, tx, s.behaviour.Events.SignIn, &e)
	})
	if err != nil {
		if KindOf(err) == "" {
			return SignedIn{}, err
		}
		who := e.Email
		if who == "" {
			who = a.NameID
		}
		return SignedIn{}, noted(err, s.DenySignIn(ctx, p.Organization, p.ID, who, message(err)))
	}
	if testing {
		return SignedIn{Tested: true}, nil
	}
	return SignedIn{Session: e.Session, Secret: e.Secret, First: e.First, Account: *e.Account}, nil
}

// DenySignIn notes in the audit log a sign-in that was refused: subject is who
// it claimed to be (may be empty), cause why.
func (s *Service) DenySignIn(ctx context.Context, organizationID, providerID, subject, cause string) error {
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		return tx.Audit(ctx, Event{
			Organization: o.ID, At: now, Action: SignInDenied, Actor: BySSO, ActorName: providerID,
			Provider: providerID, SubjectName: subject, Cause: cause,
		})
	})
}
