package saml

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Somebody whom SCIM has deactivated", func(okta *spec.Okta, product *spec.Product) {
	for _, other := range []struct {
		variant, how   string
		usual, evasive func(*spec.Person) []func(*spec.Claims) // how they came, and come now
	}{
		{"capitals", "in capitals", asThemselves, func(han *spec.Person) []func(*spec.Claims) {
			return []func(*spec.Claims){spec.NamedAs(capitals(han.Email()))}
		}},
		{"attribute", "that stands in an attribute, beside a NameID that the record does not have", byTheirID, byTheirID},
	} {
		It("is not let in again by a name "+other.how, spec.Clause("saml.together.deactivated-by-any-spelling").In(other.variant), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			spec.Given(okta.SignInClaiming(ctx, han, other.usual(han)...)).To(BeSignedIn())
			okta.Unassign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
			okta.Admit(ctx, han)
			before := product.Settled(ctx, han)

			Expect(okta.SignInClaiming(ctx, han, other.evasive(han)...)).To(BeRefused())
			Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "records", "accounts", "memberships"))
			okta.Unassign(ctx, han)
			okta.Assign(ctx, han)
			spec.Given(okta.SignInClaiming(ctx, han, other.usual(han)...)).To(BeSignedIn())
		})
	}

	It("has no session, however many sign-ins were under way", spec.Clause("saml.together.race-leaves-no-session"), func(ctx SpecContext) {
		const inFlight = 20
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		visits := okta.SignInManyAlongside(ctx, han, inFlight, func() { okta.Unassign(ctx, han) })

		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		for _, visit := range visits {
			Expect(product.WhoAmI(ctx, visit)).To(BeShut())
		}
		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSession()))
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})
})

var _ = spec.Section("A logout of somebody whom SCIM has deactivated", func(okta *spec.Okta, product *spec.Product) {
	It("succeeds, for they are out", spec.Clause("saml.together.logout-after-deactivation"), func(ctx SpecContext) {
		okta.SetUpLogout(ctx)
		_, usual := okta.Onboard(ctx, "Leia Organa")
		spec.Given(okta.End(ctx, usual)).To(succeed())
		han, browser := okta.Onboard(ctx, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(product.WhoAmI(ctx, browser)).To(BeShut())

		Expect(okta.End(ctx, browser)).To(succeed())
		Expect(product.WhoAmI(ctx, browser)).To(BeShut())
	})
})

// succeed holds for a way out at whose end the product answered Okta with Success.
func succeed() types.GomegaMatcher {
	return WithTransform(func(p spec.Parting) string {
		if p.Answer == nil {
			return p.String()
		}
		return p.Answer.Status.Code
	}, Equal(idp.StatusSuccess))
}

var _ = spec.Section("A name that is given again", func(okta *spec.Okta, product *spec.Product) {
	for _, heir := range []struct {
		variant, how string
		comes        func(context.Context, *spec.Okta, *spec.Product, *spec.Person)
	}{
		{"no-record", "without a record", func(ctx context.Context, okta *spec.Okta, _ *spec.Product, who *spec.Person) { okta.Admit(ctx, who) }},
		{"new-record", "with a record of their own", assignedAnew},
	} {
		It("brings nothing of whoever had it to somebody "+heir.how, spec.Clause("saml.together.recycled-name-inherits-nothing").In(heir.variant), func(ctx SpecContext) {
			smugglers := product.NewTeam(ctx, "Smugglers")
			han, browser, token := admiredIn(ctx, okta, product, smugglers)
			spec.Given(okta.Call(ctx, "DELETE", okta.AddressOf(ctx, han), nil)).To(HaveStatus(204))
			okta.Unassign(ctx, han)
			namesake := okta.Namesake(han)

			heir.comes(ctx, okta, product, namesake)
			spec.Given(okta.SignIn(ctx, namesake)).To(BeSignedIn())

			Expect(product.Look(ctx, namesake)).To(And(HaveRole("member"), BeOutOfTeam(smugglers), HaveNoToken()))
			Expect(product.WhoAmI(ctx, browser)).To(BeShut())
			Expect(product.WhoAmI(ctx, token)).To(BeShut())
		})
	}
})

// admiredIn is Han, who has all that somebody can have: they are an admin, in a team, in
// a browser, and hold a token.
func admiredIn(ctx context.Context, okta *spec.Okta, product *spec.Product, team target.Team) (*spec.Person, spec.Visit, spec.Token) {
	GinkgoHelper()
	han, browser := okta.Onboard(ctx, "Han Solo")
	product.MakeAdmin(ctx, han)
	product.Join(ctx, han, team, "member")
	token := product.IssueToken(ctx, han)
	spec.Given(product.Look(ctx, han)).To(And(HaveRole("admin"), BeInTeam(team, ""), HaveToken()))
	return han, browser, token
}

// assignedAnew gives somebody a record of their own.
func assignedAnew(ctx context.Context, okta *spec.Okta, product *spec.Product, who *spec.Person) {
	GinkgoHelper()
	okta.Assign(ctx, who)
	spec.Given(product.Look(ctx, who)).To(HaveActiveRecord())
}

// asThemselves changes nothing of what Okta says.
func asThemselves(*spec.Person) []func(*spec.Claims) { return nil }

// byTheirID names somebody by an id that never changes, with the address beside it.
func byTheirID(who *spec.Person) []func(*spec.Claims) {
	return []func(*spec.Claims){spec.NamedAs(who.ID), spec.Stating("email", who.Email())}
}
