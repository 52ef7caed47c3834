package setup

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// admitted is somebody new at Okta who may sign in, and whom SCIM never heard of.
func admitted(ctx context.Context, okta *spec.Okta, name string) *spec.Person {
	person := okta.Hire(name)
	okta.Admit(ctx, person)
	return person
}

var _ = spec.Section("A provider that was just created", func(_ *spec.Okta, product *spec.Product) {
	It("has no SCIM token", spec.Clause("setup.new-provider-has-no-token"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})

		Expect(product.Connection(ctx)).NotTo(HaveSCIMToken())
		okta.SignIn(ctx, admitted(ctx, okta, "Mon Mothma"))
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(product.Connection(ctx)).To(HaveSCIMToken())
	})

	It("serves no SCIM", spec.Clause("setup.new-provider-refuses-scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})

		Expect(okta.Call(ctx, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		okta.SignIn(ctx, admitted(ctx, okta, "Mon Mothma"))
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(product.Reconnect(ctx).Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("cannot be enabled before a test sign-in", spec.Clause("setup.enabling-needs-test"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})

		Expect(product.SetProvider(ctx, "enabled")).To(BeFalse(), "the product enabled a provider that nobody had tested")
		okta.SignIn(ctx, admitted(ctx, okta, "Mon Mothma"))
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
	})

	It("can be enabled after a test sign-in", spec.Clause("setup.test-lets-enable"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})
		mon := admitted(ctx, okta, "Mon Mothma")
		okta.SignIn(ctx, mon)

		Expect(product.SetProvider(ctx, "enabled")).To(BeTrue(), "the product did not enable a provider that was tested")
		spec.Given(okta.SignIn(ctx, mon)).To(BeSignedIn())
	})

	It("serves SCIM once it is enabled", spec.Clause("setup.enabling-serves-scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})
		okta.SignIn(ctx, admitted(ctx, okta, "Mon Mothma"))
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())

		Expect(product.Reconnect(ctx).Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})
})

var _ = spec.Section("A provider that was disabled", func(_ *spec.Okta, product *spec.Product) {
	It("serves no SCIM", spec.Clause("setup.disabled-provider-refuses-scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.Call(ctx, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("takes no deactivation either", spec.Clause("setup.disabled-provider-refuses-deactivation"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
		spec.Given(made).To(HaveStatus(201))
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.Call(ctx, "PATCH", made.UserPath(), setActive(false))).To(BeRefusedOverSCIM())
		Expect(product.Look(ctx, han)).To(HaveActiveRecord())
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.Call(ctx, "PATCH", made.UserPath(), setActive(false))).To(HaveStatus(200, 204))
	})

	It("lets nobody sign in", spec.Clause("setup.disabled-provider-refuses-sign-in"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("lets nobody in from Okta's dashboard", spec.Clause("setup.disabled-provider-refuses-dashboard"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(okta.SignInFromOkta(ctx, han)).To(BeRefused())
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
	})

	It("ends the sessions that came through it", spec.Clause("setup.disabling-ends-sessions"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, leia := admitted(ctx, okta, "Han Solo"), okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)
		member, admin := okta.SignIn(ctx, han), okta.SignIn(ctx, leia)
		spec.Given(product.WhoAmI(ctx, member)).To(BeOpen())
		spec.Given(product.WhoAmI(ctx, admin)).To(BeOpen())

		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(product.WhoAmI(ctx, member)).To(BeShut())
		Expect(product.WhoAmI(ctx, admin)).To(BeShut())
	})

	It("keeps its members", spec.Clause("setup.disabling-keeps-members"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := admitted(ctx, okta, "Han Solo")
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)

		spec.Given(product.SetProvider(ctx, "disabled")).To(BeTrue())

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats"))
	})
})
