package saml

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A response about somebody who is nearly somebody else", func(okta *spec.Okta, product *spec.Product) {
	attacks("idt", okta)

	for _, name := range []string{
		"admin-broken-by-comment", "admin-in-second-statement", "admin-in-a-value", "rights-by-other-names", "attributes-of-reserved-names",
	} {
		attack := spec.Attack(name)
		It("that "+attack.Summary, proves(attack, idp.SignBoth), func(ctx SpecContext) {
			between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
				visit := okta.ForgeIn(ctx, idp.SignBoth, attack, attacker, victim)
				claim(okta, attack, visit, victim)
				grantsNothing(ctx, product, visit)
				return visit
			})
		})
	}

	It("that says in as many words that nothing is said", proves(spec.Attack("admin-of-nil"), idp.SignBoth), func(ctx SpecContext) {
		between(ctx, okta, idp.SignBoth, func(attacker, victim *spec.Person) spec.Visit {
			before := okta.SignInClaiming(ctx, attacker, spec.Stating("admin", "true"))
			spec.Given(product.WhoAmI(ctx, before).Role).To(Equal("admin"))

			visit := okta.ForgeIn(ctx, idp.SignBoth, spec.Attack("admin-of-nil"), attacker, victim)
			grantsNothing(ctx, product, visit)
			return visit
		})
	})
})

// grantsNothing claims that whoever was let in has no more rights than any member.
func grantsNothing(ctx context.Context, product *spec.Product, visit spec.Visit) {
	GinkgoHelper()
	if visit.In() {
		Expect(product.WhoAmI(ctx, visit).Role).NotTo(Equal("admin"), "the product made an administrator of them")
	}
}

var _ = spec.Section("A name in other case", func(okta *spec.Okta, product *spec.Product) {
	It("is that of the record that SCIM made", spec.Clause("saml.idt.case-as-in-scim"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		spec.Given(okta.SignInClaiming(ctx, han, spec.NamedAs(strings.ToUpper(han.Email())))).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
	})
})

var _ = spec.Section("Another customer's Okta that names somebody of ours", func(okta *spec.Okta, product *spec.Product) {
	// intrude makes Leia an administrator here, and lets the other Okta name her.
	intrude := func(ctx context.Context) (leia *spec.Person, hers, theirs spec.Visit) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})
		leia = okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.Promote(ctx, leia)
		hers = okta.SignIn(ctx, leia)
		spec.Given(product.AdminDoor(ctx, hers)).To(BeOpen())
		lando := elsewhere.Hire("Lando Calrissian")
		elsewhere.Admit(ctx, lando)
		spec.Given(elsewhere.SignIn(ctx, lando)).To(BeSignedIn())
		return leia, hers, elsewhere.SignInClaiming(ctx, lando, spec.NamedAs(leia.Email()), spec.Stating("admin", "false"))
	}

	It("opens nothing here", spec.Clause("saml.idt.tenant-stays-in-its-own"), func(ctx SpecContext) {
		_, hers, theirs := intrude(ctx)

		Expect(product.AdminDoor(ctx, theirs)).To(BeShut())
		spec.Given(product.AdminDoor(ctx, hers)).To(BeOpen())
	})

	It("takes nothing away here", spec.Clause("saml.idt.account-not-taken-over"), func(ctx SpecContext) {
		leia, hers, _ := intrude(ctx)

		Expect(product.AdminDoor(ctx, hers)).To(BeOpen())
		Expect(okta.SignIn(ctx, leia)).To(BeSignedInAs(leia.Email()))
	})
})

var _ = spec.Section("A value that is more than it seems", func(okta *spec.Okta, product *spec.Product) {
	named := func(ctx context.Context, name string) (*spec.Person, spec.Visit) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		return han, okta.SignInClaiming(ctx, han, spec.Stating("name", name))
	}

	It("is text where it looks like markup", spec.Clause("saml.idt.markup-is-text"), func(ctx SpecContext) {
		const markup = `Han</saml2:AttributeValue></saml2:Attribute><saml2:Attribute Name="admin"><saml2:AttributeValue>true`
		han, visit := named(ctx, markup)

		Expect(visit).To(BeSignedIn())
		grantsNothing(ctx, product, visit)
		Expect(product.Look(ctx, han)).To(HaveAccountOf(markup, han.Email()))
	})

	It("is text on the page that it is shown on", spec.Clause("saml.idt.page-shows-text"), func(ctx SpecContext) {
		const script = `<img src=x onerror=alert(1)>`
		_, visit := named(ctx, "Han "+script)

		spec.Given(visit).To(BeSignedIn())
		Expect(visit.Body).NotTo(ContainSubstring(script), "the page runs what somebody else wrote into a name")
	})

	for _, payload := range []struct{ kind, text string }{
		{"sql", `Han' or 1=1; drop table people --`},
		{"ldap", `*)(uid=*))(|(uid=*`},
		{"template", `{{7*7}}${7*7}<%= 7*7 %>`},
		{"header", "Han\r\nSet-Cookie: injected=yes"},
		{"fetch", "${url:UTF-8:COLLECTOR/a}${jndi:COLLECTOR/b}"},
	} {
		It("is text where it is made to be run: "+payload.kind, spec.Clause("saml.idt.payload-is-text").In(payload.kind), func(ctx SpecContext) {
			text := strings.ReplaceAll(payload.text, "COLLECTOR", okta.Collector().Address())
			han, visit := named(ctx, text)

			Expect(visit).To(BeSignedIn())
			Expect(visit.Header.Values("Set-Cookie")).NotTo(ContainElement(HavePrefix("injected")))
			if payload.kind != "header" {
				Expect(product.Look(ctx, han)).To(HaveAccountOf(text, han.Email()))
			}
			Expect(okta.Collector().Visitors()).To(BeEmpty(), "the product opened an address that stands in a name")
		})
	}
})
