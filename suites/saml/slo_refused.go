package saml

import (
	"context"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A logout request", func(okta *spec.Okta, product *spec.Product) {
	for _, attack := range forge.Logouts() {
		It("that "+attack.Summary+" ends nothing", spec.Clause("saml.slo."+attack.Rule).In(attack.Name), func(ctx SpecContext) {
			setUpLogoutFor(ctx, okta, attack)
			visit := present(ctx, okta, product, "Leia Organa")

			parting := okta.EndBy(ctx, visit, attack.Options(donorFor(okta, attack)))

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			leavesNoHarm(okta, attack, parting)
			leaves(ctx, okta, product, visit)
			spec.Withstood(parting)
		})
	}

	for _, speaker := range []struct {
		variant string
		as      func(own, other idp.Identity) idp.Identity
	}{
		{"own-name", func(_, other idp.Identity) idp.Identity { return other }},
		{"other-name", func(own, other idp.Identity) idp.Identity {
			own.Key, own.Certificate = other.Key, other.Certificate
			return own
		}},
	} {
		It("of another customer's Okta ends nothing", spec.Clause("saml.slo.other-tenant").In(speaker.variant), func(ctx SpecContext) {
			elsewhere, _ := product.Found(ctx, spec.Organization{})
			okta.SetUpLogout(ctx)
			visit := present(ctx, okta, product, "Leia Organa")

			okta.EndBy(ctx, visit, saidBy(speaker.as(okta.Identity(), elsewhere.Identity())))

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			leaves(ctx, okta, product, visit)
		})
	}
})

var _ = spec.Section("Another message at the address for logout", func(okta *spec.Okta, product *spec.Product) {
	for _, field := range []string{"SAMLRequest", "SAMLResponse"} {
		It("ends nothing when it is an assertion's response, as "+field, spec.Clause("saml.slo.kinds-apart").In("response-as-"+strings.ToLower(strings.TrimPrefix(field, "SAML"))), func(ctx SpecContext) {
			okta.LogoutBy(ctx, idp.BindingPOST)
			visit := guest(ctx, okta, "Leia Organa")

			parting := okta.EndBy(ctx, visit, simulator.LogoutOptions{Replace: func(c *simulator.Carriage) error {
				c.Form = url.Values{field: {visit.Response.Encoded()}}
				return nil
			}})

			Expect(product.WhoAmI(ctx, visit)).To(BeOpen())
			Expect(parting.Crash()).To(BeEmpty())
			leaves(ctx, okta, product, visit)
		})
	}

	It("signs nobody in where it is a logout request at the address for responses", spec.Clause("saml.slo.kinds-apart").In("logout-as-response"), func(ctx SpecContext) {
		okta.LogoutBy(ctx, idp.BindingPOST)
		first := guest(ctx, okta, "Leia Organa")
		parting := okta.End(ctx, first)
		spec.Given(parting.Sent.Form.Get("SAMLRequest")).NotTo(BeEmpty())
		lando := admitted(ctx, okta, "Lando Calrissian")

		visit := okta.SignInPosting(ctx, lando, func(p *simulator.Posting) error {
			p.SAMLResponse = parting.Sent.Form.Get("SAMLRequest")
			return nil
		})

		Expect(visit).To(BeRefused())
		Expect(visit.Answered).To(BeNumerically("<", 500), "the product fell over it")
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
	})

	for _, answer := range []struct {
		variant, to string
		status      idp.Status
	}{
		{"unsolicited", "", idp.Status{Code: idp.StatusSuccess}},
		{"unknown", "_nobody-asked-this", idp.Status{Code: idp.StatusSuccess}},
		{"failed", "_nobody-asked-this", idp.Status{Code: idp.StatusResponder, Below: idp.StatusPartialLogout}},
	} {
		It("is survived when it answers a request that nobody made", spec.Clause("saml.slo.stray-answer").In(answer.variant), func(ctx SpecContext) {
			okta.SetUpLogout(ctx)
			visit := guest(ctx, okta, "Leia Organa")

			parting := okta.Bring(ctx, visit, okta.LogoutAnswer(answer.to, answer.status))

			Expect(parting.Crash()).To(BeEmpty())
			leaves(ctx, okta, product, visit)
		})
	}
})

// setUpLogoutFor has Okta send logout messages by the binding that an attack is made for.
func setUpLogoutFor(ctx context.Context, okta *spec.Okta, attack forge.LogoutAttack) {
	GinkgoHelper()
	if attack.Binding == "" {
		okta.SetUpLogout(ctx)
		return
	}
	okta.LogoutBy(ctx, attack.Binding)
}

// donorFor is what an attack is made of.
func donorFor(okta *spec.Okta, attack forge.LogoutAttack) forge.LogoutDonor {
	if !attack.Lure {
		return forge.LogoutDonor{}
	}
	return forge.LogoutDonor{Collector: okta.Collector().Address()}
}

// leavesNoHarm looks at what else an attack was after, besides the session.
func leavesNoHarm(okta *spec.Okta, attack forge.LogoutAttack, parting spec.Parting) {
	GinkgoHelper()
	if attack.NoCrash {
		Expect(parting.Crash()).To(BeEmpty())
	}
	if attack.Lure {
		Expect(okta.Collector().Visitors()).To(BeEmpty(), "the product opened an address that the message names")
	}
}

// saidBy has another identity provider say and sign it.
func saidBy(as idp.Identity) simulator.LogoutOptions {
	return simulator.LogoutOptions{Draft: func(e *idp.Envelope) error {
		e.Root.SelectElement("Issuer").SetText(as.EntityID)
		e.Signer = as.Signer()
		return nil
	}}
}
