package org

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// grantSteps make role and teams match what the assertion says.
type grantSteps struct {
	rules   *Rules
	grammar *Grammar
}

func (s grantSteps) role(ctx context.Context, tx Tx, e *SignIn) error {
	if !e.First && !s.rules.overwrites("admin") {
		return nil
	}
	role := s.wantedRole(e)
	if role == e.Membership.Role {
		return nil
	}
	if role == Member {
		keep, err := s.keepLastAdmin(ctx, tx, e)
		if err != nil || keep {
			return err
		}
		e.Demoted = true
	}
	was := e.Membership.Role
	e.Membership.Role = role
	e.say(MemberUpdated, string(was), string(role))
	return tx.SaveMembership(ctx, *e.Membership)
}

// wantedRole reads the admin attribute; the role stays where it says nothing.
func (s grantSteps) wantedRole(e *SignIn) Role {
	values, sent := e.Assertion.Attributes["admin"]
	unsaid := s.rules.MissingAdmin
	if sent {
		unsaid = s.rules.EmptyAdmin
	}
	if blank(values) {
		if unsaid == "keep" {
			return e.Membership.Role
		}
		return Member
	}
	admin, sound := s.grammar.Bool(values)
	if !sound {
		e.ignore("admin", strings.Join(values, ", "), "neither true nor false")
	}
	if admin {
		return Admin
	}
	return Member
}

// keepLastAdmin says whether the demotion has to be left out.
func (s grantSteps) keepLastAdmin(ctx context.Context, tx Tx, e *SignIn) (bool, error) {
	if s.rules.DemoteLastAdmin == "apply" {
		return false, nil
	}
	last, err := isLastAdmin(ctx, tx, *e.Membership)
	if err != nil || !last {
		return false, err
	}
	const why = "this would leave the organization without an administrator"
	if s.rules.DemoteLastAdmin == "reject_login" {
		return false, refuse(Forbidden, why)
	}
	event := e.event(DemotionSkipped)
	event.Before, event.Cause = string(Admin), why
	e.Events = append(e.Events, event)
	return true, nil
}

func (s grantSteps) teams(ctx context.Context, tx Tx, e *SignIn) error {
	if s.rules.TeamsMode == "ignore" || (!e.First && !s.rules.overwrites("teams")) {
		return nil
	}
	values, sent := e.Assertion.Attributes["teams"]
	if sent && s.rules.MultiValue == "first" && len(values) > 1 {
		values = values[:1]
	}
	unsaid := s.rules.MissingTeams
	if sent {
		unsaid = s.rules.EmptyTeams
	}
	entries := s.grammar.Teams(values)
	if len(entries) == 0 && unsaid == "keep" {
		return nil
	}
	wanted, err := s.wantedTeams(ctx, tx, e, entries)
	if err != nil {
		return err
	}
	return s.matchTeams(ctx, tx, e, wanted)
}

// wantedPlace is a team that the assertion puts the person in.
type wantedPlace struct {
	team Team
	role TeamRole
}

// wantedTeams resolves the entries, each team once, in the order sent. An entry
// that means nothing here is left out and noted, and the others count.
func (s grantSteps) wantedTeams(ctx context.Context, tx Tx, e *SignIn, entries []TeamEntry) ([]wantedPlace, error) {
	var wanted []wantedPlace
	for _, entry := range entries {
		team, err := findTeam(ctx, tx, e.Organization.ID, entry)
		if reason := new(Error); errors.As(err, &reason) {
			if s.rules.UnknownTeam == "reject" {
				return nil, refuse(Forbidden, "the teams attribute names a team that is not there")
			}
			e.ignore("teams", entry.Raw, reason.Message)
			continue
		}
		if err != nil {
			return nil, err
		}
		role, take, err := s.teamRole(e, team, entry)
		if err != nil {
			return nil, err
		}
		if !take {
			continue
		}
		if wanted, err = s.merge(wanted, wantedPlace{team, role}); err != nil {
			return nil, err
		}
	}
	return wanted, nil
}

// findTeam looks the team up; an [Error] says why the entry names none.
func findTeam(ctx context.Context, tx Tx, organization string, entry TeamEntry) (Team, error) {
	if entry.Reason != "" {
		return Team{}, refuse(Invalid, "%s", entry.Reason)
	}
	team, err := tx.Team(ctx, organization, entry.Team)
	if errors.Is(err, ErrNotFound) {
		return team, refuse(NotFound, "no such team in this organization")
	}
	return team, err
}

