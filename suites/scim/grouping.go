package scim

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// What lists, PATCH and bulk requests owe users they owe groups as well.

// knownGroup is a group whose name begins with the tag of the spec, as [known] is a
// person; groups is a filter that the groups of this spec match and nobody else's.
func knownGroup(client *spec.Client, name string) spec.Body {
	return client.Group(name, nil, spec.With("displayName", client.Tag()+"."+name))
}

func groups(client *spec.Client) string { return "displayName sw " + spec.Quoted(client.Tag()+".") }

var _ = spec.OverSCIM("A change of a group by PATCH", func(_ *spec.Client, product *spec.Product) {
	It("changes nothing where a part of it is wrong", spec.Clause("scim.patch.atomic-group"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		pilots := client.Create(ctx, client.Group("Pilots", []*spec.Resource{han}))

		answer := client.Steadily(ctx, pilots, func() provision.Answer {
			return client.Patch(ctx, pilots, spec.Add("members", spec.Members(leia)), spec.Replace("blaster", "DL-44"))
		})

		Expect(answer).To(BeSCIMError(http.StatusBadRequest, ""))
	})

	It("changes nothing where it removes who is no member", spec.Clause("scim.patch.remove-absent"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		pilots := client.Create(ctx, client.Group("Pilots", []*spec.Resource{han}))
		spec.Given(client.Get(ctx, pilots)).To(HaveAttribute("members", ConsistOf(HaveKeyWithValue("value", han.ID))))
		before := client.Snapshot(ctx, pilots)

		Expect(client.Patch(ctx, pilots, spec.Remove("members[value eq "+spec.Quoted(leia.ID)+"]"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.Snapshot(ctx, pilots).Difference(before)).To(BeEmpty())
	})
})

var _ = spec.OverSCIM("A list of groups", func(_ *spec.Client, product *spec.Product) {
	It("is filtered by the name, by every operator for texts", spec.Clause("scim.filter.groups"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		pilots := client.Create(ctx, knownGroup(client, "Pilots"))
		client.Create(ctx, knownGroup(client, "Rogues"))

		for _, filter := range []string{
			`displayName eq "TAG.Pilots"`, `displayName sw "TAG." and displayName ne "TAG.Rogues"`, `displayName co "TAG.Pil"`,
			`displayName sw "TAG.P"`, `displayName sw "TAG." and displayName ew "lots"`, `displayName pr and displayName eq "TAG.Pilots"`,
		} {
			Expect(client.Filter(ctx, "/Groups", strings.ReplaceAll(filter, "TAG", client.Tag()))).To(BeListOf(pilots))
		}
	})

	It("is filtered by what the client calls a group, case and all", spec.Clause("scim.filter.group-external-id"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		exact := "Grp-" + client.Tag() + "-aBc"
		pilots := client.Create(ctx, client.Group("Pilots", nil, spec.With("externalId", exact)))
		client.Create(ctx, client.Group("Rogues", nil, spec.With("externalId", strings.ToUpper(exact))))

		Expect(client.Filter(ctx, "/Groups", "externalId eq "+spec.Quoted(exact))).To(BeListOf(pilots))
		Expect(client.Filter(ctx, "/Groups", "externalId eq "+spec.Quoted(strings.ToLower(exact)))).To(BeListOf[*spec.Resource]())
	})

	It("is matched by its members: people are filtered by their groups", spec.Clause("scim.filter.by-group"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han := client.Create(ctx, known(client, "Han Solo"))
		client.Create(ctx, known(client, "Leia Organa"))
		pilots := client.Create(ctx, client.Group("Pilots", []*spec.Resource{han}))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("groups", ContainElement(HaveKeyWithValue("value", pilots.ID))))

		Expect(client.Filter(ctx, "/Users", "groups.value eq "+spec.Quoted(pilots.ID))).To(BeListOf(han))
	})

	It("is filtered by who is in them", spec.Clause("scim.filter.by-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han, leia := client.Create(ctx, known(client, "Han Solo")), client.Create(ctx, known(client, "Leia Organa"))
		pilots := client.Create(ctx, client.Group("Pilots", []*spec.Resource{han, leia}))
		rogues := client.Create(ctx, client.Group("Rogues", []*spec.Resource{leia}))
		client.Create(ctx, knownGroup(client, "Empty"))

		Expect(client.Filter(ctx, "/Groups", "members.value eq "+spec.Quoted(han.ID))).To(BeListOf(pilots))
		Expect(client.Filter(ctx, "/Groups", "members[value eq "+spec.Quoted(leia.ID)+"]")).To(BeListOf(pilots, rogues))
	})

	It("shows every group once, page by page", spec.Clause("scim.paging.groups"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		made := make([]*spec.Resource, 3)
		for i, name := range []string{"Pilots", "Rogues", "Smugglers"} {
			made[i] = client.Create(ctx, knownGroup(client, name))
		}

		Expect(pageFrom(ctx, client, "/Groups", groups(client), "2", "1")).To(And(HaveCounter("totalResults", 3), HaveCounter("itemsPerPage", 1)))
		Expect(walk(ctx, client, "/Groups", groups(client), 2, nothing)).To(ConsistOf(idsOf(made...)))
	})

	It("rises and falls", spec.Clause("scim.sort.groups"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, pilots := client.Create(ctx, knownGroup(client, "Rogues")), client.Create(ctx, knownGroup(client, "Pilots"))
		by := spec.Param("sortBy", "displayName")

		Expect(client.Filter(ctx, "/Groups", groups(client), by)).To(BeListInOrder(pilots, rogues))
		Expect(client.Filter(ctx, "/Groups", groups(client), by, spec.Param("sortOrder", "descending"))).To(BeListInOrder(rogues, pilots))
	})

	It("is searched by POST", spec.Clause("scim.search.groups"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		pilots := client.Create(ctx, knownGroup(client, "Pilots"))
		client.Create(ctx, knownGroup(client, "Rogues"))

		Expect(client.Search(ctx, "/Groups", spec.Body{"filter": pilots.Filter()})).To(BeListOf(pilots))
	})

	It("is searched together with people", spec.Clause("scim.search.every-type"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		title := client.Tag() + ".Pilots"
		han := client.Create(ctx, known(client, "Han Solo", spec.With("displayName", title)))
		leia := client.Create(ctx, known(client, "Leia Organa"))
		pilots := client.Create(ctx, knownGroup(client, "Pilots"))

		Expect(client.Search(ctx, "", spec.Body{"filter": "displayName eq " + spec.Quoted(title)})).To(BeListOf(han, pilots))
		Expect(client.Search(ctx, "", spec.Body{"filter": everybody(client)})).To(BeListOf(han, leia))
	})
})

var _ = spec.OverSCIM("A bulk request about groups", func(_ *spec.Client, product *spec.Product) {
	It("puts who it makes into the group that it makes", spec.Clause("scim.bulk.reference"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han, pilots := client.User("Han Solo"), client.Group("Pilots", nil)
		pilots["members"] = []any{spec.Body{"type": "User", "value": "bulkId:qwerty"}}

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("qwerty", "/Users", han), making("ytrewq", "/Groups", pilots))))

		who, group := madeBy(client, resultOf(all, "qwerty"), han), madeBy(client, resultOf(all, "ytrewq"), pilots)
		Expect(client.Get(ctx, group)).To(HaveAttribute("members", ConsistOf(HaveKeyWithValue("value", who.ID))))
		Expect(client.ReadBack(ctx, who)).To(HaveAttribute("userName", han["userName"]))
	})

	It("puts who it makes later into the group that it makes, or makes no group", spec.Clause("scim.bulk.reference").In("forward"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		han, pilots := client.User("Han Solo"), client.Group("Pilots", nil)
		pilots["members"] = []any{spec.Body{"type": "User", "value": "bulkId:qwerty"}}

		all := results(client.Post(ctx, "/Bulk", bulkOf(making("ytrewq", "/Groups", pilots), making("qwerty", "/Users", han))))

		who := madeBy(client, resultOf(all, "qwerty"), han)
		spec.Given(client.Get(ctx, who)).To(HaveAttribute("userName", han["userName"]))
		if made := resultOf(all, "ytrewq"); strings.HasPrefix(status(made), "4") {
			Expect(foundOf(ctx, client, pilots)).To(BeListOf[*spec.Resource]())
			return
		}
		Expect(client.Get(ctx, madeBy(client, resultOf(all, "ytrewq"), pilots))).To(HaveAttribute("members", ConsistOf(HaveKeyWithValue("value", who.ID))))
	})

	It("with references in a circle keeps them all, or none", spec.Clause("scim.bulk.circle"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		pilots, rogues := client.Group("Pilots", nil), client.Group("Rogues", nil)
		pilots["members"] = []any{spec.Body{"type": "Group", "value": "bulkId:rogues"}}
		rogues["members"] = []any{spec.Body{"type": "Group", "value": "bulkId:pilots"}}

		answer := client.Post(ctx, "/Bulk", bulkOf(making("pilots", "/Groups", pilots), making("rogues", "/Groups", rogues)))

		if answer.Status == http.StatusConflict || status(resultOf(results(answer), "pilots")) == "409" {
			Expect(foundOf(ctx, client, pilots)).To(BeListOf[*spec.Resource]())
			Expect(foundOf(ctx, client, rogues)).To(BeListOf[*spec.Resource]())
			spec.Given(client.Create(ctx, client.Group("Smugglers", nil)).ID).NotTo(BeEmpty())
			return
		}
		all := results(answer)
		first, second := madeBy(client, resultOf(all, "pilots"), pilots), madeBy(client, resultOf(all, "rogues"), rogues)
		Expect(client.Get(ctx, first)).To(HaveAttribute("members", ConsistOf(HaveKeyWithValue("value", second.ID))))
		Expect(client.Get(ctx, second)).To(HaveAttribute("members", ConsistOf(HaveKeyWithValue("value", first.ID))))
	})
})

// foundOf looks for a group that was to be made.
func foundOf(ctx context.Context, client *spec.Client, body spec.Body) provision.Answer {
	wanted := spec.Resource{Path: "/Groups/", Body: body}
	return client.Filter(ctx, "/Groups", wanted.Filter())
}
