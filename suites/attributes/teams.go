package attributes

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("The teams attribute", func(okta *spec.Okta, product *spec.Product) {
	joins := func(variant, title, clause, separator string) {
		It(title, spec.Clause(clause).In(variant), func(ctx SpecContext) {
			han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
			crew, smugglers := product.NewTeam(ctx, "Crew"), product.NewTeam(ctx, "Smugglers")
			okta.Say(ctx, han, "teams", strings.Join([]string{pilots.ID, crew.ID, smugglers.ID}, separator))
			okta.Admit(ctx, han)

			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			Expect(product.Look(ctx, han)).To(HaveTeams(pilots, crew, smugglers))
		})
	}

	joins("", "joins every team in it", "attributes.teams-all-joined", ",")
	joins("space", "joins every team with space after the comma", "attributes.teams-all-joined", ", ")
	joins("space-before", "joins every team with space before the comma", "attributes.teams-space-and-commas", " , ")
	joins("lines", "joins every team over several lines", "attributes.teams-space-and-commas", ",\n\t")
	joins("empty-entry", "joins every team with a comma too many", "attributes.teams-space-and-commas", ",,")

	It("joins every team with space and commas around it", spec.Clause("attributes.teams-space-and-commas").In("ends"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.Say(ctx, han, "teams", " ,"+pilots.ID+","+crew.ID+", ")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots, crew))
	})

	for _, role := range []string{"member", "maintainer"} {
		It("makes a "+role+" by /"+role, spec.Clause("attributes.team-role").In(role), func(ctx SpecContext) {
			leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
			okta.PutInTeams(ctx, leia, pilots.ID+"/"+role)
			okta.Admit(ctx, leia)

			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

			Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, role))
		})
	}

	for _, variant := range []string{"lower-first", "higher-first"} {
		It("gives each team its own role, the "+strings.ReplaceAll(variant, "-", " one "), spec.Clause("attributes.roles-keep-to-their-entry").In(variant), func(ctx SpecContext) {
			leia, pilots, crew := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
			entries := []string{pilots.ID + "/member", crew.ID + "/maintainer"}
			if variant == "higher-first" {
				slices.Reverse(entries)
			}
			okta.Say(ctx, leia, "teams", strings.Join(entries, ", "))
			okta.Admit(ctx, leia)

			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

			Expect(product.Look(ctx, leia)).To(And(BeInTeam(pilots, "member"), BeInTeam(crew, "maintainer")))
		})
	}

	It("needs no role", spec.Clause("attributes.role-is-optional"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(pilots, ""))
	})

	for _, role := range []string{"member", "maintainer"} {
		It("leaves the role to a team that makes everybody a "+role, spec.Clause("attributes.bare-role-is-the-teams").In(role), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			pilots := product.NewTeamWith(ctx, target.Team{Slug: "Pilots", DefaultRole: role})
			okta.PutInTeams(ctx, han, pilots.ID)
			okta.Admit(ctx, han)

			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			Expect(product.Look(ctx, han)).To(BeInTeam(pilots, role))
		})
	}

	It("makes an ordinary member by a role that is none", spec.Clause("attributes.unknown-role-is-member"), func(ctx SpecContext) {
		lando, pilots := okta.Hire("Lando Calrissian"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, lando, pilots.ID+"/owner")
		okta.Admit(ctx, lando)

		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

		Expect(product.Look(ctx, lando)).To(BeInTeam(pilots, "member"))
	})

	for _, junk := range []struct{ variant, summary, entry string }{
		{"unknown", "the UUID of no team", nobodysTeam + "/maintainer"},
		{"malformed", "no UUID", "not a team/at all/"},
		{"role-alone", "a role alone", "/maintainer"},
		{"semicolon", "two UUIDs in one", nobodysTeam + ";" + nobodysTeam},
	} {
		It("passes over an entry that is "+junk.summary, spec.Clause("attributes.junk-entry-ignored").In(junk.variant), func(ctx SpecContext) {
			han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
			okta.PutInTeams(ctx, han, pilots.ID, junk.entry, crew.ID)
			okta.Admit(ctx, han)

			Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
			Expect(product.Look(ctx, han)).To(HaveTeams(pilots, crew))
		})
	}

	It("makes no team", spec.Clause("attributes.unknown-team-not-made"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, before := okta.Hire("Han Solo"), product.Connection(ctx).Teams
		okta.PutInTeams(ctx, han, uuid.NewString(), "smugglers") // one that no spec before has had made
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Connection(ctx).Teams).To(Equal(before))
	})

	It("knows no team by its name", spec.Clause("attributes.team-by-id-only"), func(ctx SpecContext) {
		han, pilots, crew := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Crew")
		okta.PutInTeams(ctx, han, crew.ID, pilots.Slug)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(crew))
	})

	It("does not reach into another organization", spec.Clause("attributes.foreign-team-untouched"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{Teams: []target.NewTeam{{Name: "Pilots", DefaultRole: "member"}}})
		han, again, theirs := okta.Hire("Han Solo"), elsewhere.Hire("Han Solo"), other.TeamNamed(ctx, "Pilots")
		elsewhere.Admit(ctx, again)
		okta.Admit(ctx, han)
		spec.Given(elsewhere.SignIn(ctx, again)).To(BeSignedIn())

		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("teams", theirs.ID+"/maintainer"))).To(BeSignedIn())

		Expect(other.Look(ctx, again)).To(BeOutOfTeam(theirs))
	})

	for _, variant := range []string{"lower-first", "higher-first"} {
		It("gives the higher of two roles, the "+strings.ReplaceAll(variant, "-", " one "), spec.Clause("attributes.team-twice-highest-role").In(variant), func(ctx SpecContext) {
			leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
			entries := []string{pilots.ID + "/member", pilots.ID + "/maintainer"}
			if variant == "higher-first" {
				slices.Reverse(entries)
			}
			okta.PutInTeams(ctx, leia, entries...)
			okta.Admit(ctx, leia)

			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

			Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, "maintainer"))
		})
	}

	It("may have several values", spec.Clause("attributes.several-values-joined"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		crew, smugglers := product.NewTeam(ctx, "Crew"), product.NewTeam(ctx, "Smugglers")
		okta.Admit(ctx, han)

		visit := okta.SignInClaiming(ctx, han, spec.Stating("teams", pilots.ID, crew.ID+"/maintainer,"+smugglers.ID))

		spec.Given(visit).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(And(HaveTeams(pilots, crew, smugglers), BeInTeam(crew, "maintainer")))
	})

	It("may have capitals in its UUIDs", spec.Clause("attributes.uuid-in-any-case"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, strings.ToUpper(pilots.ID))
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveTeams(pilots))
	})

	It("may have capitals in its roles", spec.Clause("attributes.role-in-any-case"), func(ctx SpecContext) {
		leia, pilots := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, leia, pilots.ID+"/Maintainer")
		okta.Admit(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(BeInTeam(pilots, "maintainer"))
	})

	It("adds up what several groups bring", spec.Clause("attributes.groups-add-up"), func(ctx SpecContext) {
		leia, pilots, envoys := okta.Hire("Leia Organa"), product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Envoys")
		flying, talking := okta.NewGroup("Flying"), okta.NewGroup("Talking")
		okta.MapTeams(flying, pilots.ID+"/member")
		okta.MapTeams(talking, envoys.ID+"/maintainer")
		okta.Join(ctx, flying, leia)
		okta.Join(ctx, talking, leia)
		okta.Admit(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(And(
			HaveTeams(pilots, envoys), BeInTeam(pilots, "member"), BeInTeam(envoys, "maintainer")))
	})
})

// nobodysTeam is a well-formed UUID that no product has given to a team.
const nobodysTeam = "00000000-1111-4222-8333-444444444444"
