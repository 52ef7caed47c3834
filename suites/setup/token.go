package setup

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The SCIM token", func(okta *spec.Okta, product *spec.Product) {
	It("does not open the base URL of another organization", spec.Clause("setup.token-opens-only-its-provider").In("organization"), func(ctx SpecContext) {
		mine, _ := product.Found(ctx, spec.Organization{})
		theirs, _ := product.Found(ctx, spec.Organization{})
		spec.Given(mine.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		Expect(mine.CallWith(ctx, theirs.Connection().SCIM.Token, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		spec.Given(theirs.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("does not open the base URL of another provider", spec.Clause("setup.token-opens-only-its-provider").In("provider"), func(ctx SpecContext) {
		first, product := product.Found(ctx, spec.Organization{})
		second, _ := product.AddProvider(ctx)
		spec.Given(first.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		Expect(first.CallWith(ctx, second.Connection().SCIM.Token, "GET", "/Users", nil)).To(BeRefusedOverSCIM())
		spec.Given(second.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("is not the API token of a member", spec.Clause("setup.api-token-is-no-scim-token"), func(ctx SpecContext) {
		leia := okta.Hire("Leia Organa")
		okta.Promote(ctx, leia)
		okta.Admit(ctx, leia)
		spec.Given(okta.SignIn(ctx, leia)).To(BeSignedIn())
		token := product.IssueToken(ctx, leia)
		spec.Given(product.WhoAmI(ctx, token)).To(BeOpen())

		Expect(okta.CallWith(ctx, string(token), "GET", "/Users", nil)).To(BeSCIMError(401, ""))
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("cannot be left out", spec.Clause("setup.token-is-required").In("missing"), func(ctx SpecContext) {
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		Expect(okta.CallWith(ctx, "", "GET", "/Users", nil)).To(BeSCIMError(401, ""))
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("cannot be made up", spec.Clause("setup.token-is-required").In("wrong"), func(ctx SpecContext) {
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))

		Expect(okta.CallWith(ctx, "wrong-"+okta.Tag(), "GET", "/Users", nil)).To(BeSCIMError(401, ""))
		spec.Given(okta.Call(ctx, "GET", "/Users", nil)).To(HaveStatus(200))
	})

	It("creates nobody when it is wrong", spec.Clause("setup.wrong-token-changes-nothing"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.CallWith(ctx, "wrong-"+okta.Tag(), "POST", "/Users", spec.UserBody(han))

		Expect(product.Look(ctx, han)).To(HaveNoRecord())
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
		spec.Given(product.Look(ctx, han)).To(HaveRecord())
	})

	for _, r := range append(requests[:len(requests):len(requests)], deletion) {
		clause := spec.Clause("setup.token-expires").In(r.name)
		if r == deletion {
			clause = spec.Clause("setup.token-expires-for-delete")
		}
		It("once expired does not "+r.name, clause, func(ctx SpecContext) {
			okta, product := product.Found(ctx, spec.Organization{})
			han := okta.Hire("Han Solo")
			made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
			spec.Given(made).To(HaveStatus(201))
			token := product.RotateToken(ctx, 0, time.Hour)
			spec.Given(okta.CallWith(ctx, token, "GET", made.UserPath(), nil)).To(HaveStatus(200))

			product.Advance(ctx, okta, 2*time.Hour)

			Expect(r.send(ctx, okta, token, han, made.ID())).To(BeSCIMError(401, ""))
			Expect(product.Look(ctx, han)).To(HaveActiveRecord())
			spec.Given(r.send(ctx, okta, product.RotateToken(ctx, 0, time.Hour), han, made.ID())).To(HaveStatus(200, 201, 204))
		})
	}
})

var _ = spec.Section("After a rotation", func(_ *spec.Okta, product *spec.Product) {
	// opens says what the base URL answers to the token.
	opens := func(ctx context.Context, okta *spec.Okta, token string) any {
		return okta.CallWith(ctx, token, "GET", "/Users", nil)
	}

	It("the new token works at once", spec.Clause("setup.new-token-works"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(opens(ctx, okta, okta.Connection().SCIM.Token)).To(ListOnly(han.Login()))

		fresh := product.RotateToken(ctx, time.Hour, 0)

		Expect(opens(ctx, okta, fresh)).To(ListOnly(han.Login()))
	})

	It("the old token works until the overlap is over", spec.Clause("setup.old-token-overlaps"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		old, han := okta.Connection().SCIM.Token, okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(opens(ctx, okta, old)).To(ListOnly(han.Login()))

		product.RotateToken(ctx, time.Hour, 0)

		Expect(opens(ctx, okta, old)).To(ListOnly(han.Login()))
	})

	It("the old token ends with the overlap", spec.Clause("setup.old-token-ends"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		old := okta.Connection().SCIM.Token
		spec.Given(opens(ctx, okta, old)).To(HaveStatus(200))
		fresh := product.RotateToken(ctx, time.Hour, 0)

		product.Advance(ctx, okta, 2*time.Hour)

		Expect(opens(ctx, okta, old)).To(BeSCIMError(401, ""))
		spec.Given(opens(ctx, okta, fresh)).To(HaveStatus(200))
	})

	It("the old token ends at once where no overlap was asked for", spec.Clause("setup.old-token-ends").In("at-once"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		old := okta.Connection().SCIM.Token
		spec.Given(opens(ctx, okta, old)).To(HaveStatus(200))

		fresh := product.RotateToken(ctx, 0, 0)

		Expect(opens(ctx, okta, old)).To(BeSCIMError(401, ""))
		spec.Given(opens(ctx, okta, fresh)).To(HaveStatus(200))
	})

	It("the base URL is the same", spec.Clause("setup.rotation-keeps-base-url"), func(ctx SpecContext) {
		_, product := product.Found(ctx, spec.Organization{})
		before := product.Connection(ctx).SCIM.BaseURL

		product.RotateToken(ctx, time.Hour, 0)

		Expect(product.Connection(ctx).SCIM.BaseURL).To(Equal(before))
	})

	It("the records are the same", spec.Clause("setup.rotation-keeps-records"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		before := product.Settled(ctx, han)
		spec.Given(before).To(HaveActiveRecord())

		product.RotateToken(ctx, time.Hour, 0)

		Expect(product.Look(ctx, han)).To(BeUnchangedSince(before, "records"))
	})

	It("Okta goes on with the new token where it stopped", spec.Clause("setup.rotation-loses-no-write"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveActiveRecord())
		okta.UseToken(product.RotateToken(ctx, time.Hour, 0))

		okta.Unassign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})
})
