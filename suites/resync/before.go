// Package resync proves what becomes of people who were members before anybody set
// up SCIM: Okta knows no record of them and cannot deactivate them, until an
// administrator makes the records after the fact.
//
// The usual mistake is to treat such a record as one for a stranger: a second account, a
// second seat, a role that is reset, or an error that the name is taken. before.go shows the
// gap, sync.go how it is closed without anybody noticing.
package resync

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A member from before SCIM", func(okta *spec.Okta, product *spec.Product) {
	It("has no record", spec.Clause("resync.no-record-before"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		Expect(product.Look(ctx, han)).To(HaveNoRecord())
	})

	It("is not found over SCIM", spec.Clause("resync.not-found-before"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		Expect(okta.Find(ctx, han.Login())).To(ListUsers(0))
	})

	It("stays when SCIM is set up for others", spec.Clause("resync.set-up-removes-nobody"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		before := product.Settled(ctx, han)

		spec.Given(okta.TestCredentials(ctx)).To(BeEmpty())
		okta.Onboard(ctx, "Leia Organa")

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats", "sessions"))
	})

	It("cannot be deactivated, and stays", spec.Clause("resync.no-record-no-deactivation"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		before, sent := product.Settled(ctx, han), len(okta.Requests())

		okta.Unassign(ctx, han)

		spec.Given(okta.Requests()).To(HaveLen(sent))
		okta.Onboard(ctx, "Leia Organa")
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "memberships", "seats"))
		spec.Remark("Somebody without a tracking record keeps their access when Okta takes the app away; a sync after the fact gives them one.")
	})
})
