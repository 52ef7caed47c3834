package saml

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// capitals is an address as somebody with the shift key held down writes it.
func capitals(address string) string { return strings.ToUpper(address) }

// accountOf is the id of somebody's one account, by which it is told from a twin
// whatever either is called later.
func accountOf(ctx context.Context, product *spec.Product, who *spec.Person) string {
	view := product.Settled(ctx, who)
	spec.Given(view).To(HaveAccount())
	return view.Latest().Accounts[0].ID
}

// known is somebody by these names and by the account that they have.
func known(account string, names ...string) target.Identifiers {
	who := spec.KnownAs(names...)
	who.AccountIDs = []string{account}
	return who
}

var _ = spec.Section("Somebody whose name SCIM has changed", func(okta *spec.Okta, product *spec.Product) {
	It("is the same person under the new one", spec.Clause("saml.together.renamed-is-the-same"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before, account := han.Email(), accountOf(ctx, product, han)
		okta.ChangeEmail(ctx, han, "captain."+before)
		spec.Given(product.Look(ctx, han)).To(HaveRecordOf("", han.Email()))

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(product.LookFor(ctx, known(account, before, han.Email()))).To(And(HaveAccount(), BeMember()))
	})

	It("is nobody else under the old one", spec.Clause("saml.together.old-name-makes-no-twin"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		before, account := han.Email(), accountOf(ctx, product, han)
		okta.ChangeEmail(ctx, han, "captain."+before)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		okta.SignInClaiming(ctx, han, spec.NamedAs(before))

		Expect(product.LookFor(ctx, known(account, before, han.Email()))).To(And(HaveAccount(), HaveRecord()))
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
	})

	It("is the same person by a NameID that never changes", spec.Clause("saml.together.persistent-id-outlasts-address"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		first := han.Email()
		spec.Given(okta.SignInClaiming(ctx, han, byTheirID(han)...)).To(BeSignedIn())
		account := accountOf(ctx, product, han)
		okta.ChangeEmail(ctx, han, "captain."+first)
		spec.Given(product.Look(ctx, han)).To(HaveRecordOf("", han.Email()))

		Expect(okta.SignInClaiming(ctx, han, byTheirID(han)...)).To(BeSignedIn())
		Expect(product.LookFor(ctx, known(account, first, han.Email(), han.ID))).To(And(HaveAccount(), BeMember()))
	})
})

var _ = spec.Section("Two people whose names SCIM has swapped", func(okta *spec.Okta, product *spec.Product) {
	It("do not get each other's account", spec.Clause("saml.together.swapped-names-keep-their-accounts"), func(ctx SpecContext) {
		han, _ := okta.Onboard(ctx, "Han Solo")
		leia, _ := okta.Onboard(ctx, "Leia Organa")
		hans, leias := accountOf(ctx, product, han), accountOf(ctx, product, leia)
		hansRecord, leiasRecord := okta.AddressOf(ctx, han), okta.AddressOf(ctx, leia)
		swap(ctx, okta, han, leia)
		spec.Given(okta.AddressOf(ctx, han)).To(Equal(hansRecord))
		spec.Given(okta.AddressOf(ctx, leia)).To(Equal(leiasRecord))

		leiasBefore := product.SettledFor(ctx, known(leias))
		okta.SignIn(ctx, han)
		Expect(product.LookFor(ctx, known(leias))).To(BeUnchangedSince(leiasBefore, "sessions", "memberships"))
		hansBefore := product.SettledFor(ctx, known(hans))
		okta.SignIn(ctx, leia)
		Expect(product.LookFor(ctx, known(hans))).To(BeUnchangedSince(hansBefore, "sessions", "memberships"))

		swap(ctx, okta, han, leia)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
	})
})

// swap gives each of the two the other's address, by way of a third one: at no moment
// do both have the same.
func swap(ctx context.Context, okta *spec.Okta, one, other *spec.Person) {
	ones, others := one.Email(), other.Email()
	okta.ChangeEmail(ctx, one, "between."+ones)
	okta.ChangeEmail(ctx, other, ones)
	okta.ChangeEmail(ctx, one, others)
}

var _ = spec.Section("A name that the assertion spells otherwise than SCIM", func(okta *spec.Okta, product *spec.Product) {
	for _, spelling := range []struct {
		clause, how    string
		scim, asserted func(address string) string
	}{
		{"saml.together.case-makes-no-twin", "in another case", mixedCase, strings.ToLower},
		{"saml.together.decomposed-makes-no-twin", "with its accents apart", accented("\u00e9"), accented("e\u0301")},
	} {
		It("makes no second person, "+spelling.how, spec.Clause(spelling.clause), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			plain := han.Email()
			okta.ChangeEmail(ctx, han, spelling.scim(plain))
			okta.Assign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
			asserted := spelling.asserted(plain)

			okta.SignInClaiming(ctx, han, spec.NamedAs(asserted))

			Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), asserted))).To(Or(HaveLinkedRecord(), HaveNoAccount()))
			spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())
			Expect(product.LookFor(ctx, spec.KnownAs(han.Email(), asserted))).To(HaveLinkedRecord())
		})
	}

	It("is not cut off", spec.Clause("saml.together.long-names-told-apart"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		long := strings.Repeat("very-", 11) + "far." + strings.Repeat("away.", 22)
		okta.ChangeEmail(ctx, han, "pilot@"+long+"one."+okta.Tag()+".rollcall.test")
		okta.ChangeEmail(ctx, leia, "pilot@"+long+"two."+okta.Tag()+".rollcall.test")
		okta.Assign(ctx, han, leia)
		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		spec.Given(product.Look(ctx, leia)).To(HaveActiveRecord())

		Expect(okta.SignIn(ctx, han)).To(BeSignedIn())
		Expect(okta.SignIn(ctx, leia)).To(BeSignedIn())
		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
		Expect(product.Look(ctx, leia)).To(HaveLinkedRecord())
	})
})

// mixedCase capitalizes every word of an address, as people write names.
func mixedCase(address string) string {
	words := strings.FieldsFunc(address, func(r rune) bool { return r == '.' || r == '@' })
	for _, word := range words {
		address = strings.Replace(address, word, strings.ToUpper(word[:1])+word[1:], 1)
	}
	return address
}

// accented puts a letter with an accent, however that is spelled, before the address.
func accented(letter string) func(string) string {
	return func(address string) string { return "ren" + letter + "." + address }
}
