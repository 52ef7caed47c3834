package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Deleting a record", func(okta *spec.Okta, product *spec.Product) {
	It("takes everything that deactivation takes", spec.Clause("deactivation.delete-takes-everything"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.IssueToken(ctx, han)
		spec.Given(product.Look(ctx, han)).To(And(BeMember(), HaveSeat(), HaveSession(), HaveToken()))

		spec.Given(okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)).To(HaveStatus(204))

		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession(), HaveNoToken()))
	})

	It("takes the record", spec.Clause("deactivation.delete-drops-record"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		address := okta.AddressOf(ctx, han)
		spec.Given(okta.Call(ctx, "GET", address, nil)).To(HaveStatus(200))

		Expect(okta.Call(ctx, "DELETE", address, nil)).To(HaveStatus(204))
		Expect(okta.Call(ctx, "GET", address, nil)).To(BeSCIMError(404, ""))
	})

	It("takes the record of somebody deactivated before", spec.Clause("deactivation.delete-drops-record").In("inactive"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		Expect(okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)).To(HaveStatus(204))
		Expect(product.Look(ctx, han)).To(HaveNoRecord())
	})

	It("frees the user name", spec.Clause("deactivation.delete-frees-name"), func(ctx SpecContext) {
		han := okta.Enroll(ctx, "Han Solo")
		okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)
		spec.Given(product.Look(ctx, han)).To(HaveNoRecord())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
		Expect(product.Look(ctx, han)).To(HaveActiveRecord())
	})

	It("leaves nothing that stops a later sign-in", spec.Clause("deactivation.delete-bars-nobody"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)
		spec.Given(product.Look(ctx, han)).To(And(HaveNoRecord(), BeNoMember()))

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
	})
})
