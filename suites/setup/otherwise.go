package setup

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A disabled provider, where it is not wholly shut,", func(_ *spec.Okta, product *spec.Product) {
	It("still takes deactivations", spec.Clause("setup.disabled-provider-deactivates"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
		spec.Given(made).To(HaveStatus(201))
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(okta.Hire("Leia Organa")))).To(BeRefusedOverSCIM())
		Expect(okta.Call(ctx, "PATCH", made.UserPath(), setActive(false))).To(HaveStatus(200, 204))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

})

var _ = spec.Section("After a rotation without an overlap", func(_ *spec.Okta, product *spec.Product) {
	It("the old token is dead at once", spec.Clause("setup.old-token-dies"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		old := okta.Connection().SCIM.Token
		spec.Given(okta.CallWith(ctx, old, "GET", "/Users", nil)).To(HaveStatus(200))

		fresh := product.RotateToken(ctx, time.Hour, 0)

		Expect(okta.CallWith(ctx, old, "GET", "/Users", nil)).To(BeSCIMError(401, ""))
		spec.Given(okta.CallWith(ctx, fresh, "GET", "/Users", nil)).To(HaveStatus(200))
	})
})
