package scim

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// pageAt asks for the page at a cursor, of no more than count. The empty cursor is the
// beginning (RFC 9865 section 2.1).
func pageAt(ctx context.Context, client *spec.Client, filter, cursor string, count int) provision.Answer {
	return client.Filter(ctx, "/Users", filter, spec.Param("cursor", cursor), spec.Param("count", strconv.Itoa(count)))
}

// nextCursor is where the page says that the next one is; empty for none.
func nextCursor(page provision.Answer) string {
	list, err := page.Document()
	ExpectWithOffset(2, err).NotTo(HaveOccurred())
	return list.Text("nextCursor")
}

// follow goes from cursor to cursor through everybody whom a filter finds, as [turn] does.
func follow(ctx context.Context, client *spec.Client, filter string, count int, meanwhile func()) []string {
	GinkgoHelper()
	return turn(count, meanwhile, func(cursor string) provision.Answer { return pageAt(ctx, client, filter, cursor, count) })
}

// turn goes from cursor to cursor through the pages of a list, and lets meanwhile happen
// after the first. It ends where no further page is named, and after as many pages as can
// be right.
func turn(count int, meanwhile func(), pageAt func(cursor string) provision.Answer) []string {
	GinkgoHelper()
	var met []string
	cursor := ""
	for range 20 {
		page := pageAt(cursor)
		Expect(page).To(HaveStatus(http.StatusOK))
		ids := idsOn(page)
		Expect(len(ids)).To(BeNumerically("<=", count), "more than were asked for are on one page")
		met = append(met, ids...)
		if cursor == "" {
			meanwhile()
		}
		if cursor = nextCursor(page); cursor == "" {
			return met
		}
	}
	return met
}

