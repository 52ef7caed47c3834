package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A sign-in request", func(okta *spec.Okta, _ *spec.Product) {
	It("is signed by the key in the product's metadata", spec.Clause("saml.protocol.signed-request"), func(ctx SpecContext) {
		certificates := okta.SigningCertificates(ctx)

		visit := okta.SignInAt(ctx, admitted(ctx, okta, "Han Solo"), okta.Connection().SAML.SignedSignIn)

		spec.Given(visit.Request).NotTo(BeNil(), visit.Ended())
		Expect(visit.Request.Signature.There()).To(BeTrue(), "the request is not signed")
		Expect(visit.Request.Signature.Verify(certificates)).To(Succeed())
		spec.Given(visit).To(BeSignedIn())
	})

	It("asks to see the person anew", spec.Clause("saml.protocol.force-authn"), func(ctx SpecContext) {
		visit := okta.SignInAt(ctx, admitted(ctx, okta, "Han Solo"), okta.Connection().SAML.ForceAuthn)

		spec.Given(visit.Request).NotTo(BeNil(), visit.Ended())
		Expect(visit.Request.ForceAuthn).To(BeTrue())
		spec.Given(visit).To(BeSignedIn())
	})
})

var _ = spec.Section("Okta answers that it signs nobody in", func(okta *spec.Okta, _ *spec.Product) {
	for _, failure := range []struct {
		variant string
		status  idp.Status
	}{
		{"no-passive", idp.Status{Code: idp.StatusResponder, Below: idp.StatusNoPassive}},
		{"authn-failed", idp.Status{Code: idp.StatusResponder, Below: idp.StatusAuthnFailed, Message: "wrong password"}},
		{"request-denied", idp.Status{Code: idp.StatusResponder, Below: idp.StatusRequestDenied}},
		{"invalid-name-id-policy", idp.Status{Code: idp.StatusRequester, Below: idp.StatusInvalidNameID}},
		{"version-mismatch", idp.Status{Code: idp.StatusVersionMismatch}},
		{"code-of-its-own", idp.Status{Code: idp.StatusResponder, Below: "urn:rollcall:status:closed-today", Message: "<b>closed</b>"}},
	} {
		It("and the person reads a page about it: "+failure.variant, spec.Clause("saml.protocol.failure-explained").In(failure.variant), func(ctx SpecContext) {
			han := admitted(ctx, okta, "Han Solo")
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			visit := okta.SignInFailing(ctx, han, failure.status)

			Expect(visit).To(BeRefused())
			Expect(visit.Answered).To(BeNumerically("<", 500), "the product fell over it")
			Expect(visit.URL).NotTo(Equal(okta.Identity().SSOURL), "the product sent the browser straight back to Okta")
			Expect(visit.Status).To(BeNumerically("<", 500), "the page is about a fault of the product's")
			Expect(visit.Body).NotTo(BeEmpty(), "the page says nothing")
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		})
	}
})
