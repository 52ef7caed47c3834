// Package jit proves what signing in makes: the first sign-in creates account,
// membership and seat, later ones reuse them, and a sign-in that is refused makes
// nothing at all.
//
// The usual mistakes are to make things twice, for somebody who is known under another
// spelling or who signs in twice at once, and to make half of them before refusing. Begin
// with first.go and later.go, which are the same story on the first day and on the second;
// identity.go asks who is one person, refused.go what a refusal leaves behind.
package jit

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("The first sign-in", func(okta *spec.Okta, product *spec.Product) {
	It("creates the account", spec.Clause("jit.creates-account"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoAccount())

		okta.SignIn(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveAccount())
	})

	It("creates the membership", spec.Clause("jit.creates-membership"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(BeNoMember())

		okta.SignIn(ctx, han)

		Expect(product.Look(ctx, han)).To(BeMember())
	})

	It("starts the seat", spec.Clause("jit.starts-seat"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoSeat())

		okta.SignIn(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveSeat())
	})

	It("starts the seat of somebody without a record", spec.Clause("jit.starts-seat").In("no-record"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoSeat())

		okta.SignIn(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveSeat())
	})

	It("is when the seat starts", spec.Clause("jit.seat-starts-at-sign-in"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		product.Advance(ctx, okta, 30*24*time.Hour)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeSeatedSince(okta.Now()))
	})

	It("is what the seat gives as its cause", spec.Clause("jit.seat-says-why"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveSeatWithCause())
	})

	It("links the record", spec.Clause("jit.links-record"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
	})

	It("leaves record and account two things", spec.Clause("jit.record-is-not-the-account"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		seen := product.Settled(ctx, han)

		spec.Given(seen).To(And(HaveRecord(), HaveAccount()))
		Expect(seen.Records[0].ID).NotTo(Equal(seen.Accounts[0].ID))
	})

	It("needs no record", spec.Clause("jit.needs-no-record"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveNoRecord())

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(BeMember())
	})

	It("needs no email attribute", spec.Clause("jit.needs-no-email-attribute"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		Expect(okta.SignInClaiming(ctx, han, spec.Stating("email"))).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))
	})

	It("may start at Okta", spec.Clause("jit.starts-at-okta"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		Expect(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveAccount())
	})

	It("gives the role at once", spec.Clause("jit.role-at-once"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)

		visit := okta.SignIn(ctx, leia)

		spec.Given(visit).To(BeSignedIn())
		Expect(product.AdminDoor(ctx, visit)).To(BeOpen())
	})

	It("gives the teams at once", spec.Clause("jit.teams-at-once"), func(ctx SpecContext) {
		han, pilots := okta.Hire("Han Solo"), product.NewTeam(ctx, "Pilots")
		okta.PutInTeams(ctx, han, pilots.ID)
		okta.Admit(ctx, han)

		visit := okta.SignIn(ctx, han)

		spec.Given(visit).To(BeSignedIn())
		Expect(product.TeamDoor(ctx, visit, pilots.ID)).To(BeOpen())
	})

	It("joins the teams that everybody joins", spec.Clause("jit.joins-default-teams"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{
			Teams: []target.NewTeam{{Name: "Everyone", Default: true, DefaultRole: "member"}},
		})
		han, everyone := okta.Hire("Han Solo"), product.TeamNamed(ctx, "Everyone")
		okta.Admit(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeInTeam(everyone, "member"))
	})

	It("makes one of everything when it happens twice at once", spec.Clause("jit.first-sign-in-race"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		visits := okta.SignInTogether(ctx, han, han)

		Expect(product.Look(ctx, han)).To(And(HaveAccount(), HaveSeat()))
		Expect(visits).To(ContainElement(BeSignedIn()))
	})
})
