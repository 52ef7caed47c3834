package entra

import (
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/entra"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

const (
	manager   = entra.Enterprise + ":manager"
	workEmail = `emails[type eq "work"].value`
)

// without is somebody who was provisioned without this attribute.
func without(ctx SpecContext, s service, attribute string) *spec.Resource {
	han := s.provision(ctx, s.person("Han Solo", spec.Without(attribute)))
	spec.Given(s.Get(ctx, han)).To(HaveNoAttribute(attribute))
	return han
}

// only holds for a list of one value, with these members.
func only(members spec.Body) types.GomegaMatcher {
	var has []types.GomegaMatcher
	for name, value := range members {
		has = append(has, HaveKeyWithValue(name, value))
	}
	return ConsistOf(And(has...))
}

var _ = spec.OverSCIM("A user whom Entra changes", with(func(s service, _ *spec.Product) {
	eachManner("has every new value", "entra.patch.attributes-replaced", func(ctx SpecContext, m entra.Manner) {
		han := s.provision(ctx, s.person("Han Solo", spec.With("title", "Smuggler"), spec.With(entra.Enterprise+":employeeNumber", "1")))
		address := "new." + s.Tag() + "@rollcall.test"

		Expect(s.patch(ctx, han, m.Update(
			entra.Changed("displayName", "Captain Solo"), entra.Changed(workEmail, address), entra.Changed("title", "Captain"),
			entra.Changed("name.givenName", "Ben"), entra.Changed("name.familyName", "Organa"), entra.Changed(entra.Enterprise+":employeeNumber", "1138")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Captain Solo"), HaveAttribute("emails", only(spec.Body{"value": address, "type": "work"})),
			HaveAttribute("title", "Captain"), HaveAttribute("name.givenName", "Ben"), HaveAttribute("name.familyName", "Organa"),
			HaveAttribute(entra.Enterprise+":employeeNumber", "1138"), HaveAttribute("userName", han.Body["userName"])))
	})

	eachManner("has a value more", "entra.patch.attribute-added", func(ctx SpecContext, m entra.Manner) {
		han := without(ctx, s, "nickName")

		Expect(s.patch(ctx, han, m.Update(entra.Added("nickName", "Captain")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveAttribute("nickName", "Captain"), HaveAttribute("displayName", "Han Solo")))
	})

	eachManner("has a value less", "entra.patch.attribute-removed", func(ctx SpecContext, m entra.Manner) {
		han := s.provision(ctx, s.person("Han Solo", spec.With("title", "Captain"), spec.With("nickName", "Solo")))
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("title", "Captain"))

		Expect(s.patch(ctx, han, m.Update(entra.Gone("title")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveNoAttribute("title"), HaveAttribute("nickName", "Solo")))
	})

	It("is changed by operations in capitals", spec.Clause("entra.patch.op-in-any-case"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))

		Expect(s.patch(ctx, han, []entra.Operation{
			{"op": "Replace", "path": "displayName", "value": "Captain Solo"}, {"op": "Add", "path": "name.givenName", "value": "Ben"},
		})).To(beDone())
		Expect(s.ReadBack(ctx, han)).To(And(HaveAttribute("displayName", "Captain Solo"), HaveAttribute("name.givenName", "Ben")))

		Expect(s.patch(ctx, han, []entra.Operation{{"op": "Remove", "path": "displayName"}})).To(beDone())
		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("displayName", Not(Equal("Captain Solo"))))
	})

	for _, written := range []struct {
		text string
		is   bool
	}{{"False", false}, {"True", true}, {"false", false}, {"true", true}} {
		It("is active as the text says: "+written.text, spec.Clause("entra.patch.text-boolean").In(variantOf(written.text)), func(ctx SpecContext) {
			han := s.provision(ctx, s.person("Han Solo", spec.With("active", !written.is)))
			spec.Given(s.Get(ctx, han)).To(HaveAttribute("active", !written.is))

			Expect(s.patch(ctx, han, []entra.Operation{{"op": "Replace", "path": "active", "value": written.text}})).To(beDone())

			Expect(s.ReadBack(ctx, han)).To(HaveAttribute("active", written.is))
		})
	}

	It("has dots in the names of a value", spec.Clause("entra.patch.dotted-names"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))

		Expect(s.patch(ctx, han, []entra.Operation{{"op": "replace", "value": map[string]any{"name.givenName": "Ben", "name.familyName": "Organa"}}})).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveAttribute("name.givenName", "Ben"), HaveAttribute("name.familyName", "Organa"), HaveAttribute("displayName", "Han Solo")))
	})

	It("loses what is set to null", spec.Clause("entra.patch.null-unassigns"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo", spec.With("title", "Captain"), spec.With("nickName", "Solo")))
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("title", "Captain"))

		Expect(s.patch(ctx, han, []entra.Operation{{"op": "Replace", "path": "title", "value": nil}})).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveNoAttribute("title"), HaveAttribute("nickName", "Solo")))
	})
}))

// variantOf names a text in a clause, where True and true are two.
func variantOf(written string) string {
	if written[0] < 'a' {
		return "capital-" + string(written[0]+'a'-'A') + written[1:]
	}
	return written
}

