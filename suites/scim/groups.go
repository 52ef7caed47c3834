package scim

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// pair is a group of two, and who is in it.
func pair(ctx context.Context, client *spec.Client) (rogues, han, leia *spec.Resource) {
	han, leia = client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
	rogues = client.Create(ctx, client.Group("Rogues", []*spec.Resource{han, leia}))
	return rogues, han, leia
}

// haveMembers holds for a group of exactly these members.
func haveMembers(members ...*spec.Resource) any {
	if len(members) == 0 {
		return nil
	}
	return spec.Members(members...)
}

var _ = spec.OverSCIM("A group", func(_ *spec.Client, product *spec.Product) {
	It("may be empty", spec.Clause("scim.groups.empty"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		body := client.Group("Rogues", nil)

		rogues := client.Taken(client.Post(ctx, "/Groups", body), body)

		Expect(rogues.Made).To(HaveStatus(http.StatusCreated))
		Expect(client.Everywhere(ctx, rogues)).To(And(HaveAttribute("displayName", body["displayName"]), HaveNoAttribute("members")))
	})

	It("has the members with whom it was created", spec.Clause("scim.groups.created-with-members"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
	})

	It("has the groups with which it was created, or is refused", spec.Clause("scim.groups.nested"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
		luke := client.Create(ctx, client.User("Luke Skywalker"))
		body := client.Group("Rebels", []*spec.Resource{luke})
		body["members"] = append(spec.Members(luke), spec.Body{"value": rogues.ID, "type": "Group"})

		answer := client.Post(ctx, "/Groups", body)

		if !answer.OK() {
			Expect(answer).To(BeRefusedOverSCIM())
			Expect(foundOf(ctx, client, body)).To(BeListOf[*spec.Resource]())
			spec.Given(client.Create(ctx, client.Group("Reds", []*spec.Resource{luke})).ID).NotTo(BeEmpty())
			return
		}
		Expect(client.ReadBack(ctx, client.Taken(answer, body))).To(HaveAttribute("members", haveMembers(luke, rogues)))
	})

	It("says of itself that it is a group", spec.Clause("scim.groups.common-attributes"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues := client.Create(ctx, client.Group("Rogues", nil))

		Expect(client.ReadBack(ctx, rogues)).To(And(
			HaveAttribute("schemas", BeSchemasWith(spec.GroupSchema)), HaveAttribute("meta.resourceType", "Group"),
			HaveAttribute("meta.location", HaveSuffix(rogues.Path)), HaveAttribute("meta.created", BeADateTime())))
	})

	for variant, change := range map[string]spec.Change{"without": spec.Without("displayName"), "empty": spec.With("displayName", "")} {
		It("needs a name", spec.Clause("scim.groups.name-required").In(variant), func(ctx SpecContext) {
			client, _ := product.WithGroups(ctx)
			honest := client.Group("Rogues", nil)
			wrong := (&spec.Resource{Body: honest}).With(change)

			Expect(client.Unmade(ctx, honest, func() provision.Answer { return client.Post(ctx, "/Groups", wrong) })).To(BeSCIMError(400, ""))
		})
	}

	It("of a name that is taken is refused, or another group", spec.Clause("scim.groups.same-name"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)

		answer := client.Post(ctx, "/Groups", rogues.With(spec.Without("id"), spec.Without("members")))

		Expect(answer).To(Or(BeSCIMError(409, "uniqueness"), And(HaveStatus(http.StatusCreated), HaveAttribute("id", Not(Equal(rogues.ID))))))
		Expect(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
	})

	It("with a member whom nobody knows is refused, or has the others", spec.Clause("scim.groups.unknown-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		nobody := []any{spec.Body{"value": client.NoID()}}

		answer := client.Patch(ctx, rogues, spec.Add("members", nobody))

		if answer.OK() {
			Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
			return
		}
		Expect(answer).To(BeRefusedOverSCIM())
		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
	})

	It("that is deleted is gone, and its members stay", spec.Clause("scim.groups.deleted"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)

		Expect(client.Delete(ctx, rogues)).To(HaveStatus(http.StatusNoContent))

		Expect(client.Get(ctx, rogues)).To(BeSCIMError(404, ""))
		for _, member := range []*spec.Resource{han, leia} {
			Expect(client.ReadBack(ctx, member)).To(And(HaveAttribute("active", true), HaveAttribute("userName", member.Body["userName"])))
		}
	})

	It("loses a member who is deleted", spec.Clause("scim.groups.loses-deleted-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)

		spec.Given(client.Delete(ctx, han)).To(HaveStatus(http.StatusNoContent))

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(leia)))
	})

	It("is shown with its members, who are", spec.Clause("scim.groups.member-is-a-user"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		shown, _ := client.Get(ctx, rogues).Document()

		for _, member := range shown.Objects("members") {
			Expect(member.Text("value")).To(BeElementOf(han.ID, leia.ID))
			if ref := member.Text("$ref"); ref != "" {
				below, _ := strings.CutPrefix(ref, strings.TrimRight(client.Connection().SCIM.BaseURL, "/"))
				Expect(client.Call(ctx, "GET", "/"+strings.TrimLeft(below, "/"), nil)).To(HaveAttribute("id", member.Text("value")))
			}
		}
		Expect(shown.Objects("members")).To(HaveLen(2))
	})

	It("shows on its members, who cannot choose it themselves", spec.Clause("scim.groups.shown-on-users"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		client.NeedsAttribute(ctx, spec.UserSchema, "groups")
		rogues, han, _ := pair(ctx, client)
		luke := client.Create(ctx, client.User("Luke Skywalker", spec.With("groups", []any{spec.Body{"value": rogues.ID}})))

		Expect(client.Get(ctx, han)).To(HaveAttribute("groups", []any{spec.Body{"value": rogues.ID}}))
		Expect(client.Get(ctx, luke)).To(And(HaveAttribute("userName", luke.Body["userName"]), HaveNoAttribute("groups")))
		Expect(client.Get(ctx, rogues)).To(HaveAttribute("members", HaveLen(2)))
	})
})

