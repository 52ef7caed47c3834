package org

import (
	"context"
	"errors"
	"time"
)

// SignedIn is what came of a sign-in.
type SignedIn struct {
	Session Session // zero after a test sign-in
	Secret  string  // of the session; for the browser only
	First   bool    // the person had no membership before
	Tested  bool    // it was a test sign-in: the set-up works, and nobody is signed in
	Account Account // zero after a test sign-in
}

// Memory is what is remembered of authentication requests and assertions, for the
// SAML layer. It holds for the transaction of one sign-in.
type Memory struct {
	tx   Tx
	done []func(context.Context, Tx) error
}

// Pending says whether the request went out through the provider, is unanswered,
// and has not expired at now.
func (m *Memory) Pending(ctx context.Context, providerID, id string, now time.Time) (bool, error) {
	return m.tx.Request(ctx, providerID, id, now)
}

// Answer notes that the request was answered. One that is not there, or was answered
// before, is [ErrNotFound].
func (m *Memory) Answer(ctx context.Context, providerID, id string) error {
	return m.do(ctx, func(ctx context.Context, tx Tx) error { return tx.AnswerRequest(ctx, providerID, id) })
}

// Use notes an assertion id until it expires, and says whether it was its first use.
func (m *Memory) Use(ctx context.Context, issuer, assertionID string, until time.Time) (first bool, err error) {
	err = m.do(ctx, func(ctx context.Context, tx Tx) (err error) {
		first, err = tx.UseAssertion(ctx, issuer, assertionID, until)
		return err
	})
	return first, err
}

// AnswerLogout notes that a logout request of ours was answered, and says whether it
// waited for that.
func (m *Memory) AnswerLogout(ctx context.Context, providerID, id string, now time.Time) (waited bool, err error) {
	err = m.do(ctx, func(ctx context.Context, tx Tx) (err error) {
		waited, err = tx.AnswerLogout(ctx, providerID, id, now)
		return err
	})
	return waited, err
}

// do does something and remembers it for [Memory.again].
func (m *Memory) do(ctx context.Context, deed func(context.Context, Tx) error) error {
	m.done = append(m.done, deed)
	return deed(ctx, m.tx)
}

// again notes in another transaction what was noted in one that was undone. What
// somebody else noted in the meantime stands.
func (m *Memory) again(ctx context.Context, tx Tx) error {
	for _, deed := range m.done {
		if err := deed(ctx, tx); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// SignIn takes a verified assertion. At a provider that waits for its test it is
// the test; otherwise the person is signed in or refused. A refusal changes
// nothing and is noted in the audit log with its cause.
func (s *Service) SignIn(ctx context.Context, p Provider, a Assertion) (SignedIn, error) {
	return s.Arrive(ctx, p, func(context.Context, *Memory) (Assertion, error) { return a, nil })
}

// Arrive is [Service.SignIn] with the assertion still to be held against what is
// remembered, in the same transaction, so that two that are the same never both come
// in. That is for believe to do; an error of it is returned as it is, and whoever asked
// tells the log. What believe noted stays, whether the person is let in or not.
func (s *Service) Arrive(ctx context.Context, p Provider, believe func(context.Context, *Memory) (Assertion, error)) (SignedIn, error) {
	e := SignIn{Provider: p, First: true}
	var memory Memory
	var unbelieved error
	testing := false
	err := s.inOrganization(ctx, p.Organization, func(tx Tx, o Organization, now time.Time) (err error) {
		memory.tx = tx
		if e.Assertion, unbelieved = believe(ctx, &memory); unbelieved != nil {
			return nil //nolint:nilerr // what was noted until then stays
		}
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
	switch {
	case unbelieved != nil:
		return SignedIn{}, unbelieved
	case KindOf(err) != "":
		return SignedIn{}, noted(err, s.denied(ctx, &memory, &e, message(err)))
	case err != nil:
		return SignedIn{}, err
	case testing:
		return SignedIn{Tested: true}, nil
	}
	return SignedIn{Session: e.Session, Secret: e.Secret, First: e.First, Account: *e.Account}, nil
}

// denied notes a sign-in that the steps refused, and the use of its assertion, which
// was undone with them.
func (s *Service) denied(ctx context.Context, memory *Memory, e *SignIn, cause string) error {
	who := e.Email
	if who == "" {
		who = e.Assertion.NameID
	}
	return s.inOrganization(ctx, e.Provider.Organization, func(tx Tx, o Organization, now time.Time) error {
		if err := memory.again(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, denial(o, now, e.Provider.ID, who, cause))
	})
}

// DenySignIn notes in the audit log a sign-in that was refused: subject is who
// it claimed to be (may be empty), cause why.
func (s *Service) DenySignIn(ctx context.Context, organizationID, providerID, subject, cause string) error {
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		return tx.Audit(ctx, denial(o, now, providerID, subject, cause))
	})
}

func denial(o Organization, at time.Time, providerID, subject, cause string) Event {
	return Event{
		Organization: o.ID, At: at, Action: SignInDenied, Actor: BySSO, ActorName: providerID,
		Provider: providerID, SubjectName: subject, Cause: cause,
	}
}
