package audit

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Of what a sign-in ignored, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("names a team that nobody knows", spec.Clause("audit.ignored-team-told").In("unknown"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.PutInTeams(ctx, han, "0b6e6a52-6d9d-4b7e-9f6c-2f4f5f3c9a11")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.AttributeIgnored, "0b6e6a52-6d9d-4b7e-9f6c-2f4f5f3c9a11"))
	})

	It("names an entry that is no team", spec.Clause("audit.ignored-team-told").In("malformed"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.PutInTeams(ctx, han, "smugglers")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.AttributeIgnored, "smugglers"))
	})

	It("names a team of another organization", spec.Clause("audit.ignored-team-told").In("elsewhere"), func(ctx SpecContext) {
		theirs := product.NewTeam(ctx, "Syndicate")
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.PutInTeams(ctx, han, theirs.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.AttributeIgnored, theirs.ID))
	})

	It("names each of several entries", spec.Clause("audit.ignored-team-told").In("several"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		han := okta.Hire("Han Solo")
		okta.PutInTeams(ctx, han, "smugglers", pilots.ID, "gamblers/maintainer")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		spec.Given(product.Look(ctx, han)).To(BeInTeam(pilots, ""))
		Expect(product.AuditOf(ctx, han)).To(And(
			HaveReasonFor(target.AttributeIgnored, "smugglers"), HaveReasonFor(target.AttributeIgnored, "gamblers")))
	})

	It("names a role that no team has", spec.Clause("audit.unknown-role-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots := product.NewTeam(ctx, "Pilots")
		han := okta.Hire("Han Solo")
		okta.PutInTeams(ctx, han, pilots.ID+"/emperor")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.AttributeIgnored, "emperor"))
	})

	It("names a value of admin that means nothing", spec.Clause("audit.unclear-admin-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Say(ctx, han, "admin", "perhaps")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.AttributeIgnored, "perhaps"))
	})

	It("says nothing where nothing was ignored", spec.Clause("audit.sound-attributes-silent"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		pilots, medics := product.NewTeam(ctx, "Pilots"), product.NewTeam(ctx, "Medics")
		han := okta.Hire("Han Solo")
		okta.Promote(ctx, han)
		okta.PutInTeams(ctx, han, pilots.ID+"/maintainer", medics.ID)
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		spec.Given(product.Look(ctx, han)).To(HaveTeams(pilots, medics))
		Expect(product.AuditOf(ctx, han)).To(HaveNoEventOf(target.AttributeIgnored))
	})
})
