package org

import (
	"context"
	"errors"
)

// returnSteps bring somebody back whom a deactivation took away or suspended.
type returnSteps struct{ rules *Rules }

func reactivationRefused(_ context.Context, _ Tx, e *Returning) error {
	if e.Record.Active {
		return nil
	}
	return refuse(Immutable, "users cannot be reactivated once they have been deactivated")
}

const reactivatedOverSCIM = "reactivated over SCIM"

// restore gives the place back at once: the membership where it is gone, and the seat.
func (s returnSteps) restore(ctx context.Context, tx Tx, e *Returning) error {
	if e.Record.Account == "" {
		return nil
	}
	account, err := tx.Account(ctx, e.Record.Account)
	if err != nil {
		return err
	}
	j := joining{
		Organization: e.Caller.Organization, Account: account, Now: e.Now,
		Event: func(action Action) Event {
			event := e.Caller.event(action, *e.Record, e.Now, reactivatedOverSCIM)
			event.Subject, event.SubjectName = account.ID, account.Email
			return event
		},
	}
	place, err := maybe(tx.Membership(ctx, e.Record.Organization, account.ID))
	switch {
	case err != nil:
		return err
	case place == nil:
		err = s.rejoin(ctx, tx, &j)
	default:
		err = s.unsuspend(ctx, tx, &j, *place)
	}
	if err != nil {
		return err
	}
	if err := j.seat(ctx, tx, reactivatedOverSCIM); err != nil {
		return err
	}
	e.Events = append(e.Events, j.Events...)
	return nil
}

// restoreRevived is restore for a record that was not reactivated but created again.
func (s returnSteps) restoreRevived(ctx context.Context, tx Tx, e *Provisioning) error {
	if e.Existing == nil || !e.Record.Active {
		return nil
	}
	again := Returning{Caller: e.Caller, Record: &e.Record, Now: e.Now}
	err := s.restore(ctx, tx, &again)
	e.Events = append(e.Events, again.Events...)
	return err
}

// rejoin makes a new membership in the place of the one that was taken away.
func (s returnSteps) rejoin(ctx context.Context, tx Tx, j *joining) error {
	role, err := roleAfterReturn(ctx, tx, s.rules, j.Organization.ID, j.Account.ID)
	if err != nil {
		return err
	}
	if _, err := j.membership(ctx, tx, role); err != nil {
		return err
	}
	if s.rules.DefaultTeams == "none" {
		return nil
	}
	return j.defaultTeams(ctx, tx)
}

// unsuspend leaves the membership as it waited, but for the role where everybody
// starts again with the ordinary one.
func (s returnSteps) unsuspend(ctx context.Context, tx Tx, j *joining, m Membership) error {
	if s.rules.RolesAfterReturn != "default" || m.Role == Member {
		return nil
	}
	event := j.Event(MemberUpdated)
	event.Before, event.After = string(m.Role), string(Member)
	j.Events = append(j.Events, event)
	m.Role = Member
	return tx.SaveMembership(ctx, m)
}

// roleAfterReturn is the role that a membership starts with: an ordinary one, or, where
// the rules remember, the one that the account had when its last membership ended.
func roleAfterReturn(ctx context.Context, tx Tx, rules *Rules, organization, account string) (Role, error) {
	if rules.RolesAfterReturn != "previous" {
		return Member, nil
	}
	left, err := tx.LastEvent(ctx, organization, account, MemberDeleted)
	if errors.Is(err, ErrNotFound) || err == nil && Role(left.Before) != Admin {
		return Member, nil
	}
	return Admin, err
}

// requestSuspended shuts out a member all of whose records are inactive. One without a
// record came in by themselves, and nobody has suspended them.
func requestSuspended(ctx context.Context, tx Tx, e *Request) error {
	records, err := tx.RecordsOf(ctx, e.Organization.ID, e.accountID())
	if err != nil || !suspended(records) {
		return err
	}
	if e.Token != nil {
		return noToken()
	}
	return noAccess()
}

func suspended(records []Record) bool {
	for _, r := range records {
		if r.Active {
			return false
		}
	}
	return len(records) > 0
}
