package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response in which what is signed is not what stands where it should", func(okta *spec.Okta, product *spec.Product) {
	attacks("xsw", okta)

	It("that says it is from here, with an assertion from elsewhere", spec.Clause("saml.xsw.two-issuers"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})

		signed := okta.AtLeast(idp.SignAssertion)
		between(ctx, okta, signed, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.Interfere(ctx, signed, attacker, victim, insideOurs(okta.Identity(), elsewhere.Identity()))
			Expect(visit).To(BeRefused())
			return visit
		})
	})
})

// insideOurs posts a response that says it is from here, around an assertion of the
// victim that another identity provider made and signed; the response too, where that is
// wanted.
func insideOurs(here, other idp.Identity) func(forge.Donor, *simulator.Posting) error {
	return func(d forge.Donor, posting *simulator.Posting) error {
		d.Impersonate()
		draft, err := other.Draft(d.Claims)
		if err != nil {
			return err
		}
		draft.Response.SelectElement("Issuer").SetText(here.EntityID)
		err = draft.SignAs(d.Claims.Sign)
		posting.SAMLResponse = draft.Seal().Encoded()
		return err
	}
}
