package resync

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// ways are those in which an administrator makes the record of a member after the
// fact.
var ways = []struct {
	name string
	sync func(ctx context.Context, okta *spec.Okta, p *spec.Person)
}{
	{"reassigned", func(ctx context.Context, okta *spec.Okta, p *spec.Person) {
		okta.Unassign(ctx, p)
		okta.Assign(ctx, p)
	}},
	{"reassigned-by-group", func(ctx context.Context, okta *spec.Okta, p *spec.Person) {
		okta.Unassign(ctx, p)
		rebels := okta.NewGroup("Rebels")
		okta.AssignGroup(ctx, rebels)
		okta.Join(ctx, rebels, p)
	}},
	{"provision-user", func(ctx context.Context, okta *spec.Okta, p *spec.Person) { okta.Provision(ctx, p) }},
}

var _ = spec.Section("A sync after the fact", func(okta *spec.Okta, product *spec.Product) {
	for _, way := range ways {
		It("makes a record and links it: "+way.name, spec.Clause("resync.links-record").In(way.name), func(ctx SpecContext) {
			han, _ := okta.Precede(ctx, "Han Solo")
			spec.Given(product.Look(ctx, han)).To(HaveNoRecord())

			way.sync(ctx, okta, han)

			Expect(product.Look(ctx, han)).To(And(HaveActiveRecord(), HaveLinkedRecord()))
		})

		It("leaves the member as they were: "+way.name, spec.Clause("resync.keeps-membership").In(way.name), func(ctx SpecContext) {
			leia, _ := okta.Precede(ctx, "Leia Organa")
			product.MakeAdmin(ctx, leia)
			product.Join(ctx, leia, product.NewTeam(ctx, "Rebels"), "maintainer")
			before := product.Settled(ctx, leia)

			way.sync(ctx, okta, leia)

			spec.Given(product.Look(ctx, leia)).To(HaveActiveRecord())
			Expect(product.Look(ctx, leia)).To(BeUnchangedSince(before, "memberships"))
		})

		It("leaves no gap: "+way.name, spec.Clause("resync.leaves-no-gap").In(way.name), func(ctx SpecContext) {
			han, browser := okta.Precede(ctx, "Han Solo")
			spec.Given(product.WhoAmI(ctx, browser)).To(BeOpen())

			way.sync(ctx, okta, han)

			spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
			Expect(product.WhoAmI(ctx, browser)).To(BeOpen())
		})

		It("lets Okta deactivate the member: "+way.name, spec.Clause("resync.then-deactivated").In(way.name), func(ctx SpecContext) {
			han, _ := okta.Precede(ctx, "Han Solo")
			way.sync(ctx, okta, han)
			spec.Given(product.Look(ctx, han)).To(And(HaveActiveRecord(), BeMember()))

			okta.Deactivate(ctx, han)

			Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession()))
		})
	}

	spec.EachDialect(func() {
		It("may also be that a record gets the member's user name", spec.Clause("resync.renamed-then-deactivated"), func(ctx SpecContext) {
			han, browser := okta.Precede(ctx, "Han Solo")
			right := han.Email()
			okta.ChangeEmail(ctx, han, "misspelled."+right)
			okta.Provision(ctx, han)
			okta.ChangeEmail(ctx, han, right)
			spec.Given(product.Look(ctx, han)).To(And(HaveActiveRecord(), HaveRecordOf("", right), BeMember()))
			spec.Given(product.WhoAmI(ctx, browser)).To(BeOpen())

			okta.Deactivate(ctx, han)

			Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat(), HaveNoSession()))
		})
	})

	It("is a plain creation to the product", spec.Clause("resync.created-for-member"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		spec.Given(product.Look(ctx, han)).To(BeMember())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
	})

	It("reaches everyone in a group", spec.Clause("resync.reaches-whole-group"), func(ctx SpecContext) {
		rebels := okta.NewGroup("Rebels")
		for _, name := range []string{"Leia Organa", "Lando Calrissian", "Mon Mothma"} {
			rebel, _ := okta.Precede(ctx, name)
			okta.Unassign(ctx, rebel)
			okta.Join(ctx, rebels, rebel)
		}

		okta.AssignGroup(ctx, rebels)

		for _, rebel := range rebels.Members() {
			Expect(product.Look(ctx, rebel)).To(HaveLinkedRecord())
		}
	})

	It("makes no second account", spec.Clause("resync.keeps-account"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		before := product.Settled(ctx, han)

		okta.Provision(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts"))
	})

	It("bills nobody again", spec.Clause("resync.keeps-seat"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveSeat())

		okta.Provision(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "seats"))
	})

	It("leaves the API tokens", spec.Clause("resync.keeps-tokens"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		product.IssueToken(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveToken())

		okta.Provision(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "tokens"))
	})

	It("changes nothing at the next sign-in", spec.Clause("resync.next-sign-in-adds-nothing"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		okta.Provision(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(And(HaveActiveRecord(), BeMember()))

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "accounts", "memberships", "seats"))
	})

	It("finds the member in whatever case", spec.Clause("resync.finds-member-in-any-case"), func(ctx SpecContext) {
		han, _ := okta.Precede(ctx, "Han Solo")
		body := spec.UserBody(han)
		body["userName"] = strings.ToUpper(han.Login())

		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))

		Expect(product.Look(ctx, han)).To(HaveLinkedRecord())
	})

	It("finds the member by the NameID", spec.Clause("resync.finds-member-by-name-id"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Admit(ctx, han)
		other := "captain." + han.Email()
		spec.Given(okta.SignInClaiming(ctx, han, spec.Stating("email", other))).To(BeSignedInAs(other))

		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))

		Expect(product.LookFor(ctx, spec.KnownAs(han.Login(), other))).To(HaveLinkedRecord())
	})

	It("does not take in a member of another organization", spec.Clause("resync.strangers-stay-strangers"), func(ctx SpecContext) {
		elsewhere, other := product.Found(ctx, spec.Organization{})
		again, _ := elsewhere.Precede(ctx, "Han Solo")
		before := other.Settled(ctx, again)
		han := okta.Hire("Han Solo")
		spec.Given(han.Email()).To(Equal(again.Email()))

		okta.Assign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		Expect(product.Look(ctx, han)).To(And(BeNoMember(), HaveNoSeat()))
		spec.Given(other.Look(ctx, again)).To(BeUnchangedSince(before, "memberships"))
	})
})
