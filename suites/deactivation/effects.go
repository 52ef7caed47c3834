// Package deactivation proves what happens when Okta takes the app away from
// somebody: everything that they had here goes, at once and together, and nothing
// that anybody else has.
//
// The usual mistake is to flip the record and stop there: the session goes on, the token
// opens, the seat is billed. Begin with effects.go; others.go is about those who have to
// keep what they have, request.go about the ways in which Okta asks, together.go about a
// deactivation that is cut off, meets a sign-in or comes from one of two providers,
// comeback.go about the way back.
package deactivation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Deactivation", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("ends the membership", spec.Clause("deactivation.ends-membership"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			spec.Given(product.Look(ctx, han)).To(BeMember())

			okta.Unassign(ctx, han)

			Expect(product.Look(ctx, han)).To(BeNoMember())
		})

		It("releases the seat", spec.Clause("deactivation.releases-seat"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			spec.Given(product.Look(ctx, han)).To(HaveSeat())

			okta.Unassign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveNoSeat())
		})

		It("ends the sessions", spec.Clause("deactivation.ends-sessions"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
			spec.Given(product.Look(ctx, han)).To(HaveSession())

			okta.Unassign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveNoSession())
		})

		It("revokes the API tokens", spec.Clause("deactivation.revokes-tokens"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			product.IssueToken(ctx, han)
			product.IssueToken(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveToken())

			okta.Unassign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveNoToken())
		})

		It("takes the person out of the teams", spec.Clause("deactivation.leaves-teams"), func(ctx SpecContext) {
			han, _ := okta.Onboard(ctx, "Han Solo")
			product.Join(ctx, han, product.NewTeam(ctx, "Smugglers"), "maintainer")
			spec.Given(product.Look(ctx, han)).NotTo(HaveTeams())

			okta.Unassign(ctx, han)
			okta.Assign(ctx, han)
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			Expect(product.Look(ctx, han)).To(HaveTeams())
		})

		It("keeps the record, inactive", spec.Clause("deactivation.keeps-record-inactive"), func(ctx SpecContext) {
			han := okta.Enroll(ctx, "Han Solo")
			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())

			okta.Unassign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
		})

		It("works for somebody who never signed in", spec.Clause("deactivation.never-signed-in"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())

			okta.Unassign(ctx, han)

			Expect(okta.Tasks()).To(BeEmpty())
			Expect(product.Look(ctx, han)).To(And(HaveInactiveRecord(), HaveNoAccount(), HaveBeenSeated(0)))
		})
	})

	It("comes when the group loses the app", spec.Clause("deactivation.ends-membership").In("group-unassigned"), func(ctx SpecContext) {
		han, rebels := okta.Hire("Han Solo"), okta.NewGroup("Rebels")
		okta.Join(ctx, rebels, han)
		okta.AssignGroup(ctx, rebels)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		okta.UnassignGroup(ctx, rebels)

		Expect(product.Look(ctx, han)).To(BeNoMember())
	})

	It("comes when the person leaves the group", spec.Clause("deactivation.ends-membership").In("left-group"), func(ctx SpecContext) {
		han, rebels := okta.Hire("Han Solo"), okta.NewGroup("Rebels")
		okta.AssignGroup(ctx, rebels)
		okta.Join(ctx, rebels, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		okta.Leave(ctx, rebels, han)

		Expect(product.Look(ctx, han)).To(BeNoMember())
	})

	It("comes when Okta deactivates the person", spec.Clause("deactivation.ends-membership").In("left-company"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		okta.Deactivate(ctx, han)

		Expect(product.Look(ctx, han)).To(BeNoMember())
	})

	It("reaches everyone of many", spec.Clause("deactivation.reaches-everyone"), func(ctx SpecContext) {
		troopers := okta.NewGroup("Stormtroopers")
		okta.AssignGroup(ctx, troopers)
		for range 8 {
			okta.Join(ctx, troopers, okta.Hire("Clone Trooper"))
		}
		spec.Given(okta.Tasks()).To(BeEmpty())

		okta.UnassignGroup(ctx, troopers)

		for _, trooper := range troopers.Members() {
			Expect(product.Look(ctx, trooper)).To(HaveInactiveRecord())
		}
	})
})
