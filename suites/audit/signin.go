// Package audit proves that a product can say afterwards who did what to whom, when and
// why: of every change once, of every refusal, in order and for good.
//
// The usual mistakes are to tell what was asked for and not what was done, to blame
// whoever happened to be signed in, and to forget those who are gone. There is a file for
// each kind of thing that it tells of, and log.go is about the log as a whole.
package audit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// since leaves away what the log told before.
func since(before, log []target.Event) []target.Event {
	last := int64(0)
	for _, event := range before {
		last = max(last, event.Seq)
	}
	later := []target.Event{}
	for _, event := range log {
		if event.Seq > last {
			later = append(later, event)
		}
	}
	return later
}

// providerOf is the provider whose Okta made the person's record.
func providerOf(ctx context.Context, product *spec.Product, who *spec.Person) string {
	view := product.Settled(ctx, who)
	spec.Given(view).To(HaveRecord())
	return view.Records[0].Provider
}

var _ = spec.Section("When a sign-in changes a role, the audit log", func(_ *spec.Okta, product *spec.Product) {
	tells := func(title, variant string, before, after string, story func(context.Context, *spec.Okta, *spec.Product, *spec.Person)) {
		It(title, spec.Clause("audit.role-change-told").In(variant), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			lando, _ := okta.Onboard(ctx, "Lando Calrissian")
			story(ctx, okta, product, lando)
			spec.Given(product.Look(ctx, lando)).To(HaveRole(before))
			log := product.Audit(ctx, 0)

			spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

			spec.Given(product.Look(ctx, lando)).To(HaveRole(after))
			Expect(since(log, product.AuditOf(ctx, lando))).To(HaveOneEvent(target.Event{Action: target.MemberUpdated, Before: before, After: after}))
		})
	}

	tells("tells of a promotion", "promotion", "member", "admin",
		func(ctx context.Context, okta *spec.Okta, _ *spec.Product, lando *spec.Person) {
			okta.Promote(ctx, lando)
		})
	tells("tells of a demotion", "demotion", "admin", "member",
		func(ctx context.Context, okta *spec.Okta, product *spec.Product, lando *spec.Person) {
			product.MakeAdmin(ctx, lando)
			okta.Demote(ctx, lando)
		})
	tells("tells of a demotion because Okta said nothing", "absent", "admin", "member",
		func(ctx context.Context, _ *spec.Okta, product *spec.Product, lando *spec.Person) {
			product.MakeAdmin(ctx, lando)
		})

	It("names Okta and the provider, and not an administrator", spec.Clause("audit.role-change-attributed"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		lando, _ := okta.Onboard(ctx, "Lando Calrissian")
		okta.Promote(ctx, lando)

		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		spec.Given(product.Look(ctx, lando)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, lando)).To(HaveOneEvent(target.Event{
			Action: target.MemberUpdated, After: "admin", Actor: "sso", Provider: providerOf(ctx, product, lando),
		}))
	})

	It("says why", spec.Clause("audit.role-change-says-why"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		lando, _ := okta.Onboard(ctx, "Lando Calrissian")
		okta.Promote(ctx, lando)

		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		spec.Given(product.Look(ctx, lando)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, lando)).To(HaveReasonFor(target.MemberUpdated, "admin"))
	})
})

