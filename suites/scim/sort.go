package scim

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A list that is sorted", func(client *spec.Client, _ *spec.Product) {
	for _, c := range []struct {
		clause, title string
		how           []spec.Asking
		backwards     bool
	}{
		{"scim.sort.ascending-by-default", "rises where nothing else is asked for", nil, false},
		{"scim.sort.ascending", "rises", []spec.Asking{spec.Param("sortOrder", "ascending")}, false},
		{"scim.sort.descending", "falls", []spec.Asking{spec.Param("sortOrder", "descending")}, true},
	} {
		It(c.title, spec.Clause(c.clause), func(ctx SpecContext) {
			people := crew(ctx, client, "Han Solo", "Lando Calrissian", "Ackbar Gial")
			want := []*spec.Resource{people[2], people[0], people[1]}
			if c.backwards {
				want = []*spec.Resource{people[1], people[0], people[2]}
			}

			Expect(client.Filter(ctx, "/Users", everybody(client), append(c.how, spec.Param("sortBy", "displayName"))...)).To(BeListInOrder(want...))
		})
	}

	It("goes by a part of a complex attribute", spec.Clause("scim.sort.by-part"), func(ctx SpecContext) {
		people := crew(ctx, client, "Ahsoka Tano", "Boba Fett", "Cassian Andor")

		Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "name.familyName"))).
			To(BeListInOrder(people[2], people[1], people[0]))
	})

	It("passes over case where the attribute does", spec.Clause("scim.sort.case-folded"), func(ctx SpecContext) {
		people := crew(ctx, client, "han Solo", "Leia Organa", "Chewbacca Wookiee")

		Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "displayName"))).
			To(BeListInOrder(people[2], people[0], people[1]))
	})

	It("minds case where the attribute does", spec.Clause("scim.sort.case-exact"), func(ctx SpecContext) {
		first := client.Create(ctx, known(client, "Han Solo", spec.With("externalId", "a-"+client.Tag())))
		small := client.Create(ctx, known(client, "Leia Organa", spec.With("externalId", "b-"+client.Tag())))
		capital := client.Create(ctx, known(client, "Lando Calrissian", spec.With("externalId", "B-"+client.Tag())))

		rises := client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "externalId"))
		falls := client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "externalId"), spec.Param("sortOrder", "descending"))

		// By code points capitals come before all small letters, by an alphabet beside their own.
		Expect(rises).To(Or(BeListInOrder(capital, first, small), BeListInOrder(first, capital, small), BeListInOrder(first, small, capital)))
		backwards := idsOn(rises)
		slices.Reverse(backwards)
		Expect(idsOn(falls)).To(Equal(backwards), "who is not the same in exact case has an order, which turns round")
	})

	for _, c := range []struct{ order, title string }{
		{"ascending", "puts last who has no value"}, {"descending", "puts first who has no value, where it falls"},
	} {
		It(c.title, spec.Clause("scim.sort.no-value").In(c.order), func(ctx SpecContext) {
			none := client.Create(ctx, known(client, "Han Solo", spec.Without("externalId")))
			some := client.Create(ctx, known(client, "Leia Organa"))
			spec.Given(client.Get(ctx, none)).To(HaveNoAttribute("externalId"))
			want := []*spec.Resource{some, none}
			if c.order == "descending" {
				want = []*spec.Resource{none, some}
			}

			Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "externalId"), spec.Param("sortOrder", c.order))).To(BeListInOrder(want...))
		})
	}

	It("goes by the primary value of many, or else by the first", spec.Clause("scim.sort.by-primary"), func(ctx SpecContext) {
		address := func(kind, name string) spec.Body { return email(kind, name+"."+client.Tag()+"@rollcall.test") }
		zulu := address("home", "zulu")
		zulu["primary"] = true
		han := client.Create(ctx, known(client, "Han Solo", spec.With("emails", []any{address("work", "alpha"), zulu})))
		leia := client.Create(ctx, known(client, "Leia Organa", spec.With("emails", []any{address("work", "mike"), address("home", "bravo")})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", han.Body["emails"]))

		Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "emails.value"))).To(BeListInOrder(leia, han))
		Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "emails"))).To(BeListInOrder(leia, han))
	})

	It("is sorted as a whole, not page by page", spec.Clause("scim.sort.through-pages"), func(ctx SpecContext) {
		people := crew(ctx, client, "Lando Calrissian", "Han Solo", "Ackbar Gial", "Cassian Andor")
		by := func(start string) []string {
			return idsOn(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", "displayName"), spec.Param("startIndex", start), spec.Param("count", "2")))
		}

		Expect(by("1")).To(Equal(idsOf(people[2], people[3])))
		Expect(by("3")).To(Equal(idsOf(people[1], people[0])))
	})

	It("names the attribute in any case, and with its schema", spec.Clause("scim.sort.names-in-any-case"), func(ctx SpecContext) {
		people := crew(ctx, client, "Lando Calrissian", "Han Solo")

		for _, by := range []string{"DISPLAYNAME", spec.UserSchema + ":displayName"} {
			Expect(client.Filter(ctx, "/Users", everybody(client), spec.Param("sortBy", by))).To(BeListInOrder(people[1], people[0]))
		}
	})

})