var _ = spec.OverSCIM("A change of a group", func(_ *spec.Client, product *spec.Product) {
	It("by PUT replaces its members and its name", spec.Clause("scim.groups.put-replaces"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, _, leia := pair(ctx, client)
		luke := client.Create(ctx, client.User("Luke Skywalker"))
		name := client.Group("Reds", nil)["displayName"]

		client.Put(ctx, rogues, rogues.With(spec.With("displayName", name), spec.With("members", spec.Members(leia, luke))))

		Expect(client.Everywhere(ctx, rogues)).To(And(HaveAttribute("displayName", name), HaveAttribute("members", haveMembers(leia, luke))))
	})

	It("by PUT that says of no members leaves none", spec.Clause("scim.groups.put-clears-members"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, _, _ := pair(ctx, client)

		client.Put(ctx, rogues, rogues.With(spec.With("members", []any{})))

		Expect(client.ReadBack(ctx, rogues)).To(And(HaveAttribute("id", rogues.ID), HaveNoAttribute("members")))
	})

	It("by PATCH adds a member, once", spec.Clause("scim.groups.adds-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		luke := client.Create(ctx, client.User("Luke Skywalker"))

		for range 2 {
			Expect(client.Patch(ctx, rogues, spec.Add("members", spec.Members(luke)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		}

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia, luke)))
	})

	It("by PATCH removes the member whom it names", spec.Clause("scim.groups.removes-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)

		Expect(client.Patch(ctx, rogues, spec.Remove(fmt.Sprintf("members[value eq %q]", han.ID)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(leia)))
	})

	It("by PATCH removes all members", spec.Clause("scim.groups.removes-all"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, _, _ := pair(ctx, client)

		Expect(client.Patch(ctx, rogues, spec.Remove("members"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, rogues)).To(And(HaveAttribute("id", rogues.ID), HaveNoAttribute("members")))
	})

	It("by PATCH replaces all members", spec.Clause("scim.groups.patch-replaces"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, _ := pair(ctx, client)

		Expect(client.Patch(ctx, rogues, spec.Replace("members", spec.Members(han)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han)))
	})

	It("by PATCH renames it, and leaves its members", spec.Clause("scim.groups.renames"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		name := client.Group("Reds", nil)["displayName"]

		Expect(client.Patch(ctx, rogues, spec.Replace("displayName", name))).To(HaveStatus(http.StatusOK, http.StatusNoContent))

		rogues.Body["displayName"] = name
		Expect(client.Everywhere(ctx, rogues)).To(And(HaveAttribute("displayName", name), HaveAttribute("members", haveMembers(han, leia))))
	})

	It("that fails halfway changes nothing", spec.Clause("scim.groups.patch-is-atomic"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, _ := pair(ctx, client)

		Expect(client.Steadily(ctx, rogues, func() provision.Answer {
			return client.Patch(ctx, rogues, spec.Remove(fmt.Sprintf("members[value eq %q]", han.ID)), spec.Replace("displayName", spec.Body{"text": "Empire"}))
		})).To(BeRefusedOverSCIM())
	})

	It("by many at a time loses nobody", spec.Clause("scim.groups.no-member-lost"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues := client.Create(ctx, client.Group("Rogues", nil))
		var pilots []*spec.Resource
		for range 6 {
			pilots = append(pilots, client.Create(ctx, client.User("Clone Trooper")))
		}

		var all sync.WaitGroup
		for _, pilot := range pilots {
			all.Go(func() {
				defer GinkgoRecover()
				client.Patch(ctx, rogues, spec.Add("members", spec.Members(pilot)))
			})
		}
		all.Wait()

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(pilots...)))
	})

	It("may be of hundreds of members", spec.Clause("scim.groups.many-members"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		var troopers []*spec.Resource
		for range 60 {
			troopers = append(troopers, client.Create(ctx, client.User("Clone Trooper")))
		}

		legion := client.Create(ctx, client.Group("Legion", troopers))

		Expect(client.ReadBack(ctx, legion)).To(HaveAttribute("members", haveMembers(troopers...)))
	})
})

