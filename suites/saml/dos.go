package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response that is made to wear the product out", func(okta *spec.Okta, _ *spec.Product) {
	attacks("dos", okta)
})

var _ = spec.Section("Signing in", func(okta *spec.Okta, _ *spec.Product) {
	It("goes on while others take their time to post", spec.Clause("saml.dos.slow-senders"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		const few, many = 20, 500
		let := okta.Stall(ctx, sized(okta, few, many))
		defer let()

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("goes on while many others begin to", spec.Clause("saml.dos.sign-ins-begun"), func(ctx SpecContext) {
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		held := okta.Hold(ctx, han)
		const few, many = 200, 10_000
		for range sized(okta, few, many) {
			okta.Ask(ctx, nil)
		}

		Expect(okta.Post(ctx, held)).To(BeSignedIn())
	})
})

// sized is the full size where that is asked for.
func sized(okta *spec.Okta, small, full int) int {
	if okta.Heavy() {
		return full
	}
	return small
}
