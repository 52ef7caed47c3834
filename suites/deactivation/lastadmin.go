package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The last admin", func(_ *spec.Okta, product *spec.Product) {
	It("is not deactivated", spec.Clause("deactivation.last-admin-refused"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		product.MakeAdmin(ctx, mon)
		spec.Given(product.Look(ctx, mon)).To(HaveRole("admin"))

		answer := okta.Call(ctx, "PATCH", okta.AddressOf(ctx, mon),
			spec.PatchBody(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))

		Expect(answer).To(BeSCIMError(400, "mutability"))
	})

	It("is told of at Okta", spec.Clause("deactivation.last-admin-refused").In("okta"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		product.MakeAdmin(ctx, mon)
		spec.Given(okta.Tasks()).To(BeEmpty())

		okta.Unassign(ctx, mon)

		Expect(okta.Tasks()).NotTo(BeEmpty())
	})

	It("keeps everything", spec.Clause("deactivation.last-admin-keeps-everything"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		product.MakeAdmin(ctx, mon)
		before := product.Settled(ctx, mon)

		okta.Unassign(ctx, mon)

		Expect(product.Look(ctx, mon)).To(BeUnchangedSince(before, "records", "memberships", "seats", "sessions"))
	})

	It("is not deleted", spec.Clause("deactivation.last-admin-not-deleted"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		product.MakeAdmin(ctx, mon)
		before := product.Settled(ctx, mon)

		Expect(okta.Call(ctx, "DELETE", okta.AddressOf(ctx, mon), nil)).To(BeRefusedOverSCIM())
		Expect(product.Look(ctx, mon)).To(BeUnchangedSince(before, "records", "memberships", "seats", "sessions"))
	})

	It("is only the last one", spec.Clause("deactivation.other-admin-leaves"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Leaderless: true})
		mon, _ := okta.Onboard(ctx, "Mon Mothma")
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		product.MakeAdmin(ctx, mon)
		product.MakeAdmin(ctx, leia)

		okta.Unassign(ctx, mon)

		Expect(product.Look(ctx, mon)).To(HaveInactiveRecord())
		spec.Given(product.Look(ctx, leia)).To(HaveRole("admin"))
	})
})
