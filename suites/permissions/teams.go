package permissions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("The next sign-in, for teams,", func(okta *spec.Okta, product *spec.Product) {
	It("ends a place that was given by hand", spec.Clause("permissions.hand-made-team-lost"), func(ctx SpecContext) {
		han, pilots, smugglers := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Smugglers")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Join(ctx, han, smugglers, "member")
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots, smugglers))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots))
	})

	It("gives a place back that was taken by hand", spec.Clause("permissions.left-team-restored"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Leave(ctx, han, pilots)
		spec.Given(product.Look(ctx, han)).To(BeOutOfTeam(pilots))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(pilots, ""))
	})

	It("takes a role back that was given by hand", spec.Clause("permissions.team-role-restored").In("less"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID+"/member")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Join(ctx, han, pilots, "maintainer")
		spec.Given(product.Look(ctx, han)).To(BeInTeam(pilots, "maintainer"))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(pilots, "member"))
	})

	It("gives a role back that was taken by hand", spec.Clause("permissions.team-role-restored").In("more"), func(ctx SpecContext) {
		leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, leia, pilots.ID+"/maintainer")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		product.Join(ctx, leia, pilots, "member")
		spec.Given(product.Look(ctx, leia)).To(BeInTeam(pilots, "member"))

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, "maintainer"))
	})

	It("restores exactly what Okta says", spec.Clause("permissions.restored-exactly"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		pilots, crew, smugglers := product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew"), product.NewTeam(ctx, "Smugglers")
		okta.Demote(ctx, han)
		okta.PutInTeams(ctx, han, pilots.ID+"/maintainer", crew.ID+"/member")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(And(HaveRole("member"), HaveTeams(pilots, crew)))

		product.MakeAdmin(ctx, han)
		product.Leave(ctx, han, pilots)
		product.Join(ctx, han, crew, "maintainer")
		product.Join(ctx, han, smugglers, "maintainer")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(
			HaveRole("member"), HaveTeams(pilots, crew), BeInTeam(pilots, "maintainer"), BeInTeam(crew, "member")))
	})

	It("leaves the teams when none are sent", spec.Clause("permissions.absent-teams-keep"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams"))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots))
	})

	It("ends all teams when nothing is sent for them", spec.Clause("permissions.empty-teams-clear"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", ""))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams())
	})

	It("shuts the door of a team that it ends, to the session from before", spec.Clause("permissions.leaving-team-shuts-its-door"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)
		before := okta.SignIn(ctx, han)
		spec.Given(product.TeamDoor(ctx, before, pilots.ID)).To(BeOpen())

		okta.PutInTeams(ctx, han, crew.ID)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.TeamDoor(ctx, before, pilots.ID)).To(BeShut())
	})
})

var _ = spec.Section("A change of groups at Okta", func(okta *spec.Okta, product *spec.Product) {
	It("moves the person to the other team", spec.Clause("permissions.mover-changes-team"), func(ctx SpecContext) {
		lando, pilots, envoys := okta.Hire("Lando Calrissian"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Envoys")
		flying, talking := okta.NewGroup("Flying"), okta.NewGroup("Talking")
		okta.MapTeams(flying, pilots.ID+"/maintainer")
		okta.MapTeams(talking, envoys.ID)
		okta.Join(ctx, flying, lando)
		okta.Admit(ctx, lando)
		okta.SignIn(ctx, lando)
		spec.Given(product.Look(ctx, lando)).To(HaveTeams(pilots))

		okta.Leave(ctx, flying, lando)
		okta.Join(ctx, talking, lando)
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(HaveTeams(envoys))
	})

	It("ends the last team where Okta sends the attribute empty", spec.Clause("permissions.empty-teams-clear").In("last-group"), func(ctx SpecContext) {
		okta.SendUnsetAsEmpty()
		lando, pilots, flying := okta.Hire("Lando Calrissian"), product.NewTeam(ctx, "Pilots"), okta.NewGroup("Flying")
		okta.MapTeams(flying, pilots.ID)
		okta.Join(ctx, flying, lando)
		okta.Admit(ctx, lando)
		okta.SignIn(ctx, lando)
		spec.Given(product.Look(ctx, lando)).To(HaveTeams(pilots))

		okta.Leave(ctx, flying, lando)
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(HaveTeams())
	})

	It("leaves the last team where Okta omits the attribute", spec.Clause("permissions.absent-teams-keep").In("last-group"), func(ctx SpecContext) {
		lando, pilots, flying := okta.Hire("Lando Calrissian"), product.NewTeam(ctx, "Pilots"), okta.NewGroup("Flying")
		okta.MapTeams(flying, pilots.ID)
		okta.Join(ctx, flying, lando)
		okta.Admit(ctx, lando)
		okta.SignIn(ctx, lando)
		spec.Given(product.Look(ctx, lando)).To(HaveTeams(pilots))

		okta.Leave(ctx, flying, lando)
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(HaveTeams(pilots))
		spec.Remark("lingering access: Okta omits an attribute that is not set, so who leaves their last mapped group stays in its team")
	})
})

var _ = spec.Section("A team that everybody joins", func(_ *spec.Okta, product *spec.Product) {
	everyone := spec.Organization{Teams: []target.NewTeam{
		{Name: "Everyone", Default: true, DefaultRole: "member"}, {Name: "Pilots", DefaultRole: "member"},
	}}

	It("is joined beside those that Okta names", spec.Clause("permissions.default-and-named-teams"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, everyone)
		han, all, pilots := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone"), product.TeamNamed(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(BeInTeam(all, ""), BeInTeam(pilots, "")))
	})

	It("is not lost when Okta names others", spec.Clause("permissions.default-teams-survive"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, everyone)
		han, all, pilots := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone"), product.TeamNamed(ctx, "Pilots")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeInTeam(all, ""))
		okta.PutInTeams(ctx, han, pilots.ID)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(all, ""))
	})

	It("is not lost when Okta names none", spec.Clause("permissions.default-teams-survive").In("empty"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, everyone)
		han, all := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeInTeam(all, ""))

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", ""))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(all, ""))
	})
})
