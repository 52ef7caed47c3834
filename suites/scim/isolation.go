package scim

import (
	"context"
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

	for _, asked := range []struct {
		variant, title string
		of             func(ctx context.Context, theirs *spec.Client, leia *spec.Resource, token spec.Asking) provision.Answer
	}{
		{"", "is shown to no other token at their own address", func(ctx context.Context, theirs *spec.Client, leia *spec.Resource, token spec.Asking) provision.Answer {
			return theirs.Get(ctx, leia, token)
		}},
		{"replace", "cannot be replaced by another token at their own address", func(ctx context.Context, theirs *spec.Client, leia *spec.Resource, token spec.Asking) provision.Answer {
			return theirs.Call(ctx, "PUT", leia.Path, leia.With(spec.With("active", false)), token)
		}},
	} {
		It(asked.title, spec.Clause("scim.isolation.token-is-the-customers").In(asked.variant), func(ctx SpecContext) {
			token := client.Connection().SCIM.Token
			if token == "" {
				client.NotOffered("its credentials are no bearer token")
			}
			theirs := beside(ctx)
			leia := theirs.Create(ctx, theirs.User("Leia Organa"))

			Expect(theirs.Steadily(ctx, leia, func() provision.Answer {
				return asked.of(ctx, theirs, leia, spec.Bearing(token))
			})).To(HaveStatus(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound))
		})
	}
})

var _ = spec.OverSCIM("A group of another customer", func(_ *spec.Client, product *spec.Product) {
	// two are clients of two customers of the product, who both have groups.
	two := func(ctx SpecContext) (ours, theirs *spec.Client) {
		first, _ := product.Found(ctx, spec.Organization{Groups: true})
		second, _ := product.Found(ctx, spec.Organization{Groups: true})
		return first.Client(), second.Client()
	}

	for variant, send := range map[string]func(context.Context, *spec.Client, *spec.Resource) provision.Answer{
		"read": func(ctx context.Context, c *spec.Client, r *spec.Resource) provision.Answer { return c.Get(ctx, r) },
		"replace": func(ctx context.Context, c *spec.Client, r *spec.Resource) provision.Answer {
			return c.Call(ctx, "PUT", r.Path, r.With(spec.With("members", []any{})))
		},
		"delete": func(ctx context.Context, c *spec.Client, r *spec.Resource) provision.Answer {
			return c.Call(ctx, "DELETE", r.Path, nil)
		},
	} {
		It("is not there, and nobody can "+variant+" it", spec.Clause("scim.isolation.groups").In(variant), func(ctx SpecContext) {
			ours, theirs := two(ctx)
			rogues, _, _ := pair(ctx, theirs)

			Expect(theirs.Steadily(ctx, rogues, func() provision.Answer { return send(ctx, ours, rogues) })).To(BeSCIMError(404, ""))
		})
	}

	It("takes nobody in by PATCH", spec.Clause("scim.isolation.groups-for-patch"), func(ctx SpecContext) {
		ours, theirs := two(ctx)
		rogues, _, _ := pair(ctx, theirs)
		luke := ours.Create(ctx, ours.User("Luke Skywalker"))

		Expect(theirs.Steadily(ctx, rogues, func() provision.Answer {
			return ours.Patch(ctx, rogues, spec.Add("members", spec.Members(luke)))
		})).To(BeSCIMError(404, ""))
	})

	It("is in no list", spec.Clause("scim.isolation.groups-unlisted"), func(ctx SpecContext) {
		ours, theirs := two(ctx)
		rogues, reds := theirs.Create(ctx, theirs.Group("Rogues", nil)), ours.Create(ctx, ours.Group("Reds", nil))

		Expect(theirs.List(ctx, "/Groups")).To(BeListOf(rogues))
		Expect(ours.List(ctx, "/Groups")).To(BeListOf(reds))
		Expect(ours.Filter(ctx, "/Groups", rogues.Filter())).To(BeListOf[*spec.Resource]())
	})

	It("has members of its own customer only", spec.Clause("scim.isolation.stranger-is-no-member"), func(ctx SpecContext) {
		ours, theirs := two(ctx)
		leia, han := theirs.Create(ctx, theirs.User("Leia Organa")), ours.Create(ctx, ours.User("Han Solo"))
		rogues := ours.Create(ctx, ours.Group("Rogues", []*spec.Resource{han}))
		before := theirs.Snapshot(ctx, leia)
		spec.Given(before.Shown).To(HaveAttribute("id", leia.ID))

		answer := ours.Put(ctx, rogues, rogues.With(spec.With("members", spec.Members(han, leia))))

		Expect(answer).To(Or(HaveStatus(http.StatusOK), BeRefusedOverSCIM()))
		Expect(ours.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han)))
		Expect(theirs.Snapshot(ctx, leia)).To(BeAsItWas(before))
	})
})

var _ = spec.OverSCIM("A search by one customer", func(client *spec.Client, product *spec.Product) {
	It("finds nobody of another", spec.Clause("scim.isolation.search"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		theirs := okta.Client()
		leia, han := theirs.Create(ctx, theirs.User("Leia Organa")), client.Create(ctx, client.User("Han Solo"))
		either := leia.Filter() + " or " + han.Filter()

		Expect(theirs.Search(ctx, "/Users", spec.Body{"filter": either})).To(BeListOf(leia))
		Expect(client.Search(ctx, "/Users", spec.Body{"filter": either})).To(BeListOf(han))
	})
})
