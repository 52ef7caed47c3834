package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A user of another customer", func(client *spec.Client, product *spec.Product) {
	// beside is a client of another customer of the product.
	beside := func(ctx SpecContext) *spec.Client {
		okta, _ := product.Found(ctx, spec.Organization{})
		return okta.Client()
	}

	for _, r := range []request{requests[1], requests[4], {"delete", func(ctx SpecContext, c *spec.Client, r *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.Call(ctx, "DELETE", r.Path, nil, how...)
	}}} {
		It("is not there, and nobody can "+r.name+" them", spec.Clause("scim.isolation.not-there").In(r.name), func(ctx SpecContext) {
			theirs := beside(ctx)
			leia := theirs.Create(ctx, theirs.User("Leia Organa"))

			Expect(theirs.Steadily(ctx, leia, func() provision.Answer { return r.send(ctx, client, leia) })).To(BeSCIMError(404, ""))
		})
	}

	It("cannot be patched", spec.Clause("scim.isolation.not-there-for-patch"), func(ctx SpecContext) {
		theirs := beside(ctx)
		leia := theirs.Create(ctx, theirs.User("Leia Organa"))

		Expect(theirs.Steadily(ctx, leia, func() provision.Answer {
			return client.Patch(ctx, leia, spec.Replace("name.familyName", "Solo"))
		})).To(BeSCIMError(404, ""))
	})

	It("is in no list", spec.Clause("scim.isolation.unlisted"), func(ctx SpecContext) {
		theirs, others := beside(ctx), beside(ctx)
		leia, han := theirs.Create(ctx, theirs.User("Leia Organa")), others.Create(ctx, others.User("Han Solo"))

		Expect(theirs.List(ctx, "/Users")).To(BeListOf(leia))
		Expect(others.List(ctx, "/Users")).To(BeListOf(han))
		Expect(others.Filter(ctx, "/Users", leia.Filter())).To(BeListOf[*spec.Resource]())
	})

	It("may have the same user name and externalId", spec.Clause("scim.isolation.names-are-the-customers"), func(ctx SpecContext) {
		theirs := beside(ctx)
		leia := theirs.Create(ctx, theirs.User("Leia Organa"))
		body := leia.With(spec.Without("id"))

		ours := client.Taken(client.Post(ctx, "/Users", body), body)

		Expect(ours.ID).NotTo(Equal(leia.ID))
		Expect(client.Filter(ctx, "/Users", "externalId eq "+spec.Quoted(body["externalId"].(string)))).To(BeListOf(ours))
		Expect(theirs.Filter(ctx, "/Users", leia.Filter())).To(BeListOf(leia))
	})

	It("stays when ours of the same name goes", spec.Clause("scim.isolation.deletion-stays-at-home"), func(ctx SpecContext) {
		theirs := beside(ctx)
		leia := theirs.Create(ctx, theirs.User("Leia Organa"))
		ours := client.Create(ctx, leia.With(spec.Without("id")))
		before := theirs.Snapshot(ctx, leia)

		spec.Given(client.Delete(ctx, ours)).To(HaveStatus(http.StatusNoContent))

		Expect(theirs.Everywhere(ctx, leia)).To(HaveAttribute("id", leia.ID))
		Expect(theirs.Snapshot(ctx, leia)).To(BeAsItWas(before))
	})

	It("is shown to no other token at their own address", spec.Clause("scim.isolation.token-is-the-customers"), func(ctx SpecContext) {
		token := client.Connection().SCIM.Token
		if token == "" {
			client.NotOffered("its credentials are no bearer token")
		}
		theirs := beside(ctx)
		leia := theirs.Create(ctx, theirs.User("Leia Organa"))

		Expect(theirs.Steadily(ctx, leia, func() provision.Answer {
			return theirs.Get(ctx, leia, spec.Bearing(token))
		})).To(HaveStatus(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound))
	})
})
