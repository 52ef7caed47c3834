package okta

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// withGroups is the Okta of an organization where groups can be pushed.
func withGroups(ctx context.Context, product *spec.Product) *spec.Okta {
	okta, _ := product.Found(ctx, spec.Organization{Groups: true})
	return okta
}

// pushed is a group of these people, all of them assigned, that Okta has pushed.
func pushed(ctx context.Context, okta *spec.Okta, people ...*spec.Person) *spec.Group {
	rebels := okta.NewGroup("Rebels")
	okta.Join(ctx, rebels, people...)
	okta.Push(ctx, rebels)
	return rebels
}

// showGroup holds for an answer with a group of that name whose members are exactly
// these.
func showGroup(name string, members ...*spec.Resource) types.GomegaMatcher {
	are := Or(BeNil(), BeEmpty())
	if len(members) > 0 {
		each := make([]any, len(members))
		for i, m := range members {
			each[i] = HaveKeyWithValue("value", m.ID)
		}
		are = ConsistOf(each...)
	}
	return And(HaveAttribute("displayName", name), HaveAttribute("members", are))
}

var _ = spec.Section("A group that Okta pushes", func(_ *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("is made with its members", spec.Clause("okta.push.created"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa")

			rebels := pushed(ctx, okta, han, leia)

			Expect(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))
			Expect(okta.Tasks()).To(BeEmpty())
		})

		It("may have nobody in it", spec.Clause("okta.push.created-empty"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			spec.Given(okta.Client().List(ctx, "/Groups")).To(HaveStatus(200))

			rebels := pushed(ctx, okta)

			Expect(okta.Tasks()).To(BeEmpty())
			Expect(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name()))
		})

		It("is found again by its name", spec.Clause("okta.push.found-by-name"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, client := assigned(ctx, okta, "Han Solo"), okta.Client()
			rebels := pushed(ctx, okta, han)
			before := okta.PushedAs(rebels)
			spec.Given(client.Get(ctx, before)).To(showGroup(rebels.Name(), okta.RecordOf(han)))
			okta.Unlink(ctx, rebels, false)

			okta.Push(ctx, rebels)

			Expect(client.Filter(ctx, "/Groups", before.Filter())).To(BeListOf(before))
			Expect(okta.PushedAs(rebels).ID).To(Equal(before.ID))
			Expect(client.Get(ctx, before)).To(showGroup(rebels.Name(), okta.RecordOf(han)))
		})

		for _, rename := range []struct {
			how string
			on  bool
		}{{"renamed", true}, {"named-as-before", false}} {
			It("may be one that the product has: "+rename.how, spec.Clause("okta.push.linked").In(rename.how), func(ctx SpecContext) {
				okta := withGroups(ctx, product)
				client := okta.Client()
				mon := client.Create(ctx, client.User("Mon Mothma"))
				council := client.Create(ctx, client.Group("Council", []*spec.Resource{mon}))
				name := council.Body["displayName"].(string)
				spec.Given(client.Get(ctx, council)).To(showGroup(name, mon))
				han, rebels := assigned(ctx, okta, "Han Solo"), okta.NewGroup("Rebels")
				okta.Join(ctx, rebels, han)
				if rename.on {
					name = rebels.Name()
				}

				okta.PushTo(ctx, rebels, council, rename.on)

				Expect(client.Get(ctx, council)).To(showGroup(name, mon, okta.RecordOf(han)))
			})
		}

		It("keeps its members under another name", spec.Clause("okta.push.renamed"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, client := assigned(ctx, okta, "Han Solo"), okta.Client()
			rebels := pushed(ctx, okta, han)
			spec.Given(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))

			okta.RenameGroup(ctx, rebels, "Alliance")

			Expect(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))
		})

		It("is overwritten by Push Now", spec.Clause("okta.push.overwritten"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia, client := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa"), okta.Client()
			mon := client.Create(ctx, client.User("Mon Mothma"))
			rebels := pushed(ctx, okta, han, leia)
			group := okta.PushedAs(rebels)
			spec.Given(client.Put(ctx, group, client.Group("Council", []*spec.Resource{mon, okta.RecordOf(han)}))).To(HaveStatus(200))

			okta.PushNow(ctx, rebels)

			Expect(client.Get(ctx, group)).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))
		})

		It("is deleted when it is unlinked, and its people stay", spec.Clause("okta.push.deleted"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, client := assigned(ctx, okta, "Han Solo"), okta.Client()
			rebels := pushed(ctx, okta, han)
			group := okta.PushedAs(rebels)
			spec.Given(client.Get(ctx, group)).To(showGroup(rebels.Name(), okta.RecordOf(han)))

			okta.Unlink(ctx, rebels, true)

			Expect(client.Get(ctx, group)).To(BeSCIMError(404, ""))
			Expect(client.Get(ctx, okta.RecordOf(han))).To(And(ShowUser(han.Login()), HaveAttribute("active", true)))
			Expect(okta.Tasks()).To(BeEmpty())
		})

		It("may be gone already, which Okta is told", spec.Clause("okta.push.gone-is-told"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			rebels := pushed(ctx, okta, assigned(ctx, okta, "Han Solo"))
			spec.Given(okta.Client().Delete(ctx, okta.PushedAs(rebels))).To(HaveStatus(204))

			okta.RenameGroup(ctx, rebels, "Alliance")

			Expect(okta.Tasks()).To(ConsistOf(And(
				ContainSubstring("Unable to update Group Push mapping target App group "+rebels.Name()),
				ContainSubstring(": Not Found. "), MatchRegexp(`Errors reported by remote server: \S`))))
			Expect(okta.PushState(rebels)).To(Equal(simulator.PushError))
		})
	})
})
