package org

import (
	"context"
	"time"
)

// leaveSteps take a person's place away, one part each. A part that is not there
// is not an error: nobody has to be whole to leave.
type leaveSteps struct{ rules *Rules }

func (s leaveSteps) allowed(_ context.Context, _ Tx, _ *Leaving) error {
	if s.rules.DeleteVerb == "405" {
		return refuse(Unsupported, "users cannot be deleted, only deactivated")
	}
	return nil
}

func (s leaveSteps) lastAdminOverSCIM(ctx context.Context, tx Tx, e *Leaving) error {
	if s.rules.DeactivateLastAdmin == "apply" {
		return nil
	}
	return s.lastAdmin(ctx, tx, e)
}

func (leaveSteps) lastAdmin(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Membership == nil {
		return nil
	}
	return keepAnAdmin(ctx, tx, *e.Membership)
}

// keepAnAdmin refuses when the organization would be left without an admin.
func keepAnAdmin(ctx context.Context, tx Tx, m Membership) error {
	last, err := isLastAdmin(ctx, tx, m)
	if err == nil && last {
		return refuse(Immutable, "this would leave the organization without an administrator")
	}
	return err
}

func isLastAdmin(ctx context.Context, tx Tx, m Membership) (bool, error) {
	if m.Role != Admin {
		return false, nil
	}
	admins, err := tx.CountAdmins(ctx, m.Organization)
	return admins <= 1, err
}

func (leaveSteps) record(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Record == nil || !e.Record.Active {
		return nil
	}
	e.Record.Active = false
	e.Record.Version++
	e.Record.Modified = e.Now
	if err := tx.SaveRecord(ctx, *e.Record); err != nil {
		return err
	}
	e.sayRecord(RecordDeactivated, activity(true), activity(false))
	return nil
}

func (leaveSteps) teams(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Account == nil {
		return nil
	}
	places, err := tx.TeamPlaces(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	for _, p := range places {
		team, err := tx.Team(ctx, e.Organization.ID, p.Team)
		if err != nil {
			return err
		}
		if err := tx.DeleteTeamPlace(ctx, p.Team, p.Account); err != nil {
			return err
		}
		e.say(TeamMemberDeleted, place(team, p.Role), "")
	}
	return nil
}

func (s leaveSteps) sessions(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Account == nil || s.rules.RevokeSessions == "never" {
		return nil
	}
	sessions, err := tx.Sessions(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if !session.Ended.IsZero() {
			continue
		}
		if err := endSession(ctx, tx, session, e.Now, e.Cause); err != nil {
			return err
		}
		e.say(SessionEnded, session.ID, "")
	}
	return nil
}

func endSession(ctx context.Context, tx Tx, s Session, now time.Time, cause string) error {
	s.Ended, s.EndCause = now, cause
	return tx.SaveSession(ctx, s)
}

func (s leaveSteps) tokens(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Account == nil || s.rules.RevokeTokens == "never" {
		return nil
	}
	tokens, err := tx.Tokens(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if !token.Revoked.IsZero() {
			continue
		}
		token.Revoked, token.RevokeCause = e.Now, e.Cause
		if err := tx.SaveToken(ctx, token); err != nil {
			return err
		}
		e.say(TokenRevoked, token.label(), "")
	}
	return nil
}

// label names the token in the log.
func (t Token) label() string { return t.ID + " " + t.Name }

func (leaveSteps) membership(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Membership == nil {
		return nil
	}
	if err := tx.DeleteMembership(ctx, e.Membership.ID); err != nil {
		return err
	}
	e.say(MemberDeleted, string(e.Membership.Role), "")
	return nil
}

func (s leaveSteps) seat(ctx context.Context, tx Tx, e *Leaving) error {
	if e.Account == nil || s.rules.SeatReleased == "never" {
		return nil
	}
	seat, err := maybe(tx.OpenSeat(ctx, e.Organization.ID, e.Account.ID))
	if err != nil || seat == nil {
		return err
	}
	seat.Ended, seat.EndCause = e.Now, e.Cause
	if err := tx.SaveSeat(ctx, *seat); err != nil {
		return err
	}
	e.say(SeatReleased, seat.ID, "")
	return nil
}

func (leaveSteps) drop(ctx context.Context, tx Tx, e *Leaving) error {
	if err := tx.DeleteRecord(ctx, e.Record.ID); err != nil {
		return err
	}
	e.sayRecord(RecordDeleted, spellRecord(*e.Record), "")
	return nil
}