var _ = spec.OverSCIM("A list by cursor", func(client *spec.Client, _ *spec.Product) {
	for _, count := range []int{1, 2, 5} {
		It("of "+strconv.Itoa(count)+" shows everybody once", spec.Clause("scim.cursor.everybody-once").In(strconv.Itoa(count)), func(ctx SpecContext) {
			five := crew(ctx, client, crewOfFive...)

			Expect(follow(ctx, client, everybody(client), count, nothing)).To(ConsistOf(idsOf(five...)))
		})
	}

	It("begins with the empty cursor, and says where it goes on", spec.Clause("scim.cursor.begins"), func(ctx SpecContext) {
		crew(ctx, client, crewOfFive...)

		first := pageAt(ctx, client, everybody(client), "", 2)

		Expect(first).To(HaveStatus(http.StatusOK))
		Expect(idsOn(first)).To(HaveLen(2))
		Expect(nextCursor(first)).NotTo(BeEmpty())
		Expect(idsOn(pageAt(ctx, client, everybody(client), nextCursor(first), 2))).NotTo(ContainElements(idsOn(first)[0]))
	})

	It("names no cursor where nothing follows", spec.Clause("scim.cursor.ends"), func(ctx SpecContext) {
		five := crew(ctx, client, crewOfFive...)

		page := pageAt(ctx, client, everybody(client), "", 50)

		Expect(page).To(HaveStatus(http.StatusOK))
		Expect(idsOn(page)).To(ConsistOf(idsOf(five...)))
		Expect(nextCursor(page)).To(BeEmpty())
	})

	It("misses and repeats nobody when somebody comes or goes meanwhile", spec.Clause("scim.cursor.steady"), func(ctx SpecContext) {
		five := crew(ctx, client, crewOfFive...)
		var gone string

		met := follow(ctx, client, everybody(client), 2, func() {
			crew(ctx, client, "Admiral Ackbar", "Zeb Orrelios")
			first := idsOn(pageAt(ctx, client, everybody(client), "", 1))
			spec.Given(first).To(HaveLen(1))
			leaves := slices.IndexFunc(five, func(r *spec.Resource) bool { return r.ID == first[0] })
			spec.Given(leaves).NotTo(Equal(-1))
			gone = five[leaves].ID
			spec.Given(client.Delete(ctx, five[leaves])).To(HaveStatus(http.StatusNoContent))
		})

		stayed := slices.DeleteFunc(idsOf(five...), func(id string) bool { return id == gone })
		Expect(slices.DeleteFunc(met, func(id string) bool { return !slices.Contains(stayed, id) })).To(ConsistOf(stayed))
	})

	for _, c := range []struct{ variant, title, cursor string }{
		{"made-up", "that was made up", "rollcall"},
		{"broken", "that is no text of a cursor", "%00\"'"},
	} {
		It("refuses a cursor "+c.title, spec.Clause("scim.cursor.invalid").In(c.variant), func(ctx SpecContext) {
			crew(ctx, client, crewOfFive...)
			spec.Given(pageAt(ctx, client, everybody(client), "", 2)).To(HaveStatus(http.StatusOK))

			Expect(pageAt(ctx, client, everybody(client), c.cursor, 2)).To(BeSCIMError(http.StatusBadRequest, "invalidCursor"))
			spec.Given(pageAt(ctx, client, everybody(client), "", 2)).To(HaveStatus(http.StatusOK))
		})
	}

	It("shows nothing of another list by its cursor", spec.Clause("scim.cursor.bound-to-its-list"), func(ctx SpecContext) {
		five := crew(ctx, client, crewOfFive...)
		first := pageAt(ctx, client, everybody(client), "", 1)
		spec.Given(first).To(HaveStatus(http.StatusOK))
		cursor := nextCursor(first)
		spec.Given(cursor).NotTo(BeEmpty())
		narrow := five[0].Filter()

		answer := pageAt(ctx, client, narrow, cursor, 50)

		if answer.OK() {
			Expect(idsOn(answer)).To(Or(BeEmpty(), ConsistOf(five[0].ID)))
		} else {
			Expect(answer).To(BeSCIMError(http.StatusBadRequest, ""))
		}
		spec.Given(pageAt(ctx, client, everybody(client), "", 2)).To(HaveStatus(http.StatusOK))
	})

	for _, order := range []string{"ascending", "descending"} {
		It("keeps its order from page to page, "+order, spec.Clause("scim.cursor.sorted").In(order), func(ctx SpecContext) {
			people := crew(ctx, client, "Lando Calrissian", "Ahsoka Tano", "Han Solo", "Boba Fett", "Cassian Andor")
			want := idsOf(people[1], people[3], people[4], people[2], people[0])
			if order == "descending" {
				slices.Reverse(want)
			}

			met := turn(2, nothing, func(cursor string) provision.Answer {
				return client.Filter(ctx, "/Users", everybody(client), spec.Param("cursor", cursor), spec.Param("count", "2"),
					spec.Param("sortBy", "displayName"), spec.Param("sortOrder", order))
			})

			Expect(met).To(Equal(want))
		})
	}

	It("shows everybody once to a search by POST", spec.Clause("scim.cursor.search"), func(ctx SpecContext) {
		five := crew(ctx, client, crewOfFive...)

		met := turn(2, nothing, func(cursor string) provision.Answer {
			return client.Search(ctx, "/Users", spec.Body{"filter": everybody(client), "cursor": cursor, "count": 2})
		})

		Expect(met).To(ConsistOf(idsOf(five...)))
	})

	It("is offered where the product says so", spec.Clause("scim.cursor.announced"), func(ctx SpecContext) {
		crew(ctx, client, "Han Solo")
		spec.Given(pageAt(ctx, client, everybody(client), "", 1)).To(HaveStatus(http.StatusOK))

		Expect(client.Config(ctx)).To(HaveAttribute("pagination.cursor", true))
	})
})

var _ = spec.OverSCIM("A list of groups by cursor", func(_ *spec.Client, product *spec.Product) {
	It("shows every group once", spec.Clause("scim.cursor.groups"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		var made []*spec.Resource
		for _, name := range []string{"Pilots", "Rogues", "Smugglers", "Senators", "Bounty hunters"} {
			made = append(made, client.Create(ctx, knownGroup(client, name)))
		}

		met := turn(2, nothing, func(cursor string) provision.Answer {
			return client.Filter(ctx, "/Groups", groups(client), spec.Param("cursor", cursor), spec.Param("count", "2"))
		})

		Expect(met).To(ConsistOf(idsOf(made...)))
	})
})
