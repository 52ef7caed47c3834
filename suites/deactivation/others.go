package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Deactivation spares", func(okta *spec.Okta, product *spec.Product) {
	It("everybody else", spec.Clause("deactivation.spares-others"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		before := product.Settled(ctx, leia)

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(product.Look(ctx, leia)).To(BeUnchangedSince(before, "records", "memberships", "seats", "sessions"))
	})

	It("the account", spec.Clause("deactivation.keeps-account"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
	})

	It("the person's place in another organization", spec.Clause("deactivation.spares-other-organization"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		again, _ := elsewhere.Onboard(ctx, "Han Solo")
		other.IssueToken(ctx, again)
		before := other.Settled(ctx, again)
		spec.Given(before).To(And(BeMember(), HaveSession(), HaveToken()))

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(other.Look(ctx, again)).To(BeUnchangedSince(before, "memberships", "seats", "sessions", "tokens"))
	})

	It("whoever had the leaver's address before", spec.Clause("deactivation.spares-former-holder"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		address := han.Email()
		okta.ChangeEmail(ctx, han, "captain."+address)
		ben := okta.Hire("Ben Solo")
		okta.ChangeEmail(ctx, ben, address)
		okta.Assign(ctx, ben)
		before := product.SettledFor(ctx, spec.KnownAs(han.Email()))
		spec.Given(before).To(And(HaveActiveRecord(), BeMember()))

		okta.Unassign(ctx, ben)

		Expect(product.LookFor(ctx, spec.KnownAs(han.Email()))).To(BeUnchangedSince(before, "memberships", "seats"))
	})

	It("whom Okta was told not to deactivate", spec.Clause("deactivation.spares-when-switched-off"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		okta.Configure(func(s *simulator.AppSettings) { s.DeactivateUsers = false })

		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)

		spec.Given(okta.Tasks()).To(BeEmpty())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats", "sessions"))
	})

	spec.EachDialect(func() {
		It("whose profile only changes", spec.Clause("deactivation.spares-at-update"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			before := product.Settled(ctx, han)

			okta.Rename(ctx, han, "Captain", "Solo")

			spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
			Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats", "sessions"))
		})
	})
})
