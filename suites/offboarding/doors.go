// Package offboarding proves that nobody who left lives on as a ghost: behind every
// door of the product, with whatever they still hold in hand, there is no way in.
//
// The usual mistake is to decide once and to remember it: in a session, in a token, in a
// cache before the door. The specs knock with what somebody held before they left, at each
// door that the target names. decision.go asks whether every request is decided anew,
// signin.go whether there is another way back in.
package offboarding

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("To somebody who left", func(okta *spec.Okta, product *spec.Product) {
	It("the session opens nothing", spec.Clause("offboarding.session-shut"), func(ctx SpecContext) {
		han, browser := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.WhoAmI(ctx, browser)).To(BeOpen())

		okta.Unassign(ctx, han)

		Expect(product.WhoAmI(ctx, browser)).To(BeShut())
	})

	It("the API token opens nothing", spec.Clause("offboarding.token-shut"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		token := product.IssueToken(ctx, han)
		spec.Given(product.WhoAmI(ctx, token)).To(BeOpen())

		okta.Unassign(ctx, han)

		Expect(product.WhoAmI(ctx, token)).To(BeShut())
	})

	It("the admins' pages are shut", spec.Clause("offboarding.admin-door-shut"), func(ctx SpecContext) {
		leia, browser := okta.Onboard(ctx, "Leia Organa")
		product.MakeAdmin(ctx, leia)
		token := product.IssueToken(ctx, leia)
		spec.Given(product.AdminDoor(ctx, browser)).To(BeOpen())
		spec.Given(product.AdminDoor(ctx, token)).To(BeOpen())

		okta.Unassign(ctx, leia)

		Expect(product.AdminDoor(ctx, browser)).To(BeShut())
		Expect(product.AdminDoor(ctx, token)).To(BeShut())
	})

	It("the settings with the SCIM token are shut", spec.Clause("offboarding.settings-door-shut"), func(ctx SpecContext) {
		leia, browser := okta.Onboard(ctx, "Leia Organa")
		product.MakeAdmin(ctx, leia)
		before, _ := product.SettingsDoor(ctx, browser)
		spec.Given(before).To(BeOpen())

		okta.Unassign(ctx, leia)

		now, shown := product.SettingsDoor(ctx, browser)
		Expect(now).To(BeShut())
		Expect(shown).NotTo(ContainSubstring(okta.Connection().SCIM.Token))
	})

	It("the team's page is shut", spec.Clause("offboarding.team-door-shut"), func(ctx SpecContext) {
		han, browser := okta.Onboard(ctx, "Han Solo")
		smugglers := product.NewTeam(ctx, "Smugglers")
		product.Join(ctx, han, smugglers, "maintainer")
		token := product.IssueToken(ctx, han)
		spec.Given(product.TeamDoor(ctx, browser, smugglers.ID)).To(BeOpen())
		spec.Given(product.TeamDoor(ctx, token, smugglers.ID)).To(BeOpen())

		okta.Unassign(ctx, han)

		Expect(product.TeamDoor(ctx, browser, smugglers.ID)).To(BeShut())
		Expect(product.TeamDoor(ctx, token, smugglers.ID)).To(BeShut())
	})

	spec.EachDialect(func() {
		It("a new address at Okta is no way out", spec.Clause("offboarding.renamed-leaver-found"), func(ctx SpecContext) {
			han, browser := okta.Onboard(ctx, "Han Solo")
			okta.ChangeEmail(ctx, han, "captain."+han.Email())
			spec.Given(product.WhoAmI(ctx, browser)).To(BeOpen())

			okta.Unassign(ctx, han)

			Expect(product.WhoAmI(ctx, browser)).To(BeShut())
		})
	})

	It("the other organization stays open", spec.Clause("offboarding.other-organization-open"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		again, there := elsewhere.Onboard(ctx, "Han Solo")
		token := other.IssueToken(ctx, again)
		spec.Given(other.WhoAmI(ctx, token)).To(BeOpen())

		okta.Unassign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		Expect(other.WhoAmI(ctx, there)).To(BeOpen())
		Expect(other.WhoAmI(ctx, token)).To(BeOpen())
	})
})

var _ = spec.Section("To somebody whom an admin removed", func(okta *spec.Okta, product *spec.Product) {
	It("the session opens nothing", spec.Clause("offboarding.removed-session-shut"), func(ctx SpecContext) {
		han, browser := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.WhoAmI(ctx, browser)).To(BeOpen())

		product.Remove(ctx, han)

		Expect(product.WhoAmI(ctx, browser)).To(BeShut())
	})

	It("the API token opens nothing", spec.Clause("offboarding.removed-token-shut"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		token := product.IssueToken(ctx, han)
		spec.Given(product.WhoAmI(ctx, token)).To(BeOpen())

		product.Remove(ctx, han)

		Expect(product.WhoAmI(ctx, token)).To(BeShut())
	})
})

var _ = spec.Section("To somebody who comes back", func(okta *spec.Okta, product *spec.Product) {
	It("the old session stays shut", spec.Clause("offboarding.old-session-stays-shut"), func(ctx SpecContext) {
		han, old := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.WhoAmI(ctx, old)).To(BeShut())
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.WhoAmI(ctx, old)).To(BeShut())
	})

	It("the old API token stays shut", spec.Clause("offboarding.old-token-stays-shut"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		old := product.IssueToken(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.WhoAmI(ctx, old)).To(BeShut())
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.WhoAmI(ctx, old)).To(BeShut())
	})
})
