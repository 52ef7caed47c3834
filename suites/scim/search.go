package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A search by POST", func(client *spec.Client, _ *spec.Product) {
	It("finds what a list with the same filter shows", spec.Clause("scim.search.users"), func(ctx SpecContext) {
		han, leia := client.Create(ctx, known(client, "Han Solo")), client.Create(ctx, known(client, "Leia Organa"))

		Expect(client.Search(ctx, "/Users", spec.Body{"filter": han.Filter()})).To(BeListOf(han))
		Expect(client.Search(ctx, "/Users", spec.Body{"filter": everybody(client)})).To(BeListOf(han, leia))
	})

	It("makes nobody, whatever it says", spec.Clause("scim.search.makes-nobody"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo"))
		spec.Given(client.Search(ctx, "/Users", spec.Body{"filter": everybody(client)})).To(BeListOf(han))

		search := known(client, "Leia Organa")
		search["schemas"], search["filter"] = []string{spec.SearchSchema}, everybody(client)
		client.Search(ctx, "/Users", search)

		Expect(client.Filter(ctx, "/Users", everybody(client))).To(BeListOf(han))
	})

	It("goes by pages", spec.Clause("scim.search.pages"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		page := client.Search(ctx, "/Users", spec.Body{"filter": everybody(client), "startIndex": 2, "count": 3})

		Expect(page).To(And(HaveCounter("totalResults", 5), HaveCounter("startIndex", 2), HaveCounter("itemsPerPage", 3)))
		Expect(idsOn(page)).To(Equal(whole[1:4]))
	})

	It("shows the attributes that are asked for", spec.Clause("scim.search.attributes"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo"))

		only := client.Search(ctx, "/Users", spec.Body{"filter": han.Filter(), "attributes": []string{"displayName"}})
		less := client.Search(ctx, "/Users", spec.Body{"filter": han.Filter(), "excludedAttributes": []string{"displayName"}})

		Expect(only).To(BeListOf(han))
		Expect(oneOf(only)).To(And(HaveAttribute("displayName", "Han Solo"), HaveNoAttribute("name"), HaveNoAttribute("userName")))
		Expect(less).To(BeListOf(han))
		Expect(oneOf(less)).To(And(HaveNoAttribute("displayName"), HaveAttribute("name", han.Body["name"])))
	})

	It("is sorted as is asked for", spec.Clause("scim.search.sorted"), func(ctx SpecContext) {
		people := crew(ctx, client, "Lando Calrissian", "Ackbar Gial", "Han Solo")

		Expect(client.Search(ctx, "/Users", spec.Body{"filter": everybody(client), "sortBy": "displayName", "sortOrder": "descending"})).
			To(BeListInOrder(people[0], people[2], people[1]))
	})

	It("below the base URL finds people", spec.Clause("scim.search.everywhere"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo"))
		client.Create(ctx, known(client, "Leia Organa"))

		Expect(client.Search(ctx, "", spec.Body{"filter": han.Filter()})).To(BeListOf(han))
	})

	It("that names no schema is refused", spec.Clause("scim.search.schema-required"), func(ctx SpecContext) {
		han := client.Create(ctx, known(client, "Han Solo"))

		answer := client.Call(ctx, "POST", "/Users/.search", spec.Body{"filter": han.Filter()})

		Expect(answer).To(BeSCIMError(http.StatusBadRequest, ""))
		Expect(client.Search(ctx, "/Users", spec.Body{"filter": han.Filter()})).To(BeListOf(han))
	})

	for _, wrong := range []string{`userName regex ".*"`, `userName eq`, `(userName pr`} {
		It("with a filter that is none is refused: "+wrong, spec.Clause("scim.search.wrong-filter").In(searchVariant[wrong]), func(ctx SpecContext) {
			han := client.Create(ctx, known(client, "Han Solo"))

			Expect(client.Search(ctx, "/Users", spec.Body{"filter": wrong})).To(BeSCIMError(http.StatusBadRequest, "invalidFilter"))
			Expect(client.Search(ctx, "/Users", spec.Body{"filter": han.Filter()})).To(BeListOf(han))
		})
	}
})

// searchVariant names the filters that are none.
var searchVariant = map[string]string{`userName regex ".*"`: "unknown-operator", `userName eq`: "no-value", `(userName pr`: "bracket"}

// oneOf is the one resource of a list, to be judged like any other.
func oneOf(list provision.Answer) provision.Document {
	listed, err := list.Documents()
	ExpectWithOffset(1, err).NotTo(HaveOccurred())
	ExpectWithOffset(1, listed).To(HaveLen(1))
	return listed[0]
}
