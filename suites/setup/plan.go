// Package setup proves what has to be in place before Okta may provision anybody: the
// plan, the flag, an enabled provider and its token. And that, once it is in place, the
// whole way works.
//
// The usual mistakes are to check a gate once and remember it, to check it for writing only,
// and to clear away what was there when a gate closes. There is a file for each gate, as
// plan.go and token.go; the specs that turn a gate work in an organization of their own.
package setup

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Provisioning over SCIM", func(_ *spec.Okta, product *spec.Product) {
	It("is there for a new Enterprise customer, who switched nothing on", spec.Clause("setup.enterprise-serves-scim"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		mon := okta.Hire("Mon Mothma")

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(mon))).To(HaveStatus(201))
		Expect(okta.Find(ctx, mon.Login())).To(ListOnly(mon.Login()))
	})

	It("is not there on the Pro plan", spec.Clause("setup.pro-refuses-scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Plan: "pro"})
		body := spec.UserBody(okta.Hire("Mon Mothma"))

		Expect(okta.Call(ctx, "POST", "/Users", body)).To(BeRefusedOverSCIM())
		product.SetPlan(ctx, "enterprise")
		spec.Given(product.Reconnect(ctx).Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))
	})
})

var _ = spec.Section("After a downgrade to Pro", func(_ *spec.Okta, product *spec.Product) {
	refuses := func(clause spec.Citation, r request) {
		It(fmt.Sprintf("the product refuses to %s over SCIM", r.name), clause, func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			token, han := okta.Connection().SCIM.Token, okta.Hire("Han Solo")
			made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
			spec.Given(made).To(HaveStatus(201))
			product.SetPlan(ctx, "pro")

			Expect(r.send(ctx, okta, token, han, made.ID())).To(BeRefusedOverSCIM())
			product.SetPlan(ctx, "enterprise")
			spec.Given(r.send(ctx, okta, token, han, made.ID())).To(HaveStatus(200, 201, 204))
		})
	}
	for _, r := range requests {
		refuses(spec.Clause("setup.downgrade-refuses-scim").In(r.name), r)
	}
	refuses(spec.Clause("setup.downgrade-refuses-delete"), deletion)

	It("the product still has every record", spec.Clause("setup.downgrade-keeps-records"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveActiveRecord())

		product.SetPlan(ctx, "pro")

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "records"))
	})

	It("whoever is in stays in", spec.Clause("setup.downgrade-keeps-members"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)

		product.SetPlan(ctx, "pro")

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats", "sessions"))
	})

	It("people sign in as before", spec.Clause("setup.downgrade-keeps-sign-in"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		product.SetPlan(ctx, "pro")

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("an upgrade takes up where it ended", spec.Clause("setup.upgrade-resumes"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		product.SetPlan(ctx, "pro")
		product.SetPlan(ctx, "enterprise")

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})
})

const scimFlag = "scim_for_custom_saml"

var _ = spec.Section("A custom SAML provider", func(_ *spec.Okta, product *spec.Product) {
	It("has no SCIM until the flag is on", spec.Clause("setup.custom-saml-needs-flag"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Kind: "custom_saml"})
		body := spec.UserBody(okta.Hire("Mon Mothma"))

		Expect(okta.Call(ctx, "POST", "/Users", body)).To(BeRefusedOverSCIM())
		product.SetFlags(ctx, scimFlag)
		spec.Given(product.Reconnect(ctx).Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))
	})

	It("has SCIM once the flag is on", spec.Clause("setup.flag-serves-scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Kind: "custom_saml"})
		product.SetFlags(ctx, scimFlag)
		mon := okta.Hire("Mon Mothma")

		connected := product.Reconnect(ctx)

		Expect(connected.Call(ctx, "POST", "/Users", spec.UserBody(mon))).To(HaveStatus(201))
		Expect(connected.Find(ctx, mon.Login())).To(ListOnly(mon.Login()))
	})

	It("loses SCIM with the flag", spec.Clause("setup.flag-withdrawn"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Kind: "custom_saml", Flags: []string{scimFlag}})
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		product.SetFlags(ctx)

		Expect(okta.Call(ctx, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		product.SetFlags(ctx, scimFlag)
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("keeps its records without the flag", spec.Clause("setup.flag-withdrawn-keeps-records"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Kind: "custom_saml", Flags: []string{scimFlag}})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveActiveRecord())

		product.SetFlags(ctx)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "records"))
	})

	It("has no SCIM by the flag of another customer", spec.Clause("setup.flag-is-per-organization"), func(ctx SpecContext) {
		flagged, _ := product.Found(ctx, spec.Organization{Kind: "custom_saml", Flags: []string{scimFlag}})
		other, _ := product.Found(ctx, spec.Organization{Kind: "custom_saml"})
		spec.Given(flagged.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		Expect(other.Call(ctx, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		spec.Given(flagged.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("has no SCIM by the flag on the Pro plan", spec.Clause("setup.flag-does-not-lift-plan"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Kind: "custom_saml", Plan: "pro", Flags: []string{scimFlag}})

		Expect(okta.Call(ctx, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		product.SetPlan(ctx, "enterprise")
		spec.Given(product.Reconnect(ctx).Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})
})
