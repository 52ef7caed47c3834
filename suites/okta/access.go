package okta

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// placeOf is what somebody has as a member: the role, and the teams with the role there.
func placeOf(view target.View) []string {
	var place []string
	for _, m := range view.Memberships {
		place = append(place, m.Role)
		for _, t := range m.Teams {
			place = append(place, t.Slug+"/"+t.Role)
		}
	}
	slices.Sort(place)
	return place
}

var _ = spec.Section("Being in a pushed group", func(_ *spec.Okta, product *spec.Product) {
	It("makes nobody a member", spec.Clause("okta.access.is-no-membership"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han := assigned(ctx, okta, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(And(HaveActiveRecord(), BeNoMember(), HaveNoSeat()))

		rebels := pushed(ctx, okta, han)

		spec.Given(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))
		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat()))
	})

	It("gives a member what the group stands for", spec.Clause("okta.access.given"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		spec.Given(before).To(BeMember())

		rebels := pushed(ctx, okta, han)

		spec.Given(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))
		Expect(product.Look(ctx, han)).To(And(BeMember(), Not(BeUnchangedSince(before, "memberships"))))
	})

	It("gives it at the first sign-in to who came later", spec.Clause("okta.access.given-at-sign-in"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han, leia := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa")
		pushed(ctx, okta, han)

		okta.SignIn(ctx, han)
		okta.SignIn(ctx, leia)

		spec.Given(product.Look(ctx, han)).To(BeMember())
		spec.Given(product.Look(ctx, leia)).To(BeMember())
		Expect(placeOf(product.Look(ctx, han))).NotTo(Equal(placeOf(product.Look(ctx, leia))))
	})

	It("ends with what it gave", spec.Clause("okta.access.taken"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		rebels := pushed(ctx, okta, han)
		spec.Given(product.Look(ctx, han)).NotTo(BeUnchangedSince(before, "memberships"))

		okta.Leave(ctx, rebels, han)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships"))
	})

	It("ends with the group", spec.Clause("okta.access.taken-with-the-group"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{Groups: true})
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		rebels := pushed(ctx, okta, han)
		spec.Given(product.Look(ctx, han)).NotTo(BeUnchangedSince(before, "memberships"))

		okta.Unlink(ctx, rebels, true)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships"))
	})
})
