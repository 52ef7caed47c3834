package okta

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A password that Okta synchronizes", func(okta *spec.Okta, _ *spec.Product) {
	spec.EachDialect(func() {
		It("is taken, and changes nothing else", spec.Clause("okta.password.taken"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")

			okta.SetPassword(ctx, han, "kessel-run-12-parsecs")

			Expect(okta.Client().Get(ctx, okta.RecordOf(han))).To(And(ShowUser(han.Login()),
				HaveAttribute("active", true), HaveAttribute("name.givenName", "Han"), HaveAttribute("externalId", han.ID)))
			Expect(okta.Tasks()).To(BeEmpty())
		})

		It("is never shown", spec.Clause("okta.password.never-shown"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")

			okta.SetPassword(ctx, han, "kessel-run-12-parsecs")

			shown := okta.Client().Get(ctx, okta.RecordOf(han))
			spec.Given(shown).To(ShowUser(han.Login()))
			spec.Given(okta.Tasks()).To(BeEmpty())
			Expect(shown).To(HaveNoAttribute("password"))
			Expect(string(shown.Body)).NotTo(ContainSubstring("kessel-run"))
		})
	})
})
