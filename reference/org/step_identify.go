package org

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// identifySteps find out who signs in and whether they may. They change nothing.
type identifySteps struct{ rules *Rules }

func (identifySteps) provider(_ context.Context, _ Tx, e *SignIn) error {
	if e.Provider.State != Enabled {
		return refuse(Forbidden, "single sign-on is not enabled")
	}
	return nil
}

func (s identifySteps) address(_ context.Context, _ Tx, e *SignIn) error {
	if isBlank(e.Assertion.NameID) {
		return refuse(Forbidden, "the identity provider sent no NameID")
	}
	values, sent := e.Assertion.Attributes["email"]
	switch {
	case sent && !blank(values):
		e.Email = firstOf(values)
	case s.rules.MissingEmail == "reject":
		return refuse(Forbidden, "the identity provider sent no email attribute")
	default:
		e.Email = strings.TrimSpace(e.Assertion.lastingName())
	}
	if !IsAddress(e.Email) {
		return refuse(Forbidden, "the identity provider sent no usable e-mail address")
	}
	return nil
}

// firstOf returns the first value that says something, without the space around.
func firstOf(values []string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// account looks the person up: first as whoever signed in under this NameID
// before, then by address.
func (s identifySteps) account(ctx context.Context, tx Tx, e *SignIn) error {
	byAddress, err := maybe(tx.AccountByEmail(ctx, e.Email))
	if err != nil {
		return err
	}
	found, err := s.accountByName(ctx, tx, e)
	if err != nil {
		return err
	}
	switch {
	case found == nil && byAddress == nil:
		return nil
	case found == nil:
		if err := s.notAnother(ctx, tx, e, *byAddress); err != nil {
			return err
		}
		found = byAddress
	case byAddress != nil && byAddress.ID != found.ID:
		return refuse(Forbidden, addressTaken)
	}
	return e.adopt(ctx, tx, *found)
}

const addressTaken = "this e-mail address is already used by another account"

// accountByName looks the person up by the NameID: as who came under it before, or whose
// address it is.
func (s identifySteps) accountByName(ctx context.Context, tx Tx, e *SignIn) (*Account, error) {
	name := e.Assertion.lastingName()
	if name == "" {
		return nil, nil
	}
	found, err := maybe(tx.AccountByNameID(ctx, e.Provider.ID, name))
	e.Named = found != nil
	if err != nil || found != nil || s.rules.LinkKey == "email" || !IsAddress(name) {
		return found, err
	}
	return maybe(tx.AccountByEmail(ctx, name))
}

// notAnother refuses an account that is found by its address alone and whose owner comes
// through this provider under a name of their own: who may choose their address at the
// identity provider is not to choose an account by it.
func (s identifySteps) notAnother(ctx context.Context, tx Tx, e *SignIn, a Account) error {
	if s.rules.LinkKey == "email" || Key(e.Assertion.lastingName()) == Key(a.Email) {
		return nil
	}
	names, err := tx.NameIDs(ctx, e.Provider.ID, a.ID)
	if err == nil && len(names) > 0 {
		return refuse(Forbidden, addressTaken)
	}
	return err
}

// adopt settles whose sign-in it is.
func (e *SignIn) adopt(ctx context.Context, tx Tx, a Account) (err error) {
	e.Account = &a
	e.Membership, err = maybe(tx.Membership(ctx, e.Organization.ID, a.ID))
	e.First = e.Membership == nil
	return err
}

// record finds the person's tracking records: the one at this provider, and for
// an organization with several providers the others too.
func (s identifySteps) record(ctx context.Context, tx Tx, e *SignIn) error {
	own, err := s.recordsAt(ctx, tx, e, e.Provider.ID)
	if err != nil {
		return err
	}
	if len(own) > 1 {
		return refuse(Forbidden, "the NameID and the e-mail address belong to two different users")
	}
	if len(own) == 1 {
		e.Record = &own[0]
		if err := e.matchRecord(ctx, tx); err != nil {
			return err
		}
	}
	providers, err := tx.Providers(ctx, e.Organization.ID)
	if err != nil {
		return err
	}
	for _, p := range providers {
		if p.ID == e.Provider.ID {
			continue
		}
		others, err := s.recordsAt(ctx, tx, e, p.ID)
		if err != nil {
			return err
		}
		for _, r := range others {
			if r.Account == "" || (e.Account != nil && r.Account == e.Account.ID) {
				e.Others = append(e.Others, r)
			}
		}
	}
	return nil
}

// matchRecord holds the record against the account. A record keeps to the account
// it was linked to, whatever either is called now.
func (e *SignIn) matchRecord(ctx context.Context, tx Tx) error {
	switch linked := e.Record.Account; {
	case linked == "":
		return nil
	case e.Account == nil:
		account, err := tx.Account(ctx, linked)
		if err != nil {
			return err
		}
		return e.adopt(ctx, tx, account)
	case e.Account.ID != linked:
		return refuse(Forbidden, "this user is linked to another account")
	}
	return nil
}

// recordsAt lists the records at a provider that may be meant, each once: by
// the names in the assertion and by the link to the account.
func (s identifySteps) recordsAt(ctx context.Context, tx Tx, e *SignIn, provider string) ([]Record, error) {
	names := []string{e.Email}
	// A NameID means something only at the provider that it came through.
	name := e.Assertion.lastingName()
	if name != "" && Key(name) != Key(e.Email) && s.rules.LinkKey != "email" && provider == e.Provider.ID {
		names = append(names, name)
	}
	var found []Record
	add := func(r Record) {
		if !slices.ContainsFunc(found, func(other Record) bool { return other.ID == r.ID }) {
			found = append(found, r)
		}
	}
	for _, name := range names {
		r, err := tx.RecordByUserName(ctx, provider, name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		add(r)
	}
	if e.Account == nil {
		return found, nil
	}
	linked, err := tx.RecordsOf(ctx, e.Organization.ID, e.Account.ID)
	for _, r := range linked {
		if r.Provider == provider {
			add(r)
		}
	}
	return found, err
}

// active refuses who was deactivated. The record at this provider decides; where
// there is none, being inactive everywhere else does.
func (s identifySteps) active(_ context.Context, _ Tx, e *SignIn) error {
	if s.rules.LoginWhenRecordInactive == "rejit" {
		return nil
	}
	isActive := func(r Record) bool { return r.Active }
	gone := len(e.Others) > 0 && !slices.ContainsFunc(e.Others, isActive)
	if e.Record != nil {
		gone = !e.Record.Active
	}
	if gone {
		return refuse(Forbidden, "this user has been deactivated")
	}
	return nil
}

// admission decides whether somebody without a membership gets one.
func (s identifySteps) admission(ctx context.Context, tx Tx, e *SignIn) error {
	if !e.First {
		return nil
	}
	switch {
	case s.rules.JIT == "off":
		return refuse(Forbidden, "only members may sign in")
	case s.rules.JIT == "record_required" && e.Record == nil:
		return refuse(Forbidden, "this user has not been provisioned")
	}
	if s.rules.LoginAfterManualRemoval != "reject" || e.Account == nil {
		return nil
	}
	byHand, err := removedByHand(ctx, tx, e.Organization.ID, e.Account.ID)
	if err == nil && byHand {
		return refuse(Forbidden, "this user was removed by an administrator")
	}
	return err
}

// removedByHand asks the audit log who took the last membership away.
func removedByHand(ctx context.Context, tx Tx, organization, account string) (bool, error) {
	departed, err := tx.Departed(ctx, organization, account)
	if err != nil || !departed {
		return false, err
	}
	log, err := tx.Events(ctx, organization, 0, 0)
	byHand := false
	for _, event := range log {
		if event.Action == MemberDeleted && event.Subject == account {
			byHand = event.Actor != BySCIM
		}
	}
	return byHand, err
}

// tested notes that the provider's set-up works. It signs nobody in.
func (identifySteps) tested(ctx context.Context, tx Tx, e *SignIn) error {
	e.Provider.Tested = true
	return tx.SaveProvider(ctx, e.Provider)
}
