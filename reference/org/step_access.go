package org

import (
	"context"
	"errors"
)

// The steps of a request look everything up anew, each time: what was decided at
// the sign-in counts for nothing later.

func noAccess() error { return refuse(Unauthenticated, "sign in to go on") }

func noToken() error { return refuse(Unauthenticated, "the API token is missing or not valid") }

func sessionKnown(ctx context.Context, tx Tx, e *Request) error {
	if e.Secret == "" {
		return noAccess()
	}
	session, err := tx.SessionBySecret(ctx, e.Secret)
	if errors.Is(err, ErrNotFound) {
		return noAccess()
	}
	if err != nil {
		return err
	}
	e.Session = &session
	return e.enter(ctx, tx, session.Organization)
}

// enter takes the request into the organization it is for, and to its clock.
func (e *Request) enter(ctx context.Context, tx Tx, id string) error {
	o, err := tx.Organization(ctx, id)
	if err != nil {
		return err
	}
	e.Organization, e.Now = o, o.Now(e.Now)
	return nil
}

func sessionLive(_ context.Context, _ Tx, e *Request) error {
	if !e.Session.Ended.IsZero() {
		return noAccess()
	}
	return nil
}

func sessionExpiry(_ context.Context, _ Tx, e *Request) error {
	if !e.Now.Before(e.Session.Expires) {
		return noAccess()
	}
	return nil
}

func tokenKnown(ctx context.Context, tx Tx, e *Request) error {
	if e.Secret == "" {
		return noToken()
	}
	token, err := tx.TokenBySecret(ctx, e.Secret)
	if errors.Is(err, ErrNotFound) {
		return noToken()
	}
	if err != nil {
		return err
	}
	e.Token = &token
	return e.enter(ctx, tx, token.Organization)
}

func tokenLive(_ context.Context, _ Tx, e *Request) error {
	if !e.Token.Revoked.IsZero() {
		return noToken()
	}
	return nil
}

func (e *Request) accountID() string {
	if e.Session != nil {
		return e.Session.Account
	}
	return e.Token.Account
}

func requestAccount(ctx context.Context, tx Tx, e *Request) error {
	account, err := tx.Account(ctx, e.accountID())
	e.Account = account
	return err
}

func requestMembership(ctx context.Context, tx Tx, e *Request) error {
	membership, err := tx.Membership(ctx, e.Organization.ID, e.accountID())
	if errors.Is(err, ErrNotFound) {
		return noAccess()
	}
	e.Membership = membership
	return err
}

func requestTeams(ctx context.Context, tx Tx, e *Request) (err error) {
	e.Teams, err = teamsOf(ctx, tx, e.Organization.ID, e.accountID())
	return err
}
