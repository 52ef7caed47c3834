package offboarding

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("What a door lets through", func(okta *spec.Okta, product *spec.Product) {
	It("is decided at each request", spec.Clause("offboarding.decided-per-request"), func(ctx SpecContext) {
		han, browser := okta.Onboard(ctx, "Han Solo")
		smugglers := product.NewTeam(ctx, "Smugglers")
		product.Join(ctx, han, smugglers, "member")
		spec.Given(product.TeamDoor(ctx, browser, smugglers.ID)).To(BeOpen())

		product.Leave(ctx, han, smugglers)

		Expect(product.TeamDoor(ctx, browser, smugglers.ID)).To(BeShut())
	})

	It("is the same for a browser and an API token", spec.Clause("offboarding.doors-agree"), func(ctx SpecContext) {
		leia, browser := okta.Onboard(ctx, "Leia Organa")
		token := product.IssueToken(ctx, leia)
		spec.Given(product.WhoAmI(ctx, token).Role).To(Equal(product.WhoAmI(ctx, browser).Role))
		rebels := product.NewTeam(ctx, "Rebels")
		product.MakeAdmin(ctx, leia)
		product.Join(ctx, leia, rebels, "member")

		inBrowser, byToken := product.WhoAmI(ctx, browser), product.WhoAmI(ctx, token)

		Expect([]string{inBrowser.Role, byToken.Role}).To(HaveEach("admin"))
		Expect([][]string{inBrowser.Teams, byToken.Teams}).To(HaveEach(ContainElement(rebels.ID)))
	})

	It("is not a team's page for those outside", spec.Clause("offboarding.outsiders-see-no-team"), func(ctx SpecContext) {
		han, inside := okta.Onboard(ctx, "Han Solo")
		_, outside := okta.Onboard(ctx, "Greedo the Younger")
		smugglers := product.NewTeam(ctx, "Smugglers")
		product.Join(ctx, han, smugglers, "member")
		spec.Given(product.TeamDoor(ctx, inside, smugglers.ID)).To(BeOpen())

		Expect(product.TeamDoor(ctx, outside, smugglers.ID)).To(BeShut())
	})

	It("is not the admins' page for a member", spec.Clause("offboarding.members-see-no-admin-page"), func(ctx SpecContext) {
		leia, admin := okta.Onboard(ctx, "Leia Organa")
		_, member := okta.Onboard(ctx, "Han Solo")
		product.MakeAdmin(ctx, leia)
		spec.Given(product.AdminDoor(ctx, admin)).To(BeOpen())

		Expect(product.AdminDoor(ctx, member)).To(BeShut())
	})
})
