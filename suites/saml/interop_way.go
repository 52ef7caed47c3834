package saml

import (
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response on its way to the product", func(okta *spec.Okta, _ *spec.Product) {
	for _, way := range []struct {
		name, text string
		form       func(h spec.Held) string
	}{
		{"wrapped", "in lines of base64", func(h spec.Held) string { return fields(wrapped(h.SAMLResponse), h.RelayState) }},
		{"trailing-newline", "with a line's end after the base64", func(h spec.Held) string { return fields(h.SAMLResponse+"\r\n", h.RelayState) }},
		{"response-first", "before the RelayState", func(h spec.Held) string {
			return "SAMLResponse=" + url.QueryEscape(h.SAMLResponse) + "&RelayState=" + url.QueryEscape(h.RelayState)
		}},
		{"further-fields", "among fields that nobody knows", func(h spec.Held) string {
			return "utf8=%E2%9C%93&" + fields(h.SAMLResponse, h.RelayState) + "&submit=Continue"
		}},
	} {
		It("is taken "+way.text, spec.Clause("saml.interop.form").In(way.name), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Admit(ctx, han)
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			held := okta.Hold(ctx, han)
			visit := okta.Deliver(ctx, held, func(d *simulator.Delivery) { d.Body = []byte(way.form(held)) })

			Expect(visit).To(BeSignedIn())
		})
	}

	It("is taken when it answers the product's own request", spec.Clause("saml.interop.answer"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		held := okta.Hold(ctx, han)

		spec.Given(held.Request).NotTo(BeNil())
		Expect(okta.Post(ctx, held)).To(BeSignedIn())
	})

	for name, relay := range map[string]string{"without-relay-state": "", "with-relay-state": "rollcall-1/2?a=b&c=ä"} {
		It("is taken when Okta starts "+strings.ReplaceAll(name, "-", " "), spec.Clause("saml.interop.unasked").In(name), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Admit(ctx, han)

			Expect(okta.Post(ctx, okta.HoldFromOkta(ctx, han).Relaying(relay))).To(BeSignedIn())
		})
	}

	It("is taken from each of two tabs, whichever comes first", spec.Clause("saml.interop.again").In("two-tabs"), func(ctx SpecContext) {
		han, leia, tabs := okta.Hire("Han Solo"), okta.Hire("Leia Organa"), okta.NewBrowser()
		okta.Admit(ctx, han, leia)
		first, second := okta.HoldIn(ctx, tabs, han), okta.HoldIn(ctx, tabs, leia)

		Expect(okta.Post(ctx, second)).To(BeSignedInAs(leia.Email()))
		Expect(okta.Post(ctx, first)).To(BeSignedInAs(han.Email()))
	})

	It("is taken from two people whose requests are answered out of order", spec.Clause("saml.interop.again").In("out-of-order"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		okta.Admit(ctx, han, leia)
		hans, leias := okta.Hold(ctx, han), okta.Hold(ctx, leia)

		Expect(okta.Post(ctx, leias)).To(BeSignedIn())
		Expect(okta.Post(ctx, hans)).To(BeSignedIn())
	})

	It("makes the browser the second person's where two use it", spec.Clause("saml.interop.again").In("two-people"), func(ctx SpecContext) {
		han, leia, browser := okta.Hire("Han Solo"), okta.Hire("Leia Organa"), okta.NewBrowser()
		okta.Admit(ctx, han, leia)
		hans, leias := okta.HoldIn(ctx, browser, han), okta.HoldIn(ctx, browser, leia)
		spec.Given(okta.Post(ctx, hans)).To(BeSignedIn())

		Expect(okta.Post(ctx, leias)).To(BeSignedInAs(leia.Email()))
	})

	It("that reports a failure ends on a page of the product's", spec.Clause("saml.interop.failure"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		held := okta.Hold(ctx, han)
		failure, err := okta.Identity().Failure(idp.Dispatch{
			Destination: held.Claims.Destination, InResponseTo: held.Claims.InResponseTo, Now: held.Claims.Now,
		}, idp.Status{Code: idp.StatusResponder, Below: "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", Message: "The person gave up."}, held.Claims.Sign)
		Expect(err).NotTo(HaveOccurred())

		visit := okta.Post(ctx, held.Carrying(failure.XML))

		Expect(visit).To(BeRefused())
		Expect(visit.Status).To(BeNumerically("<", 500), "the product fell over a failure that it was told of")
		Expect(visit.URL).NotTo(HavePrefix(okta.Identity().SSOURL), "the product sent the browser back to Okta, which reports the same again")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})
})

// fields are a body with the two fields in the order in which browsers here send them.
func fields(response, relay string) string {
	return "RelayState=" + url.QueryEscape(relay) + "&SAMLResponse=" + url.QueryEscape(response)
}

// wrapped is base64 in lines of 76.
func wrapped(text string) string {
	var lines []string
	for len(text) > 76 {
		lines, text = append(lines, text[:76]), text[76:]
	}
	return strings.Join(append(lines, text), "\r\n")
}
