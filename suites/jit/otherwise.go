package jit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Somebody whom SCIM has made a member or invited", func(okta *spec.Okta, product *spec.Product) {
	It("signs in to what is there", spec.Clause("jit.finds-created-account"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(And(HaveAccount(), BeMember()))

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts", "memberships"))
	})

	It("accepts the invitation by signing in", spec.Clause("jit.accepts-invitation"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		for range 2 {
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		}

		spec.Given(product.Look(ctx, han)).To(BeMember())
		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.InvitationAccepted}))
	})

	It("costs something from then on", spec.Clause("jit.seat-at-acceptance"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		Expect(product.Look(ctx, han)).To(HaveBeenSeated(0))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(HaveSeat(), HaveBeenSeated(1)))
	})

	It("costs something while they are a member", spec.Clause("jit.seat-with-membership"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		Expect(product.Look(ctx, han)).To(Or(And(BeMember(), HaveSeat()), And(BeNoMember(), HaveNoSeat())))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(BeMember(), HaveSeat()))
	})
})

// stranger is somebody who may sign in at Okta, and of whom SCIM never said anything.
func stranger(ctx context.Context, okta *spec.Okta, name string) *spec.Person {
	person := okta.Hire(name)
	okta.Configure(func(s *simulator.AppSettings) { s.Integration = false })
	okta.Assign(ctx, person)
	okta.Configure(func(s *simulator.AppSettings) { s.Integration = true })
	return person
}

var _ = spec.Section("A product that does not let everybody in", func(okta *spec.Okta, product *spec.Product) {
	for _, who := range []struct{ clause, title string }{
		{"jit.members-only", "refuses who is no member"},
		{"jit.record-required", "refuses who has no record"},
	} {
		It(who.title, spec.Clause(who.clause), func(ctx SpecContext) {
			okta.Onboard(ctx, "Leia Organa")
			han := stranger(ctx, okta, "Han Solo")

			Expect(okta.SignIn(ctx, han)).To(BeRefused())
			Expect(product.Look(ctx, han)).To(HaveNoAccount())
			okta.Onboard(ctx, "Lando Calrissian")
		})
	}

	It("refuses whom an administrator has removed", spec.Clause("jit.removed-stays-out"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Remove(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeNoMember())

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		Expect(product.Look(ctx, han)).To(BeNoMember())
		okta.Onboard(ctx, "Leia Organa")
	})

	It("refuses who comes without an address", spec.Clause("jit.email-attribute-required"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		Expect(okta.SignInClaiming(ctx, han, spec.StatingNothing)).To(BeRefused())
		Expect(product.Look(ctx, han)).To(HaveNoAccount())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})
})

var _ = spec.Section("A product that lets people in again", func(okta *spec.Okta, product *spec.Product) {
	It("does so though their record is inactive", spec.Clause("jit.inactive-readmitted"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(BeMember())
	})
})

var _ = spec.Section("A product that ties people by their address", func(okta *spec.Okta, product *spec.Product) {
	It("does not go by the NameID", spec.Clause("jit.links-by-address-only"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		other := "captain." + han.Email()
		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("email", other))).To(BeSignedInAs(other))

		// Whether a record is tied shows of one that is: a probe may leave it out.
		leia := okta.Hire("Leia Organa")
		okta.Assign(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		spec.Given(product.Look(ctx, leia)).To(HaveLinkedRecord())
		Expect(product.LookFor(ctx, spec.KnownAs(han.Email()))).To(HaveNoLinkedRecord())
	})
})

var _ = spec.Section("A product that puts nobody into a team", func(_ *spec.Okta, product *spec.Product) {
	It("does not at the first sign-in either", spec.Clause("jit.joins-no-default-team"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Teams: []target.NewTeam{{Name: "Everyone", Default: true, DefaultRole: "member"}}})
		han, all := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeOutOfTeam(all))
	})
})
