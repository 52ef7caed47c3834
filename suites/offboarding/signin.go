package offboarding

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Somebody who left", func(okta *spec.Okta, product *spec.Product) {
	It("cannot sign in at the product", spec.Clause("offboarding.sign-in-refused"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)
		before := product.Settled(ctx, han)

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats"))
	})

	It("cannot sign in from Okta's dashboard", spec.Clause("offboarding.sign-in-refused").In("from-okta"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)
		before := product.Settled(ctx, han)

		Expect(okta.SignInFromOkta(ctx, han)).To(BeRefused())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats"))
	})

	It("cannot finish a sign-in that was under way", spec.Clause("offboarding.pending-sign-in-refused"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")

		late := okta.SignInAfter(ctx, han, func() { okta.Unassign(ctx, han) })

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(late).To(BeRefused())
		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat()))
	})
})
