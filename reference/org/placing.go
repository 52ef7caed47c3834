package org

import (
	"context"
	"slices"
)

// placing keeps somebody's places in teams in step with the groups that they are in.
// Whoever has no membership has no place either, and gets none here.
type placing struct {
	organization string
	account      string
	event        func(Action) Event // starts an event about the account
	events       []Event
}

// everywhere gives the account the places of all its groups.
func (p *placing) everywhere(ctx context.Context, tx Tx) error {
	groups, err := tx.GroupsOfAccount(ctx, p.organization, p.account)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Team == "" {
			continue
		}
		team, err := tx.Team(ctx, p.organization, g.Team)
		if err != nil {
			return err
		}
		if err := p.into(ctx, tx, team, g.Role); err != nil {
			return err
		}
	}
	return nil
}

// into gives the account a place in the team. One that it has for another reason, or
// whose role was changed, becomes the group's.
func (p *placing) into(ctx context.Context, tx Tx, team Team, role TeamRole) error {
	membership, err := maybe(tx.Membership(ctx, p.organization, p.account))
	if err != nil || membership == nil {
		return err
	}
	was, err := p.place(ctx, tx, team)
	switch {
	case err != nil:
		return err
	case was == nil:
		p.say(TeamMemberCreated, "", place(team, role))
	case was.Role != role:
		p.say(TeamMemberUpdated, place(team, was.Role), place(team, role))
	case was.Source == ByGroup:
		return nil
	}
	return tx.PutTeamPlace(ctx, TeamPlace{Team: team.ID, Account: p.account, Role: role, Source: ByGroup})
}

// outOf takes the place away that a group gave, unless another group of the team
// still gives it. In a team that everybody joins the ordinary place is left.
func (p *placing) outOf(ctx context.Context, tx Tx, team Team) error {
	was, err := p.place(ctx, tx, team)
	if err != nil || was == nil || was.Source != ByGroup {
		return err
	}
	groups, err := tx.GroupsOfAccount(ctx, p.organization, p.account)
	if err != nil || slices.ContainsFunc(groups, func(g Group) bool { return g.Team == team.ID }) {
		return err
	}
	if !team.Default {
		p.say(TeamMemberDeleted, place(team, was.Role), "")
		return tx.DeleteTeamPlace(ctx, team.ID, p.account)
	}
	ordinary := TeamPlace{Team: team.ID, Account: p.account, Role: team.joinRole(), Source: ByDefault}
	if was.Role != ordinary.Role {
		p.say(TeamMemberUpdated, place(team, was.Role), place(team, ordinary.Role))
	}
	return tx.PutTeamPlace(ctx, ordinary)
}

func (p *placing) place(ctx context.Context, tx Tx, team Team) (*TeamPlace, error) {
	places, err := tx.TeamPlaces(ctx, p.organization, p.account)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(places, func(place TeamPlace) bool { return place.Team == team.ID })
	if at < 0 {
		return nil, nil
	}
	return &places[at], nil
}

func (p *placing) say(action Action, before, after string) {
	event := p.event(action)
	event.Before, event.After = before, after
	p.events = append(p.events, event)
}
