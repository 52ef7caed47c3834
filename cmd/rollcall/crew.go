package main

import (
	"context"
	"fmt"

	"rollcall.example/fixtures"
	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// settle gives the tenant a small company, and the product as its app: groups are
// assigned, so some people have a tracking record, and nobody has signed in. Groups can
// be pushed where the product takes them.
func settle(ctx context.Context, tenant *simulator.Tenant, c target.Connection, groups bool) error {
	crew, err := fixtures.ReadCrew("rebels")
	if err != nil {
		return err
	}
	encryption, err := c.SAML.Encryption()
	if err != nil {
		return err
	}
	app := tenant.NewApp(simulator.AppSettings{
		Label:       c.Okta.App,
		SCIM:        simulator.Connection{BaseURL: c.SCIM.BaseURL, Token: c.SCIM.Token},
		Integration: c.SCIM.Token != "",
		CreateUsers: true, UpdateAttributes: true, DeactivateUsers: true, LifecycleManagement: true,
		PushGroups: groups, Import: simulator.ImportSettings{Groups: groups},
		SAML: simulator.SAML{ACS: c.SAML.ACS, Audience: c.SAML.EntityID, Encrypt: encryption},
	})
	var admins []*simulator.Person
	members := map[string][]*simulator.Person{}
	for _, m := range crew.People {
		person := tenant.Hire(simulator.Profile{FirstName: m.First, LastName: m.Last, Email: m.Email})
		if m.Admin {
			admins = append(admins, person)
		}
		for _, group := range m.Groups {
			members[group] = append(members[group], person)
		}
	}
	for _, g := range crew.Groups {
		if err := gather(ctx, tenant, app, g, members[g.Name], c.Teams); err != nil {
			return fmt.Errorf("setting up the group %s: %w", g.Name, err)
		}
	}
	return promote(ctx, app, admins)
}

// promote makes admins of those of them who have the app.
func promote(ctx context.Context, app *simulator.App, admins []*simulator.Person) error {
	for _, person := range admins {
		if _, assigned := app.Assignment(person); !assigned {
			continue
		}
		if _, err := app.SetAppProfile(ctx, person, simulator.AppProfile{"admin": "true"}); err != nil {
			return err
		}
	}
	return nil
}

// gather makes one group of the company, maps it to teams and assigns it the app.
func gather(ctx context.Context, tenant *simulator.Tenant, app *simulator.App, g fixtures.CrewGroup, members []*simulator.Person, teams []target.Team) error {
	group := tenant.NewGroup(g.Name)
	if _, err := tenant.AddToGroup(ctx, group, members...); err != nil {
		return err
	}
	var entries []string
	for _, wanted := range g.Teams {
		for _, team := range teams {
			if team.Slug == wanted.Team {
				entries = append(entries, team.ID+"/"+wanted.Role)
			}
		}
	}
	app.MapTeams(g.Name, entries...)
	if !g.Assigned {
		return nil
	}
	_, err := app.AssignGroup(ctx, group)
	return err
}
