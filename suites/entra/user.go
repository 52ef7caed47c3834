package entra

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/entra"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("Somebody whom Entra provisions", with(func(s service, _ *spec.Product) {
	It("is created", spec.Clause("entra.user.created"), func(ctx SpecContext) {
		body := s.person("Han Solo")

		answer := s.post(ctx, body)

		Expect(answer).To(HaveStatus(http.StatusCreated))
		han := s.Taken(answer, body)
		Expect(answer).To(HaveAttribute("userName", body["userName"]))
		Expect(s.Everywhere(ctx, han)).To(And(HaveAttribute("userName", body["userName"]), HaveAttribute("externalId", body["externalId"]),
			HaveAttribute("active", true), HaveAttribute("name.givenName", "Han"), HaveAttribute("name.familyName", "Solo")))
	})

	It("keeps what the employer knows", spec.Clause("entra.user.enterprise-kept"), func(ctx SpecContext) {
		leia := s.provision(ctx, s.person("Leia Organa"))
		knows := spec.Body{"department": "Fleet", "employeeNumber": "1138", "manager": spec.Body{"value": leia.ID}}

		body := s.person("Han Solo", spec.With(entra.Enterprise, knows))
		han := s.Taken(s.post(ctx, body), body)

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute(entra.Enterprise, knows))
	})

	It("may have truth values that are text", spec.Clause("entra.user.text-boolean"), func(ctx SpecContext) {
		role := spec.Body{"primary": "True", "value": "captain", "display": "Captain", "type": "WindowsAzureActiveDirectoryRole"}

		body := s.person("Han Solo", spec.With("roles", []any{role}))
		han := s.Taken(s.post(ctx, body), body)

		Expect(s.ReadBack(ctx, han)).To(HaveAttribute("roles", ConsistOf(And(HaveKeyWithValue("value", "captain"), HaveKeyWithValue("primary", true)))))
	})

	It("is not created twice", spec.Clause("entra.user.duplicate-refused"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))
		again := s.person("Han Solo", spec.With("userName", han.Body["userName"]))

		Expect(s.post(ctx, again)).To(BeSCIMError(http.StatusConflict, ""))

		Expect(s.find(ctx, "userName", text(han, "userName"))).To(BeListOf(han))
		Expect(s.find(ctx, "externalId", again["externalId"].(string))).To(ListUsers(0))
	})

	eachManner("takes another name", "entra.user.renamed", func(ctx SpecContext, m entra.Manner) {
		han := s.provision(ctx, s.person("Han Solo"))
		before := text(han, "userName")
		spec.Given(s.find(ctx, "userName", before)).To(BeListOf(han))
		after := "captain." + before

		Expect(s.patch(ctx, han, m.Update(entra.Changed("userName", after)))).To(beDone())

		Expect(s.find(ctx, "userName", after)).To(BeListOf(han))
		Expect(s.find(ctx, "userName", before)).To(ListUsers(0))
	})

	eachManner("is disabled, and still there", "entra.user.disabled", func(ctx SpecContext, m entra.Manner) {
		han := s.provision(ctx, s.person("Han Solo"))
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("active", true))

		Expect(s.patch(ctx, han, m.Enable(false))).To(beDone())

		Expect(s.Everywhere(ctx, han)).To(HaveAttribute("active", false))
		Expect(s.find(ctx, "externalId", text(han, "externalId"))).To(BeListOf(han))
	})

	It("is deleted in the end", spec.Clause("entra.user.deleted"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))
		spec.Given(s.patch(ctx, han, entra.Legacy.Enable(false))).To(beDone())
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("active", false))

		Expect(s.Delete(ctx, han)).To(HaveStatus(http.StatusNoContent))

		Expect(s.Get(ctx, han)).To(HaveStatus(http.StatusNotFound))
		Expect(s.find(ctx, "userName", text(han, "userName"))).To(ListUsers(0))
	})

	It("is not deleted twice", spec.Clause("entra.user.deleted-once"), func(ctx SpecContext) {
		han := s.provision(ctx, s.person("Han Solo"))
		spec.Given(s.Delete(ctx, han)).To(HaveStatus(http.StatusNoContent))
		nobody := &spec.Resource{ID: s.NoID(), Path: "/Users/" + s.NoID()}

		Expect(s.Delete(ctx, han)).To(HaveStatus(http.StatusNotFound))
		Expect(s.Delete(ctx, nobody)).To(HaveStatus(http.StatusNotFound))
	})
}))
