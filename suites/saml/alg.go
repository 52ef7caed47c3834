package saml

import (
	"context"
	"crypto/rsa"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response whose signature is made by other means", func(okta *spec.Okta, _ *spec.Product) {
	attacks("alg", okta)
})

var _ = spec.Section("An identity provider with a key that is good for little", func(usual *spec.Okta, product *spec.Product) {
	It("of 1024 bits signs nobody in", spec.Clause("saml.alg.short-key"), func(ctx SpecContext) {
		okta, trusted := trusting(ctx, product, own(usual, "rsa-1024"))
		if trusted {
			Expect(okta.SignIn(ctx, admitted(ctx, okta, "Han Solo"))).To(BeRefused())
		}
	})

	It("of the exponent 3 is believed for a whole signature only", spec.Clause("saml.alg.padding-looked-at"), func(ctx SpecContext) {
		okta, trusted := trusting(ctx, product, own(usual, "rsa-exponent-3"))
		if trusted {
			attack := spec.Attack("cube-root")
			mode := okta.Mode(attack)
			leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")
			believed := okta.SignIn(ctx, lando).In() // it may be for no signature at all
			Expect(okta.ForgeIn(ctx, mode, attack, lando, leia)).To(BeRefused())
			spec.Given(okta.SignIn(ctx, lando).In()).To(Equal(believed), "an honest sign-in, before and after")
		}
	})

	It("of the exponent 1, which anybody could sign with, signs nobody in", spec.Clause("saml.alg.exponent-one"), func(ctx SpecContext) {
		okta, trusted := trusting(ctx, product, everybodys(usual))
		if trusted {
			attack := spec.Attack("exponent-one")
			mode := okta.Mode(attack)
			leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")
			Expect(okta.ForgeIn(ctx, mode, attack, lando, leia)).To(BeRefused())
		}
	})
})

// trusting founds an organization whose identity provider signs with this key, as its
// metadata says, and says whether the product took that. It does take a usual one.
func trusting(ctx context.Context, product *spec.Product, with idp.Identity) (okta *spec.Okta, took bool) {
	GinkgoHelper()
	honest, _, took := product.Import(ctx, strings.Clone)
	spec.Given(took).To(BeTrue(), "the product took no honest metadata")
	spec.Given(honest.SignIn(ctx, admitted(ctx, honest, "Han Solo"))).To(BeSignedIn())

	okta, _, took = product.Import(ctx, func(m string) string {
		return keyDescriptor.ReplaceAllLiteralString(m, keyDescriptor.FindString(string(with.Metadata())))
	})
	if took {
		signing := okta.Identity()
		signing.Key, signing.Certificate = with.Key, with.Certificate
		sign(okta, signing)
	}
	return okta, took
}

// own is an identity provider with a key of the fixtures.
func own(okta *spec.Okta, name string) idp.Identity {
	key, err := fixtures.Key(name)
	Expect(err).NotTo(HaveOccurred())
	return rolledOver(okta.Identity(), key, okta.Now())
}

// rsaKey is the public half of the key that an identity provider signs with, as Okta does.
func rsaKey(i idp.Identity) *rsa.PublicKey {
	key, is := i.Key.Public().(*rsa.PublicKey)
	Expect(is).To(BeTrue(), "this is about RSA, and the identity provider has %T", i.Key)
	return key
}

// everybodys is one whose metadata has a key with the public exponent 1: what is signed
// with it is what is signed.
func everybodys(okta *spec.Okta) idp.Identity {
	identity := okta.Identity()
	public := rsa.PublicKey{N: rsaKey(identity).N, E: 1}
	template := described("everybody", 4, okta.Now())
	identity.Certificate = issued(template, template, &public, identity.Key)
	return identity
}
