package jit

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("One person", func(okta *spec.Okta, product *spec.Product) {
	It("stays one when the case of the NameID differs", spec.Clause("jit.address-case-is-one-person").In("name-id"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.SignInClaiming(ctx, han, spec.NamedAs(strings.ToUpper(han.Email())))).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveAccount())
	})

	It("stays one when the email attribute differs in case and space", spec.Clause("jit.address-case-is-one-person").In("email"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.SignInClaiming(ctx, han, spec.Stating("email", " "+strings.ToUpper(han.Email())+" "))).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveAccount())
	})

	It("stays one under a new address", spec.Clause("jit.name-id-outlasts-address"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		moved := "captain." + han.Email()
		Expect(okta.SignInClaiming(ctx, han, spec.Stating("email", moved))).To(BeSignedInAs(moved))
		Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), moved))).To(And(HaveAccount(), HaveSeat()))
	})

	It("cannot take over somebody else's address", spec.Clause("jit.address-of-another-refused"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		okta.Admit(ctx, han, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(okta.SignInClaiming(ctx, han, spec.Stating("email", leia.Email()))).To(BeRefused())
		Expect(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("is recognized by the NameID", spec.Clause("jit.record-by-either-name").In("name-id"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		other := "captain." + han.Email()
		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("email", other))).To(BeSignedInAs(other))

		Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), other))).To(HaveLinkedRecord())
	})

	It("is recognized by the email attribute", spec.Clause("jit.record-by-either-name").In("email"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		visit := okta.SignInClaiming(ctx, han, spec.NamedAs("00uhan"+okta.Tag()), spec.Stating("email", han.Email()))

		spec.Given(visit).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
	})

	It("is not two", spec.Clause("jit.two-records-refused"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		okta.Assign(ctx, han, leia)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		spec.Given(product.Look(ctx, leia)).To(HaveRecord())

		Expect(okta.SignInClaiming(ctx, han, spec.Stating("email", leia.Email()))).To(BeRefused())
		Expect(product.Look(ctx, leia)).To(HaveNoAccount())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})

	It("needs an address", spec.Clause("jit.address-needed"), func(ctx SpecContext) {
		han, nameless := okta.Hire("Han Solo"), "han.solo."+okta.Tag()
		okta.Admit(ctx, han)

		Expect(okta.SignInClaiming(ctx, han, spec.NamedAs(nameless))).To(BeRefused())
		Expect(product.LookFor(ctx, spec.KnownAs(nameless))).To(HaveNoAccount())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})
})

var _ = spec.Section("Somebody known from another organization", func(okta *spec.Okta, product *spec.Product) {
	It("keeps one account", spec.Clause("jit.account-is-global"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		han, again := okta.Hire("Han Solo"), elsewhere.Hire("Han Solo")
		okta.Admit(ctx, han)
		elsewhere.Admit(ctx, again)
		spec.Given(elsewhere.SignIn(ctx, again)).To(BeSignedIn())
		before := other.Settled(ctx, again)

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(And(BeMember(), BeUnchangedSince(before, "accounts")))
	})

	It("brings no session along", spec.Clause("jit.session-is-for-one-organization"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})
		leia, again := okta.Hire("Leia Organa"), elsewhere.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		elsewhere.Promote(ctx, again)
		okta.Admit(ctx, leia)
		elsewhere.Admit(ctx, again)
		here, there := okta.SignIn(ctx, leia), elsewhere.SignIn(ctx, again)
		spec.Given(product.AdminDoor(ctx, here)).To(BeOpen())
		spec.Given(there).To(BeSignedIn())

		Expect(product.AdminDoor(ctx, there)).To(BeShut())
	})
})

var _ = spec.Section("Somebody who comes through a second identity provider", func(_ *spec.Okta, product *spec.Product) {
	It("keeps one account, whatever name that one knows them by", spec.Clause("jit.second-provider-same-account"), func(ctx SpecContext) {
		first, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		han, again := first.Hire("Han Solo"), second.Hire("Han Solo")
		first.Admit(ctx, han)
		second.Admit(ctx, again)
		spec.Given(first.SignIn(ctx, han)).To(BeSignedIn())
		before := product.Settled(ctx, han)
		spec.Given(before).To(And(HaveAccount(), HaveSeat()))

		Expect(second.SignInClaiming(ctx, again, spec.NamedAs(again.ID), spec.Stating("email", again.Email()))).To(BeSignedInAs(han.Email()))
		Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), again.ID))).To(BeUnchangedSince(before, "accounts", "seats"))
	})
})
