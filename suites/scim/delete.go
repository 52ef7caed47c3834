package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A user that is deleted", func(client *spec.Client, _ *spec.Product) {
	// parted is somebody who was there and has been deleted.
	parted := func(ctx SpecContext) (*spec.Resource, provision.Answer) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("id", han.ID))
		return han, client.Delete(ctx, han)
	}

	It("is answered 204, without a body", spec.Clause("scim.delete.answered"), func(ctx SpecContext) {
		han, answer := parted(ctx)

		Expect(answer).To(HaveStatus(http.StatusNoContent))
		Expect(answer.Body).To(BeEmpty())
		Expect(client.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))
	})

	for variant, again := range map[string]func(SpecContext, *spec.Resource) provision.Answer{
		"read":    func(ctx SpecContext, r *spec.Resource) provision.Answer { return client.Get(ctx, r) },
		"replace": func(ctx SpecContext, r *spec.Resource) provision.Answer { return client.Put(ctx, r, r.With()) },
		"delete":  func(ctx SpecContext, r *spec.Resource) provision.Answer { return client.Delete(ctx, r) },
	} {
		It("is gone: nobody can "+variant+" it", spec.Clause("scim.delete.gone").In(variant), func(ctx SpecContext) {
			han, answer := parted(ctx)
			spec.Given(answer).To(HaveStatus(http.StatusNoContent, http.StatusOK))

			Expect(again(ctx, han)).To(BeSCIMError(404, ""))
		})
	}

	It("cannot be patched either", spec.Clause("scim.delete.gone-for-patch"), func(ctx SpecContext) {
		han, answer := parted(ctx)
		spec.Given(answer).To(HaveStatus(http.StatusNoContent, http.StatusOK))

		Expect(client.Patch(ctx, han, spec.Replace("active", true))).To(BeSCIMError(404, ""))
	})

	It("is in no list any more", spec.Clause("scim.delete.unlisted"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))

		client.Delete(ctx, han)

		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf[*spec.Resource]())
		for _, seen := range client.Everywhere(ctx, han).Seen() {
			Expect(seen.Document).To(BeNil(), seen.Where)
		}
	})

	It("leaves the others", spec.Clause("scim.delete.spares-others"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		before := client.Snapshot(ctx, leia)

		han, _ := parted(ctx)

		spec.Given(client.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))
		Expect(client.Everywhere(ctx, leia)).To(HaveAttribute("id", leia.ID))
		Expect(client.Snapshot(ctx, leia)).To(BeAsItWas(before))
	})

	It("leaves its user name to who comes next, who is somebody else", spec.Clause("scim.delete.frees-user-name"), func(ctx SpecContext) {
		han, _ := parted(ctx)
		spec.Given(client.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))
		body := han.With(spec.Without("id"))

		again := client.Taken(client.Post(ctx, "/Users", body), body)

		Expect(again.ID).NotTo(Equal(han.ID))
		Expect(client.Filter(ctx, "/Users", again.Filter())).To(BeListOf(again))
	})

	It("leaves nothing of itself to who comes next", spec.Clause("scim.delete.forgets"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo", spec.With("displayName", "Nerf Herder")))
		client.Delete(ctx, han)
		spec.Given(client.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))

		again := namesake(ctx, client, spec.Body{"schemas": han.Body["schemas"], "userName": han.Body["userName"]})

		Expect(client.ReadBack(ctx, again)).To(And(
			HaveAttribute("userName", han.Body["userName"]), HaveNoAttribute("externalId"), HaveNoAttribute("emails"), Not(HaveAttribute("displayName", "Nerf Herder"))))
	})

	It("may be one of many that come and go", spec.Clause("scim.delete.come-and-go"), func(ctx SpecContext) {
		body := client.User("Clone Trooper")
		for range 8 {
			trooper := client.Taken(client.Post(ctx, "/Users", body), body)
			Expect(client.Get(ctx, trooper)).To(HaveAttribute("id", trooper.ID))
			Expect(client.Delete(ctx, trooper)).To(HaveStatus(http.StatusNoContent))
			Expect(client.Get(ctx, trooper)).To(HaveStatus(http.StatusNotFound))
		}
	})
})

// namesake is somebody who is created under the user name of who was deleted. Where that
// stays taken, as the standard would rather not have it, the spec is unsupported.
func namesake(ctx SpecContext, client *spec.Client, body spec.Body) *spec.Resource {
	answer := client.Post(ctx, "/Users", body)
	if answer.Status == http.StatusConflict {
		client.NotOffered("the user name of who was deleted stays taken")
	}
	return client.Made(answer, body)
}

var _ = spec.OverSCIM("Nobody", func(client *spec.Client, _ *spec.Product) {
	It("can be deleted", spec.Clause("scim.delete.unknown-is-404"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Call(ctx, "DELETE", "/Users/"+client.NoID(), nil)
		})).To(BeSCIMError(404, ""))
	})
})
