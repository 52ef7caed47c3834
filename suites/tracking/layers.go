// Package tracking proves what a tracking record is and is not: SCIM makes a
// record, and a record is no account, no membership and no seat.
//
// The usual mistake is to take a record for its person: to make the account, or to start
// the seat, as soon as SCIM speaks, so that whoever never came is billed and has rights.
// Begin with layers.go, which has a spec for each thing that a record is not. record.go
// and lookup.go hold the record itself to what was sent, for Okta works on from what it
// reads there; atcreate.go is for products that make more on purpose, and say so in their
// profile.
package tracking

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A tracking record is only that", func(okta *spec.Okta, product *spec.Product) {
	It("is not an account", spec.Clause("tracking.no-account"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		Expect(product.Look(ctx, han)).To(HaveNoAccount())
	})

	It("is not a membership", spec.Clause("tracking.no-membership"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		Expect(product.Look(ctx, han)).To(BeNoMember())
	})

	It("does not start a seat", spec.Clause("tracking.no-seat"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")

		okta.Assign(ctx, han)

		spec.Given(product.Look(ctx, han)).To(HaveRecord())
		Expect(product.Look(ctx, han)).To(HaveNoSeat())
	})

	It("does not start a seat for anyone of many", spec.Clause("tracking.no-seat-for-many"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		before := product.Seats(ctx)

		for range 25 {
			trooper := okta.Hire("Clone Trooper")
			okta.Assign(ctx, trooper)
			spec.Given(product.Look(ctx, trooper)).To(HaveRecord())
		}

		Expect(product.Seats(ctx)).To(StayAt(before))
	})

	It("costs nothing however long nobody signs in", spec.Clause("tracking.free-however-long"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		before := product.Seats(ctx)
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(product.Look(ctx, han)).To(HaveRecord())

		product.Advance(ctx, okta, 366*24*time.Hour)

		Expect(product.Seats(ctx)).To(StayAt(before))
	})

	It("stays only that when it is read", spec.Clause("tracking.reading-changes-nothing"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		spec.Given(okta.Find(ctx, han.Login())).To(ListOnly(han.Login()))
		okta.TestCredentials(ctx)

		Expect(product.Look(ctx, han)).To(And(HaveNoAccount(), BeNoMember(), HaveNoSeat()))
	})

	It("stays only that when the profile changes", spec.Clause("tracking.update-creates-nothing"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)

		okta.Rename(ctx, han, "Captain", "Solo")

		spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
		Expect(product.Look(ctx, han)).To(And(HaveNoAccount(), BeNoMember(), HaveNoSeat()))
	})

	It("gives no rights, whatever the body says", spec.Clause("tracking.grants-no-role"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Demote(ctx, han)
		body := spec.UserBody(han)
		body["roles"] = []map[string]any{{"value": "admin", "primary": true}}
		body["groups"] = []map[string]any{{"value": "admins"}}
		body["entitlements"] = []map[string]any{{"value": "admin"}}
		body["admin"] = true

		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))
		okta.Admit(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		Expect(product.Look(ctx, han)).To(HaveRole("member"))
	})
})