var _ = spec.OverSCIM("Who is in a group", func(_ *spec.Client, product *spec.Product) {
	// joined is a group of two of whom the product shows that they are in it; where it
	// shows nobody's groups the spec is unsupported.
	joined := func(ctx SpecContext) (client *spec.Client, rogues, han, leia *spec.Resource) {
		client, _ = product.WithGroups(ctx)
		rogues, han, leia = pair(ctx, client)
		if shows, _ := HaveAttribute("groups", ContainElement(HaveKeyWithValue("value", rogues.ID))).Match(client.Get(ctx, han)); !shows {
			client.NotOffered("its users do not show their groups")
		}
		return client, rogues, han, leia
	}

	It("is shown in it no longer when they left", spec.Clause("scim.groups.shown-no-longer").In("left"), func(ctx SpecContext) {
		client, rogues, han, leia := joined(ctx)

		client.Put(ctx, rogues, rogues.With(spec.With("members", spec.Members(leia))))

		spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(leia)))
		Expect(client.Get(ctx, han)).To(And(HaveAttribute("id", han.ID), HaveNoAttribute("groups")))
		Expect(client.Get(ctx, leia)).To(HaveAttribute("groups", ConsistOf(HaveKeyWithValue("value", rogues.ID))))
	})

	It("is shown in it no longer when it is deleted", spec.Clause("scim.groups.shown-no-longer").In("deleted"), func(ctx SpecContext) {
		client, rogues, han, _ := joined(ctx)

		spec.Given(client.Delete(ctx, rogues)).To(HaveStatus(http.StatusNoContent))

		Expect(client.Get(ctx, han)).To(And(HaveAttribute("id", han.ID), HaveNoAttribute("groups")))
	})

	for variant, change := range map[string]spec.Change{"left-out": spec.Without("groups"), "empty": spec.With("groups", []any{})} {
		It("stays in it when they are replaced", spec.Clause("scim.groups.kept-by-put").In(variant), func(ctx SpecContext) {
			client, _ := product.WithGroups(ctx)
			rogues, han, leia := pair(ctx, client)
			spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))

			spec.Given(client.Put(ctx, han, han.With(change, spec.With("name.familyName", "Organa")))).To(HaveStatus(http.StatusOK))

			spec.Given(client.Get(ctx, han)).To(HaveAttribute("name.familyName", "Organa"))
			Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
		})
	}

	It("is nobody who put themselves there", spec.Clause("scim.groups.not-by-user"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		luke := client.Create(ctx, client.User("Luke Skywalker"))
		spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))

		answer := client.Patch(ctx, luke, spec.Add("groups", []any{spec.Body{"value": rogues.ID}}))

		Expect(answer).To(Or(HaveStatus(http.StatusOK, http.StatusNoContent), BeRefusedOverSCIM()))
		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
		spec.Given(client.Patch(ctx, rogues, spec.Add("members", spec.Members(luke)))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
		spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia, luke)))
	})

	It("is nobody who has only the name of a member that was", spec.Clause("scim.groups.namesake-is-no-member"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		rogues, han, leia := pair(ctx, client)
		spec.Given(client.Get(ctx, rogues)).To(HaveAttribute("members", haveMembers(han, leia)))
		spec.Given(client.Delete(ctx, han)).To(HaveStatus(http.StatusNoContent))

		again := namesake(ctx, client, han.With(spec.Without("id")))

		Expect(client.ReadBack(ctx, rogues)).To(HaveAttribute("members", haveMembers(leia)))
		Expect(client.Get(ctx, again)).To(And(HaveAttribute("userName", han.Body["userName"]), HaveNoAttribute("groups")))
	})
})
