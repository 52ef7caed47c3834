// Package permissions proves that every sign-in overwrites role and teams with what
// Okta says, that nothing else does, and that it takes effect at once.
//
// The usual mistake is to grant at the first sign-in and never look again, so that
// whoever is demoted at Okta stays an admin here. Most specs change something, by hand or
// at Okta, and let the person sign in then. role.go and teams.go are the rule;
// otherwise.go is for products that overwrite less, or more, and say so in their profile.
package permissions

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The next sign-in", func(okta *spec.Okta, product *spec.Product) {
	It("takes an admin back who was made one by hand", spec.Clause("permissions.hand-made-admin-lost"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Demote(ctx, han)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.MakeAdmin(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})

	It("takes an admin back of whom Okta says nothing", spec.Clause("permissions.absent-admin-clears"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.MakeAdmin(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})

	It("takes an admin back of whom Okta says something empty", spec.Clause("permissions.empty-admin-clears"), func(ctx SpecContext) {
		okta.SendUnsetAsEmpty()
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.MakeAdmin(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})

	It("makes an admin of whom Okta promoted", spec.Clause("permissions.promoted-at-sign-in"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveRole("member"))
		okta.Promote(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveRole("admin"))
	})

	It("makes an admin again of whom somebody demoted by hand", spec.Clause("permissions.promoted-at-sign-in").In("by-hand"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		product.UnmakeAdmin(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveRole("member"))

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveRole("admin"))
	})

	It("makes a member of whom Okta demoted", spec.Clause("permissions.demoted-at-sign-in"), func(ctx SpecContext) {
		lando := okta.Hire("Lando Calrissian")
		okta.Promote(ctx, lando)
		okta.Admit(ctx, lando)
		okta.SignIn(ctx, lando)
		spec.Given(product.Look(ctx, lando)).To(HaveRole("admin"))
		okta.Demote(ctx, lando)

		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(HaveRole("member"))
	})

	It("changes nobody else", spec.Clause("permissions.nobody-else-changes"), func(ctx SpecContext) {
		han, leia, pilots := okta.Hire("Han Solo"), okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
		okta.Admit(ctx, han, leia)
		okta.SignIn(ctx, leia)
		product.MakeAdmin(ctx, leia)
		product.Join(ctx, leia, pilots, "maintainer")
		before := product.Settled(ctx, leia)
		spec.Given(before).To(And(HaveRole("admin"), BeInTeam(pilots, "maintainer")))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", ""))).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(BeUnchangedSince(before, "memberships"))
	})

	It("removes nobody, though it grants nothing", spec.Clause("permissions.sign-in-removes-nobody"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Promote(ctx, han)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeMember())

		Expect(okta.SignInClaiming(ctx, han, spec.StatingNothing)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(BeMember())
	})
})

var _ = spec.Section("Until the next sign-in", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("an admin made by hand stays one, whatever SCIM writes", spec.Clause("permissions.scim-leaves-role"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Demote(ctx, han)
			okta.Assign(ctx, han)
			okta.SignIn(ctx, han)
			product.MakeAdmin(ctx, han)

			okta.Rename(ctx, han, "Captain", "Solo")

			spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
			Expect(product.Look(ctx, han)).To(HaveRole("admin"))
		})
	})

	It("an admin made by hand stays one, however long it takes", spec.Clause("permissions.time-leaves-role"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Demote(ctx, han)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.MakeAdmin(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))

		product.Advance(ctx, okta, 90*24*time.Hour)

		Expect(product.Look(ctx, han)).To(HaveRole("admin"))
	})
})

var _ = spec.Section("A demotion", func(okta *spec.Okta, product *spec.Product) {
	It("shuts the admins' door to the session from before", spec.Clause("permissions.demotion-shuts-admin-door"), func(ctx SpecContext) {
		lando := okta.Hire("Lando Calrissian")
		okta.Promote(ctx, lando)
		okta.Admit(ctx, lando)
		before := okta.SignIn(ctx, lando)
		spec.Given(product.AdminDoor(ctx, before)).To(BeOpen())

		okta.Demote(ctx, lando)
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.AdminDoor(ctx, before)).To(BeShut())
	})

	It("shuts the admins' door to the API token", spec.Clause("permissions.demotion-shuts-admin-door").In("token"), func(ctx SpecContext) {
		lando := okta.Hire("Lando Calrissian")
		okta.Promote(ctx, lando)
		okta.Admit(ctx, lando)
		okta.SignIn(ctx, lando)
		token := product.IssueToken(ctx, lando)
		spec.Given(product.AdminDoor(ctx, token)).To(BeOpen())

		okta.Demote(ctx, lando)
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.AdminDoor(ctx, token)).To(BeShut())
	})

	It("shuts the admins' door when it was made by hand", spec.Clause("permissions.demotion-shuts-admin-door").In("by-hand"), func(ctx SpecContext) {
		lando := okta.Hire("Lando Calrissian")
		okta.Promote(ctx, lando)
		okta.Admit(ctx, lando)
		visit := okta.SignIn(ctx, lando)
		spec.Given(product.AdminDoor(ctx, visit)).To(BeOpen())

		product.UnmakeAdmin(ctx, lando)

		Expect(product.AdminDoor(ctx, visit)).To(BeShut())
	})

	It("spares the last admin", spec.Clause("permissions.last-admin-stays"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon := okta.Hire("Mon Mothma")
		okta.Promote(ctx, mon)
		okta.Admit(ctx, mon)
		okta.SignIn(ctx, mon)
		spec.Given(product.Look(ctx, mon)).To(HaveRole("admin"))
		okta.Demote(ctx, mon)

		Expect(okta.SignIn(ctx, mon)).To(BeSignedIn())
		Expect(product.Look(ctx, mon)).To(HaveRole("admin"))
	})

	It("spares nobody who is not the last", spec.Clause("permissions.last-but-one-admin-goes"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, leia := okta.Hire("Mon Mothma"), okta.Hire("Leia Organa")
		for _, admin := range []*spec.Person{mon, leia} {
			okta.Promote(ctx, admin)
			okta.Admit(ctx, admin)
			okta.SignIn(ctx, admin)
			spec.Given(product.Look(ctx, admin)).To(HaveRole("admin"))
		}
		okta.Demote(ctx, mon)

		spec.Given(okta.SignIn(ctx, mon)).To(BeSignedIn())

		Expect(product.Look(ctx, mon)).To(HaveRole("member"))
	})
})
