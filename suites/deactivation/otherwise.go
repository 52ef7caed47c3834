package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// activity is a PATCH that says whether a person is active, as Okta writes it.
func activity(active bool) map[string]any {
	return spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": active}})
}

var _ = spec.Section("A deactivation that leaves something behind", func(okta *spec.Okta, product *spec.Product) {
	It("leaves the seat", spec.Clause("deactivation.keeps-seat"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveSeat())

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "seats"))
	})

	It("leaves the sessions", spec.Clause("deactivation.leaves-sessions"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(HaveSession())

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveSession())
	})

	It("leaves the API tokens", spec.Clause("deactivation.leaves-tokens"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.IssueToken(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveToken())

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveToken())
	})

	It("gives the API tokens back to who returns", spec.Clause("deactivation.return-revives-token"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		token := product.IssueToken(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.WhoAmI(ctx, token)).To(BeShut())
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.WhoAmI(ctx, token)).To(BeOpen())
	})
})

var _ = spec.Section("A deactivation that is answered otherwise", func(okta *spec.Okta, product *spec.Product) {
	It("is done though there is nobody", spec.Clause("deactivation.unknown-is-done"), func(ctx SpecContext) {
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(okta.Hire("Han Solo")))
		spec.Given(okta.Call(ctx, "PATCH", made.UserPath(), activity(false))).To(HaveStatus(200, 204))

		Expect(okta.Call(ctx, "PATCH", "/Users/00000000-1111-4222-8333-444444444444", activity(false))).To(HaveStatus(200, 204))
	})

	It("is done though it is the last admin", spec.Clause("deactivation.last-admin-goes"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		product.MakeAdmin(ctx, mon)
		spec.Given(product.Look(ctx, mon)).To(HaveRole("admin"))

		okta.Unassign(ctx, mon)

		Expect(okta.Tasks()).To(BeEmpty())
		Expect(product.Look(ctx, mon)).To(HaveInactiveRecord())
	})

	It("leaves no record", spec.Clause("deactivation.record-gone"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveNoRecord())
		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
	})

	It("cannot be taken back", spec.Clause("deactivation.reactivation-refused"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		address := okta.AddressOf(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		Expect(okta.Call(ctx, "PATCH", address, activity(true))).To(BeRefusedOverSCIM())
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("is the only way, for records cannot be deleted", spec.Clause("deactivation.delete-not-allowed"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		Expect(okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)).To(HaveStatus(405))
		Expect(product.Look(ctx, han)).To(HaveActiveRecord())
	})
})
