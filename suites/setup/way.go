package setup

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("Once everything is set up", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("the whole way works without an administrator", spec.Clause("setup.whole-way-works"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")

			okta.Assign(ctx, han)
			Expect(product.Look(ctx, han)).To(And(HaveActiveRecord(), HaveNoAccount(), BeNoMember(), HaveNoSeat()))

			Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
			Expect(product.Look(ctx, han)).To(And(HaveActiveRecord(), HaveAccount(), BeMember(), HaveSeat()))

			okta.Unassign(ctx, han)
			Expect(product.Look(ctx, han)).To(And(HaveInactiveRecord(), HaveAccount(), BeNoMember(), HaveNoSeat()))
			Expect(okta.Tasks()).To(BeEmpty())
		})
	})

	It("nobody has a record while Create Users is off", spec.Clause("setup.create-off-makes-no-record"), func(ctx SpecContext) {
		okta.Configure(func(s *simulator.AppSettings) { s.CreateUsers = false })
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveNoRecord())
	})
})

var _ = spec.Section("The application username", func(okta *spec.Okta, product *spec.Product) {
	It("that is the address links record and account", spec.Clause("setup.email-user-name-links"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		visit := okta.SignIn(ctx, han)

		spec.Given(visit).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
	})

	It("that is only what stands before the @ is nobody's address", spec.Clause("setup.prefix-user-name-links-nobody"), func(ctx SpecContext) {
		okta.Configure(func(s *simulator.AppSettings) { s.UserNameFormat = simulator.EmailPrefix })
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		okta.Configure(func(s *simulator.AppSettings) { s.UserNameFormat = simulator.Email })

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.LookFor(ctx, target.Identifiers{ExternalIDs: []string{han.ID}})).To(HaveNoLinkedRecord())
	})

	It("that can belong to nobody does not pass in silence", spec.Clause("setup.prefix-user-name-noted"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		leia := okta.Hire("Leia Organa")
		okta.Assign(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveActiveRecord())
		ordinary := product.Audit(ctx, 0)
		okta.Configure(func(s *simulator.AppSettings) { s.UserNameFormat = simulator.EmailPrefix })

		okta.Assign(ctx, okta.Hire("Han Solo"))

		spec.Given(ordinary).NotTo(BeEmpty())
		noted := product.Audit(ctx, ordinary[len(ordinary)-1].Seq)
		Expect(append(okta.Tasks(), causes(noted)...)).To(ContainElement(Not(BeElementOf(causes(ordinary)))),
			"the product took a user name that can never belong to anybody, and said nothing")
	})
})

// causes is what the audit log gives as reasons.
func causes(log []target.Event) []string {
	var given []string
	for _, event := range log {
		given = append(given, event.Cause)
	}
	return given
}

var _ = spec.Section("Test API Credentials", func(okta *spec.Okta, product *spec.Product) {
	It("succeeds", spec.Clause("setup.credentials-verified"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
		spec.Given(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))

		Expect(okta.TestCredentials(ctx)).To(BeEmpty())
	})

	It("succeeds while there is nobody yet", spec.Clause("setup.credentials-verified").In("empty"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})

		Expect(okta.TestCredentials(ctx)).To(BeEmpty())

		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))
	})

	It("fails with a wrong token", spec.Clause("setup.wrong-credentials-noticed"), func(ctx SpecContext) {
		spec.Given(okta.TestCredentials(ctx)).To(BeEmpty())

		okta.UseToken("wrong-" + okta.Tag())

		Expect(okta.TestCredentials(ctx)).NotTo(BeEmpty(), "Okta was satisfied with a token that nobody issued")
	})

	It("leaves everything as it was", spec.Clause("setup.testing-changes-nothing"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		seats := product.Seats(ctx)
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(ListOnly(han.Login()))

		okta.TestCredentials(ctx)

		Expect(okta.Call(ctx, "GET", "/Users", nil)).To(ListOnly(han.Login()))
		Expect(product.Seats(ctx)).To(StayAt(seats))
	})
})
