package saml

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response that says something odd of itself", func(okta *spec.Okta, product *spec.Product) {
	attacks("sem", okta)

	for _, attack := range forge.Family("sem") {
		if attack.Proves() != "failure-told" {
			continue
		}
		It("that "+attack.Summary, proves(attack, idp.SignResponse), func(ctx SpecContext) {
			signed := okta.AtLeast(idp.SignResponse)
			between(ctx, okta, signed, func(attacker, victim *spec.Person) spec.Visit {
				visit := okta.ForgeIn(ctx, signed, attack, attacker, victim)
				Expect(visit).To(BeRefused())
				Expect(visit.Crash()).To(BeEmpty(), "the product fell over an answer that only says no")
				Expect(strings.HasPrefix(visit.URL, okta.Identity().SSOURL)).To(BeFalse(), "the product sends the browser back to Okta, and so round and round")
				return visit
			})
		})
	}

	It("that answers no request", spec.Clause("saml.sem.unsolicited-refused"), func(ctx SpecContext) {
		between(ctx, okta, idp.SignBoth, func(attacker, _ *spec.Person) spec.Visit {
			visit := okta.SignInFromOkta(ctx, attacker)
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("that is from one provider around an assertion from another", spec.Clause("saml.sem.issuers-agree"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		attack := spec.Attack("issuers-of-two")
		signed := okta.Signing(attack, attack.In()[0])
		between(ctx, okta, signed, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.Interfere(ctx, signed, attacker, victim, func(d forge.Donor, posting *simulator.Posting) error {
				d.Neighbour = second.Identity().EntityID
				return attack.Post(d, posting)
			})
			Expect(visit).To(BeRefused())
			return visit
		})
	})
})

var _ = spec.Section("A session", func(_ *spec.Okta, product *spec.Product) {
	It("ends when the identity provider says that it has to", spec.Clause("saml.sem.session-ends-as-told"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, lando := okta.Hire("Han Solo"), okta.Hire("Lando Calrissian")
		okta.Admit(ctx, han, lando)
		usual := okta.SignIn(ctx, lando)
		short := okta.ForgeIn(ctx, idp.SignBoth, spec.Attack("session-for-a-minute"), han, lando)
		spec.Given(short).To(BeSignedIn())
		spec.Given(product.WhoAmI(ctx, short)).To(BeOpen())

		product.Advance(ctx, okta, 2*time.Minute)

		Expect(product.WhoAmI(ctx, short)).To(BeShut())
		spec.Given(product.WhoAmI(ctx, usual)).To(BeOpen())
	})
})

var _ = spec.Section("A sign-in for which the person has to be seen anew", func(okta *spec.Okta, _ *spec.Product) {
	It("is refused where they were seen hours before", spec.Clause("saml.sem.authn-anew"), func(ctx SpecContext) {
		between(ctx, okta, idp.SignBoth, func(attacker, _ *spec.Person) spec.Visit {
			anew := okta.Connection().SAML.ForceAuthn
			spec.Given(okta.SignInAt(ctx, attacker, anew)).To(BeSignedIn())

			visit := okta.SignInAt(ctx, attacker, anew, func(c *spec.Claims) { c.AuthnInstant = c.Now.Add(-8 * time.Hour) })
			spec.Given(visit.Request != nil && visit.Request.ForceAuthn).To(BeTrue(), "the product did not ask for it")
			Expect(visit).To(BeRefused())
			return visit
		})
	})
})
