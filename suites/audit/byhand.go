package audit

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Of what was done by hand, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("names the administrator who did it", spec.Clause("audit.change-by-hand-attributed"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		han, _ := okta.Onboard(ctx, "Han Solo")

		product.MakeAdminBy(ctx, leia, han)

		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))
		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{
			Action: target.MemberUpdated, Before: "member", After: "admin", Actor: "member", ActorName: leia.Email(),
		}))
	})

	It("does not blame Okta for it", spec.Clause("audit.change-by-hand-told-apart"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")

		product.MakeAdmin(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveRole("admin"))
		log := product.AuditOf(ctx, han)
		Expect(log).To(HaveOneEvent(target.Event{Action: target.MemberUpdated, After: "admin"}))
		Expect(log).NotTo(HaveOneEvent(target.Event{Action: target.MemberUpdated, After: "admin", Actor: "sso"}))
		Expect(log).NotTo(HaveOneEvent(target.Event{Action: target.MemberUpdated, After: "admin", Actor: "scim"}))
	})

	It("tells that a member was removed", spec.Clause("audit.removal-by-hand-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")

		product.Remove(ctx, han)

		log := product.AuditOf(ctx, han)
		Expect(log).To(HaveOneEvent(target.Event{Action: target.MemberDeleted}))
		Expect(log).NotTo(HaveOneEvent(target.Event{Action: target.MemberDeleted, Actor: "scim"}))
	})

	It("tells that an API token was issued", spec.Clause("audit.api-token-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")

		product.IssueToken(ctx, han)

		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.APITokenIssued}))
	})

	It("tells of another plan", spec.Clause("audit.settings-told").In("plan"), func(ctx SpecContext) {
		_, product := product.Found(ctx, spec.Organization{})

		product.SetPlan(ctx, "pro")

		Expect(product.Audit(ctx, 0)).To(HaveOneEvent(target.Event{Action: target.PlanChanged, Before: "enterprise", After: "pro"}))
	})

	It("tells that the provider was disabled", spec.Clause("audit.settings-told").In("disabled"), func(ctx SpecContext) {
		_, product := product.Found(ctx, spec.Organization{})

		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(product.Audit(ctx, 0)).To(HaveOneEvent(target.Event{Action: target.ProviderDisabled, After: "disabled"}))
	})

	It("tells that the provider was enabled", spec.Clause("audit.settings-told").In("enabled"), func(ctx SpecContext) {
		_, product := product.Found(ctx, spec.Organization{})
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())

		Expect(product.Audit(ctx, 0)).To(HaveOneEvent(target.Event{Action: target.ProviderEnabled, After: "enabled"}))
	})

	It("tells that the SCIM token was rotated", spec.Clause("audit.settings-told").In("token"), func(ctx SpecContext) {
		_, product := product.Found(ctx, spec.Organization{})

		product.RotateToken(ctx, time.Hour, 0)

		Expect(product.Audit(ctx, 0)).To(HaveOneEvent(target.Event{Action: target.TokenRotated}))
	})
})
