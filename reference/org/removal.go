package org

import (
	"context"
	"time"
)

// DisbandTeam takes a team away, named by its id or by its name, with every place in
// it. The log keeps what there was. A team, or an organization, that is not there
// needs no removal.
func (s *Service) DisbandTeam(ctx context.Context, actor, organizationID, team string) error {
	actor = named(actor)
	err := s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		found, err := teamCalled(ctx, tx, o.ID, team)
		if err != nil || found == nil {
			return err
		}
		e := Event{Organization: o.ID, At: now, Actor: actorOf(actor), ActorName: actor, Cause: "disbanded by " + actor}
		return disband(ctx, tx, *found, e)
	})
	if KindOf(err) == NotFound {
		return nil
	}
	return err
}

// teamCalled finds the team with the id or, where none has it, with the name; nil
// where there is none.
func teamCalled(ctx context.Context, tx Tx, organization, called string) (*Team, error) {
	teams, err := tx.Teams(ctx, organization)
	if err != nil {
		return nil, err
	}
	var byName *Team
	for i, team := range teams {
		switch {
		case team.ID == called:
			return &teams[i], nil
		case team.Name != called:
		case byName != nil:
			return nil, refuse(Conflict, "two teams are called %q; name the one by its id", called)
		default:
			byName = &teams[i]
		}
	}
	return byName, nil
}

// disband empties the team and takes it away. The event is begun.
func disband(ctx context.Context, tx Tx, team Team, e Event) error {
	roster, err := tx.TeamRoster(ctx, team.ID)
	if err != nil {
		return err
	}
	for _, p := range roster {
		a, err := tx.Account(ctx, p.Account)
		if err != nil {
			return err
		}
		if err := tx.DeleteTeamPlace(ctx, team.ID, p.Account); err != nil {
			return err
		}
		left := e
		left.Action, left.Subject, left.SubjectName, left.Before = TeamMemberDeleted, a.ID, a.Email, place(team, p.Role)
		if err := tx.Audit(ctx, left); err != nil {
			return err
		}
	}
	if err := tx.DeleteTeam(ctx, team.ID); err != nil {
		return err
	}
	e.Action, e.Subject, e.SubjectName, e.Before = TeamDeleted, team.ID, team.Slug, team.Name
	return tx.Audit(ctx, e)
}

// Dissolve takes an organization away, named by its id or by its name, with all that
// is in it: providers and their credentials, records, memberships, seats, sessions,
// tokens and teams. An account goes too if no other organization knows it, and stays
// as it is where one does, as a member or only in its books. The log stays, and its
// last row says what happened. An organization that is not there needs no removal.
func (s *Service) Dissolve(ctx context.Context, actor, organization string) error {
	actor = named(actor)
	return s.store.Do(ctx, func(tx Tx) error {
		o, err := organizationCalled(ctx, tx, organization)
		if err != nil || o == nil {
			return err
		}
		if err := tx.DeleteOrganization(ctx, o.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, Event{
			Organization: o.ID, At: s.Now(*o), Action: OrganizationDeleted, Actor: actorOf(actor), ActorName: actor,
			Subject: o.ID, SubjectName: o.Slug, Before: o.Name, Cause: "dissolved by " + actor,
		})
	})
}

// organizationCalled finds the organization with the id or, where none has it, with
// the name; nil where there is none.
func organizationCalled(ctx context.Context, tx Tx, called string) (*Organization, error) {
	o, err := maybe(tx.Organization(ctx, called))
	if err != nil || o != nil {
		return o, err
	}
	o, err = maybe(tx.OrganizationBySlug(ctx, slug(called)))
	if err != nil || o == nil || o.Name != called {
		return nil, err
	}
	return o, nil
}