// teamRole settles the role of an entry, and whether it counts at all.
func (s grantSteps) teamRole(e *SignIn, team Team, entry TeamEntry) (role TeamRole, take bool, err error) {
	switch role = TeamRole(entry.Role); role {
	case TeamMember, TeamMaintainer:
		return role, true, nil
	case "":
		if s.rules.BareTeamRole == "member" {
			return TeamMember, true, nil
		}
		return team.joinRole(), true, nil
	}
	switch s.rules.UnknownRole {
	case "reject":
		return "", false, refuse(Forbidden, "the teams attribute names a role that is not there")
	case "ignore_entry":
		e.ignore("teams", entry.Raw, "no such role; the entry has no effect")
		return "", false, nil
	case "default":
		e.ignore("teams", entry.Raw, "no such role; joined with the team's own")
		return team.joinRole(), true, nil
	}
	e.ignore("teams", entry.Raw, "no such role; joined as a member")
	return TeamMember, true, nil
}

// merge adds a place, or settles it with one in the same team.
func (s grantSteps) merge(wanted []wantedPlace, p wantedPlace) ([]wantedPlace, error) {
	at := slices.IndexFunc(wanted, func(w wantedPlace) bool { return w.team.ID == p.team.ID })
	switch {
	case at < 0:
		return append(wanted, p), nil
	case s.rules.DuplicateTeam == "reject":
		return nil, refuse(Forbidden, "the teams attribute names a team twice")
	case s.rules.DuplicateTeam == "last":
		wanted[at].role = p.role
	case s.rules.DuplicateTeam != "first" && p.role == TeamMaintainer:
		wanted[at].role = p.role
	}
	return wanted, nil
}

// matchTeams makes the places of the person those that are wanted. What a group of
// SCIM's gave is its to take.
func (s grantSteps) matchTeams(ctx context.Context, tx Tx, e *SignIn, wanted []wantedPlace) error {
	places, err := tx.TeamPlaces(ctx, e.Organization.ID, e.Account.ID)
	if err != nil {
		return err
	}
	for _, p := range places {
		if p.Source == ByGroup || slices.ContainsFunc(wanted, func(w wantedPlace) bool { return w.team.ID == p.Team }) {
			continue
		}
		if err := s.leaveTeam(ctx, tx, e, p); err != nil {
			return err
		}
	}
	for _, w := range wanted {
		at := slices.IndexFunc(places, func(p TeamPlace) bool { return p.Team == w.team.ID })
		switch {
		case at < 0:
			err = putPlace(ctx, tx, e, w.team, nil, TeamPlace{Team: w.team.ID, Account: e.Account.ID, Role: w.role, Source: ByAssertion})
		case places[at].Source != ByGroup:
			now := places[at]
			now.Role = w.role
			err = putPlace(ctx, tx, e, w.team, &places[at], now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveTeam takes the person out of a team that the assertion does not name, or
// back to its ordinary role where default teams survive.
func (s grantSteps) leaveTeam(ctx context.Context, tx Tx, e *SignIn, p TeamPlace) error {
	team, err := tx.Team(ctx, e.Organization.ID, p.Team)
	if err != nil {
		return err
	}
	managed := s.rules.TeamsMode == "replace" || (s.rules.TeamsMode == "replace_managed" && p.Source == ByAssertion)
	switch {
	case team.Default && (s.rules.DefaultTeamsSurvive || e.First):
		if s.rules.TeamsMode != "replace" {
			return nil
		}
		ordinary := p
		ordinary.Role = team.joinRole()
		return putPlace(ctx, tx, e, team, &p, ordinary)
	case !managed:
		return nil
	}
	if err := tx.DeleteTeamPlace(ctx, p.Team, p.Account); err != nil {
		return err
	}
	e.say(TeamMemberDeleted, place(team, p.Role), "")
	return nil
}

// putPlace writes a place that is new or whose role has changed.
func putPlace(ctx context.Context, tx Tx, e *SignIn, team Team, was *TeamPlace, is TeamPlace) error {
	switch {
	case was == nil:
		e.say(TeamMemberCreated, "", place(team, is.Role))
	case was.Role == is.Role:
		return nil
	default:
		e.say(TeamMemberUpdated, place(team, was.Role), place(team, is.Role))
	}
	return tx.PutTeamPlace(ctx, is)
}
