package org

import (
	"context"
	"slices"
)

// recordSteps make and change tracking records. None of them touches an account,
// a membership or a seat; linking only notes whose record it is.
type recordSteps struct{ rules *Rules }

func validUserName(userName string) error {
	if isBlank(userName) {
		return refuse(Invalid, "userName is required and must not be blank")
	}
	return nil
}

func (recordSteps) validate(_ context.Context, _ Tx, e *Provisioning) error {
	return validUserName(e.Wanted.UserName)
}

func (s recordSteps) conflict(ctx context.Context, tx Tx, e *Provisioning) error {
	existing, err := maybe(tx.RecordByUserName(ctx, e.Caller.Provider.ID, e.Wanted.UserName))
	if err != nil || existing == nil {
		return err
	}
	if s.rules.CreateOnInactive == "reactivate" && !existing.Active && e.Wanted.Active {
		e.Existing = existing
		return nil
	}
	return refuse(Conflict, "a user with this userName exists already")
}

func (s recordSteps) member(ctx context.Context, tx Tx, e *Provisioning) error {
	if s.rules.CreateForExistingMember != "conflict" || e.Existing != nil {
		return nil
	}
	account, err := s.holder(ctx, tx, e.Caller, e.Wanted.UserName)
	if err != nil || account == nil {
		return err
	}
	membership, err := maybe(tx.Membership(ctx, e.Caller.Organization.ID, account.ID))
	if err != nil || membership == nil {
		return err
	}
	return refuse(Conflict, "a member with this userName exists already")
}

func (s recordSteps) create(ctx context.Context, tx Tx, e *Provisioning) error {
	if e.Existing != nil {
		return s.revive(ctx, tx, e)
	}
	r := e.Wanted
	r.ID, r.Account = newID(), ""
	r.Organization, r.Provider = e.Caller.Organization.ID, e.Caller.Provider.ID
	r.Version, r.Created, r.Modified = 1, e.Now, e.Now
	if err := tx.AddRecord(ctx, r); err != nil {
		return err
	}
	e.Record = r
	cause := "created over SCIM"
	if !IsAddress(r.UserName) {
		cause += "; userName is no e-mail address, so only a sign-in with this very NameID can link it"
	}
	event := e.Caller.event(RecordCreated, r, e.Now, cause)
	event.After = spellRecord(r)
	e.Events = append(e.Events, event)
	return nil
}

// revive makes the inactive record that was there into what the request wants.
func (recordSteps) revive(ctx context.Context, tx Tx, e *Provisioning) error {
	was, r := *e.Existing, e.Wanted
	r.ID, r.Account, r.Organization, r.Provider = was.ID, was.Account, was.Organization, was.Provider
	r.Version, r.Created, r.Modified = was.Version+1, was.Created, e.Now
	if err := tx.SaveRecord(ctx, r); err != nil {
		return err
	}
	e.Record = r
	const cause = "created again over SCIM"
	was.Active = true
	if before, after := recordDifference(was, r); after != "" {
		event := e.Caller.event(RecordUpdated, r, e.Now, cause)
		event.Before, event.After = before, after
		e.Events = append(e.Events, event)
	}
	event := e.Caller.event(RecordReactivated, r, e.Now, cause)
	event.Before, event.After = activity(false), activity(true)
	e.Events = append(e.Events, event)
	return nil
}

func (s recordSteps) linkCreated(ctx context.Context, tx Tx, e *Provisioning) error {
	event, err := s.link(ctx, tx, e.Caller, &e.Record)
	if event != nil {
		event.At = e.Now
		e.Events = append(e.Events, *event)
	}
	return err
}

func (s recordSteps) linkRenamed(ctx context.Context, tx Tx, e *Updating) error {
	if Key(e.Before.UserName) == Key(e.After.UserName) {
		return nil
	}
	event, err := s.link(ctx, tx, e.Caller, &e.After)
	if event != nil {
		event.At = e.Now
		e.Events = append(e.Events, *event)
	}
	return err
}

// link notes on an unlinked record whose it is, when that is known already: for
// somebody who was here before SCIM was.
func (s recordSteps) link(ctx context.Context, tx Tx, c Caller, r *Record) (*Event, error) {
	if r.Account != "" {
		return nil, nil
	}
	account, err := s.holder(ctx, tx, c, r.UserName)
	if err != nil || account == nil {
		return nil, err
	}
	// Whoever has a record here already is not meant by a second one: the name
	// was theirs once, and now belongs to somebody new.
	if taken, err := recordedAt(ctx, tx, c, account.ID); err != nil || taken {
		return nil, err
	}
	r.Account = account.ID
	if err := tx.SaveRecord(ctx, *r); err != nil {
		return nil, err
	}
	event := c.event(RecordLinked, *r, r.Modified, "userName is that of "+account.Email)
	event.After = account.ID
	return &event, nil
}

// recordedAt says whether the account has a record at the caller's provider.
func recordedAt(ctx context.Context, tx Tx, c Caller, account string) (bool, error) {
	linked, err := tx.RecordsOf(ctx, c.Organization.ID, account)
	return slices.ContainsFunc(linked, func(r Record) bool { return r.Provider == c.Provider.ID }), err
}

// holder finds who signed in here under the user name: as NameID through this
// provider, or as the address of an account that has a membership here. An
// account that is elsewhere only is none of this organization's business.
func (s recordSteps) holder(ctx context.Context, tx Tx, c Caller, userName string) (*Account, error) {
	if s.rules.LinkKey != "email" {
		account, err := maybe(tx.AccountByNameID(ctx, c.Provider.ID, userName))
		if err != nil || account != nil {
			return account, err
		}
	}
	account, err := maybe(tx.AccountByEmail(ctx, userName))
	if err != nil || account == nil {
		return nil, err
	}
	membership, err := maybe(tx.Membership(ctx, c.Organization.ID, account.ID))
	if err != nil || membership == nil {
		return nil, err
	}
	return account, nil
}

func (recordSteps) validateUpdate(_ context.Context, _ Tx, e *Updating) error {
	return validUserName(e.After.UserName)
}

func (recordSteps) renameConflict(ctx context.Context, tx Tx, e *Updating) error {
	if Key(e.Before.UserName) == Key(e.After.UserName) {
		return nil
	}
	holder, err := maybe(tx.RecordByUserName(ctx, e.Caller.Provider.ID, e.After.UserName))
	if err != nil || holder == nil || holder.ID == e.Before.ID {
		return err
	}
	return refuse(Conflict, "another user has this userName already")
}

func (recordSteps) update(ctx context.Context, tx Tx, e *Updating) error {
	before, after := recordDifference(e.Before, e.After)
	if after == "" {
		return nil
	}
	e.After.Version, e.After.Modified = e.Before.Version+1, e.Now
	if err := tx.SaveRecord(ctx, e.After); err != nil {
		return err
	}
	event := e.Caller.event(RecordUpdated, e.After, e.Now, "changed over SCIM")
	event.Before, event.After = before, after
	e.Events = append(e.Events, event)
	return nil
}

func (recordSteps) reactivate(ctx context.Context, tx Tx, e *Returning) error {
	if e.Record.Active {
		return nil
	}
	e.Record.Active = true
	e.Record.Version++
	e.Record.Modified = e.Now
	if err := tx.SaveRecord(ctx, *e.Record); err != nil {
		return err
	}
	event := e.Caller.event(RecordReactivated, *e.Record, e.Now, "reactivated over SCIM")
	event.Before, event.After = activity(false), activity(true)
	e.Events = append(e.Events, event)
	return nil
}
