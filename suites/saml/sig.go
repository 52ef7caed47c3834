package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response whose signature is missing or does not fit", func(okta *spec.Okta, _ *spec.Product) {
	attacks("sig", okta)
})

var _ = spec.Section("An assertion that is not signed", func(okta *spec.Okta, product *spec.Product) {
	for _, name := range []string{"attributes-added-before", "attributes-added-after"} {
		attack := spec.Attack(name)
		mode := attack.In()[0]
		It("gives nobody a role: the response "+attack.Summary, proves(attack, mode), func(ctx SpecContext) {
			boss := okta.Hire("Mon Mothma")
			okta.Admit(ctx, boss)
			promoted := okta.SignInClaiming(ctx, boss, spec.Signed(mode), spec.Stating("admin", "true"))
			spec.Given(product.WhoAmI(ctx, promoted).Role).To(Equal("admin"), "the same attribute, signed, made no administrator")

			between(ctx, okta, mode, func(attacker, victim *spec.Person) spec.Visit {
				visit := okta.ForgeIn(ctx, mode, attack, attacker, victim)
				claim(okta, attack, visit, victim)
				Expect(product.WhoAmI(ctx, visit).Role).NotTo(Equal("admin"), "an attribute that nobody signed made an administrator")
				return visit
			})
		})
	}
})
