// Package okta proves what Okta needs of a product beyond the protocol: that its own
// requests, in each of its dialects, come to what an administrator at Okta expects, and
// that what it does with the answers works out.
package okta

import (
	"context"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// assigned is somebody whom Okta has given the app, and who has not signed in.
func assigned(ctx context.Context, okta *spec.Okta, name string) *spec.Person {
	person := okta.Hire(name)
	okta.Assign(ctx, person)
	return person
}

var _ = spec.Section("A person whom Okta assigns", func(okta *spec.Okta, _ *spec.Product) {
	It("is made known to Okta", spec.Clause("okta.assign.creation-answered"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Update(ctx, han, func(p *simulator.Profile) { p.Locale = "en_US" })

		okta.Assign(ctx, han)

		spec.Given(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))
		Expect(okta.Tasks()).To(BeEmpty())
		Expect(okta.Client().Get(ctx, okta.RecordOf(han))).To(ShowUser(han.Login()))
	})

	It("arrives as Okta describes them", spec.Clause("okta.assign.profile-arrives"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		shown := okta.Client().Get(ctx, okta.RecordOf(han))
		spec.Given(shown).To(ShowUser(han.Login()))
		Expect(shown).To(And(HaveAttribute("externalId", han.ID), HaveAttribute("displayName", "Han Solo"),
			HaveAttribute("name.givenName", "Han"), HaveAttribute("name.familyName", "Solo"),
			HaveAttribute("emails", ContainElement(HaveKeyWithValue("value", han.Email()))), HaveAttribute("active", true)))
	})

	It("may have a user name beside the address", spec.Clause("okta.assign.user-name-beside-address"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		login := "captain." + han.Email()
		okta.Configure(func(s *simulator.AppSettings) {
			s.UserNameFormat = func(p simulator.Profile) string { return "captain." + p.Email }
		})

		okta.Assign(ctx, han)

		Expect(okta.Client().Get(ctx, okta.RecordOf(han))).To(And(HaveAttribute("userName", login),
			HaveAttribute("emails", ContainElement(HaveKeyWithValue("value", han.Email())))))
	})

	It("is found by an older Okta too", spec.Clause("okta.assign.plus-means-space"), func(ctx SpecContext) {
		han := assigned(ctx, okta, "Han Solo")
		spec.Given(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))

		found := okta.Call(ctx, "GET", "/Users?filter=userName+eq+"+url.QueryEscape(spec.Quoted(han.Login()))+"&startIndex=1&count=100", nil)

		Expect(found).To(ListOnly(han.Login()))
	})

	spec.EachDialect(func() {
		It("is linked where the product has them", spec.Clause("okta.assign.links-existing"), func(ctx SpecContext) {
			client := okta.Client()
			han := okta.Hire("Han Solo")
			made := client.Create(ctx, client.User("Somebody Else", spec.With("userName", han.Login())))

			okta.Assign(ctx, han)

			Expect(okta.Find(ctx, han.Login())).To(BeListOf(made))
			Expect(client.Get(ctx, made)).To(And(HaveAttribute("name.givenName", "Han"), HaveAttribute("name.familyName", "Solo")))
			Expect(okta.RecordOf(han).ID).To(Equal(made.ID))
		})
	})
})
