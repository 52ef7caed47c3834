package saml

import (
	"bytes"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response that is signed with a key that nobody agreed on", func(okta *spec.Okta, _ *spec.Product) {
	attacks("key", okta)
})

var _ = spec.Section("Which keys an organization trusts", func(usual *spec.Okta, product *spec.Product) {
	It("is not for an authority to say", spec.Clause("saml.key.same-authority"), func(ctx SpecContext) {
		now := usual.Now()
		authority := newAuthority(spareKeys[0](), now)
		var trusted, other idp.Identity
		okta, _ := product.Found(ctx, spec.Organization{Describe: func(i idp.Identity) ([]byte, error) {
			trusted = authority.certify(i, "identity provider", 2, now)
			other = i
			other.Key = spareKeys[1]()
			other = authority.certify(other, "somebody else", 3, now)
			return trusted.Metadata(), nil
		}})
		sign(okta, trusted)

		between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.Interfere(ctx, idp.SignBoth, attacker, victim, issuing(other, (*forge.Donor).Impersonate))
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("does not follow from the purpose for which a key was given", spec.Clause("saml.key.encryption-only"), func(ctx SpecContext) {
		var encrypting idp.Identity
		okta, _ := product.Found(ctx, spec.Organization{Describe: func(i idp.Identity) ([]byte, error) {
			encrypting = rolledOver(i, spareKeys[0](), usual.Now())
			return forEncryption(i.Metadata(encrypting.Certificate)), nil
		}})

		between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.Interfere(ctx, idp.SignBoth, attacker, victim, issuing(encrypting, (*forge.Donor).Impersonate))
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("ends when a key is retired", spec.Clause("saml.key.retired"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		retired := okta.Identity()
		renewed := rolledOver(retired, spareKeys[0](), usual.Now())

		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())
		okta, _ = product.Renew(ctx, renewed.Metadata())
		sign(okta, renewed)

		between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			visit := okta.Interfere(ctx, idp.SignBoth, attacker, victim, issuing(retired, (*forge.Donor).Impersonate))
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("is not for another customer's identity provider to say", spec.Clause("saml.key.other-tenant").In("in-our-name"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})

		between(ctx, usual, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			pretender := usual.Identity()
			pretender.Key, pretender.Certificate = elsewhere.Identity().Key, elsewhere.Identity().Certificate
			visit := usual.Interfere(ctx, idp.SignBoth, attacker, victim, issuing(pretender, (*forge.Donor).Impersonate))
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("differs from one customer to the other", spec.Clause("saml.key.other-tenant").In("in-its-own-name"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})

		between(ctx, usual, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			visit := usual.Interfere(ctx, idp.SignBoth, attacker, victim, issuing(elsewhere.Identity(), (*forge.Donor).Impersonate))
			Expect(visit).To(BeRefused())
			return visit
		})
	})

	It("ends while a connection is switched off", spec.Clause("saml.key.disabled-connection"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		spec.Given(okta.SignInFromOkta(ctx, leia)).To(BeSignedIn())
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.SignInFromOkta(ctx, leia)).To(BeRefused())

		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.SignInFromOkta(ctx, leia)).To(BeSignedIn())
	})

	for _, dated := range []struct {
		name  string
		years int
	}{{"expired", -11}, {"not-yet-valid", 1}} {
		It("does not end with a certificate ("+dated.name+")", spec.Clause("saml.key.certificate-dates").In(dated.name), func(ctx SpecContext) {
			var odd idp.Identity
			okta, _ := product.Found(ctx, spec.Organization{Describe: func(i idp.Identity) ([]byte, error) {
				odd = rolledOver(i, i.Key, usual.Now().AddDate(dated.years, 0, 0))
				return odd.Metadata(), nil
			}})
			leia := okta.Hire("Leia Organa")
			okta.Admit(ctx, leia)
			sign(okta, odd)

			Expect(okta.SignIn(ctx, leia)).To(BeSignedIn())
		})
	}

	for n, which := range []string{"first", "second"} {
		It("is one of two, without a word of which ("+which+")", spec.Clause("saml.key.unnamed-of-two").In(which), func(ctx SpecContext) {
			var both [2]idp.Identity
			okta, _ := product.Found(ctx, spec.Organization{Describe: func(i idp.Identity) ([]byte, error) {
				both = [2]idp.Identity{i, rolledOver(i, spareKeys[0](), usual.Now())}
				return i.Metadata(both[1].Certificate), nil
			}})
			sign(okta, both[n])

			between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
				visit := okta.ForgeIn(ctx, idp.SignBoth, spec.Attack("no-key-info"), attacker, victim)
				Expect(visit).To(BeSignedIn())
				return visit
			})
		})
	}
})

// forEncryption says of the second key in the metadata that it is for encryption.
func forEncryption(metadata []byte) []byte {
	first, second, _ := bytes.Cut(metadata, []byte("</md:KeyDescriptor>"))
	second = bytes.Replace(second, []byte(`use="signing"`), []byte(`use="encryption"`), 1)
	return bytes.Join([][]byte{first, second}, []byte("</md:KeyDescriptor>"))
}
