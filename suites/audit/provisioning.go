package audit

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Of a tracking record, the audit log", func(_ *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("tells that it was created, and by whom", spec.Clause("audit.record-created-told"), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := okta.Hire("Han Solo")

			okta.Assign(ctx, han)

			provider := providerOf(ctx, product, han)
			Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.RecordCreated, Actor: "scim", Provider: provider}))
		})

		It("tells what was changed", spec.Clause("audit.record-updated-told"), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)

			okta.Rename(ctx, han, "Captain", "Solo")

			spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
			Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{
				Action: target.RecordUpdated, Before: "Han", After: "Captain", Actor: "scim",
			}))
		})

		It("tells that it was deactivated", spec.Clause("audit.record-deactivated-told"), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)

			okta.Unassign(ctx, han)

			spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
			Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.RecordDeactivated, Actor: "scim"}))
		})

		It("tells that it was reactivated", spec.Clause("audit.record-reactivated-told"), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			okta.Unassign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

			okta.Assign(ctx, han)

			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
			Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.RecordReactivated, Actor: "scim"}))
		})
	})

	It("tells that it was deleted", spec.Clause("audit.record-deleted-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
		spec.Given(made).To(HaveStatus(201))

		spec.Given(okta.Call(ctx, "DELETE", made.UserPath(), nil)).To(HaveStatus(204))

		Expect(product.Audit(ctx, 0)).To(HaveOneEvent(target.Event{Action: target.RecordDeleted, Subject: made.ID(), Actor: "scim"}))
	})

	It("tells nothing of an update that changed nothing", spec.Clause("audit.no-op-update-silent"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
		spec.Given(made).To(HaveStatus(201))

		spec.Given(okta.Call(ctx, "PUT", made.UserPath(), spec.UserBody(han))).To(HaveStatus(200))

		spec.Given(product.AuditOf(ctx, han)).NotTo(BeEmpty())
		Expect(product.AuditOf(ctx, han)).To(HaveNoEventOf(target.RecordUpdated, target.RecordReactivated))
	})
})

var _ = spec.Section("When SCIM takes somebody out, the audit log", func(_ *spec.Okta, product *spec.Product) {
	It("tells of everything that they lost", spec.Clause("audit.leaving-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.Join(ctx, han, product.NewTeam(ctx, "Pilots"), "member")
		product.IssueToken(ctx, han)

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession(), HaveNoToken()))
		Expect(product.AuditOf(ctx, han)).To(And(
			HaveOneEvent(target.Event{Action: target.MemberDeleted, Actor: "scim"}),
			HaveOneEvent(target.Event{Action: target.SeatReleased, Actor: "scim"}),
			HaveOneEvent(target.Event{Action: target.TeamMemberDeleted, Actor: "scim"}),
			HaveOneEvent(target.Event{Action: target.SessionEnded, Actor: "scim"}),
			HaveOneEvent(target.Event{Action: target.APITokenRevoked, Actor: "scim"})))
	})
})
