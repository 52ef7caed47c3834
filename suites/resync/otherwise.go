package resync

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A member from before SCIM was set up, where products differ,", func(okta *spec.Okta, product *spec.Product) {
	It("cannot be created", spec.Clause("resync.create-conflicts"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(HaveNoRecord())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(BeSCIMError(409, "uniqueness"))
		Expect(product.Look(ctx, han)).To(HaveNoRecord())
	})

	It("can be found", spec.Clause("resync.member-is-found"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")

		Expect(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))
	})

	It("can be linked and then deactivated", spec.Clause("resync.found-member-leaves"), func(ctx SpecContext) {
		han, session := okta.Precede(ctx, "Han Solo")
		spec.Given(product.WhoAmI(ctx, session)).To(BeOpen())
		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)
		Expect(product.Look(ctx, han)).To(And(HaveActiveRecord(), HaveLinkedRecord()))

		okta.Unassign(ctx, han)

		Expect(product.WhoAmI(ctx, session)).To(BeShut())
	})
})
