package okta

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A person from whom Okta takes the app", func(okta *spec.Okta, _ *spec.Product) {
	spec.EachDialect(func() {
		It("is deactivated, and Okta learns that it worked", spec.Clause("okta.deactivate.answered"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")

			okta.Unassign(ctx, han)

			spec.Given(okta.Find(ctx, han.Login())).To(ListInactive(han.Login()))
			Expect(okta.Tasks()).To(BeEmpty())
		})

		It("may be gone already, which Okta is told", spec.Clause("okta.deactivate.gone-is-told"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")
			client := okta.Client()
			spec.Given(client.Delete(ctx, okta.RecordOf(han))).To(HaveStatus(204))
			spec.Given(okta.Find(ctx, han.Login())).To(ListUsers(0))

			okta.Unassign(ctx, han)

			Expect(okta.Tasks()).To(ConsistOf(And(ContainSubstring("Automatic deprovisioning of user "+han.Login()),
				ContainSubstring(": Not Found. "), MatchRegexp(`Errors reported by remote server: \S`))))
		})

		It("has the same record when they come back", spec.Clause("okta.deactivate.comes-back-as-the-same"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")
			before := okta.RecordOf(han)
			okta.Unassign(ctx, han)
			spec.Given(okta.Client().Get(ctx, before)).To(HaveAttribute("active", false))

			okta.Assign(ctx, han)

			Expect(okta.Find(ctx, han.Login())).To(BeListOf(before))
			Expect(okta.Client().Get(ctx, before)).To(HaveAttribute("active", true))
		})

		It("comes back with a group", spec.Clause("okta.deactivate.comes-back-by-group"), func(ctx SpecContext) {
			han, rebels := okta.Hire("Han Solo"), okta.NewGroup("Rebels")
			okta.AssignGroup(ctx, rebels)
			okta.Join(ctx, rebels, han)
			before := okta.RecordOf(han)
			okta.Deactivate(ctx, han)
			spec.Given(okta.Client().Get(ctx, before)).To(HaveAttribute("active", false))

			okta.Activate(ctx, han)

			Expect(okta.Find(ctx, han.Login())).To(BeListOf(before))
			Expect(okta.Client().Get(ctx, before)).To(HaveAttribute("active", true))
		})
	})
})
