package org

import (
	"context"
	"maps"
)

// updateAccount makes what SCIM changed in a record true of its account: the name, and
// the address, which is the user name.
func updateAccount(ctx context.Context, tx Tx, e *Updating) error {
	if e.After.Account == "" {
		return nil
	}
	account, err := tx.Account(ctx, e.After.Account)
	if err != nil {
		return err
	}
	was := account
	if name := e.After.FullName(); name != "" && name != e.Before.FullName() {
		account.Name = name
	}
	if IsAddress(e.After.UserName) && Key(e.After.UserName) != Key(e.Before.UserName) {
		account.Email = e.After.UserName
	}
	before, after := difference(accountFields(was), accountFields(account))
	if after == "" {
		return nil
	}
	holder, err := maybe(tx.AccountByEmail(ctx, account.Email))
	if err != nil {
		return err
	}
	if holder != nil && holder.ID != account.ID {
		return refuse(Conflict, "another account has this e-mail address already")
	}
	event := e.Caller.event(AccountUpdated, e.After, e.Now, "changed over SCIM")
	event.Subject, event.SubjectName = account.ID, account.Email
	event.Before, event.After = before, after
	e.Events = append(e.Events, event)
	return tx.SaveAccount(ctx, account)
}

// updateFrozen leaves an inactive record as it is.
func updateFrozen(_ context.Context, _ Tx, e *Updating) error {
	if !e.Before.Active {
		e.After = e.Before
	}
	return nil
}

// believeSCIM puts what SCIM says of the person in the place of what the assertion
// says: the name, and the address of an account that is there already.
func believeSCIM(_ context.Context, _ Tx, e *SignIn) error {
	if e.Record == nil {
		return nil
	}
	if name := e.Record.FullName(); name != "" {
		e.Assertion.Attributes = maps.Clone(e.Assertion.Attributes)
		if e.Assertion.Attributes == nil {
			e.Assertion.Attributes = map[string][]string{}
		}
		e.Assertion.Attributes["name"] = []string{name}
	}
	if e.Account != nil {
		e.Email = e.Account.Email
	}
	return nil
}

// showToSCIM makes a record of whoever comes in without one, so that SCIM finds them.
func showToSCIM(ctx context.Context, tx Tx, e *SignIn) error {
	if e.Record != nil {
		return nil
	}
	r := Record{
		ID: newID(), Organization: e.Organization.ID, Provider: e.Provider.ID, UserName: e.Email, DisplayName: e.Account.Name,
		Active: true, Account: e.Account.ID, Version: 1, Created: e.Now, Modified: e.Now,
	}
	if err := tx.AddRecord(ctx, r); err != nil {
		return err
	}
	e.Record = &r
	made := e.event(RecordCreated)
	made.Subject, made.SubjectName, made.After = r.ID, r.UserName, spellRecord(r)
	linked := e.event(RecordLinked)
	linked.Subject, linked.SubjectName, linked.After = r.ID, r.UserName, e.Account.ID
	e.Events = append(e.Events, made, linked)
	return nil
}
