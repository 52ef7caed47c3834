package org

import (
	"context"
	"errors"
	"strings"
	"time"
)

// revokedByHand is the cause of tokens that were revoked on purpose, not because
// their owner left.
const revokedByHand = "revoked on purpose"

// actor, in this file and the next, is the address of who does it; empty for the
// system itself. Whether they may is for the caller to ask: see [RequireAdmin].

func account(ctx context.Context, tx Tx, id string) (Account, error) {
	a, err := tx.Account(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return a, refuse(NotFound, "there is no such account")
	}
	return a, err
}

// member finds a member of the organization.
func member(ctx context.Context, tx Tx, organizationID, accountID string) (Account, Membership, error) {
	m, err := tx.Membership(ctx, organizationID, accountID)
	if errors.Is(err, ErrNotFound) {
		return Account{}, m, refuse(NotFound, "there is no such member")
	}
	if err != nil {
		return Account{}, m, err
	}
	a, err := tx.Account(ctx, accountID)
	return a, m, err
}

// ChangeRole makes or unmakes an admin. The last one cannot be unmade (Immutable).
func (s *Service) ChangeRole(ctx context.Context, actor, organizationID, accountID string, role Role) error {
	if role != Admin && role != Member {
		return refuse(Invalid, "the role must be %q or %q", Admin, Member)
	}
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		a, m, err := member(ctx, tx, o.ID, accountID)
		if err != nil {
			return err
		}
		e := RoleChange{Organization: o, Account: a, Membership: m, Role: role, ActorName: named(actor), Now: now}
		return run(ctx, tx, s.behaviour.Events.ChangeRole, &e)
	})
}

// RemoveMember takes somebody's membership away, with teams, sessions, tokens and
// seat. Their tracking record stays as it is. The last admin cannot be removed.
func (s *Service) RemoveMember(ctx context.Context, actor, organizationID, accountID string) error {
	actor = named(actor)
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		if _, _, err := member(ctx, tx, o.ID, accountID); err != nil {
			return err
		}
		e := Leaving{Organization: o, Actor: actorOf(actor), ActorName: actor, Cause: "removed by " + actor, Now: now}
		if err := e.of(ctx, tx, accountID); err != nil {
			return err
		}
		return run(ctx, tx, s.behaviour.Events.Remove, &e)
	})
}

// NewTeam is a team to create.
type NewTeam struct {
	Name        string
	Slug        string   // empty: made from the name
	Default     bool     // new members join it by themselves
	DefaultRole TeamRole // empty: member
}

// CreateTeam creates a team.
func (s *Service) CreateTeam(ctx context.Context, actor, organizationID string, wanted NewTeam) (Team, error) {
	var team Team
	err := s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) (err error) {
		team, err = createTeam(ctx, tx, o, now, named(actor), wanted)
		return err
	})
	return team, err
}

func createTeam(ctx context.Context, tx Tx, o Organization, now time.Time, actor string, wanted NewTeam) (Team, error) {
	team := Team{
		ID: newID(), Organization: o.ID, Slug: wanted.Slug, Name: wanted.Name,
		Default: wanted.Default, DefaultRole: wanted.DefaultRole,
	}
	if isBlank(team.Name) {
		return team, refuse(Invalid, "a team needs a name")
	}
	if team.Slug == "" {
		team.Slug = slug(team.Name)
	}
	team.DefaultRole = team.joinRole()
	if err := validTeamRole(team.DefaultRole); err != nil {
		return team, err
	}
	teams, err := tx.Teams(ctx, o.ID)
	if err != nil {
		return team, err
	}
	for _, other := range teams {
		if other.Slug == team.Slug {
			return team, refuse(Conflict, "there is a team %q already", team.Slug)
		}
	}
	if err := tx.AddTeam(ctx, team); err != nil {
		return team, err
	}
	return team, tx.Audit(ctx, Event{
		Organization: o.ID, At: now, Action: TeamCreated, Actor: actorOf(actor), ActorName: actor,
		Subject: team.ID, SubjectName: team.Slug, Cause: "created by " + actor,
		After: spell(map[string]any{"name": team.Name, "default": team.Default, "defaultRole": team.DefaultRole}),
	})
}

