package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// ways are the requests with which identity providers deactivate and reactivate.
var ways = []struct {
	name string
	send func(SpecContext, *spec.Client, *spec.Resource, bool) provision.Answer
}{
	{"put", func(ctx SpecContext, c *spec.Client, r *spec.Resource, active bool) provision.Answer {
		return c.Put(ctx, r, r.With(spec.With("active", active)))
	}},
	{"patch-path", func(ctx SpecContext, c *spec.Client, r *spec.Resource, active bool) provision.Answer {
		return c.Patch(ctx, r, spec.Replace("active", active))
	}},
	{"patch-value", func(ctx SpecContext, c *spec.Client, r *spec.Resource, active bool) provision.Answer {
		return c.Patch(ctx, r, spec.Replace("", spec.Body{"active": active}))
	}},
}

var _ = spec.OverSCIM("A user who is deactivated", func(client *spec.Client, _ *spec.Product) {
	for _, way := range ways {
		clause := func(name string) spec.Citation {
			if way.name == "put" {
				return spec.Clause("scim.lifecycle." + name)
			}
			return spec.Clause("scim.lifecycle." + name + "-by-patch").In(way.name)
		}

		It("by "+way.name+" is shown inactive, by id, in the list and by a filter", clause("deactivates"), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("active", true))

			Expect(way.send(ctx, client, han, false)).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			Expect(client.Everywhere(ctx, han)).To(HaveAttribute("active", false))
		})

		It("by "+way.name+" comes back as they were", clause("reactivates"), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			way.send(ctx, client, han, false)
			spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("active", false))

			Expect(way.send(ctx, client, han, true)).To(HaveStatus(http.StatusOK, http.StatusNoContent))

			Expect(client.ReadBack(ctx, han)).To(And(
				HaveAttribute("active", true), HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"]),
				HaveAttribute("name", han.Body["name"]), HaveAttribute("externalId", han.Body["externalId"])))
		})
	}

	It("keeps everything else", spec.Clause("scim.lifecycle.keeps-the-rest"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		before := client.Snapshot(ctx, han).Shown

		client.Put(ctx, han, han.With(spec.With("active", false)))

		after := client.Snapshot(ctx, han).Shown
		spec.Given(after).To(HaveAttribute("active", false))
		Expect(before.Difference(after)).To(HaveEach(BeElementOf("active", "meta")))
	})

	It("keeps the user name, which nobody else can have", spec.Clause("scim.lifecycle.inactive-name-taken"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		client.Put(ctx, han, han.With(spec.With("active", false)))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("active", false))

		Expect(client.Post(ctx, "/Users", client.User("Greedo", spec.With("userName", han.Body["userName"])))).To(BeSCIMError(409, "uniqueness"))

		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
		Expect(client.Put(ctx, han, han.With(spec.With("active", true)))).To(HaveStatus(http.StatusOK))
		Expect(client.Get(ctx, han)).To(And(HaveAttribute("active", true), HaveAttribute("name.familyName", "Solo")))
	})

	It("twice is deactivated once", spec.Clause("scim.lifecycle.twice-is-once"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		client.Put(ctx, han, han.With(spec.With("active", false)))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("active", false))

		Expect(client.Put(ctx, han, han.With())).To(HaveStatus(http.StatusOK))

		Expect(client.Everywhere(ctx, han)).To(HaveAttribute("active", false))
	})
})
