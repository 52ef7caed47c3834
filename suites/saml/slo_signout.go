package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Somebody signs out at the product", func(okta *spec.Okta, product *spec.Product) {
	It("and Okta is asked to end their session, by a request that it believes", spec.Clause("saml.slo.sign-out-told"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		visit := guest(ctx, okta, "Han Solo")

		parting := okta.SignOut(ctx, visit)

		Expect(parting.Complaint).To(BeEmpty())
		Expect(parting.Request).NotTo(BeNil(), parting.String())
		Expect(parting.Request.Name).To(Equal(visit.Response.Name))
		Expect(parting.Request.SessionIndexes).To(HaveEach(visit.Response.SessionIndex))
		Expect(parting.Crash()).To(BeEmpty())
	})

	It("and is out, whatever Okta says to it", spec.Clause("saml.slo.sign-out-anyway"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		okta.Configure(func(s *simulator.AppSettings) { s.SAML.Certificates = nil }) // so that Okta believes nothing, and does not answer
		visit := guest(ctx, okta, "Han Solo")
		kept := visit.Kept()
		spec.Given(product.WhoAmI(ctx, kept)).To(BeOpen())

		parting := okta.SignOut(ctx, visit)

		spec.Given(parting.Request).NotTo(BeNil(), parting.String())
		Expect(product.WhoAmI(ctx, kept)).To(BeShut())
	})

	It("and is out when Okta says that it failed", spec.Clause("saml.slo.failed-answer"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		okta.Configure(func(s *simulator.AppSettings) { s.SAML.Certificates = nil })
		visit := guest(ctx, okta, "Han Solo")
		asked := okta.SignOut(ctx, visit).Request
		spec.Given(asked).NotTo(BeNil())

		parting := okta.Bring(ctx, visit, okta.LogoutAnswer(asked.ID, idp.Status{Code: idp.StatusResponder}))

		Expect(parting.Crash()).To(BeEmpty())
		Expect(product.WhoAmI(ctx, visit)).To(BeShut())
	})
})
