package tracking

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("SCIM create, where it makes more than a record,", func(okta *spec.Okta, product *spec.Product) {
	It("makes an account", spec.Clause("tracking.account-at-create"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		Expect(product.Look(ctx, han)).To(HaveAccountOf("Han Solo", han.Email()))
	})

	It("makes a member", spec.Clause("tracking.member-at-create"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		Expect(product.Look(ctx, han)).To(BeMember())
	})

	It("starts a seat", spec.Clause("tracking.seat-at-create"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		Expect(product.Look(ctx, han)).To(And(HaveSeat(), HaveBeenSeated(1)))
	})

	It("brings an inactive record back", spec.Clause("tracking.create-revives"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(200, 201))
		Expect(product.Look(ctx, han)).To(HaveActiveRecord())
	})
})

var _ = spec.Section("A change over SCIM, where it does not stop at the record,", func(okta *spec.Okta, product *spec.Product) {
	It("renames the account", spec.Clause("tracking.update-renames-account"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(HaveAccountOf("Han Solo", ""))

		okta.Rename(ctx, han, "Captain", "Solo")

		Expect(product.Look(ctx, han)).To(HaveAccountOf("Captain Solo", ""))
	})

	It("passes an inactive record over", spec.Clause("tracking.inactive-profile-frozen"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		address := okta.AddressOf(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(And(HaveInactiveRecord(), HaveRecordOf("Han Solo", "")))
		body := spec.UserBody(han)
		body["name"], body["active"] = map[string]any{"givenName": "Captain", "familyName": "Solo"}, false

		okta.Call(ctx, "PUT", address, body)

		Expect(product.Look(ctx, han)).To(HaveRecordOf("Han Solo", ""))
	})
})

var _ = spec.Section("An invitation", func(_ *spec.Okta, product *spec.Product) {
	It("is sent once", spec.Clause("tracking.invitation-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)
		okta.Rename(ctx, han, "Captain", "Solo")

		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.InvitationSent, Actor: "scim"}))
	})

	It("is taken back from who leaves before they came", spec.Clause("tracking.invitation-withdrawn"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(product.AuditOf(ctx, han)).To(HaveOneEvent(target.Event{Action: target.InvitationWithdrawn, Actor: "scim"}))
	})
})
