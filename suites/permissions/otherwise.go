package permissions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("A sign-in that overwrites less, for roles,", func(okta *spec.Okta, product *spec.Product) {
	for _, c := range []struct {
		clause, title string
		admin         []string // what the assertion says of admin
	}{
		{"permissions.admin-left-alone", "leaves an admin whom Okta calls none", []string{"false"}},
		{"permissions.absent-admin-keeps", "leaves an admin of whom Okta says nothing", nil},
		{"permissions.empty-admin-keeps", "leaves an admin of whom Okta says something empty", []string{""}},
	} {
		It(c.title, spec.Clause(c.clause), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Demote(ctx, han)
			okta.Admit(ctx, han)
			okta.SignIn(ctx, han)
			product.MakeAdmin(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))

			spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("admin", c.admin...))).To(BeSignedIn())

			Expect(product.Look(ctx, han)).To(HaveRole("admin"))
		})
	}
})

var _ = spec.Section("A sign-in of the last admin", func(_ *spec.Okta, product *spec.Product) {
	It("makes them a member", spec.Clause("permissions.last-admin-demoted"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon := okta.Hire("Mon Mothma")
		okta.Promote(ctx, mon)
		okta.Admit(ctx, mon)
		okta.SignIn(ctx, mon)
		spec.Given(product.Look(ctx, mon)).To(HaveRole("admin"))
		okta.Demote(ctx, mon)

		spec.Given(okta.SignIn(ctx, mon)).To(BeSignedIn())

		Expect(product.Look(ctx, mon)).To(HaveRole("member"))
	})

	It("is refused where it would make them a member", spec.Clause("permissions.last-admin-kept-out"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon := okta.Hire("Mon Mothma")
		okta.Promote(ctx, mon)
		okta.Admit(ctx, mon)
		okta.SignIn(ctx, mon)
		spec.Given(product.Look(ctx, mon)).To(HaveRole("admin"))
		okta.Demote(ctx, mon)

		Expect(okta.SignIn(ctx, mon)).To(BeRefused())
		Expect(product.Look(ctx, mon)).To(HaveRole("admin"))
		okta.Promote(ctx, mon)
		spec.Given(okta.SignIn(ctx, mon)).To(BeSignedIn())
	})
})

var _ = spec.Section("A sign-in that overwrites less, for teams,", func(okta *spec.Okta, product *spec.Product) {
	It("leaves them where Okta names others", spec.Clause("permissions.teams-left-alone"), func(ctx SpecContext) {
		han, pilots, smugglers := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Smugglers")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Join(ctx, han, smugglers, "member")
		spec.Given(product.Look(ctx, han)).To(HaveTeams(smugglers))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", pilots.ID))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(smugglers))
	})

	It("leaves those that were given by hand", spec.Clause("permissions.hand-made-team-kept"), func(ctx SpecContext) {
		han, pilots, smugglers := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Smugglers")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Join(ctx, han, smugglers, "member")
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots, smugglers))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots, smugglers))
	})

	It("ends those that an earlier one gave", spec.Clause("permissions.managed-team-lost"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))
		okta.PutInTeams(ctx, han, crew.ID)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(crew))
	})

	It("only adds", spec.Clause("permissions.teams-only-added"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))
		okta.PutInTeams(ctx, han, crew.ID)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots, crew))
	})

	It("does not read the attribute", spec.Clause("permissions.teams-ignored"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams())
	})

	It("leaves them where the attribute is empty", spec.Clause("permissions.empty-teams-keep"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", ""))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots))
	})
})

var _ = spec.Section("A sign-in that overwrites more, for teams,", func(okta *spec.Okta, product *spec.Product) {
	It("ends them where the attribute is missing", spec.Clause("permissions.absent-teams-clear"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams"))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams())
	})

	It("ends even those that everybody joins", spec.Clause("permissions.default-teams-replaced"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Teams: []target.NewTeam{
			{Name: "Everyone", Default: true, DefaultRole: "member"}, {Name: "Pilots", DefaultRole: "member"},
		}})
		han, all, pilots := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone"), product.TeamNamed(ctx, "Pilots")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeInTeam(all, ""))
		okta.PutInTeams(ctx, han, pilots.ID)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeOutOfTeam(all))
	})
})

var _ = spec.Section("Of SCIM and the assertion", func(okta *spec.Okta, product *spec.Product) {
	It("SCIM is believed about who it knows", spec.Clause("permissions.scim-name-wins"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		for range 2 {
			spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("name", "Captain Solo"))).To(BeSignedIn())
		}

		Expect(product.Look(ctx, han)).To(HaveAccountOf("Han Solo", ""))
	})

	It("the assertion is believed about who SCIM does not know", spec.Clause("permissions.saml-names-strangers"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("name", "Captain Solo"))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveAccountOf("Captain Solo", ""))
	})
})
