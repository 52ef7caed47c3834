package tracking

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("Looking up a tracking record", func(okta *spec.Okta, product *spec.Product) {
	It("finds the person and nobody else", spec.Clause("tracking.lookup-finds-one"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(leia))).To(HaveStatus(201))

		Expect(okta.Find(ctx, leia.Login())).To(ListOnly(leia.Login()))
	})

	It("finds nobody under a name that nobody has", spec.Clause("tracking.lookup-finds-none"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.Find(ctx, han.Login())).To(ListUsers(1))

		Expect(okta.Find(ctx, "nobody."+han.Login())).To(ListUsers(0))
	})

	It("ignores case", spec.Clause("tracking.lookup-ignores-case"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		Expect(okta.Find(ctx, strings.ToUpper(han.Login()))).To(ListOnly(han.Login()))
	})

	It("ignores case when a record is created", spec.Clause("tracking.lookup-ignores-case").In("create"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		shouted := spec.UserBody(han)
		shouted["userName"] = strings.ToUpper(han.Login())

		okta.Call(ctx, "POST", "/Users", shouted)

		Expect(product.Look(ctx, han)).To(HaveRecord())
	})

	It("finds one who was deactivated", spec.Clause("tracking.inactive-is-found"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.Find(ctx, han.Login())).To(ListUsers(1))

		okta.Unassign(ctx, han)

		Expect(okta.Find(ctx, han.Login())).To(ListInactive(han.Login()))
	})
})

var _ = spec.Section("A user name", func(okta *spec.Okta, product *spec.Product) {
	It("is given once", spec.Clause("tracking.user-name-is-unique"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(BeSCIMError(409, "uniqueness"))
		Expect(product.Look(ctx, han)).To(HaveRecord())
	})

	It("is not taken over by a rename", spec.Clause("tracking.rename-clash-refused"), func(ctx SpecContext) {
		han, leia := okta.Hire("Han Solo"), okta.Hire("Leia Organa")
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(leia))
		spec.Given(made).To(HaveStatus(201))
		renamed := spec.UserBody(leia)
		renamed["userName"] = han.Login()

		Expect(okta.Call(ctx, "PUT", made.UserPath(), renamed)).To(BeSCIMError(409, ""))
		Expect(product.Look(ctx, leia)).To(HaveRecord())
	})

	It("stays taken when its record is inactive", spec.Clause("tracking.inactive-name-stays-taken"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		okta.Unassign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveInactiveRecord())

		Expect(okta.Call(ctx, "POST", "/Users", spec.UserBody(han))).To(BeSCIMError(409, "uniqueness"))
		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("cannot be had for a group", spec.Clause("tracking.groups-are-honest"), func(ctx SpecContext) {
		spec.Given(okta.Call(ctx, "POST", "/Users", spec.UserBody(okta.Hire("Han Solo")))).To(HaveStatus(201))

		made := okta.Call(ctx, "POST", "/Groups", map[string]any{
			"schemas":     []string{"urn:ietf:params:scim:schemas:core:2.0:Group"},
			"displayName": "Rebels " + okta.Tag(), "members": []any{},
		})

		Expect(made).To(BeRefusedOverSCIM())
		Expect(string(okta.Call(ctx, "GET", "/ResourceTypes", nil).Body)).NotTo(ContainSubstring("core:2.0:Group"))
	})
})
