package audit

import (
	"context"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// life is a piece of an organization's life with something of everything: people come,
// rise, fall, leave, come back, and some never turn up. It returns all who were in it.
func life(ctx context.Context, okta *spec.Okta, product *spec.Product) []*spec.Person {
	pilots, medics := product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Medics")
	leia, _ := okta.Onboard(ctx, "Leia Organa")
	han, _ := okta.Onboard(ctx, "Han Solo")
	lando, _ := okta.Precede(ctx, "Lando Calrissian")
	wedge, _ := okta.Onboard(ctx, "Wedge Antilles")
	biggs := okta.Hire("Biggs Darklighter")
	okta.Assign(ctx, biggs)

	okta.Promote(ctx, leia)
	okta.PutInTeams(ctx, wedge, pilots.ID+"/maintainer", medics.ID)
	product.Join(ctx, han, pilots, "member")
	product.MakeAdmin(ctx, lando)
	okta.SignIn(ctx, leia)
	okta.SignIn(ctx, wedge)
	okta.PutInTeams(ctx, wedge, medics.ID)
	okta.SignIn(ctx, wedge)
	okta.SignIn(ctx, lando)

	product.IssueToken(ctx, han)
	okta.Unassign(ctx, han, biggs)
	product.Remove(ctx, lando)
	okta.SignIn(ctx, lando)
	okta.Assign(ctx, han)
	okta.SignIn(ctx, han)
	okta.Unassign(ctx, wedge)
	product.Remove(ctx, lando)
	okta.Demote(ctx, leia)
	okta.SignIn(ctx, leia)

	spec.Given(product.Look(ctx, leia)).To(HaveRole("member"))
	spec.Given(product.Look(ctx, han)).To(BeMember())
	spec.Given(product.Look(ctx, wedge)).NotTo(HaveActiveRecord())
	return []*spec.Person{leia, han, lando, wedge, biggs}
}

// told is what a log alone says of an organization.
type told struct {
	roles  map[string]string // of the members, by account
	seated map[string]int    // open seats, by account
	teams  map[string]int    // places in teams, by account
}

// replay goes through a log from the beginning.
func replay(log []target.Event) told {
	t := told{map[string]string{}, map[string]int{}, map[string]int{}}
	for _, event := range log {
		switch event.Action {
		case target.MemberCreated, target.MemberUpdated:
			t.roles[event.Subject] = event.After
		case target.MemberDeleted:
			delete(t.roles, event.Subject)
		case target.SeatStarted:
			t.seated[event.Subject]++
		case target.SeatReleased:
			t.seated[event.Subject]--
		case target.TeamMemberCreated:
			t.teams[event.Subject]++
		case target.TeamMemberDeleted:
			t.teams[event.Subject]--
		}
	}
	return t
}

// of is what the log says of somebody: the role or nothing, open seats, places in teams.
func (t told) of(account string) standing {
	return standing{t.roles[account], t.seated[account], t.teams[account]}
}

// open is how many seats the log says are open.
func (t told) open() int {
	n := 0
	for _, seats := range t.seated {
		n += seats
	}
	return n
}

// standing is how somebody stands in an organization.
type standing struct {
	role  string
	seats int
	teams int
}

// seen is how somebody stands as a look at the product shows it.
func seen(view target.View) standing {
	s := standing{seats: len(view.OpenSeats())}
	for _, membership := range view.Memberships {
		s.role, s.teams = membership.Role, len(membership.Teams)
	}
	return s
}
