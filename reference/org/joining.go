package org

import (
	"context"
	"time"
)

// joining is somebody getting a place in an organization, whatever the reason.
// The parts are separate, so that each event decides which of them happen.
type joining struct {
	Organization Organization
	Account      Account
	Now          time.Time
	Event        func(Action) Event // starts an event about the account
	Events       []Event
}

func (j *joining) say(action Action, after string) {
	event := j.Event(action)
	event.After = after
	j.Events = append(j.Events, event)
}

func (j *joining) membership(ctx context.Context, tx Tx, role Role) (Membership, error) {
	m := Membership{ID: newID(), Organization: j.Organization.ID, Account: j.Account.ID, Role: role, Created: j.Now}
	if err := tx.AddMembership(ctx, m); err != nil {
		return m, err
	}
	j.say(MemberCreated, string(role))
	return m, nil
}

// seat starts the billing, unless it runs already.
func (j *joining) seat(ctx context.Context, tx Tx, cause string) error {
	seated, err := j.seated(ctx, tx)
	if err != nil || seated {
		return err
	}
	return j.startSeat(ctx, tx, cause)
}

// seated says whether the billing runs.
func (j *joining) seated(ctx context.Context, tx Tx) (bool, error) {
	open, err := maybe(tx.OpenSeat(ctx, j.Organization.ID, j.Account.ID))
	return open != nil, err
}

func (j *joining) startSeat(ctx context.Context, tx Tx, cause string) error {
	seat := Seat{ID: newID(), Organization: j.Organization.ID, Account: j.Account.ID, Started: j.Now, Cause: cause}
	if err := tx.AddSeat(ctx, seat); err != nil {
		return err
	}
	j.say(SeatStarted, seat.ID)
	return nil
}

// defaultTeams puts the account into every team that new members join.
func (j *joining) defaultTeams(ctx context.Context, tx Tx) error {
	teams, err := tx.Teams(ctx, j.Organization.ID)
	if err != nil {
		return err
	}
	for _, team := range teams {
		if !team.Default {
			continue
		}
		role := team.joinRole()
		if err := tx.PutTeamPlace(ctx, TeamPlace{Team: team.ID, Account: j.Account.ID, Role: role, Source: ByDefault}); err != nil {
			return err
		}
		j.say(TeamMemberCreated, place(team, role))
	}
	return nil
}

// joinRole is the role of those who join the team without one.
func (t Team) joinRole() TeamRole {
	if t.DefaultRole == "" {
		return TeamMember
	}
	return t.DefaultRole
}
