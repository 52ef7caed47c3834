package okta

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("The members of a group that Okta pushes", func(_ *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("are one more when somebody joins", spec.Clause("okta.push.member-added"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa")
			rebels := pushed(ctx, okta, han)

			okta.Join(ctx, rebels, leia)

			Expect(okta.Client().Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))
		})

		It("are one less when somebody leaves", spec.Clause("okta.push.member-removed"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia, client := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa"), okta.Client()
			rebels := pushed(ctx, okta, han, leia)
			spec.Given(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))

			okta.Leave(ctx, rebels, han)

			Expect(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(leia)))
			Expect(client.Get(ctx, okta.RecordOf(han))).To(HaveAttribute("active", true))
		})

		It("may all leave, and the group stays", spec.Clause("okta.push.emptied"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia, client := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa"), okta.Client()
			rebels := pushed(ctx, okta, han, leia)
			spec.Given(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))

			okta.Leave(ctx, rebels, han, leia)

			Expect(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name()))
		})

		It("are without who lost the app", spec.Clause("okta.push.leaver-leaves"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, leia, client := assigned(ctx, okta, "Han Solo"), assigned(ctx, okta, "Leia Organa"), okta.Client()
			rebels := pushed(ctx, okta, han, leia)
			spec.Given(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han), okta.RecordOf(leia)))

			okta.Unassign(ctx, han)

			Expect(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(leia)))
			Expect(okta.Tasks()).To(BeEmpty())
		})

		It("stay when the profile of one of them changes", spec.Clause("okta.push.profile-keeps-membership"), func(ctx SpecContext) {
			okta := withGroups(ctx, product)
			han, client := assigned(ctx, okta, "Han Solo"), okta.Client()
			rebels := pushed(ctx, okta, han)
			spec.Given(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))

			okta.Rename(ctx, han, "Captain", "Solo")

			spec.Given(client.Get(ctx, okta.RecordOf(han))).To(HaveAttribute("name.givenName", "Captain"))
			Expect(client.Get(ctx, okta.PushedAs(rebels))).To(showGroup(rebels.Name(), okta.RecordOf(han)))
		})
	})

	It("may come with the group itself", spec.Clause("okta.push.members-inline"), func(ctx SpecContext) {
		client := withGroups(ctx, product).Client()
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		body := client.Group("Rebels", nil, spec.With("members", []any{
			spec.Body{"value": han.ID, "display": han.Body["userName"]}, spec.Body{"value": leia.ID, "display": leia.Body["userName"]},
		}))

		rebels := client.Create(ctx, body)

		Expect(client.Get(ctx, rebels)).To(showGroup(body["displayName"].(string), han, leia))
	})

	It("may go and come in one request", spec.Clause("okta.push.members-exchanged"), func(ctx SpecContext) {
		client := withGroups(ctx, product).Client()
		han, leia, mon := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Mon Mothma"))
		rebels := client.Create(ctx, client.Group("Rebels", []*spec.Resource{han, mon}))
		name := rebels.Body["displayName"].(string)
		spec.Given(client.Get(ctx, rebels)).To(showGroup(name, han, mon))

		exchanged := client.Patch(ctx, rebels, spec.Remove(`members[value eq `+spec.Quoted(han.ID)+`]`), spec.Remove(`members[value eq `+spec.Quoted(mon.ID)+`]`),
			spec.Add("members", []any{spec.Body{"value": leia.ID, "display": "leia"}}))

		Expect(exchanged).To(HaveStatus(200, 204))
		Expect(client.Get(ctx, rebels)).To(showGroup(name, leia))
	})

	It("may be overwritten without a path", spec.Clause("okta.push.overwritten-without-path"), func(ctx SpecContext) {
		client := withGroups(ctx, product).Client()
		han, leia := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa"))
		rebels := client.Create(ctx, client.Group("Rebels", []*spec.Resource{han}))
		name := rebels.Body["displayName"].(string)
		spec.Given(client.Get(ctx, rebels)).To(showGroup(name, han))

		overwritten := client.Patch(ctx, rebels, spec.Replace("", spec.Body{
			"members": spec.Members(leia), "id": rebels.ID, "displayName": "New " + name,
		}))

		Expect(overwritten).To(HaveStatus(200, 204))
		Expect(client.Get(ctx, rebels)).To(showGroup("New "+name, leia))
	})

	It("are nobody whom the product does not know", spec.Clause("okta.push.unknown-member-refused"), func(ctx SpecContext) {
		client := withGroups(ctx, product).Client()
		han, leia, mon := client.Create(ctx, client.User("Han Solo")), client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Mon Mothma"))
		rebels := client.Create(ctx, client.Group("Rebels", []*spec.Resource{han}))
		name := rebels.Body["displayName"].(string)
		spec.Given(client.Patch(ctx, rebels, spec.Add("members", spec.Members(leia)))).To(HaveStatus(200, 204))

		refused := client.Patch(ctx, rebels, spec.Add("members", []any{spec.Body{"value": client.NoID()}}))

		Expect(refused).To(BeRefusedOverSCIM())
		Expect(client.Get(ctx, rebels)).To(showGroup(name, han, leia))
		spec.Given(client.Patch(ctx, rebels, spec.Add("members", spec.Members(mon)))).To(HaveStatus(200, 204))
		spec.Given(client.Get(ctx, rebels)).To(showGroup(name, han, leia, mon))
	})
})
