package okta

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// far is where no directory reaches: Okta asks once past the end of every list.
const far = "100000001"

var _ = spec.Section("An import", func(okta *spec.Okta, product *spec.Product) {
	It("finds nobody past the end", spec.Clause("okta.import.nobody-past-the-end"), func(ctx SpecContext) {
		client := okta.Client()
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.List(ctx, "/Users", spec.Param("startIndex", "1"), spec.Param("count", "100"))).To(HaveStatus(200))
		spec.Given(client.Get(ctx, han)).To(ShowUser(han.Body["userName"].(string)))

		past := client.List(ctx, "/Users", spec.Param("startIndex", far), spec.Param("count", "100"))

		Expect(past).To(HaveCounter("itemsPerPage", 0))
		Expect(past.List()).To(And(HaveField("Resources", BeEmpty()), HaveField("TotalResults", BeNumerically(">=", 1))))
	})

	It("counts in numbers, on a page that is not the whole list too", spec.Clause("okta.import.counters-are-numbers"), func(ctx SpecContext) {
		client := okta.Client()
		for _, name := range []string{"Han Solo", "Leia Organa"} {
			client.Create(ctx, client.User(name))
		}

		page := client.List(ctx, "/Users", spec.Param("startIndex", "2"), spec.Param("count", "1"))

		Expect(page).To(And(HaveCounter("startIndex", 2), HaveCounter("itemsPerPage", 1)))
		Expect(page.List()).To(HaveField("TotalResults", BeNumerically(">=", 2)))
	})

	It("meets everybody once, though somebody changes meanwhile", spec.Clause("okta.import.order-stays"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		client := okta.Client()
		made := crew(ctx, client, "Han Solo", "Leia Organa", "Lando Calrissian", "Mon Mothma")
		first := client.List(ctx, "/Users", spec.Param("startIndex", "1"), spec.Param("count", "2"))
		spec.Given(ids(first)).To(HaveLen(2))
		last := made[slices.IndexFunc(made, func(r *spec.Resource) bool { return !slices.Contains(ids(first), r.ID) })]
		spec.Given(client.Put(ctx, last, last.With(spec.With("name.givenName", "Captain")))).To(HaveStatus(200))

		second := client.List(ctx, "/Users", spec.Param("startIndex", "3"), spec.Param("count", "2"))

		Expect(ids(first, second)).To(ConsistOf(made[0].ID, made[1].ID, made[2].ID, made[3].ID))
	})

	It("is told who is inactive, so that Okta leaves them out", spec.Clause("okta.import.inactive-told"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		assigned(ctx, okta, "Leia Organa")
		han := assigned(ctx, okta, "Han Solo")
		okta.Unassign(ctx, han)
		spec.Given(okta.Find(ctx, han.Login())).To(ListInactive(han.Login()))

		report, refused := okta.Import(ctx, false)

		spec.Given(refused).To(BeEmpty())
		Expect(report.Users.Scanned).To(Equal(2))
		Expect(report.Skipped).To(Equal(1))
	})

	It("sees what somebody else has changed", spec.Clause("okta.import.sees-changes"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		assigned(ctx, okta, "Han Solo")
		leia, client := assigned(ctx, okta, "Leia Organa"), okta.Client()
		before, _ := okta.Import(ctx, false)
		spec.Given(before.Users).To(Equal(simulator.ImportCount{Scanned: 2, Unchanged: 2}))
		record := okta.RecordOf(leia)
		spec.Given(client.Put(ctx, record, record.With(spec.With("name.familyName", "Solo")))).To(HaveStatus(200))

		report, _ := okta.Import(ctx, false)

		Expect(report.Users).To(Equal(simulator.ImportCount{Scanned: 2, Updated: 1, Unchanged: 1}))
	})

	It("misses who was deleted", spec.Clause("okta.import.misses-the-deleted"), func(ctx SpecContext) {
		okta, _ := product.Found(ctx, spec.Organization{})
		okta.Configure(func(s *simulator.AppSettings) { s.Import.Safeguard = 100 })
		assigned(ctx, okta, "Leia Organa")
		han := assigned(ctx, okta, "Han Solo")
		before, _ := okta.Import(ctx, false)
		spec.Given(before.Users).To(Equal(simulator.ImportCount{Scanned: 2, Unchanged: 2}))
		spec.Given(okta.Client().Delete(ctx, okta.RecordOf(han))).To(HaveStatus(204))

		report, _ := okta.Import(ctx, false)

		Expect(report.Users).To(Equal(simulator.ImportCount{Scanned: 1, Unchanged: 1, Removed: 1}))
	})

	It("reads groups with their members", spec.Clause("okta.import.groups"), func(ctx SpecContext) {
		okta := withGroups(ctx, product)
		client := okta.Client()
		han := client.Create(ctx, client.User("Han Solo"))
		rebels := client.Create(ctx, client.Group("Rebels", []*spec.Resource{han}))
		rogues := client.Create(ctx, client.Group("Rogues", nil))

		report, refused := okta.Import(ctx, true)

		spec.Given(refused).To(BeEmpty())
		Expect(report.Groups).To(Equal(simulator.ImportCount{Scanned: 2, New: 2}))
		Expect(okta.Imported()).To(ConsistOf(
			simulator.ImportedGroup{ExternalID: rebels.ID, Name: rebels.Body["displayName"].(string), Members: []string{han.ID}},
			simulator.ImportedGroup{ExternalID: rogues.ID, Name: rogues.Body["displayName"].(string)},
		))
	})
})

// crew has people made over SCIM, without Okta's knowing.
func crew(ctx context.Context, client *spec.Client, names ...string) []*spec.Resource {
	var made []*spec.Resource
	for _, name := range names {
		made = append(made, client.Create(ctx, client.User(name)))
	}
	return made
}
