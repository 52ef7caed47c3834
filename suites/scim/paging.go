package scim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// pageFrom asks for a page of what a filter finds; without a start or a count that is
// left to the product.
func pageFrom(ctx context.Context, client *spec.Client, collection, filter, start, count string) provision.Answer {
	var how []spec.Asking
	if start != "" {
		how = append(how, spec.Param("startIndex", start))
	}
	if count != "" {
		how = append(how, spec.Param("count", count))
	}
	return client.Filter(ctx, collection, filter, how...)
}

// idsOn are the ids of the resources on a page.
func idsOn(page provision.Answer) []string {
	listed, err := page.Documents()
	ExpectWithOffset(1, err).NotTo(HaveOccurred())
	ids := make([]string, len(listed))
	for i, shown := range listed {
		ids[i] = shown.Text("id")
	}
	return ids
}

// idsOf are the ids of resources that the spec made.
func idsOf(made ...*spec.Resource) []string {
	ids := make([]string, len(made))
	for i, r := range made {
		ids[i] = r.ID
	}
	return ids
}

// walk goes through all pages of what a filter finds, from the first, each of no more
// than count, and lets meanwhile happen after the first. It ends where a page is empty
// or everything was met, and after as many pages as can be right.
func walk(ctx context.Context, client *spec.Client, collection, filter string, count int, meanwhile func()) []string {
	var met []string
	for range 20 {
		page := pageFrom(ctx, client, collection, filter, strconv.Itoa(len(met)+1), strconv.Itoa(count))
		ExpectWithOffset(1, page).To(HaveStatus(200))
		ids := idsOn(page)
		ExpectWithOffset(1, len(ids)).To(BeNumerically("<=", count), "more than were asked for are on one page")
		if len(ids) == 0 {
			return met
		}
		if len(met) == 0 {
			meanwhile()
		}
		met = append(met, ids...)
	}
	return met
}

func nothing() {}

var crewOfFive = []string{"Han Solo", "Leia Organa", "Lando Calrissian", "Luke Skywalker", "Wedge Antilles"}

var _ = spec.OverSCIM("A list in pages", func(client *spec.Client, _ *spec.Product) {
	for _, count := range []int{1, 2, 3} {
		It(fmt.Sprintf("of %d shows everybody once", count), spec.Clause("scim.paging.everybody-once").In(strconv.Itoa(count)), func(ctx SpecContext) {
			five := crew(ctx, client, crewOfFive...)

			Expect(walk(ctx, client, "/Users", everybody(client), count, nothing)).To(ConsistOf(idsOf(five...)))
		})
	}

	It("goes on where the page before it ended", spec.Clause("scim.paging.window"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "1", "2"))).To(Equal(whole[:2]))
		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "3", "2"))).To(Equal(whole[2:4]))
		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "5", "2"))).To(Equal(whole[4:]))
	})

	It("begins with 1", spec.Clause("scim.paging.from-one"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "1", "1"))).To(Equal(whole[:1]))
		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "2", "1"))).To(Equal(whole[1:2]))
	})

	for _, start := range []string{"0", "-3"} {
		It("begins with the first where "+start+" is asked for", spec.Clause("scim.paging.less-than-one").In("from"+start), func(ctx SpecContext) {
			crew(ctx, client, crewOfFive...)
			whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
			spec.Given(whole).To(HaveLen(5))

			page := pageFrom(ctx, client, "/Users", everybody(client), start, "2")

			Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5)))
			Expect(idsOn(page)).To(Equal(whole[:2]))
		})
	}

	for _, count := range []string{"0", "-2"} {
		It("of "+count+" shows nobody, and counts everybody", spec.Clause(countClause[count]), func(ctx SpecContext) {
			crew(ctx, client, crewOfFive...)

			page := pageFrom(ctx, client, "/Users", everybody(client), "", count)

			Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5)))
			Expect(idsOn(page)).To(BeEmpty())
		})
	}

	It("is empty past the end", spec.Clause("scim.paging.past-the-end"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)

		page := pageFrom(ctx, client, "/Users", everybody(client), "6", "2")

		Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5)))
		Expect(idsOn(page)).To(BeEmpty())
	})

	It("shows the last one alone", spec.Clause("scim.paging.last-one"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		page := pageFrom(ctx, client, "/Users", everybody(client), "5", "5")

		Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5), HaveCounter("itemsPerPage", 1)))
		Expect(idsOn(page)).To(Equal(whole[4:]))
	})

	It("goes to the end, or to the product's own bound, where no count is asked for", spec.Clause("scim.paging.defaults").In("start-only"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "4", ""))).To(Equal(whole[3:]))
	})

	It("begins with the first where no start is asked for", spec.Clause("scim.paging.defaults").In("count-only"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)
		whole := idsOn(client.Filter(ctx, "/Users", everybody(client)))
		spec.Given(whole).To(HaveLen(5))

		Expect(idsOn(pageFrom(ctx, client, "/Users", everybody(client), "", "2"))).To(Equal(whole[:2]))
	})

	It("counts in numbers: all, those on the page, and where it begins", spec.Clause("scim.paging.counters"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)

		page := pageFrom(ctx, client, "/Users", everybody(client), "3", "2")

		Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5), HaveCounter("itemsPerPage", 2), HaveCounter("startIndex", 3)))
		Expect(idsOn(page)).To(HaveLen(2))
	})

	It("holds no more than was asked for, whatever is in the directory", spec.Clause("scim.paging.no-more-than-asked"), func(ctx SpecContext) {
		crew(ctx, client, "Han Solo", "Leia Organa")

		page := client.List(ctx, "/Users", spec.Param("count", "1"))

		Expect(page).To(HaveStatus(200))
		Expect(idsOn(page)).To(HaveLen(1))
	})

	It("misses and repeats nobody when somebody comes meanwhile", spec.Clause("scim.paging.steady"), func(ctx SpecContext) {
		five := crew(ctx, client, crewOfFive...)

		met := walk(ctx, client, "/Users", everybody(client), 2, func() { crew(ctx, client, "Admiral Ackbar", "Zeb Orrelios") })

		Expect(slices.DeleteFunc(met, func(id string) bool { return !slices.Contains(idsOf(five...), id) })).To(ConsistOf(idsOf(five...)))
	})

	It("holds no more than the product says that it does", spec.Clause("scim.paging.own-bound"), func(ctx SpecContext) {
		most := maxResults(ctx, client)
		crew(ctx, client, crewOfFive...)

		for _, count := range []string{strconv.Itoa(most + 1), "1000000"} {
			page := pageFrom(ctx, client, "/Users", everybody(client), "", count)
			Expect(page).To(And(HaveStatus(200), HaveCounter("totalResults", 5)))
			Expect(len(idsOn(page))).To(BeNumerically("<=", most))
		}
	})

})

// countClause is the requirement about a page of so many.
var countClause = map[string]string{"0": "scim.paging.count-zero", "-2": "scim.paging.count-negative"}

// maxResults is what the ServiceProviderConfig says of how long a page is at most. A
// product that says nothing is not held to it.
func maxResults(ctx context.Context, client *spec.Client) int {
	value, _ := client.Config(ctx).At("filter.maxResults")
	number, _ := value.(json.Number)
	most, err := strconv.Atoi(number.String())
	if err != nil {
		client.NotOffered("its ServiceProviderConfig names no filter.maxResults")
	}
	return most
}
