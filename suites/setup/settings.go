package setup

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The provider's settings", func(okta *spec.Okta, product *spec.Product) {
	It("are open to admins", spec.Clause("setup.settings-open-to-admins"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)

		visit := okta.SignIn(ctx, leia)

		spec.Given(visit).To(BeSignedIn())
		door, _ := product.SettingsDoor(ctx, visit)
		Expect(door).To(BeOpen())
	})

	It("are shut to a member who is none", spec.Clause("setup.settings-for-admins-only"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		visit := okta.SignIn(ctx, han)
		spec.Given(visit).To(BeSignedIn())

		openToAnAdmin(ctx, okta, product)

		door, _ := product.SettingsDoor(ctx, visit)
		Expect(door).To(BeShut())
	})

	It("are shut to a stranger", spec.Clause("setup.settings-for-admins-only").In("stranger"), func(ctx SpecContext) {
		openToAnAdmin(ctx, okta, product)

		door, _ := product.SettingsDoor(ctx, spec.Token("made-up-"+okta.Tag()))

		Expect(door).To(BeShut())
	})

	It("are shut to an admin of another organization", spec.Clause("setup.settings-for-own-admins-only"), func(ctx SpecContext) {
		theirs, elsewhere := product.Found(ctx, spec.Organization{})
		greedo := theirs.Hire("Greedo")
		theirs.Promote(ctx, greedo)
		theirs.Admit(ctx, greedo)
		visit := theirs.SignIn(ctx, greedo)
		own, _ := elsewhere.SettingsDoor(ctx, visit)
		spec.Given(own).To(BeOpen())

		door, _ := product.SettingsDoor(ctx, visit)
		Expect(door).To(BeShut())
	})

	It("show the base URL and the token", spec.Clause("setup.settings-show-base-url-and-token"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)
		visit := okta.SignIn(ctx, leia)
		spec.Given(visit).To(BeSignedIn())

		_, shown := product.SettingsDoor(ctx, visit)

		// A plain yes or no: the token must not end up in a report.
		Expect(strings.Contains(shown, okta.Connection().SCIM.BaseURL)).To(BeTrue(), "the settings do not show the SCIM base URL")
		Expect(strings.Contains(shown, okta.Connection().SCIM.Token)).To(BeTrue(), "the settings do not show the SCIM token")
	})

	It("show the token to nobody else", spec.Clause("setup.token-shown-to-admins-only"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		visit := okta.SignIn(ctx, han)
		spec.Given(visit).To(BeSignedIn())

		openToAnAdmin(ctx, okta, product)

		_, shown := product.SettingsDoor(ctx, visit)

		Expect(strings.Contains(shown, okta.Connection().SCIM.Token)).To(BeFalse(), "a member who is no admin is shown the SCIM token")
	})
})

// openToAnAdmin is the control of every refusal here: there is a door, and it opens
// for those whom it is for.
func openToAnAdmin(ctx context.Context, okta *spec.Okta, product *spec.Product) {
	mon := okta.Hire("Mon Mothma")
	okta.Promote(ctx, mon)
	okta.Admit(ctx, mon)
	visit := okta.SignIn(ctx, mon)
	spec.Given(visit).To(BeSignedIn())
	door, _ := product.SettingsDoor(ctx, visit)
	spec.Given(door).To(BeOpen())
}
