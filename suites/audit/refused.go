package audit

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Of what was refused, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("tells who was denied to sign in, and why", spec.Clause("audit.denied-sign-in-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		okta.Admit(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		spec.Given(okta.SignIn(ctx, han)).To(BeRefused())

		Expect(product.AuditOf(ctx, han)).To(HaveReasonFor(target.SignInDenied, han.Email()))
	})

	It("tells of a sign-in that was forged", spec.Clause("audit.forged-sign-in-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		greedo, _ := okta.Onboard(ctx, "Greedo")
		han, _ := okta.Onboard(ctx, "Han Solo")
		log := product.Audit(ctx, 0)

		spec.Given(okta.Forge(ctx, "unsigned", greedo, han)).To(BeRefused())

		Expect(since(log, product.Audit(ctx, 0))).To(HaveReasonFor(target.SignInDenied, ""))
	})

	It("tells of no change by a sign-in that was forged", spec.Clause("audit.forged-sign-in-changes-nothing"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		greedo, _ := okta.Onboard(ctx, "Greedo")
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		log := product.Audit(ctx, 0)

		spec.Given(okta.Forge(ctx, "unsigned", greedo, han)).To(BeRefused())

		Expect(since(log, product.Audit(ctx, 0))).To(HaveNoEventOf(append([]string{target.SignInSucceeded}, changes...)...))
	})

	It("tells that the last administrator was not deactivated", spec.Clause("audit.refused-deactivation-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Assign(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		okta.Unassign(ctx, leia)

		spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, leia)).To(HaveReasonFor(target.RequestRefused, ""))
	})

	It("tells of nothing that did not happen to the last administrator", spec.Clause("audit.refused-deactivation-changes-nothing"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Assign(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		okta.Unassign(ctx, leia)

		spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, leia)).To(HaveNoEventOf(target.RecordDeactivated, target.MemberDeleted, target.SeatReleased, target.SessionEnded))
	})

	It("tells that the last administrator was not demoted", spec.Clause("audit.skipped-demotion-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Assign(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		okta.Demote(ctx, leia)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, leia)).To(HaveReasonFor(target.DemotionSkipped, ""))
	})

	It("tells that SCIM was turned away at the gate", spec.Clause("audit.refused-scim-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
		product.SetPlan(ctx, "pro")
		log := product.Audit(ctx, 0)

		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(okta.Hire("Han Solo")))).To(BeRefusedOverSCIM())

		Expect(since(log, product.Audit(ctx, 0))).To(HaveReasonFor(target.RequestRefused, ""))
	})
})
