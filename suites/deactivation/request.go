package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A request to deactivate", func(okta *spec.Okta, product *spec.Product) {
	It("may be a PATCH with a path", spec.Clause("deactivation.by-patch-with-path"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")

		answer := okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "path": "active", "value": false}))

		Expect(answer).To(HaveStatus(200, 204))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may be a PATCH without a path", spec.Clause("deactivation.by-patch-without-path"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")

		answer := okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(answer).To(HaveStatus(200, 204))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may be a PUT of the whole person", spec.Clause("deactivation.by-put"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		body := spec.UserBody(han)
		body["active"] = false

		Expect(okta.Call(ctx, "PUT", okta.AddressOf(ctx, han), body)).To(HaveStatus(200))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may spell the operation in any case", spec.Clause("deactivation.operation-in-any-case"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")

		okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "Replace", "path": "active", "value": false}))

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may write false as text in a PATCH", spec.Clause("deactivation.false-as-text").In("patch"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")

		okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "path": "active", "value": "False"}))

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may write false as text in a PUT", spec.Clause("deactivation.false-as-text").In("put"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		body := spec.UserBody(han)
		body["active"] = "false"

		okta.Call(ctx, "PUT", okta.AddressOf(ctx, han), body)

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("may come again", spec.Clause("deactivation.may-come-again"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		again := okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(again).To(HaveStatus(200, 204))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("is logged once, however often it comes", spec.Clause("deactivation.logged-once"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{}) // whose log is short
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.AuditOf(ctx, han)
		okta.Unassign(ctx, han)
		told := product.AuditOf(ctx, han)
		spec.Given(len(told)).To(BeNumerically(">", len(before)))

		okta.Call(ctx, "PATCH", okta.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(product.AuditOf(ctx, han)).To(Equal(told))
	})

	It("needs a record", spec.Clause("deactivation.needs-record"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")

		unknown := okta.Call(ctx, "PATCH", okta.NoAddress(),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(unknown).To(BeSCIMError(404, ""))
		spec.Given(product.Look(ctx, han)).To(BeMember())
	})

	It("counts for the record that it addresses, not for the name in it", spec.Clause("deactivation.follows-the-id"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		spec.Given(before).To(BeMember())
		body := spec.UserBody(han)
		body["active"] = false

		okta.Call(ctx, "PUT", okta.NoAddress(), body)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "records", "memberships", "seats", "sessions"))
	})

	It("reaches no other customer's record", spec.Clause("deactivation.reaches-no-other-customer"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		han, _ := elsewhere.Onboard(ctx, "Han Solo")
		before := other.Settled(ctx, han)
		spec.Given(before).To(BeMember())

		okta.Call(ctx, "PATCH", elsewhere.AddressOf(ctx, han),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(other.Look(ctx, han)).To(BeUnchangedSince(before, "records", "memberships", "seats", "sessions"))
	})
})
