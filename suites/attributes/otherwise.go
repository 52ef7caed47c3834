package attributes

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("An attribute that counts for less", func(okta *spec.Okta, product *spec.Product) {
	It("does not rename at later sign-ins", spec.Clause("attributes.name-left-alone"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))

		spec.Given(okta.SignInClaiming(ctx, leia, spec.Stating("name", "Leia Solo"))).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))
	})

	It("does not change the address at later sign-ins", spec.Clause("attributes.email-left-alone"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignInClaiming(ctx, han, spec.Stating("email", han.Email()))
		spec.Given(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))

		okta.SignInClaiming(ctx, han, spec.Stating("email", "captain."+han.Email()))

		Expect(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))
	})

	It("takes the name away where it is not sent", spec.Clause("attributes.absent-name-clears"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))

		spec.Given(okta.SignInClaiming(ctx, leia, spec.Stating("name"))).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(And(HaveAccount(), Not(HaveAccountOf("Leia Organa", ""))))
	})
})

var _ = spec.Section("The teams attribute, read otherwise,", func(okta *spec.Okta, product *spec.Product) {
	It("makes an ordinary member where it names no role", spec.Clause("attributes.bare-role-is-member"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		pilots := product.NewTeamWith(ctx, target.Team{Slug: "Pilots", DefaultRole: "maintainer"})
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(pilots, "member"))
	})

	It("gives the team's role by a role that is none", spec.Clause("attributes.unknown-role-is-the-teams"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		pilots := product.NewTeamWith(ctx, target.Team{Slug: "Pilots", DefaultRole: "maintainer"})
		okta.PutInTeams(ctx, han, pilots.ID+"/owner")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(pilots, "maintainer"))
	})

	It("passes over an entry with a role that is none", spec.Clause("attributes.unknown-role-drops-entry"), func(ctx SpecContext) {
		lando, pilots, crew := okta.Hire("Lando Calrissian"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.PutInTeams(ctx, lando, pilots.ID+"/owner", crew.ID)
		okta.Admit(ctx, lando)

		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(HaveTeams(crew))
	})

	for _, c := range []struct{ clause, title, role string }{
		{"attributes.team-twice-first-role", "gives the first of two roles", "member"},
		{"attributes.team-twice-last-role", "gives the last of two roles", "maintainer"},
	} {
		It(c.title, spec.Clause(c.clause).In("lower-first"), func(ctx SpecContext) {
			leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
			okta.PutInTeams(ctx, leia, pilots.ID+"/member", pilots.ID+"/maintainer")
			okta.Admit(ctx, leia)

			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

			Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, c.role))
		})
	}

	It("gives the last of two roles, though it is the lower one", spec.Clause("attributes.team-twice-last-role").In("higher-first"), func(ctx SpecContext) {
		leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, leia, pilots.ID+"/maintainer", pilots.ID+"/member")
		okta.Admit(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, "member"))
	})

	It("has one value that counts, the first", spec.Clause("attributes.first-value-counts"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.Admit(ctx, han)

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", pilots.ID, crew.ID))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots))
	})
})

var _ = spec.Section("A teams attribute that makes no sense", func(okta *spec.Okta, product *spec.Product) {
	for _, c := range []struct {
		clause, title string
		entries       func(team string) []string
	}{
		{"attributes.unknown-team-refused", "is refused where it names a team that is none",
			func(team string) []string { return []string{team, nobodysTeam} }},
		{"attributes.unknown-role-refused", "is refused where it names a role that is none",
			func(team string) []string { return []string{team + "/owner"} }},
		{"attributes.team-twice-refused", "is refused where it names a team twice",
			func(team string) []string { return []string{team + "/member", team + "/maintainer"} }},
	} {
		It(c.title, spec.Clause(c.clause), func(ctx SpecContext) {
			han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
			okta.PutInTeams(ctx, han, c.entries(pilots.ID)...)
			okta.Admit(ctx, han)
			before := product.Settled(ctx, han)

			Expect(okta.SignIn(ctx, han)).To(BeRefused())
			Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
			okta.PutInTeams(ctx, han, pilots.ID)
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		})
	}
})
