package saml

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Of two customers", func(okta *spec.Okta, product *spec.Product) {
	It("neither reaches the other's people over SCIM", spec.Clause("saml.together.tenants-apart").In("scim"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		leia, browser := elsewhere.Onboard(ctx, "Leia Organa")
		before := other.Settled(ctx, leia)
		body := spec.UserBody(leia)
		body["roles"] = []map[string]any{{"value": "admin", "primary": true}}
		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))

		spec.Given(elsewhere.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(BeNoMember())
		Expect(other.Look(ctx, leia)).To(BeUnchangedSince(before, "accounts", "memberships"))
		spec.Given(okta.Call(ctx, "PUT", okta.AddressOf(ctx, leia), inactive(body))).To(HaveStatus(200))
		Expect(other.WhoAmI(ctx, browser)).To(BeOpen())
		Expect(elsewhere.SignIn(ctx, leia)).To(BeSignedIn())
	})

	It("neither lets the other's people in by its assertions", spec.Clause("saml.together.tenants-apart").In("saml"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		before := product.Settled(ctx, leia)
		impostor := elsewhere.Namesake(leia)
		elsewhere.Promote(ctx, impostor)
		elsewhere.Admit(ctx, impostor)

		there := elsewhere.SignIn(ctx, impostor)

		Expect(product.Look(ctx, leia)).To(BeUnchangedSince(before, "records", "memberships"))
		Expect(product.AdminDoor(ctx, there)).To(BeShut())
		han, _ := elsewhere.Onboard(ctx, "Han Solo")
		spec.Given(other.Look(ctx, han)).To(BeMember())
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})
})

// inactive is the body with active false.
func inactive(body map[string]any) map[string]any {
	body["active"] = false
	return body
}

var _ = spec.Section("Where SCIM and the assertion both speak", func(_ *spec.Okta, product *spec.Product) {
	It("the assertion decides who is an admin", spec.Clause("saml.together.assertion-decides-role"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia, han := okta.Hire("Leia Organa"), okta.Hire("Han Solo")
		okta.Assign(ctx, leia, han)
		sayRole(ctx, okta, leia, "viewer")
		sayRole(ctx, okta, han, "admin")
		okta.Promote(ctx, leia)
		okta.Demote(ctx, han)

		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveRole("admin"))
		Expect(product.Look(ctx, han)).To(HaveRole("member"))
		sayRole(ctx, okta, leia, "viewer")
		sayRole(ctx, okta, han, "admin")
		Expect(product.Look(ctx, leia)).To(HaveRole("admin"))
		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})

	It("leaving a pushed group shuts its door to a session that is open", spec.Clause("saml.together.left-group-shuts-door"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han, browser := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han).Latest()
		rebels := okta.NewGroup("Rebels")
		okta.Join(ctx, rebels, han)
		okta.Push(ctx, rebels)
		team := gained(before, product.Settled(ctx, han).Latest())
		spec.Given(team).NotTo(BeEmpty(), "the pushed group gives no team")
		spec.Given(product.TeamDoor(ctx, browser, team)).To(BeOpen())

		okta.Leave(ctx, rebels, han)

		Expect(product.TeamDoor(ctx, browser, team)).To(BeShut())
	})
})

// sayRole writes a role into somebody's record, as SCIM has a place for it. A product
// may refuse to keep one: then SCIM says nothing, and the assertion decides anyway.
func sayRole(ctx context.Context, okta *spec.Okta, who *spec.Person, role string) {
	body := spec.UserBody(who)
	body["roles"] = []map[string]any{{"value": role, "primary": true}}
	okta.Call(ctx, "PUT", okta.AddressOf(ctx, who), body)
}

// gained is the id of a team that somebody is in now and was not in before; empty where
// there is none.
func gained(before, now target.View) string {
	had := map[string]bool{}
	for _, m := range before.Memberships {
		for _, team := range m.Teams {
			had[team.ID] = true
		}
	}
	for _, m := range now.Memberships {
		for _, team := range m.Teams {
			if !had[team.ID] {
				return team.ID
			}
		}
	}
	return ""
}
