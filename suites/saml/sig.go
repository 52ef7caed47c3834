package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response whose signature is missing or does not fit", func(okta *spec.Okta, _ *spec.Product) {
	attacks("sig", okta)
})

var _ = spec.Section("A response that is signed in part, where the product wants more", func(okta *spec.Okta, _ *spec.Product) {
	for _, part := range []struct {
		clause, title string
		signed        idp.Signing
	}{
		{"saml.sig.assertion-signature-wanted", "is refused without the signature of its assertion", idp.SignResponse},
		{"saml.sig.response-signature-wanted", "is refused without a signature of its own", idp.SignAssertion},
	} {
		It(part.title, spec.Clause(part.clause), func(ctx SpecContext) {
			between(ctx, okta, idp.SignBoth, func(attacker, _ *spec.Person) spec.Visit {
				visit := okta.SignInClaiming(ctx, attacker, spec.Signed(part.signed))
				Expect(visit).To(BeRefused())
				return visit
			})
		})
	}
})

var _ = spec.Section("An assertion that is not signed", func(okta *spec.Okta, product *spec.Product) {
	for _, name := range []string{"attributes-added-before", "attributes-added-after"} {
		attack := spec.Attack(name)
		mode := attack.In()[0]
		It("gives nobody a role: the response "+attack.Summary, proves(attack, mode), func(ctx SpecContext) {
			signed := okta.Signing(attack, mode)
			boss := okta.Hire("Mon Mothma")
			okta.Admit(ctx, boss)
			promoted := okta.SignInClaiming(ctx, boss, spec.Signed(signed), spec.Stating("admin", "true"))
			spec.Given(product.WhoAmI(ctx, promoted).Role).To(Equal("admin"), "the same attribute, signed, made no administrator")

			between(ctx, okta, signed, func(attacker, victim *spec.Person) spec.Visit {
				visit := okta.ForgeIn(ctx, mode, attack, attacker, victim)
				claim(okta, attack, visit, victim)
				Expect(product.WhoAmI(ctx, visit).Role).NotTo(Equal("admin"), "an attribute that nobody signed made an administrator")
				return visit
			})
		})
	}
})
