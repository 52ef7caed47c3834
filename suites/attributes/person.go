// Package attributes proves how a product reads the four attributes of an assertion,
// admin, name, email and teams, and that it takes nothing from any other.
//
// The usual mistakes are in the small print: "false" that is true as a text, a team behind a
// space, one entry that spoils the rest. Each spec sends one spelling and looks at what came
// of it. person.go has admin, name and email, teams.go the list of teams; otherwise.go is for
// products that read them in another way, and say so in their profile.
package attributes

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The admin attribute", func(okta *spec.Okta, product *spec.Product) {
	makes := func(clause, variant, title, value, role string) {
		It(title, spec.Clause(clause).In(variant), func(ctx SpecContext) {
			lando, leia, other := okta.Hire("Lando Calrissian"), okta.Hire("Leia Organa"), opposite[role]
			okta.Admit(ctx, lando, leia)
			spec.Given(okta.SignInClaiming(ctx, leia, spec.Stating("admin", other.value))).To(BeSignedIn())
			spec.Given(product.Look(ctx, leia)).To(HaveRole(other.role))

			spec.Given(okta.SignInClaiming(ctx, lando, spec.Stating("admin", value))).To(BeSignedIn())

			Expect(product.Look(ctx, lando)).To(HaveRole(role))
		})
	}

	makes("attributes.admin-true", "true", "makes an admin by true", "true", "admin")
	makes("attributes.admin-true", "one", "makes an admin by 1", "1", "admin")
	makes("attributes.admin-false", "false", "makes a member by false", "false", "member")
	makes("attributes.admin-false", "zero", "makes a member by 0", "0", "member")
	makes("attributes.admin-case-and-space", "true", "makes an admin by TRUE", "TRUE", "admin")
	makes("attributes.admin-case-and-space", "space", "makes an admin by true with space around it", " true\n", "admin")
	makes("attributes.admin-case-and-space", "false", "makes a member by False", "False", "member")
	for _, junk := range []string{"yes", "on", "admin", "2", "nottrue"} {
		makes("attributes.admin-junk", junk, "makes no admin by "+junk, junk, "member")
	}
})

// opposite is, for a role, the other one and the value of the admin attribute that
// brings it.
var opposite = map[string]struct{ role, value string }{"admin": {"member", "false"}, "member": {"admin", "true"}}

var _ = spec.Section("The name attribute", func(okta *spec.Okta, product *spec.Product) {
	It("is kept to the last character", spec.Clause("attributes.name-kept-whole"), func(ctx SpecContext) {
		lukasz := okta.Hire("Łukasz O'Neil-周 🚀")
		okta.Admit(ctx, lukasz)

		spec.Given(okta.SignIn(ctx, lukasz)).To(BeSignedIn())

		Expect(product.Look(ctx, lukasz)).To(HaveAccountOf("Łukasz O'Neil-周 🚀", ""))
	})

	It("is followed at the next sign-in", spec.Clause("attributes.name-follows"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))

		okta.Rename(ctx, leia, "Leia", "Organa Solo")
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa Solo", ""))
	})

	It("is not missed when it is not sent", spec.Clause("attributes.absent-name-keeps"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Admit(ctx, leia)
		okta.SignIn(ctx, leia)
		spec.Given(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))

		spec.Given(okta.SignInClaiming(ctx, leia, spec.Stating("name"))).To(BeSignedIn())

		Expect(product.Look(ctx, leia)).To(HaveAccountOf("Leia Organa", ""))
	})
})

var _ = spec.Section("The email attribute", func(okta *spec.Okta, product *spec.Product) {
	It("goes before the NameID", spec.Clause("attributes.email-wins"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		Expect(okta.SignInClaiming(ctx, han, spec.NamedAs("00uhan"+okta.Tag()), spec.Stating("email", han.Email()))).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))
	})

	It("goes before a NameID that is an address too", spec.Clause("attributes.email-wins").In("address"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)

		captain := "captain." + han.Email()
		visit := okta.SignInClaiming(ctx, han, spec.Stating("email", captain))

		Expect(visit).To(BeSignedInAs(captain))
	})

	It("is followed at the next sign-in", spec.Clause("attributes.email-follows"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		okta.SignInClaiming(ctx, han, spec.Stating("email", han.Email()))
		spec.Given(product.Look(ctx, han)).To(HaveAccountOf("", han.Email()))

		captain := "captain." + han.Email()
		okta.SignInClaiming(ctx, han, spec.Stating("email", captain))

		Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), captain))).To(HaveAccountOf("", captain))
	})
})

var _ = spec.Section("Attributes of other names", func(okta *spec.Okta, product *spec.Product) {
	mean := func(variant, title string, others ...func(*spec.Claims)) {
		It(title, spec.Clause("attributes.others-mean-nothing").In(variant), func(ctx SpecContext) {
			lando := okta.Hire("Lando Calrissian")
			okta.Demote(ctx, lando)
			okta.Admit(ctx, lando)
			spec.Given(okta.SignIn(ctx, lando)).To(BeSignedIn())

			Expect(okta.SignInClaiming(ctx, lando, others...)).To(BeSignedIn())
			Expect(product.Look(ctx, lando)).To(And(HaveRole("member"), HaveTeams()))
		})
	}

	mean("role", "make no admin by role", spec.Stating("role", "admin"), spec.Stating("roles", "admin"))
	mean("prefix", "make no admin by a name that begins alike", spec.Stating("admin2", "true"), spec.Stating("administrator", "true"))
	mean("case", "make no admin by ADMIN", spec.Stating("ADMIN", "true"))
	mean("groups", "make no admin by groups", spec.Stating("groups", "admin", "Administrators"))
	mean("many", "change nothing, however many there are", extras(50)...)
})

// extras are attributes that a directory may well send along.
func extras(n int) []func(*spec.Claims) {
	var all []func(*spec.Claims)
	for i := range n {
		all = append(all, spec.Stating(fmt.Sprintf("department%d", i), strings.Repeat("true ", i%5+1)))
	}
	return all
}
