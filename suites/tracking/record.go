package tracking

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.Section("A tracking record", func(okta *spec.Okta, product *spec.Product) {
	spec.EachDialect(func() {
		It("is made when Okta assigns a person", spec.Clause("tracking.record-created"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			spec.Given(product.Look(ctx, han)).To(HaveNoRecord())

			okta.Assign(ctx, han)

			Expect(product.Look(ctx, han)).To(HaveActiveRecord())
		})

		It("follows the profile at Okta", spec.Clause("tracking.update-changes-record"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Han Solo", ""))

			okta.Rename(ctx, han, "Captain", "Solo")

			Expect(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
		})
	})

	It("keeps name and address", spec.Clause("tracking.record-data"), func(ctx SpecContext) {
		han := okta.Hire("Łukasz O'Neil-周")

		okta.Assign(ctx, han)

		Expect(product.Look(ctx, han)).To(HaveRecordOf("Łukasz O'Neil-周", han.Email()))
	})

	It("can be read at once", spec.Clause("tracking.record-readable-at-once"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(han))
		spec.Given(made).To(HaveStatus(201))

		Expect(okta.Call(ctx, "GET", made.UserPath(), nil)).To(ShowUser(han.Login()))
	})

	It("is inactive when created so", spec.Clause("tracking.born-inactive"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		body := spec.UserBody(han)
		body["active"] = false

		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))

		Expect(product.Look(ctx, han)).To(HaveInactiveRecord())
	})

	It("never gives a password back", spec.Clause("tracking.password-stays-secret"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		body := spec.UserBody(han)
		body["password"] = "kessel-run-12-parsecs"
		made := okta.Call(ctx, "POST", "/Users", body)
		spec.Given(made).To(HaveStatus(201))

		read := okta.Call(ctx, "GET", made.UserPath(), nil)

		spec.Given(read).To(ShowUser(han.Login()))
		Expect([]string{string(made.Body), string(read.Body)}).To(HaveEach(Not(ContainSubstring("kessel-run"))))
	})

	It("does not rename the account", spec.Clause("tracking.update-leaves-account-name"), func(ctx SpecContext) {
		han := okta.Hire("Han Solo")
		okta.Assign(ctx, han)
		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		okta.Rename(ctx, han, "Captain", "Solo")

		spec.Given(product.Look(ctx, han)).To(HaveRecordOf("Captain Solo", ""))
		Expect(product.Look(ctx, han)).To(HaveAccountOf("Han Solo", ""))
	})
})
