package saml

import (
	"crypto/rsa"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/fixtures"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var keyDescriptor = regexp.MustCompile(`(?s)<md:KeyDescriptor.*?</md:KeyDescriptor>`)

var _ = spec.Section("An identity provider's metadata", func(_ *spec.Okta, product *spec.Product) {
	for _, bad := range []struct {
		clause spec.Citation
		title  string
		spoil  func(string) string
	}{
		{spec.Clause("saml.met.key-needed"), "is refused without a key", func(m string) string { return keyDescriptor.ReplaceAllString(m, "") }},
		{spec.Clause("saml.met.one-entity"), "is refused where it describes two under one name", func(m string) string {
			_, rest, _ := strings.Cut(m, "<md:EntityDescriptor")
			entity := "<md:EntityDescriptor" + rest
			return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + entity + entity + `</md:EntitiesDescriptor>`
		}},
		{spec.Clause("saml.met.web-addresses-only"), "is refused where its sign-in address is a script", func(m string) string {
			return regexp.MustCompile(`Location="[^"]*"`).ReplaceAllString(m, `Location="javascript:rollcall()"`)
		}},
		{spec.Clause("saml.met.expired").In("entity"), "is refused once it has expired", expiring("<md:EntityDescriptor")},
		{spec.Clause("saml.met.expired").In("role"), "is refused once what it says of the identity provider has expired", expiring("<md:IDPSSODescriptor")},
	} {
		It(bad.title, bad.clause, func(ctx SpecContext) {
			honest, _, took := product.Import(ctx, strings.Clone)
			spec.Given(took).To(BeTrue(), "the product took no honest metadata")
			spec.Given(honest.SignIn(ctx, admitted(ctx, honest, "Han Solo"))).To(BeSignedIn())

			_, _, took = product.Import(ctx, bad.spoil)
			Expect(took).To(BeFalse(), "the product took it")
		})
	}

	It("is refused with a document type, and nothing outside of it is read", spec.Clause("saml.met.nothing-fetched"), func(ctx SpecContext) {
		_, _, took := product.Import(ctx, strings.Clone)
		spec.Given(took).To(BeTrue(), "the product took no honest metadata")

		_, _, took = product.Import(ctx, func(m string) string {
			entity := strings.Index(m, "<md:EntityDescriptor")
			return m[:entity] + `<!DOCTYPE md:EntityDescriptor [<!ENTITY out SYSTEM "` + product.Collector().Address() + `/x">]>` +
				strings.Replace(m[entity:], "<md:NameIDFormat>", "<md:NameIDFormat>&out;", 1)
		})
		Expect(product.Collector().Visitors()).To(BeEmpty(), "the product opened an address that the metadata names")
		Expect(took).To(BeFalse(), "the product took it")
	})

	It("may leave the use of its key open", spec.Clause("saml.met.key-without-use"), func(ctx SpecContext) {
		okta, _, took := product.Import(ctx, func(m string) string { return strings.ReplaceAll(m, ` use="signing"`, "") })
		Expect(took).To(BeTrue(), "the product did not take it")
		leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")

		Expect(okta.SignIn(ctx, lando)).To(BeSignedIn())
		Expect(okta.Forge(ctx, "unsigned", lando, leia)).To(BeRefused())
		Expect(okta.Forge(ctx, "attacker-key", lando, leia)).To(BeRefused())
	})

	It("may hold two keys", spec.Clause("saml.met.both-keys"), func(ctx SpecContext) {
		next := describedKey("okta-next")
		okta, _, took := product.Import(ctx, func(m string) string {
			return strings.Replace(m, "<md:KeyDescriptor", next+"<md:KeyDescriptor", 1)
		})
		Expect(took).To(BeTrue(), "the product did not take it")
		leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")
		Expect(okta.SignIn(ctx, lando)).To(BeSignedIn())

		sign(okta, rolledOver(okta.Identity(), keyOf("okta-next"), time.Now()))
		Expect(okta.SignIn(ctx, lando)).To(BeSignedIn())
		Expect(okta.Forge(ctx, "attacker-key", lando, leia)).To(BeRefused())
	})

	It("of another customer under the same name opens nothing here", spec.Clause("saml.met.entity-of-another"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia, lando := admitted(ctx, okta, "Leia Organa"), admitted(ctx, okta, "Lando Calrissian")
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
		twin := rolledOver(okta.Identity(), keyOf("attacker"), time.Now())
		product.Import(ctx, func(string) string { return string(twin.Metadata()) })

		Expect(okta.Forge(ctx, "attacker-key", lando, leia)).To(BeRefused())
		spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
	})
})

// describedKey is the element that describes a test key in metadata.
func describedKey(name string) string {
	GinkgoHelper()
	identity, err := target.Okta{Subdomain: "next", App: "Rollcall", Key: name, Created: time.Now()}.Identity()
	Expect(err).NotTo(HaveOccurred())
	return keyDescriptor.FindString(string(identity.Metadata()))
}

// keyOf is a test key.
func keyOf(name string) *rsa.PrivateKey {
	GinkgoHelper()
	key, err := fixtures.Key(name)
	Expect(err).NotTo(HaveOccurred())
	return key
}

// expiring makes metadata good until a day that is long past.
func expiring(element string) func(string) string {
	return func(m string) string {
		return strings.Replace(m, element, element+` validUntil="2020-01-01T00:00:00Z"`, 1)
	}
}

var _ = spec.Section("The product's own metadata", func(okta *spec.Okta, product *spec.Product) {
	It("says where to post, under indexes that differ", spec.Clause("saml.met.own"), func(ctx SpecContext) {
		said := product.OwnMetadata(ctx)
		if contradiction, fix := said.Contradiction(); contradiction != "" {
			spec.Remark(contradiction + "; " + fix)
		}

		Expect(said.ACS).To(HaveEach(HaveField("Location", MatchRegexp(`^https?://[^/]+`))), "an address is a whole one")
		Expect(indexes(said)).To(HaveLen(len(said.ACS)), "two addresses have one index")
		Expect(defaults(said)).To(BeNumerically("<=", 1), "addresses that are the default one")
		Expect(said.PostACS()).To(Equal(okta.Connection().SAML.ACS))
		Expect(said.EntityID).To(Equal(okta.Connection().SAML.EntityID))
	})
})

// indexes are those of the addresses that metadata names.
func indexes(m target.SPMetadata) map[int]bool {
	found := map[int]bool{}
	for _, acs := range m.ACS {
		found[acs.Index] = true
	}
	return found
}

// defaults counts the addresses that metadata calls the default one.
func defaults(m target.SPMetadata) int {
	count := 0
	for _, acs := range m.ACS {
		if acs.Default {
			count++
		}
	}
	return count
}