var _ = spec.OverSCIM("A user of whom Entra changes one of many values", with(func(s service, _ *spec.Product) {
	eachManner("has the value that was not there", "entra.patch.value-made", func(ctx SpecContext, m entra.Manner) {
		han := without(ctx, s, "emails")
		address := "work." + s.Tag() + "@rollcall.test"

		Expect(s.patch(ctx, han, m.Update(entra.Added(workEmail, address)))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("emails", only(spec.Body{"type": "work", "value": address})))
	})

	It("has it made, or is told that it is not there", spec.Clause("entra.patch.absent-value-not-forgotten"), func(ctx SpecContext) {
		home := spec.Body{"type": "home", "value": "home." + s.Tag() + "@rollcall.test"}
		address := "work." + s.Tag() + "@rollcall.test"
		han := s.provision(ctx, s.person("Han Solo", spec.With("emails", []any{home})))
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("emails", []any{home}))

		answer := s.patch(ctx, han, entra.Legacy.Update(entra.Changed(workEmail, address)))

		if !answer.OK() {
			Expect(answer).To(BeSCIMError(http.StatusBadRequest, "noTarget"))
			Expect(s.ReadBack(ctx, han)).To(HaveAttribute("emails", []any{home}))
			return
		}
		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("emails", ConsistOf(
			HaveKeyWithValue("value", home["value"]), And(HaveKeyWithValue("type", "work"), HaveKeyWithValue("value", address)))))
	})

	It("has one address of all its parts", spec.Clause("entra.patch.value-built-by-parts"), func(ctx SpecContext) {
		han := without(ctx, s, "addresses")

		Expect(s.patch(ctx, han, entra.Legacy.Update(
			entra.Added(`addresses[type eq "work"].streetAddress`, "Docking Bay 94"), entra.Added(`addresses[type eq "work"].locality`, "Mos Eisley"),
			entra.Added(`addresses[type eq "work"].postalCode`, "1977")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("addresses", only(spec.Body{
			"type": "work", "streetAddress": "Docking Bay 94", "locality": "Mos Eisley", "postalCode": "1977",
		})))
	})

	It("has both of two that come together", spec.Clause("entra.patch.values-added-together"), func(ctx SpecContext) {
		han := without(ctx, s, "phoneNumbers")

		Expect(s.patch(ctx, han, entra.Legacy.Update(
			entra.Added(`phoneNumbers[type eq "work"].value`, "tel:+44-20-7946-0018"), entra.Added(`phoneNumbers[type eq "mobile"].value`, "tel:+44-20-7946-0019")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("phoneNumbers", ConsistOf(
			And(HaveKeyWithValue("type", "work"), HaveKeyWithValue("value", "tel:+44-20-7946-0018")),
			And(HaveKeyWithValue("type", "mobile"), HaveKeyWithValue("value", "tel:+44-20-7946-0019")))))
	})

	It("has the role that is the primary one", spec.Clause("entra.patch.primary-role"), func(ctx SpecContext) {
		han := without(ctx, s, "roles")

		Expect(s.patch(ctx, han, entra.Legacy.Update(entra.Added(`roles[primary eq "True"].value`, "captain"), entra.Added(`roles[primary eq "True"].display`, "Captain")))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("roles", only(spec.Body{"value": "captain", "display": "Captain", "primary": true})))
	})

	It("has the role that is JSON in a text", spec.Clause("entra.patch.role-in-json"), func(ctx SpecContext) {
		han := without(ctx, s, "roles")
		role := fmt.Sprintf(`{"id":"18d14569-c3bd-439b-9a66-3a2aee01d14f","value":"captain-%s","displayName":"Captain"}`, s.Tag())

		Expect(s.patch(ctx, han, []entra.Operation{{"op": "Add", "path": "roles", "value": []any{spec.Body{"value": role}}}})).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("roles", only(spec.Body{"value": role})))
	})
}))

var _ = spec.OverSCIM("A manager whom Entra names", with(func(s service, _ *spec.Product) {
	for _, written := range []struct {
		how string
		as  func(*spec.Resource) any
	}{
		{"text", func(r *spec.Resource) any { return r.ID }},
		{"object", func(r *spec.Resource) any { return spec.Body{"value": r.ID} }},
	} {
		It("comes first: "+written.how, spec.Clause("entra.patch.manager-added").In(written.how), func(ctx SpecContext) {
			leia, han := s.provision(ctx, s.person("Leia Organa")), without(ctx, s, manager)

			Expect(s.patch(ctx, han, entra.Legacy.Update(entra.Added(manager, written.as(leia))))).To(beDone())

			Expect(s.ReadBack(ctx, han)).To(HaveAttribute(manager, HaveKeyWithValue("value", leia.ID)))
		})

		It("takes the place of another: "+written.how, spec.Clause("entra.patch.manager-replaced").In(written.how), func(ctx SpecContext) {
			leia, mon := s.provision(ctx, s.person("Leia Organa")), s.provision(ctx, s.person("Mon Mothma"))
			han := s.provision(ctx, s.person("Han Solo", spec.With(manager, spec.Body{"value": leia.ID})))
			spec.Given(s.Get(ctx, han)).To(HaveAttribute(manager, HaveKeyWithValue("value", leia.ID)))

			Expect(s.patch(ctx, han, entra.Legacy.Update(entra.Changed(manager, written.as(mon))))).To(beDone())

			Expect(s.ReadBack(ctx, han)).To(HaveAttribute(manager, HaveKeyWithValue("value", mon.ID)))
		})
	}

	eachManner("goes", "entra.patch.manager-removed", func(ctx SpecContext, m entra.Manner) {
		leia := s.provision(ctx, s.person("Leia Organa"))
		han := s.provision(ctx, s.person("Han Solo", spec.With(manager, spec.Body{"value": leia.ID}), spec.With(entra.Enterprise+":department", "Fleet")))
		spec.Given(s.Get(ctx, han)).To(HaveAttribute(manager, HaveKeyWithValue("value", leia.ID)))

		Expect(s.patch(ctx, han, m.Update(entra.Gone(manager)))).To(beDone())

		Expect(s.ReadBack(ctx, han)).To(And(HaveNoAttribute(manager), HaveAttribute(entra.Enterprise+":department", "Fleet")))
	})
}))
