package org

import (
	"context"
	"slices"
)

// teamSteps map groups to teams.
type teamSteps struct{}

// find maps a new group to the team of its name, or to one that is made for it.
func (teamSteps) find(ctx context.Context, tx Tx, e *Grouping) error {
	g := &e.After
	name := slug(g.DisplayName)
	if name == "" { // no letter of it is fit for a URL
		name = "group-" + g.ID[:8]
	}
	teams, err := tx.Teams(ctx, g.Organization)
	if err != nil {
		return err
	}
	for _, team := range teams {
		if team.Slug == name || Key(team.Name) == Key(g.DisplayName) {
			g.Team, g.Role = team.ID, team.joinRole()
			return nil
		}
	}
	team := Team{ID: newID(), Organization: g.Organization, Slug: name, Name: g.DisplayName, DefaultRole: TeamMember}
	g.Team, g.TeamMade = team.ID, true
	e.sayTeam(TeamCreated, team, "", spell(map[string]any{"name": team.Name, "default": team.Default, "defaultRole": team.DefaultRole}))
	return tx.AddTeam(ctx, team)
}

// rename has a team that was made for a group bear its name. In URLs it keeps the old
// one, for somebody may have it in a book.
func (teamSteps) rename(ctx context.Context, tx Tx, e *Grouping) error {
	g := e.After
	if !g.TeamMade || g.Team == "" || g.DisplayName == e.Before.DisplayName {
		return nil
	}
	team, err := tx.Team(ctx, g.Organization, g.Team)
	if err != nil || team.Name == g.DisplayName {
		return err
	}
	e.sayTeam(TeamUpdated, team, team.Name, g.DisplayName)
	team.Name = g.DisplayName
	return tx.SaveTeam(ctx, team)
}

// places puts those who come into the team, and takes those who leave out of it.
func (teamSteps) places(ctx context.Context, tx Tx, e *Grouping) error {
	if e.After.Team == "" || len(e.Come)+len(e.Leave) == 0 {
		return nil
	}
	team, err := tx.Team(ctx, e.After.Organization, e.After.Team)
	if err != nil {
		return err
	}
	for _, n := range e.Leave { // be it somebody who is suspended
		if err := e.place(ctx, tx, n, func(p *placing) error { return p.outOf(ctx, tx, team) }); err != nil {
			return err
		}
	}
	into := func(p *placing) error { return p.into(ctx, tx, team, e.After.Role) }
	for _, n := range e.Come {
		if !n.Active {
			continue
		}
		if err := e.place(ctx, tx, n, into); err != nil {
			return err
		}
	}
	return nil
}

// place moves somebody who has an account.
func (e *Grouping) place(ctx context.Context, tx Tx, n Nominee, move func(*placing) error) error {
	if n.Account == "" {
		return nil
	}
	account, err := tx.Account(ctx, n.Account)
	if err != nil {
		return err
	}
	p := placing{organization: e.After.Organization, account: account.ID, event: func(action Action) Event {
		event := e.event(action)
		event.Subject, event.SubjectName = account.ID, account.Email
		return event
	}}
	err = move(&p)
	e.Events = append(e.Events, p.events...)
	return err
}

// disband takes the team away that was made for a group, unless somebody is in it or
// another group is mapped to it.
func (teamSteps) disband(ctx context.Context, tx Tx, e *Grouping) error {
	g := e.Before
	if !g.TeamMade || g.Team == "" {
		return nil
	}
	roster, err := tx.TeamRoster(ctx, g.Team)
	if err != nil || len(roster) > 0 {
		return err
	}
	others, err := tx.GroupsIn(ctx, g.Organization)
	if err != nil || slices.ContainsFunc(others, func(other Group) bool { return other.Team == g.Team }) {
		return err
	}
	team, err := tx.Team(ctx, g.Organization, g.Team)
	if err != nil {
		return err
	}
	e.sayTeam(TeamDeleted, team, team.Name, "")
	return tx.DeleteTeam(ctx, team.ID)
}

func (e *Grouping) sayTeam(action Action, team Team, before, after string) {
	event := e.event(action)
	event.Subject, event.SubjectName, event.Before, event.After = team.ID, team.Slug, before, after
	e.Events = append(e.Events, event)
}

// signIn gives whoever signs in the places of their groups.
func (teamSteps) signIn(ctx context.Context, tx Tx, e *SignIn) error {
	p := placing{organization: e.Organization.ID, account: e.Account.ID, event: e.event}
	err := p.everywhere(ctx, tx)
	e.Events = append(e.Events, p.events...)
	return err
}

// linked gives somebody whose record is found to be theirs the places of its groups.
func (teamSteps) linked(ctx context.Context, tx Tx, e *Updating) error {
	if e.Before.Account == e.After.Account {
		return nil
	}
	events, err := placesOf(ctx, tx, e.Caller, e.After, e.Caller.event(TeamMemberCreated, e.After, e.Now, "changed over SCIM"))
	e.Events = append(e.Events, events...)
	return err
}

// back gives a member whose record is active again the places of its groups.
func (teamSteps) back(ctx context.Context, tx Tx, e *Returning) error {
	events, err := placesOf(ctx, tx, e.Caller, *e.Record, e.Caller.event(TeamMemberCreated, *e.Record, e.Now, reactivatedOverSCIM))
	e.Events = append(e.Events, events...)
	return err
}

// revived does the same where the record was not reactivated but created again.
func (teamSteps) revived(ctx context.Context, tx Tx, e *Provisioning) error {
	events, err := placesOf(ctx, tx, e.Caller, e.Record, e.Caller.event(TeamMemberCreated, e.Record, e.Now, createdOverSCIM))
	e.Events = append(e.Events, events...)
	return err
}

// placesOf gives the person of the record the places of their groups. The event is
// begun.
func placesOf(ctx context.Context, tx Tx, c Caller, r Record, begun Event) ([]Event, error) {
	if r.Account == "" || !r.Active {
		return nil, nil
	}
	account, err := tx.Account(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	p := placing{organization: c.Organization.ID, account: account.ID, event: func(action Action) Event {
		event := begun
		event.Action, event.Subject, event.SubjectName = action, account.ID, account.Email
		return event
	}}
	err = p.everywhere(ctx, tx)
	return p.events, err
}
