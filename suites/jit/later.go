package jit

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Later sign-ins", func(okta *spec.Okta, product *spec.Product) {
	It("reuse the account", spec.Clause("jit.account-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)

		for range 2 {
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		}

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
	})

	It("reuse the account when they start at Okta", spec.Clause("jit.okta-start-reuses-account"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)

		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
	})

	It("reuse the membership", spec.Clause("jit.membership-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)

		for range 2 {
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		}

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships"))
	})

	It("start no further seat", spec.Clause("jit.seat-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		spec.Given(product.Look(ctx, han)).To(HaveSeat())

		for range 2 {
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		}

		Expect(product.Look(ctx, han)).To(HaveBeenSeated(1))
	})
})

var _ = spec.Section("Somebody who was removed by hand", func(okta *spec.Okta, product *spec.Product) {
	It("comes back as a new member", spec.Clause("jit.returns-after-removal"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeMember())
		before := product.Settled(ctx, han)
		product.Remove(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeNoMember())

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(And(BeMember(), Not(BeUnchangedSince(before, "memberships"))))
	})

	It("comes back to a seat of its own", spec.Clause("jit.return-starts-new-seat"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		product.Remove(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeNoMember())
		product.ShowsEndedSeats(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveBeenSeated(1))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(And(HaveSeat(), HaveBeenSeated(2)))
	})

	It("does not get old sessions back", spec.Clause("jit.return-revives-no-session"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		old := okta.SignIn(ctx, han)
		spec.Given(product.WhoAmI(ctx, old)).To(BeOpen())
		product.Remove(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.WhoAmI(ctx, old)).To(BeShut())
	})

	It("does not get old API tokens back", spec.Clause("jit.return-revives-no-token"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		old := product.IssueToken(ctx, han)
		spec.Given(product.WhoAmI(ctx, old)).To(BeOpen())
		product.Remove(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.WhoAmI(ctx, old)).To(BeShut())
	})

	It("has the role that Okta gives now", spec.Clause("jit.return-takes-role-from-okta"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Promote(ctx, han)
		okta.Admit(ctx, han)
		okta.SignIn(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))
		product.Remove(ctx, han)
		okta.Demote(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})
})
