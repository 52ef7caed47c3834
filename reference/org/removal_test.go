package org_test

import (
	"testing"

	"rollcall.example/reference/org"
)

func TestADisbandedTeamIsGoneWithItsPlaces(t *testing.T) {
	t.Parallel()
	for name, called := range map[string]func(org.Team) string{
		"by id":   func(team org.Team) string { return team.ID },
		"by name": func(team org.Team) string { return team.Name },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.signIn("han@rebels.test", "teams", w.core.ID+","+w.ops.ID)
			w.inTeams("han@rebels.test", "core/member everyone/member ops/maintainer")

			events := w.during(func() { w.ok(w.svc.DisbandTeam(w.ctx, "leia@rebels.test", w.org.ID, called(w.core))) })

			w.said(events, org.TeamMemberDeleted, org.TeamDeleted)
			if left := w.pick(events, org.TeamMemberDeleted); left.SubjectName != "han@rebels.test" || left.Before != "core/member" || left.ActorName != "leia@rebels.test" {
				t.Errorf("%+v", left)
			}
			w.inTeams("han@rebels.test", "everyone/member ops/maintainer")
			w.sound()
			w.told()
			if _, err := w.svc.CreateTeam(w.ctx, "", w.org.ID, org.NewTeam{Name: w.core.Name}); err != nil {
				t.Errorf("its name cannot be given again: %v", err)
			}
		})
	}
}

func TestWhatIsNotThereNeedsNoRemoval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.state()
	events := w.during(func() {
		w.ok(w.svc.DisbandTeam(w.ctx, "", w.org.ID, "nothing"))
		w.ok(w.svc.DisbandTeam(w.ctx, "", "nowhere", w.core.ID))
		w.ok(w.svc.Dissolve(w.ctx, "", "nowhere"))
		w.ok(w.svc.Dissolve(w.ctx, "", ""))
		w.ok(w.svc.Dissolve(w.ctx, "", "rebel alliance")) // its name is Rebel Alliance
	})
	w.said(events)
	if after := w.state(); after != before {
		t.Errorf("was %s\nis  %s", before, after)
	}
}

func TestTwoTeamsOfOneNameAreToldApartByID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, err := w.svc.CreateTeam(w.ctx, "", w.org.ID, org.NewTeam{Name: w.core.Name, Slug: "core-2"})
	w.ok(err)
	w.refused(w.svc.DisbandTeam(w.ctx, "", w.org.ID, w.core.Name), org.Conflict)
	w.ok(w.svc.DisbandTeam(w.ctx, "", w.org.ID, other.ID))
	w.ok(w.svc.DisbandTeam(w.ctx, "", w.org.ID, w.core.Name))
}

func TestADissolvedOrganizationTakesNothingOfOthersAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign("han@rebels.test")
	w.signIn("han@rebels.test", "teams", w.core.ID)
	w.signIn("lando@rebels.test") // and gone again: only the books know
	lando, err := w.svc.AccountByEmail(w.ctx, "lando@rebels.test")
	w.ok(err)
	w.ok(w.svc.RemoveMember(w.ctx, "", w.org.ID, lando.ID))
	before, here := w.state(), *w

	empire := w.found("Empire", "vader@empire.test")
	w.enter(empire)
	w.assign("han@rebels.test")
	for _, name := range []string{"han@rebels.test", "lando@rebels.test", "greedo@empire.test"} {
		w.signIn(name, "teams", w.core.ID)
	}
	w.assign("piett@empire.test")
	han, err := w.svc.AccountByEmail(w.ctx, "han@rebels.test")
	w.ok(err)
	_, secret, err := w.svc.IssueToken(w.ctx, "", w.org.ID, han.ID, "ci")
	w.ok(err)

	events := w.during(func() { w.ok(w.svc.Dissolve(w.ctx, "", w.org.Name)) })

	w.said(events, org.OrganizationDeleted)
	if _, err := w.svc.Organization(w.ctx, empire.Organization.ID); org.KindOf(err) != org.NotFound {
		t.Errorf("the organization is still there: %v", err)
	}
	if _, err := w.svc.Token(w.ctx, secret); err == nil {
		t.Error("an API token of it still opens something")
	}
	for name, stays := range map[string]bool{
		"han@rebels.test": true, "lando@rebels.test": true, "vader@empire.test": false, "greedo@empire.test": false,
	} {
		if _, err := w.svc.AccountByEmail(w.ctx, name); (err == nil) != stays {
			t.Errorf("the account of %s: %v", name, err)
		}
	}
	*w = here
	if after := w.state(); after != before {
		t.Errorf("the other organization was %s\nand is %s", before, after)
	}
	w.sound()
	w.told()
	w.found("Empire", "vader@empire.test") // and may be founded again
}