var _ = spec.Section("When a sign-in changes teams, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("tells who came in", spec.Clause("audit.team-change-told").In("joined"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		wedge := okta.Hire("Wedge Antilles")
		okta.PutInTeams(ctx, wedge, pilots.ID)
		okta.Admit(ctx, wedge)

		spec.Given(okta.SignIn(ctx, wedge)).To(BeSignedIn())

		spec.Given(product.Look(ctx, wedge)).To(BeInTeam(pilots, ""))
		Expect(product.AuditOf(ctx, wedge)).To(HaveOneEvent(target.Event{Action: target.TeamMemberCreated, After: pilots.Slug}))
	})

	It("tells who went out", spec.Clause("audit.team-change-told").In("left"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots, medics := product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Medics")
		wedge, _ := okta.Onboard(ctx, "Wedge Antilles")
		product.Join(ctx, wedge, pilots, "member")
		spec.Given(product.Look(ctx, wedge)).To(BeInTeam(pilots, ""))
		okta.PutInTeams(ctx, wedge, medics.ID)

		spec.Given(okta.SignIn(ctx, wedge)).To(BeSignedIn())

		spec.Given(product.Look(ctx, wedge)).To(BeOutOfTeam(pilots))
		Expect(product.AuditOf(ctx, wedge)).To(HaveOneEvent(target.Event{Action: target.TeamMemberDeleted, Before: pilots.Slug}))
	})

	It("tells who went out because Okta sent no team", spec.Clause("audit.team-change-told").In("emptied"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		okta.SendUnsetAsEmpty()
		pilots := product.NewTeam(ctx, "Pilots")
		wedge, _ := okta.Onboard(ctx, "Wedge Antilles")
		product.Join(ctx, wedge, pilots, "member")

		spec.Given(okta.SignIn(ctx, wedge)).To(BeSignedIn())

		spec.Given(product.Look(ctx, wedge)).To(BeOutOfTeam(pilots))
		Expect(product.AuditOf(ctx, wedge)).To(HaveOneEvent(target.Event{Action: target.TeamMemberDeleted, Before: pilots.Slug}))
	})

	It("tells of another role", spec.Clause("audit.team-change-told").In("role"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		wedge, _ := okta.Onboard(ctx, "Wedge Antilles")
		product.Join(ctx, wedge, pilots, "member")
		okta.PutInTeams(ctx, wedge, pilots.ID+"/maintainer")

		spec.Given(okta.SignIn(ctx, wedge)).To(BeSignedIn())

		spec.Given(product.Look(ctx, wedge)).To(BeInTeam(pilots, "maintainer"))
		Expect(product.AuditOf(ctx, wedge)).To(HaveOneEvent(target.Event{Action: target.TeamMemberUpdated, Before: "member", After: "maintainer"}))
	})

	It("names Okta and the provider", spec.Clause("audit.team-change-attributed"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		wedge := okta.Hire("Wedge Antilles")
		okta.PutInTeams(ctx, wedge, pilots.ID)
		okta.Assign(ctx, wedge)

		spec.Given(okta.SignIn(ctx, wedge)).To(BeSignedIn())

		spec.Given(product.Look(ctx, wedge)).To(BeInTeam(pilots, ""))
		Expect(product.AuditOf(ctx, wedge)).To(HaveOneEvent(target.Event{
			Action: target.TeamMemberCreated, After: pilots.Slug, Actor: "sso", Provider: providerOf(ctx, product, wedge),
		}))
	})
})

// changes are the actions of a sign-in that changed something.
var changes = []string{
	target.AccountCreated, target.AccountUpdated, target.MemberCreated, target.MemberUpdated, target.MemberDeleted,
	target.TeamMemberCreated, target.TeamMemberUpdated, target.TeamMemberDeleted, target.SeatStarted, target.SeatReleased,
}

var _ = spec.Section("Of a sign-in, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("tells that it was", spec.Clause("audit.sign-in-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")

		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{
			Action: target.SignInSucceeded, Actor: "sso", Provider: providerOf(ctx, product, han),
		}))
	})

	It("tells no change where there was none", spec.Clause("audit.quiet-sign-in"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		han := okta.Hire("Han Solo")
		okta.Promote(ctx, han)
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		log := product.Audit(ctx, 0)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(since(log, product.Audit(ctx, 0))).To(HaveNoEventOf(changes...))
	})

	It("tells of a new name", spec.Clause("audit.name-change-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		okta.Rename(ctx, leia, "Leia", "Solo")

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		spec.Given(product.Look(ctx, leia)).To(HaveAccountOf("Leia Solo", ""))
		Expect(product.AuditOf(ctx, leia)).To(HaveOneEvent(target.Event{
			Action: target.AccountUpdated, Before: "Leia Organa", After: "Leia Solo", Actor: "sso",
		}))
	})
})

var _ = spec.Section("Of the first sign-in, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("tells once that it made an account, a member and a seat", spec.Clause("audit.joining-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(And(
			HaveOneEvent(target.Event{Action: target.AccountCreated, Actor: "sso"}),
			HaveOneEvent(target.Event{Action: target.MemberCreated, Actor: "sso"}),
			HaveOneEvent(target.Event{Action: target.SeatStarted, Actor: "sso"})))
	})
})
