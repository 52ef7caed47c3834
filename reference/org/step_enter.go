package org

import (
	"context"
	"errors"
	"time"
)

// SessionLifetime is how long a sign-in lasts.
const SessionLifetime = 12 * time.Hour

// enterSteps make what a sign-in needs and is not there yet: account, links,
// membership, seat, session.
type enterSteps struct{ rules *Rules }

func (enterSteps) createAccount(ctx context.Context, tx Tx, e *SignIn) error {
	if e.Account != nil {
		return nil
	}
	account := Account{ID: newID(), Email: e.Email, Name: firstOf(e.Assertion.Attributes["name"]), Created: e.Now}
	if err := tx.AddAccount(ctx, account); err != nil {
		return err
	}
	e.Account = &account
	e.say(AccountCreated, "", spell(accountFields(account)))
	return nil
}

// profile brings name and address of the account up to date.
func (s enterSteps) profile(ctx context.Context, tx Tx, e *SignIn) error {
	was := *e.Account
	if s.rules.overwrites("email") && Key(was.Email) != Key(e.Email) {
		e.Account.Email = e.Email
	}
	if s.rules.overwrites("name") {
		if name := firstOf(e.Assertion.Attributes["name"]); name != "" || s.rules.MissingName == "clear" {
			e.Account.Name = name
		}
	}
	before, after := difference(accountFields(was), accountFields(*e.Account))
	if after == "" {
		return nil
	}
	e.say(AccountUpdated, before, after)
	return tx.SaveAccount(ctx, *e.Account)
}

func (enterSteps) nameID(ctx context.Context, tx Tx, e *SignIn) error {
	if e.Assertion.Transient || e.Named {
		return nil
	}
	_, err := tx.AccountByNameID(ctx, e.Provider.ID, e.Assertion.NameID)
	if errors.Is(err, ErrNotFound) {
		return tx.LinkNameID(ctx, e.Provider.ID, e.Assertion.NameID, e.Account.ID)
	}
	return err
}

// link notes on the person's records whose they are, so that deactivating any of
// them hits the right account, whatever it is called by then.
func (s enterSteps) link(ctx context.Context, tx Tx, e *SignIn) error {
	if e.Record != nil {
		if err := linkRecord(ctx, tx, e, e.Record); err != nil {
			return err
		}
	}
	for i := range e.Others {
		if err := linkRecord(ctx, tx, e, &e.Others[i]); err != nil {
			return err
		}
	}
	return nil
}

func linkRecord(ctx context.Context, tx Tx, e *SignIn, r *Record) error {
	if r.Account != "" {
		return nil
	}
	r.Account = e.Account.ID
	if err := tx.SaveRecord(ctx, *r); err != nil {
		return err
	}
	event := e.event(RecordLinked)
	event.Subject, event.SubjectName = r.ID, r.UserName
	event.After = e.Account.ID
	e.Events = append(e.Events, event)
	return nil
}

func (e *SignIn) joining() *joining {
	return &joining{Organization: e.Organization, Account: *e.Account, Now: e.Now, Event: e.event}
}

func (s enterSteps) membership(ctx context.Context, tx Tx, e *SignIn) error {
	if !e.First {
		return nil
	}
	// Everybody comes as a member; what the assertion grants is the next steps' concern.
	role, err := roleAfterReturn(ctx, tx, s.rules, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	j := e.joining()
	m, err := j.membership(ctx, tx, role)
	if err != nil {
		return err
	}
	e.Membership = &m
	e.Events = append(e.Events, j.Events...)
	return nil
}

func (enterSteps) seat(ctx context.Context, tx Tx, e *SignIn) error {
	j := e.joining()
	seated, err := j.seated(ctx, tx)
	if err != nil || seated {
		return err
	}
	departed, err := tx.Departed(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	cause := "first sign-in"
	if departed {
		cause = "first sign-in since they left"
	}
	if err := j.startSeat(ctx, tx, cause); err != nil {
		return err
	}
	e.Events = append(e.Events, j.Events...)
	return nil
}

func (s enterSteps) defaultTeams(ctx context.Context, tx Tx, e *SignIn) error {
	if !e.First || s.rules.DefaultTeams == "none" {
		return nil
	}
	j := e.joining()
	if err := j.defaultTeams(ctx, tx); err != nil {
		return err
	}
	e.Events = append(e.Events, j.Events...)
	return nil
}

// tokens revives what the person's leaving revoked, where the rules say so. What
// somebody revoked on purpose stays revoked.
func (s enterSteps) tokens(ctx context.Context, tx Tx, e *SignIn) error {
	if !e.First || !s.rules.TokensResurrect {
		return nil
	}
	tokens, err := tx.Tokens(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if token.Revoked.IsZero() || token.RevokeCause == revokedByHand {
			continue
		}
		token.Revoked, token.RevokeCause = time.Time{}, ""
		if err := tx.SaveToken(ctx, token); err != nil {
			return err
		}
		e.say(TokenIssued, "", token.label())
	}
	return nil
}

func (enterSteps) session(ctx context.Context, tx Tx, e *SignIn) error {
	e.Secret = newSecret()
	e.Session = Session{
		ID: newID(), Organization: e.Organization.ID, Account: e.Account.ID, Provider: e.Provider.ID,
		NameID: e.Assertion.NameID, NameKind: e.Assertion.NameKind, SessionIndex: e.Assertion.SessionIndex,
		Started: e.Now, Expires: e.Now.Add(SessionLifetime),
	}
	if ends := e.Assertion.SessionEnds; !ends.IsZero() && ends.Before(e.Session.Expires) {
		e.Session.Expires = ends
	}
	if err := tx.AddSession(ctx, e.Session, e.Secret); err != nil {
		return err
	}
	e.say(SessionStarted, "", e.Session.ID)
	return nil
}
