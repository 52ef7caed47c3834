package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Reactivation", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("brings the record back", spec.Clause("deactivation.reactivates-record"), func(ctx SpecContext) {
			han := okta.Enroll(ctx, "Han Solo")
			okta.Unassign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

			okta.Assign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveActiveRecord())
		})

		It("brings nothing else back", spec.Clause("deactivation.reactivation-restores-nothing"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			okta.Unassign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession()))

			okta.Assign(ctx, han)

			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
			Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession()))
		})
	})
})

var _ = spec.Section("Somebody who comes back", func(okta *spec.Okta, product *spec.Product) {
	It("is a member again by signing in", spec.Clause("deactivation.returns-by-sign-in"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(And(HaveActiveRecord(), BeNoMember()))

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(BeMember())
	})

	It("has the account from before", spec.Clause("deactivation.return-keeps-account"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
	})

	It("has a new seat", spec.Clause("deactivation.return-starts-new-seat"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoSeat())
		product.ShowsEndedSeats(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveBeenSeated(1))
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(HaveSeat(), HaveBeenSeated(2)))
	})

	It("has the role that Okta gives now", spec.Clause("deactivation.return-takes-role-from-okta"), func(ctx SpecContext) {
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		product.MakeAdmin(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
		okta.Unassign(ctx, leia)
		okta.Assign(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveRole("member"))
	})

	It("has no API token from before", spec.Clause("deactivation.return-revives-no-token"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.IssueToken(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoToken())
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveNoToken())
	})
})
