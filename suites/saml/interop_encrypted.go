package saml

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("An honest response whose assertion is encrypted", func(_ *spec.Okta, product *spec.Product) {
	for _, mode := range []idp.Signing{idp.SignAssertion, idp.SignBoth, idp.SignResponse} {
		It("is taken with "+mode.String()+" signed", spec.Clause("saml.interop.encrypted").In(mode.String()), func(ctx SpecContext) {
			okta, product := product.WithEncryption(ctx)
			okta.Takes(mode)
			han := okta.Hire("Han Solo")
			okta.Admit(ctx, han)

			Expect(okta.SignInClaiming(ctx, han, spec.Signed(mode))).To(BeSignedIn())
			Expect(product.Look(ctx, han)).To(And(HaveAccount(), BeMember()))
		})
	}

	for _, way := range encryptedWays {
		cited := spec.Clause("saml.interop." + way.clause)
		if way.variant != "" {
			cited = cited.In(way.variant)
		}
		It("is taken "+way.how, cited, func(ctx SpecContext) {
			okta, _ := product.WithEncryption(ctx)
			han := okta.Hire("Han Solo")
			okta.Admit(ctx, han)

			visit := okta.SignInClaiming(ctx, han, func(c *spec.Claims) {
				encryption := *c.Encrypt
				way.change(okta, c, &encryption)
				c.Encrypt = &encryption
			})

			Expect(visit).To(BeSignedIn())
		})
	}
})

// encryptedWays are honest ways to encrypt for one product.
var encryptedWays = []struct {
	clause, variant, how string
	change               func(*spec.Okta, *spec.Claims, *idp.Encryption)
}{
	{"encrypted-content", "aes-128-cbc", "with AES-128 in CBC", content(idp.AES128CBC)},
	{"encrypted-content", "aes-256-cbc", "with AES-256 in CBC", content(idp.AES256CBC)},
	{"encrypted-content", "aes-128-gcm", "with AES-128 in GCM", content(idp.AES128GCM)},
	{"encrypted-content", "aes-256-gcm", "with AES-256 in GCM", content(idp.AES256GCM)},
	{"encrypted-content-rare", "aes-192-cbc", "with AES-192 in CBC", content(idp.AES192CBC)},
	{"encrypted-content-rare", "aes-192-gcm", "with AES-192 in GCM", content(idp.AES192GCM)},
	{"encrypted-key", "sha1", "with its key by RSA-OAEP with SHA-1", transport(idp.Transport{})},
	{"encrypted-key", "sha256", "with its key by RSA-OAEP with SHA-256", transport(idp.Transport{Digest: idp.DigestSHA256})},
	{"encrypted-key-new", "sha1", "with its key by RSA-OAEP as XML Encryption 1.1 spells it", transport(idp.Transport{Algorithm: idp.RSAOAEP})},
	{"encrypted-key-new", "sha256", "with its key by RSA-OAEP of XML Encryption 1.1 with SHA-256 throughout",
		transport(idp.Transport{Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA256, MGF: idp.MGF1SHA256})},
	{"encrypted-key-place", "beside", "with its key beside the data, which refers to it", placement(idp.BesideData)},
	{"encrypted-key-place", "inside", "with its key inside of the data", placement(idp.InKeyInfo)},
	{"encrypted-for-several", "", "with a key for somebody else before the product's own", func(okta *spec.Okta, c *spec.Claims, e *idp.Encryption) {
		ours := e.Recipients[0]
		ours.Name = c.Audience
		e.Recipients = []idp.Recipient{{Key: rsaKey(okta.Identity()), Name: forge.Elsewhere}, ours}
		e.Placement = idp.InKeyInfo
	}},
	{"encrypted-key-unnamed", "", "without a word on which key it is for", func(_ *spec.Okta, _ *spec.Claims, e *idp.Encryption) {
		public, err := e.Recipients[0].PublicKey()
		Expect(err).NotTo(HaveOccurred())
		e.Recipients = []idp.Recipient{{Key: public}}
	}},
}

func content(algorithm string) func(*spec.Okta, *spec.Claims, *idp.Encryption) {
	return func(_ *spec.Okta, _ *spec.Claims, e *idp.Encryption) { e.Content = algorithm }
}

func transport(t idp.Transport) func(*spec.Okta, *spec.Claims, *idp.Encryption) {
	return func(_ *spec.Okta, _ *spec.Claims, e *idp.Encryption) { e.Transport = t }
}

func placement(p idp.Placement) func(*spec.Okta, *spec.Claims, *idp.Encryption) {
	return func(_ *spec.Okta, _ *spec.Claims, e *idp.Encryption) { e.Placement = p }
}
