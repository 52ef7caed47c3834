package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A suspended member", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("stays one, with role and teams", spec.Clause("deactivation.suspends"), func(ctx SpecContext) {
			leia := okta.Hire("Leia Organa")
			okta.Promote(ctx, leia)
			okta.Assign(ctx, leia)
			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
			before := product.Settled(ctx, leia)
			spec.Given(before).To(HaveRole("admin"))

			okta.Unassign(ctx, leia)

			Expect(product.Look(ctx, leia)).To(BeUnchangedSince(before, "memberships"))
		})
	})

	It("cannot sign in", spec.Clause("deactivation.suspended-kept-out"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("opens nothing with what is in hand", spec.Clause("deactivation.suspended-opens-nothing"), func(ctx SpecContext) {
		han, session := okta.Onboard(ctx, "Han Solo")
		token := product.IssueToken(ctx, han)
		spec.Given(product.WhoAmI(ctx, session)).To(BeOpen())
		spec.Given(product.WhoAmI(ctx, token)).To(BeOpen())

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(product.WhoAmI(ctx, session)).To(BeShut())
		Expect(product.WhoAmI(ctx, token)).To(BeShut())
	})
})

var _ = spec.Section("Reactivation, where it brings everything back,", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("makes a member at once", spec.Clause("deactivation.restores"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			okta.Unassign(ctx, han)

			okta.Assign(ctx, han)

			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
			Expect(product.Look(ctx, han)).To(BeMember())
		})

		It("starts the seat at once", spec.Clause("deactivation.restores-seat"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			okta.Unassign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveNoSeat())

			okta.Assign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveSeat())
		})
	})

	for _, role := range []struct{ clause, title, is string }{
		{"deactivation.return-keeps-role", "gives the role from before", "admin"},
		{"deactivation.return-starts-over", "gives an ordinary role", "member"},
	} {
		It(role.title, spec.Clause(role.clause), func(ctx SpecContext) {
			leia, _ := okta.Onboard(ctx, "Leia Organa")
			product.MakeAdmin(ctx, leia)
			spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
			okta.Unassign(ctx, leia)

			okta.Assign(ctx, leia)

			Expect(product.Look(ctx, leia)).To(HaveRole(role.is))
		})
	}
})
