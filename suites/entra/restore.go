package entra

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/entra"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("Somebody whom Entra takes back", with(func(s service, _ *spec.Product) {
	eachManner("is who they were", "entra.restore.enabled-again", func(ctx SpecContext, m entra.Manner) {
		han := s.provision(ctx, s.person("Han Solo"))
		spec.Given(s.patch(ctx, han, m.Enable(false))).To(beDone())
		spec.Given(s.find(ctx, "externalId", text(han, "externalId"))).To(And(BeListOf(han), ListInactive(text(han, "userName"))))

		Expect(s.patch(ctx, han, m.Enable(true))).To(beDone())

		Expect(s.find(ctx, "externalId", text(han, "externalId"))).To(BeListOf(han))
		Expect(s.ReadBack(ctx, han)).To(And(HaveAttribute("active", true), HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"]),
			HaveAttribute("name.givenName", "Han"), HaveAttribute("name.familyName", "Solo"), HaveAttribute("emails", han.Body["emails"])))
	})

	It("is not somebody new while they are disabled", spec.Clause("entra.restore.disabled-not-created"), func(ctx SpecContext) {
		body := s.person("Han Solo")
		han := s.provision(ctx, body)
		spec.Given(s.patch(ctx, han, entra.Modern.Enable(false))).To(beDone())
		spec.Given(s.Get(ctx, han)).To(HaveAttribute("active", false))

		Expect(s.post(ctx, body)).To(BeSCIMError(http.StatusConflict, ""))

		Expect(s.find(ctx, "userName", text(han, "userName"))).To(And(BeListOf(han), ListInactive(text(han, "userName"))))
	})

	It("is created anew after being deleted", spec.Clause("entra.restore.created-again"), func(ctx SpecContext) {
		body := s.person("Han Solo")
		han := s.provision(ctx, body)
		spec.Given(s.Delete(ctx, han)).To(HaveStatus(http.StatusNoContent))
		spec.Given(s.find(ctx, "userName", text(han, "userName"))).To(ListUsers(0))

		again := s.Taken(s.post(ctx, body), body)

		Expect(s.find(ctx, "userName", text(han, "userName"))).To(BeListOf(again))
		Expect(s.Everywhere(ctx, again)).To(And(HaveAttribute("active", true), HaveAttribute("externalId", body["externalId"])))
	})
}))
