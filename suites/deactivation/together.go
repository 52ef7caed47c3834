package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Record and membership", func(okta *spec.Okta, product *spec.Product) {
	It("go together or not at all", spec.Clause("deactivation.all-or-nothing"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.IssueToken(ctx, han)
		spec.Given(product.Look(ctx, han)).To(And(HaveActiveRecord(), BeMember()))

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(BeWhollyInOrOut())
	})

	It("go together when a sign-in is under way", spec.Clause("deactivation.race-with-sign-in"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		okta.SignInAlongside(ctx, han, func() { okta.Unassign(ctx, han) })

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSession()))
	})
})

var _ = spec.Section("Of two identity providers", func(_ *spec.Okta, product *spec.Product) {
	It("either deactivates a person", spec.Clause("deactivation.either-provider"), func(ctx SpecContext) {
		first, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		han, _ := first.Onboard(ctx, "Han Solo")
		same, _ := second.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(And(HaveAccount(), BeMember()))

		second.Unassign(ctx, same)

		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSession()))
	})

	It("the other one lets the person in again", spec.Clause("deactivation.other-provider-readmits"), func(ctx SpecContext) {
		first, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		han, _ := first.Onboard(ctx, "Han Solo")
		same, _ := second.Onboard(ctx, "Han Solo")
		second.Unassign(ctx, same)
		spec.Given(product.Look(ctx, han)).To(BeNoMember())

		Expect(first.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("the one that has no record of them is no way round the other", spec.Clause("deactivation.no-way-round"), func(ctx SpecContext) {
		first, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		han, _ := first.Onboard(ctx, "Han Solo")
		same, _ := second.Precede(ctx, "Han Solo")
		first.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(And(HaveInactiveRecord(), BeNoMember()))

		Expect(second.SignIn(ctx, same)).To(BeRefused())
		Expect(product.Look(ctx, han)).To(BeNoMember())
	})
})
