package defect

import (
	"context"
	"errors"
	"slices"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

var _ = register(defects{
	"sticky-admin": func(p *reference.Parts) {
		notLater(p, "role", func(e *org.SignIn) bool { return e.Membership.Role == org.Admin })
	},
	"absent-admin-keeps": func(p *reference.Parts) { p.Rules.MissingAdmin = "keep" },
	"empty-admin-keeps":  func(p *reference.Parts) { p.Rules.EmptyAdmin = "keep" },
	"never-promotes": func(p *reference.Parts) {
		notLater(p, "role", func(e *org.SignIn) bool { return e.Membership.Role == org.Member })
	},
	"permissions-at-first-sign-in-only": func(p *reference.Parts) { p.Rules.LoginOverwrites = []string{"name", "email"} },
	"scim-resets-role": func(p *reference.Parts) {
		org.After(&p.Events.Update, "record", org.Step[org.Updating]{Name: "role",
			Do: func(ctx context.Context, tx org.Tx, e *org.Updating) error {
				place, err := optional(tx.Membership(ctx, e.After.Organization, e.After.Account))
				if err != nil || place == nil {
					return err
				}
				place.Role = org.Member
				return tx.SaveMembership(ctx, *place)
			}})
	},
	"admins-lapse": func(p *reference.Parts) {
		p.Store = append(p.Store, func(s org.Store) org.Store { return lapsing{s} })
	},
	"role-kept-in-session": func(p *reference.Parts) {
		org.After(&p.Events.Session, "membership", org.Step[org.Request]{Name: "cache", Do: firstAnswer(func(e *org.Request) string { return e.Session.ID })})
	},
	"role-kept-in-token": func(p *reference.Parts) {
		org.After(&p.Events.Token, "membership", org.Step[org.Request]{Name: "cache", Do: firstAnswer(func(e *org.Request) string { return e.Token.ID })})
	},
	"teams-kept-in-session": func(p *reference.Parts) {
		var kept sync.Map
		org.After(&p.Events.Session, "teams", org.Step[org.Request]{Name: "cache",
			Do: func(_ context.Context, _ org.Tx, e *org.Request) error {
				first, _ := kept.LoadOrStore(e.Session.ID, e.Teams)
				e.Teams = first.([]org.TeamRoleView)
				return nil
			}})
	},
	"last-admin-demoted":    func(p *reference.Parts) { p.Rules.DemoteLastAdmin = "apply" },
	"last-admin-locked-out": func(p *reference.Parts) { p.Rules.DemoteLastAdmin = "reject_login" },
	"empty-teams-clear-for-everybody": func(p *reference.Parts) {
		afterSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if !slices.Equal(e.Assertion.Attributes["teams"], []string{""}) {
				return nil
			}
			teams, err := tx.Teams(ctx, e.Organization.ID)
			for _, team := range teams {
				roster, _ := tx.TeamRoster(ctx, team.ID)
				for _, place := range roster {
					err = errors.Join(err, tx.DeleteTeamPlace(ctx, place.Team, place.Account))
				}
			}
			return err
		})
	},
	"removed-when-nothing-granted": func(p *reference.Parts) {
		afterSignIn(p, "audit", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if len(e.Assertion.Attributes) > 0 {
				return nil
			}
			return tx.DeleteMembership(ctx, e.Membership.ID)
		})
	},

	"teams-only-added":      func(p *reference.Parts) { p.Rules.TeamsMode = "add_only" },
	"hand-made-places-kept": func(p *reference.Parts) { p.Rules.TeamsMode = "replace_managed" },
	"team-role-never-lowered": func(p *reference.Parts) {
		keepPlaces(p, func(was, is *org.TeamPlace) bool {
			return was != nil && is != nil && was.Role == org.TeamMaintainer && is.Role == org.TeamMember
		})
	},
	"team-role-never-raised": func(p *reference.Parts) {
		keepPlaces(p, func(was, is *org.TeamPlace) bool {
			return was != nil && is != nil && was.Role == org.TeamMember && is.Role == org.TeamMaintainer
		})
	},
	"teams-never-added-later": func(p *reference.Parts) {
		keepPlaces(p, func(was, is *org.TeamPlace) bool { return was == nil && is != nil })
	},
	"absent-teams-clear":  func(p *reference.Parts) { p.Rules.MissingTeams = "clear" },
	"empty-teams-ignored": func(p *reference.Parts) { p.Rules.EmptyTeams = "keep" },
	"default-teams-lost":  func(p *reference.Parts) { p.Rules.DefaultTeamsSurvive = false },
	"default-teams-or-named": func(p *reference.Parts) {
		aroundSignIn(p, "default-teams", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if len(e.Assertion.Attributes["teams"]) > 0 {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
})

// lapsing shows admins as members once an organization's clock was moved ahead.
type lapsing struct{ org.Store }

func (s lapsing) View(ctx context.Context, f func(org.Tx) error) error {
	return s.Store.View(ctx, func(tx org.Tx) error { return f(lapsingTx{tx}) })
}

type lapsingTx struct{ org.Tx }

func (tx lapsingTx) MembershipsOf(ctx context.Context, account string) ([]org.Membership, error) {
	all, err := tx.Tx.MembershipsOf(ctx, account)
	for i := range all {
		if o, found := tx.Organization(ctx, all[i].Organization); found == nil && o.Clock > 0 {
			all[i].Role = org.Member
		}
	}
	return all, err
}

// firstAnswer gives a key's holder the role of its first request for good.
func firstAnswer(key func(*org.Request) string) func(context.Context, org.Tx, *org.Request) error {
	var kept sync.Map
	return func(_ context.Context, _ org.Tx, e *org.Request) error {
		first, _ := kept.LoadOrStore(key(e), e.Membership.Role)
		e.Membership.Role = first.(org.Role)
		return nil
	}
}

// keepPlaces puts a member's place in a team back to what it was before the sign-in,
// where the condition holds of the place before and after. Nil is no place.
func keepPlaces(p *reference.Parts, keep func(was, is *org.TeamPlace) bool) {
	aroundSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
		before, err := placesOf(ctx, tx, e)
		if err != nil {
			return err
		}
		if err := deed(ctx, tx, e); err != nil || e.First {
			return err
		}
		after, err := placesOf(ctx, tx, e)
		if err != nil {
			return err
		}
		for team, is := range after {
			was := before[team]
			switch {
			case !keep(was, is):
			case was == nil:
				err = tx.DeleteTeamPlace(ctx, team, e.Account.ID)
			default:
				err = tx.PutTeamPlace(ctx, *was)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func placesOf(ctx context.Context, tx org.Tx, e *org.SignIn) (map[string]*org.TeamPlace, error) {
	list, err := tx.TeamPlaces(ctx, e.Organization.ID, e.Account.ID)
	places := map[string]*org.TeamPlace{}
	for _, place := range list {
		places[place.Team] = &place
	}
	return places, err
}
