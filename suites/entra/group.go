package entra

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/entra"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// withGroups is Entra at work on an organization where groups can be pushed.
func withGroups(ctx context.Context, product *spec.Product) service {
	okta, _ := product.Found(ctx, spec.Organization{Groups: true})
	return service{okta.Client()}
}

// group is how Entra first tells a product of a group: with nobody in it.
func (s service) group(name string, changes ...spec.Change) spec.Body {
	return s.Group(name, nil, append([]spec.Change{spec.With("externalId", "group-"+s.Tag()+"-"+strings.ToLower(name))}, changes...)...)
}

// people are provisioned and can become members.
func (s service) people(ctx context.Context, names ...string) []*spec.Resource {
	var all []*spec.Resource
	for _, name := range names {
		all = append(all, s.provision(ctx, s.person(name)))
	}
	return all
}

// gathered is a group with these members.
func (s service) gathered(ctx context.Context, m entra.Manner, members ...*spec.Resource) *spec.Resource {
	rebels := s.provision(ctx, s.group("Rebels"))
	spec.Given(s.patch(ctx, rebels, m.Join(ids(members...)...))).To(beDone())
	spec.Given(s.Get(ctx, rebels)).To(haveMembers(members...))
	return rebels
}

func ids(of ...*spec.Resource) []string {
	all := make([]string, len(of))
	for i, r := range of {
		all[i] = r.ID
	}
	return all
}

// haveMembers holds for a group with exactly these members.
func haveMembers(members ...*spec.Resource) types.GomegaMatcher {
	if len(members) == 0 {
		return HaveNoAttribute("members")
	}
	each := make([]any, len(members))
	for i, m := range members {
		each[i] = HaveKeyWithValue("value", m.ID)
	}
	return HaveAttribute("members", ConsistOf(each...))
}

var _ = spec.OverSCIM("A group that Entra provisions", with(func(_ service, product *spec.Product) {
	It("is created, with nobody in it", spec.Clause("entra.group.created"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		body := s.group("Rebels")

		answer := s.post(ctx, body)

		Expect(answer).To(HaveStatus(http.StatusCreated))
		rebels := s.Taken(answer, body)
		Expect(s.Get(ctx, rebels)).To(And(HaveAttribute("displayName", body["displayName"]), HaveAttribute("externalId", body["externalId"]), haveMembers()))
		Expect(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf(rebels))
	})

	It("is not created twice", spec.Clause("entra.group.duplicate-refused"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.provision(ctx, s.group("Rebels"))

		Expect(s.post(ctx, s.group("Rebels", spec.With("displayName", rebels.Body["displayName"])))).To(BeSCIMError(http.StatusConflict, ""))

		Expect(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf(rebels))
	})

	for _, by := range []struct {
		how     string
		written func(string) string
	}{{"found", strings.Clone}, {"found-in-any-case", strings.ToUpper}} {
		It("is found by its name: "+by.how, spec.Clause("entra.group."+by.how), func(ctx SpecContext) {
			s := withGroups(ctx, product)
			rebels := s.provision(ctx, s.group("Rebels"))
			s.provision(ctx, s.group("Empire"))
			name := by.written(text(rebels, "displayName"))

			Expect(s.List(ctx, "/Groups", spec.RawQuery(entra.Match("displayName", name)))).To(BeListOf(rebels))
		})
	}

	It("and is not there leaves an empty list", spec.Clause("entra.group.nothing-found"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.provision(ctx, s.group("Rebels"))
		spec.Given(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf(rebels))

		Expect(s.findGroup(ctx, s.NoID())).To(BeListOf[*spec.Resource]())
	})

	It("is found without its members", spec.Clause("entra.group.members-left-out").In("found"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.gathered(ctx, entra.Legacy, s.people(ctx, "Han Solo")...)

		found := s.findGroup(ctx, text(rebels, "displayName"))

		Expect(found).To(BeListOf(rebels))
		shown, _ := found.Documents()
		Expect(shown).To(HaveEach(And(HaveNoAttribute("members"), HaveAttribute("displayName", rebels.Body["displayName"]))))
	})

	It("is read without its members", spec.Clause("entra.group.members-left-out").In("read"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.gathered(ctx, entra.Legacy, s.people(ctx, "Han Solo")...)

		Expect(s.Get(ctx, rebels, spec.RawQuery(entra.WithoutMembers))).To(And(HaveAttribute("id", rebels.ID), HaveAttribute("displayName", rebels.Body["displayName"]), HaveNoAttribute("members")))
	})
}))

