package saml

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/idp/shapes"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("An honest response in another shape than Okta's", func(okta *spec.Okta, product *spec.Product) {
	for _, shape := range shapes.All() {
		if len(shape.Keys) == 0 {
			It("is taken: one "+shape.Summary, takes(shape), func(ctx SpecContext) {
				taken(ctx, okta, product, shape, func() { usual(ctx, okta) })
			})
		}
	}
})

var _ = spec.Section("An identity provider with other keys than Okta's", func(usually *spec.Okta, product *spec.Product) {
	for _, shape := range shapes.All() {
		if len(shape.Keys) == 0 {
			continue
		}
		It("is believed: a response "+shape.Summary, takes(shape), func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{Describe: func(identity idp.Identity) (metadata []byte, err error) {
				metadata, shape, err = shape.Metadata(identity, identity.Certificate.NotBefore)
				return metadata, err
			}})
			taken(ctx, okta, product, shape, func() { usual(ctx, usually) })
		})
	}

	It("is believed: one whose metadata somebody else has signed", spec.Clause("saml.interop.signed-metadata"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Describe: func(identity idp.Identity) ([]byte, error) {
			return shapes.Vouched(identity, identity.Certificate.NotBefore)
		}})
		shape, _ := shapes.Find("okta")
		taken(ctx, okta, product, shape, func() { usual(ctx, usually) })
	})
})

// takes cites the requirement that the shape is a form of.
func takes(shape shapes.Shape) spec.Citation {
	cited := spec.Clause("saml.interop." + shape.Proves)
	if shape.Proves == shape.Name {
		return cited
	}
	return cited.In(shape.Name)
}

// taken signs somebody in by a response in the shape, which has to name the right person
// and bring what it says of them. Where it does not even sign them in, the control tells
// whether Okta's own shape would.
func taken(ctx context.Context, okta *spec.Okta, product *spec.Product, shape shapes.Shape, control func()) {
	GinkgoHelper()
	okta.Takes(shape.Modes()[0])
	han := okta.Hire("Han Solo")
	okta.Admit(ctx, han)
	name := ""
	visit := okta.SignInTrying(ctx, han, func(c *spec.Claims) {
		shape.Apply(c)
		name = said(*c, "name")
	})
	if !visit.In() {
		control()
	}
	Expect(visit).To(BeSignedIn())
	if product.Offers(target.LookAccounts) {
		Expect(product.Look(ctx, han)).To(HaveAccountOf(name, han.Email()))
	}
}

// usual is a sign-in in Okta's shape, which has to work for another shape to mean
// anything. A product that takes only some of what Okta can be set to send is given each
// until one of them works.
func usual(ctx context.Context, okta *spec.Okta) {
	GinkgoHelper()
	leia := okta.Hire("Leia Organa")
	okta.Admit(ctx, leia)
	visit := okta.SignIn(ctx, leia)
	for _, setting := range []func(*spec.Claims){spec.Signed(idp.SignAssertion), spec.Signed(idp.SignResponse), spec.StatingNothing} {
		if !visit.In() {
			visit = okta.SignInClaiming(ctx, leia, setting)
		}
	}
	spec.Given(visit).To(BeSignedIn())
}

// said is the first value of an attribute in the claims; empty for none.
func said(c spec.Claims, attribute string) string {
	for _, a := range c.Attributes {
		if a.Name == attribute && len(a.Values) > 0 {
			return a.Values[0]
		}
	}
	return ""
}
