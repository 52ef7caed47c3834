package org

import "context"

// createSteps make more of a record than a record, for products in which SCIM does.
// A record that is created inactive stays only that.
type createSteps struct{ rules *Rules }

// createAccount makes the account that the record is about, or finds the one that its
// person has already, and links it. Without an address there is no account.
func createAccount(ctx context.Context, tx Tx, e *Provisioning) error {
	email := e.Record.address()
	if !e.Record.Active || e.Record.Account != "" || email == "" {
		return nil
	}
	account, err := maybe(tx.AccountByEmail(ctx, email))
	if err != nil {
		return err
	}
	if account != nil {
		// Whoever has a record here already is not meant by a second one: the address
		// was theirs once, and whose it is now the sign-in will say.
		taken, err := recordedAt(ctx, tx, e.Caller, account.ID)
		if err != nil || taken {
			return err
		}
	} else {
		account = &Account{ID: newID(), Email: email, Name: e.Record.FullName(), Created: e.Now}
		if err := tx.AddAccount(ctx, *account); err != nil {
			return err
		}
		e.say(AccountCreated, *account, "", spell(accountFields(*account)))
	}
	e.Record.Account = account.ID
	if err := tx.SaveRecord(ctx, e.Record); err != nil {
		return err
	}
	linked := e.Caller.event(RecordLinked, e.Record, e.Now, createdOverSCIM)
	linked.After = account.ID
	e.Events = append(e.Events, linked)
	return nil
}

const createdOverSCIM = "created over SCIM"

// address is the e-mail address that the record gives: its user name, or else the
// first of its addresses, the primary one before the others.
func (r Record) address() string {
	if IsAddress(r.UserName) {
		return r.UserName
	}
	found := ""
	for _, email := range r.Emails {
		if IsAddress(email.Value) && (email.Primary || found == "") {
			found = email.Value
		}
	}
	return found
}

// say adds an event about the account of the person who is provisioned.
func (e *Provisioning) say(action Action, a Account, before, after string) {
	event := e.about(a)(action)
	event.Before, event.After = before, after
	e.Events = append(e.Events, event)
}

func (e *Provisioning) about(a Account) func(Action) Event {
	return func(action Action) Event {
		event := e.Caller.event(action, e.Record, e.Now, createdOverSCIM)
		event.Subject, event.SubjectName = a.ID, a.Email
		return event
	}
}

// joining is the person of the record getting a place; nil where the record has no
// account, or is inactive.
func (e *Provisioning) joining(ctx context.Context, tx Tx) (*joining, error) {
	if e.Record.Account == "" || !e.Record.Active {
		return nil, nil
	}
	account, err := tx.Account(ctx, e.Record.Account)
	if err != nil {
		return nil, err
	}
	return &joining{Organization: e.Caller.Organization, Account: account, Now: e.Now, Event: e.about(account)}, nil
}

// membership makes the person a member with the teams that newcomers join, unless
// they are one.
func (s createSteps) membership(ctx context.Context, tx Tx, e *Provisioning) error {
	j, err := e.joining(ctx, tx)
	if err != nil || j == nil {
		return err
	}
	there, err := maybe(tx.Membership(ctx, j.Organization.ID, j.Account.ID))
	if err != nil || there != nil {
		return err
	}
	if _, err := j.membership(ctx, tx, Member); err != nil {
		return err
	}
	if s.rules.DefaultTeams != "none" {
		if err := j.defaultTeams(ctx, tx); err != nil {
			return err
		}
	}
	e.Events = append(e.Events, j.Events...)
	return nil
}

// createSeat starts the billing of whom SCIM made a member.
func createSeat(ctx context.Context, tx Tx, e *Provisioning) error {
	j, err := e.joining(ctx, tx)
	if err != nil || j == nil {
		return err
	}
	if err := j.seat(ctx, tx, createdOverSCIM); err != nil {
		return err
	}
	e.Events = append(e.Events, j.Events...)
	return nil
}