var _ = spec.OverSCIM("A group whose members Entra changes", with(func(_ service, product *spec.Product) {
	eachManner("has one after the other", "entra.group.member-added", func(ctx SpecContext, m entra.Manner) {
		s := withGroups(ctx, product)
		crew := s.people(ctx, "Han Solo", "Leia Organa")
		rebels := s.provision(ctx, s.group("Rebels"))

		for i, one := range crew {
			Expect(s.patch(ctx, rebels, m.Join(one.ID))).To(beDone())
			Expect(s.Get(ctx, rebels)).To(haveMembers(crew[:i+1]...))
		}
	})

	eachManner("has several at once", "entra.group.members-added-together", func(ctx SpecContext, m entra.Manner) {
		s := withGroups(ctx, product)
		crew := s.people(ctx, "Han Solo", "Leia Organa", "Mon Mothma")
		rebels := s.gathered(ctx, m, crew[0])

		Expect(s.patch(ctx, rebels, m.Join(ids(crew[1:]...)...))).To(beDone())

		Expect(s.Get(ctx, rebels)).To(haveMembers(crew...))
	})

	It("has all that one request names", spec.Clause("entra.group.members-changed-together"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		crew := s.people(ctx, "Han Solo", "Leia Organa", "Mon Mothma")
		rebels := s.gathered(ctx, entra.Legacy, crew[0])

		Expect(s.patch(ctx, rebels, append(append(entra.Legacy.Join(crew[1].ID), entra.Legacy.Join(crew[2].ID)...), entra.Legacy.Leave(crew[0].ID)...))).To(beDone())

		Expect(s.Get(ctx, rebels)).To(haveMembers(crew[1:]...))
	})

	eachManner("loses one, and no other", "entra.group.member-removed", func(ctx SpecContext, m entra.Manner) {
		s := withGroups(ctx, product)
		crew := s.people(ctx, "Han Solo", "Leia Organa", "Mon Mothma")
		rebels := s.gathered(ctx, m, crew...)

		Expect(s.patch(ctx, rebels, m.Leave(crew[0].ID))).To(beDone())

		Expect(s.Get(ctx, rebels)).To(haveMembers(crew[1:]...))
		Expect(s.Get(ctx, crew[0])).To(HaveAttribute("active", true))
	})
}))

var _ = spec.OverSCIM("A group that Entra changes", with(func(_ service, product *spec.Product) {
	eachManner("has another name, and its members", "entra.group.renamed", func(ctx SpecContext, m entra.Manner) {
		s := withGroups(ctx, product)
		han := s.people(ctx, "Han Solo")[0]
		rebels := s.gathered(ctx, m, han)
		name := "Alliance " + s.Tag()

		Expect(s.patch(ctx, rebels, m.Update(entra.Changed("displayName", name)))).To(beDone())

		Expect(s.findGroup(ctx, name)).To(BeListOf(rebels))
		Expect(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf[*spec.Resource]())
		Expect(s.Get(ctx, rebels)).To(haveMembers(han))
	})

	It("has another externalId", spec.Clause("entra.group.external-id-replaced"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.provision(ctx, s.group("Rebels"))
		spec.Given(s.Get(ctx, rebels)).To(HaveAttribute("externalId", rebels.Body["externalId"]))

		Expect(s.patch(ctx, rebels, entra.Legacy.Update(entra.Changed("externalId", "alliance-"+s.Tag())))).To(beDone())

		Expect(s.Get(ctx, rebels)).To(And(HaveAttribute("externalId", "alliance-"+s.Tag()), HaveAttribute("displayName", rebels.Body["displayName"])))
	})

	It("is deleted, and its people stay", spec.Clause("entra.group.deleted"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		han := s.people(ctx, "Han Solo")[0]
		rebels := s.gathered(ctx, entra.Legacy, han)

		Expect(s.Delete(ctx, rebels)).To(HaveStatus(http.StatusNoContent))

		Expect(s.Get(ctx, rebels)).To(HaveStatus(http.StatusNotFound))
		Expect(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf[*spec.Resource]())
		Expect(s.Get(ctx, han)).To(HaveAttribute("active", true))
	})

	It("is not deleted twice", spec.Clause("entra.group.deleted-once"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		rebels := s.provision(ctx, s.group("Rebels"))
		spec.Given(s.Delete(ctx, rebels)).To(HaveStatus(http.StatusNoContent))
		nothing := s.NoID()

		Expect(s.Delete(ctx, rebels)).To(HaveStatus(http.StatusNotFound))
		Expect(s.Delete(ctx, &spec.Resource{ID: nothing, Path: "/Groups/" + nothing})).To(HaveStatus(http.StatusNotFound))
	})

	It("is created anew after that, with nobody in it", spec.Clause("entra.group.created-again"), func(ctx SpecContext) {
		s := withGroups(ctx, product)
		han := s.people(ctx, "Han Solo")[0]
		rebels := s.gathered(ctx, entra.Legacy, han)
		spec.Given(s.Delete(ctx, rebels)).To(HaveStatus(http.StatusNoContent))
		body := s.group("Rebels", spec.With("displayName", rebels.Body["displayName"]))

		again := s.Taken(s.post(ctx, body), body)

		Expect(s.findGroup(ctx, text(rebels, "displayName"))).To(BeListOf(again))
		Expect(s.Get(ctx, again)).To(haveMembers())
	})
}))
