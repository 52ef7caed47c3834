package store

import (
	"context"
	"slices"

	"rollcall.example/reference/org"
)

const teamColumns = "id, organization, slug, name, is_default, default_role"

func scanTeam(r row) (team org.Team, err error) {
	err = r.Scan(&team.ID, &team.Organization, &team.Slug, &team.Name, &team.Default, &team.DefaultRole)
	return team, err
}

// AddTeam implements [org.Tx].
func (t *tx) AddTeam(ctx context.Context, team org.Team) error {
	t.changes()
	return t.add(ctx, "add a team",
		"INSERT INTO teams ("+teamColumns+") VALUES ($1, $2, $3, $4, $5, $6)",
		team.ID, team.Organization, team.Slug, team.Name, bit(team.Default), string(team.DefaultRole))
}

// SaveTeam implements [org.Tx].
func (t *tx) SaveTeam(ctx context.Context, team org.Team) error {
	t.changes()
	return t.change(ctx, "save a team",
		"UPDATE teams SET organization = $2, slug = $3, name = $4, is_default = $5, default_role = $6 WHERE id = $1",
		team.ID, team.Organization, team.Slug, team.Name, bit(team.Default), string(team.DefaultRole))
}

// Team implements [org.Tx].
func (t *tx) Team(ctx context.Context, organization, id string) (org.Team, error) {
	return one(ctx, t, "look up a team", scanTeam,
		"SELECT "+teamColumns+" FROM teams WHERE id = $1 AND organization = $2", id, organization)
}

// Teams implements [org.Tx]; they come by slug.
func (t *tx) Teams(ctx context.Context, organization string) ([]org.Team, error) {
	return recalled(ctx, t, func(r *recall) map[string][]org.Team { return r.teams }, organization, slices.Clone[[]org.Team], func() ([]org.Team, error) {
		return list(ctx, t, "list the teams", scanTeam,
			"SELECT "+teamColumns+" FROM teams WHERE organization = $1 ORDER BY slug, id", organization)
	})
}

func scanPlace(r row) (p org.TeamPlace, err error) {
	err = r.Scan(&p.Team, &p.Account, &p.Role, &p.Source)
	return p, err
}

// placesFirst joins places with their teams. Left to itself, SQLite would go through
// all teams of the organization, for they come sorted; CROSS JOIN has it begin with
// the few places of the accounts.
const placesFirst = "team_places p CROSS JOIN teams t WHERE t.id = p.team"

// PutTeamPlace implements [org.Tx].
func (t *tx) PutTeamPlace(ctx context.Context, p org.TeamPlace) error {
	return t.add(ctx, "put somebody into a team",
		`INSERT INTO team_places (team, account, role, source) VALUES ($1, $2, $3, $4)
			ON CONFLICT (team, account) DO UPDATE SET role = excluded.role, source = excluded.source`,
		p.Team, p.Account, string(p.Role), string(p.Source))
}

// DeleteTeamPlace implements [org.Tx].
func (t *tx) DeleteTeamPlace(ctx context.Context, team, account string) error {
	return t.change(ctx, "take somebody out of a team",
		"DELETE FROM team_places WHERE team = $1 AND account = $2", team, account)
}

// TeamPlaces implements [org.Tx]; they come by the slug of the team.
func (t *tx) TeamPlaces(ctx context.Context, organization, account string) ([]org.TeamPlace, error) {
	return list(ctx, t, "list an account's teams", scanPlace,
		"SELECT p.team, p.account, p.role, p.source FROM "+placesFirst+
			" AND p.account = $2 AND t.organization = $1 ORDER BY t.slug, t.id", organization, account)
}

// TeamRoster implements [org.Tx]; it comes by the id of the account.
func (t *tx) TeamRoster(ctx context.Context, team string) ([]org.TeamPlace, error) {
	return list(ctx, t, "list a team's members", scanPlace,
		"SELECT team, account, role, source FROM team_places WHERE team = $1 ORDER BY account", team)
}
