package jit

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Somebody whose record is inactive", func(okta *spec.Okta, product *spec.Product) {
	It("is refused", spec.Clause("jit.inactive-refused"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		okta.Unassign(ctx, han)
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("is refused when the record was made so", spec.Clause("jit.inactive-refused").In("born-inactive"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		body := spec.UserBody(han)
		body["active"] = false
		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))
		okta.Admit(ctx, han)

		Expect(okta.SignIn(ctx, han)).To(BeRefused())
		okta.Onboard(ctx, "Leia Organa")
	})

	It("gets nothing, not even for a moment", spec.Clause("jit.inactive-gets-nothing"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())
		okta.Admit(ctx, han)

		okta.SignIn(ctx, han)

		Expect(product.Look(ctx, han)).To(And(HaveNoAccount(), BeNoMember(), HaveBeenSeated(0)))
	})
})

var _ = spec.Section("A test sign-in", func(_ *spec.Okta, product *spec.Product) {
	It("makes nothing", spec.Clause("jit.test-sign-in-makes-nothing"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)

		Expect(okta.SignIn(ctx, leia)).To(BeRefused())
		Expect(product.Look(ctx, leia)).To(HaveNoAccount())
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeTrue())
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})

	It("is enough to enable the provider", spec.Clause("jit.test-sign-in-counts"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{State: "created"})
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		spec.Given(product.SetProvider(ctx, "enabled")).To(BeFalse())

		okta.SignIn(ctx, leia)

		Expect(product.SetProvider(ctx, "enabled")).To(BeTrue(), "the product did not enable a provider that was tested")
		Expect(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})
})

var _ = spec.Section("The product refuses a response", func(okta *spec.Okta, product *spec.Product) {
	for _, forged := range []struct {
		clause  string
		attacks []string
	}{
		{"jit.signature-required", []string{"unsigned", "stripped-signature"}},
		{"jit.signature-covers-content", []string{"tampered-name-id", "tampered-attribute"}},
		{"jit.signer-is-the-provider", []string{"attacker-key", "other-tenant-key"}},
		{"jit.issuer-is-the-provider", []string{"wrong-issuer"}},
		{"jit.window-kept", []string{"expired", "not-yet-valid", "expired-conditions", "expired-confirmation"}},
		{"jit.audience-kept", []string{"wrong-audience"}},
		{"jit.recipient-kept", []string{"wrong-recipient"}},
		{"jit.destination-kept", []string{"wrong-destination"}},
		{"jit.status-heeded", []string{"failed-status"}},
		{"jit.request-known", []string{"unknown-request"}},
	} {
		for _, attack := range forged.attacks {
			It("that "+spec.Attack(attack).Summary, spec.Clause(forged.clause).In(attack), func(ctx SpecContext) {
				han, leia, lando := okta.Hire("Han Solo"), okta.Hire("Leia Organa"), okta.Hire("Lando Calrissian")
				okta.Admit(ctx, han, leia, lando)
				spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

				Expect(okta.Forge(ctx, attack, lando, leia)).To(BeRefused())
				spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
			})
		}
	}

	It("that comes from another customer's Okta", spec.Clause("jit.other-tenant-refused"), func(ctx SpecContext) {
		elsewhere, _ := product.Found(ctx, spec.Organization{})
		han, namesake := okta.Hire("Han Solo"), elsewhere.Hire("Han Solo")
		okta.Admit(ctx, han)
		elsewhere.Admit(ctx, namesake)
		spec.Given(elsewhere.SignIn(ctx, namesake)).To(BeSignedIn())

		elsewhere.AimAt(okta.Connection())

		Expect(elsewhere.SignInFromOkta(ctx, namesake)).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("that it has seen before", spec.Clause("jit.request-answered-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		visit := okta.SignIn(ctx, han)
		spec.Given(visit).To(BeSignedIn())

		Expect(okta.Again(ctx, visit)).To(BeRefused())
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("that it has seen before, from Okta's dashboard", spec.Clause("jit.assertion-used-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		visit := okta.SignInFromOkta(ctx, han)
		spec.Given(visit).To(BeSignedIn())

		Expect(okta.Again(ctx, visit)).To(BeRefused())
		spec.Given(okta.SignInFromOkta(ctx, han)).To(BeSignedIn())
	})
})

var _ = spec.Section("The product signs nobody in as the victim of a response", func(okta *spec.Okta, _ *spec.Product) {
	for _, attack := range []string{"comment-in-name-id", "appended-assertion"} {
		It("that "+spec.Attack(attack).Summary, spec.Clause("jit.signed-is-what-is-read").In(attack), func(ctx SpecContext) {
			leia, lando := okta.Hire("Leia Organa"), okta.Hire("Lando Calrissian")
			okta.Admit(ctx, leia, lando)
			spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

			Expect(okta.Forge(ctx, attack, lando, leia)).NotTo(BeSignedInAs(leia.Email()))
			spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())
		})
	}
})

var _ = spec.Section("A refused response makes nothing", func(okta *spec.Okta, product *spec.Product) {
	for _, attack := range []string{"unsigned", "tampered-name-id", "other-tenant-key", "expired", "wrong-audience", "unknown-request"} {
		It("when it "+spec.Attack(attack).Summary, spec.Clause("jit.refusal-makes-nothing").In(attack), func(ctx SpecContext) {
			han, leia, lando := okta.Hire("Han Solo"), okta.Hire("Leia Organa"), okta.Hire("Lando Calrissian")
			okta.Admit(ctx, han, leia, lando)
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

			okta.Forge(ctx, attack, lando, leia)

			Expect(product.Look(ctx, leia)).To(And(HaveNoAccount(), BeNoMember(), HaveBeenSeated(0)))
			Expect(product.Look(ctx, lando)).To(And(HaveNoAccount(), BeNoMember(), HaveBeenSeated(0)))
		})
	}
})