// slug makes a name fit for URLs: lower-case letters, digits and hyphens.
func slug(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

func validTeamRole(role TeamRole) error {
	if role != TeamMember && role != TeamMaintainer {
		return refuse(Invalid, "the role in a team must be %q or %q", TeamMember, TeamMaintainer)
	}
	return nil
}

// JoinTeam puts a member into a team, or changes their role there. An empty role
// means the team's default one.
func (s *Service) JoinTeam(ctx context.Context, actor, organizationID, teamID, accountID string, role TeamRole) error {
	return s.inTeam(ctx, actor, organizationID, teamID, accountID, func(tx Tx, team Team, was *TeamPlace, e Event) error {
		if role == "" {
			role = team.joinRole()
		}
		if err := validTeamRole(role); err != nil {
			return err
		}
		is := TeamPlace{Team: team.ID, Account: accountID, Role: role, Source: ByHand}
		e.Action, e.After, e.Cause = TeamMemberCreated, place(team, role), "put in by "+e.ActorName
		if was != nil {
			if was.Role == role {
				return nil
			}
			is.Source = was.Source
			e.Action, e.Before, e.Cause = TeamMemberUpdated, place(team, was.Role), "changed by "+e.ActorName
		}
		if err := tx.PutTeamPlace(ctx, is); err != nil {
			return err
		}
		return tx.Audit(ctx, e)
	})
}

// LeaveTeam takes a member out of a team. Somebody who is not in it is no error.
func (s *Service) LeaveTeam(ctx context.Context, actor, organizationID, teamID, accountID string) error {
	return s.inTeam(ctx, actor, organizationID, teamID, accountID, func(tx Tx, team Team, was *TeamPlace, e Event) error {
		if was == nil {
			return nil
		}
		if err := tx.DeleteTeamPlace(ctx, team.ID, accountID); err != nil {
			return err
		}
		e.Action, e.Before, e.Cause = TeamMemberDeleted, place(team, was.Role), "taken out by "+e.ActorName
		return tx.Audit(ctx, e)
	})
}

// inTeam looks up a team and a member with their place in it, and starts an event.
func (s *Service) inTeam(ctx context.Context, actor, organizationID, teamID, accountID string, f func(Tx, Team, *TeamPlace, Event) error) error {
	actor = named(actor)
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		team, err := tx.Team(ctx, o.ID, teamID)
		if errors.Is(err, ErrNotFound) {
			return refuse(NotFound, "there is no such team")
		}
		if err != nil {
			return err
		}
		a, _, err := member(ctx, tx, o.ID, accountID)
		if err != nil {
			return err
		}
		places, err := tx.TeamPlaces(ctx, o.ID, accountID)
		if err != nil {
			return err
		}
		var was *TeamPlace
		for i := range places {
			if places[i].Team == team.ID {
				was = &places[i]
			}
		}
		return f(tx, team, was, Event{
			Organization: o.ID, At: now, Actor: actorOf(actor), ActorName: actor,
			Subject: a.ID, SubjectName: a.Email,
		})
	})
}

// IssueToken makes an API token for a member; the secret is shown this once.
func (s *Service) IssueToken(ctx context.Context, actor, organizationID, accountID, name string) (Token, string, error) {
	actor = named(actor)
	secret := newSecret()
	var token Token
	err := s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		a, _, err := member(ctx, tx, o.ID, accountID)
		if err != nil {
			return err
		}
		token = Token{ID: newID(), Organization: o.ID, Account: a.ID, Name: name, Created: now}
		if err := tx.AddToken(ctx, token, secret); err != nil {
			return err
		}
		return tx.Audit(ctx, Event{
			Organization: o.ID, At: now, Action: TokenIssued, Actor: actorOf(actor), ActorName: actor,
			Subject: a.ID, SubjectName: a.Email, After: token.label(), Cause: "issued by " + actor,
		})
	})
	if err != nil {
		return Token{}, "", err
	}
	return token, secret, nil
}

// RevokeToken ends an API token of an account. One that is revoked already stays so.
func (s *Service) RevokeToken(ctx context.Context, actor, organizationID, accountID, tokenID string) error {
	actor = named(actor)
	return s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) error {
		a, err := account(ctx, tx, accountID)
		if err != nil {
			return err
		}
		tokens, err := tx.Tokens(ctx, o.ID, a.ID)
		if err != nil {
			return err
		}
		for _, token := range tokens {
			if token.ID != tokenID {
				continue
			}
			if !token.Revoked.IsZero() {
				return nil
			}
			token.Revoked, token.RevokeCause = now, revokedByHand
			if err := tx.SaveToken(ctx, token); err != nil {
				return err
			}
			return tx.Audit(ctx, Event{
				Organization: o.ID, At: now, Action: TokenRevoked, Actor: actorOf(actor), ActorName: actor,
				Subject: a.ID, SubjectName: a.Email, Before: token.label(), Cause: "revoked by " + actor,
			})
		}
		return refuse(NotFound, "there is no such token")
	})
}
