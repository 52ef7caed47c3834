package audit

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

var _ = spec.Section("The audit log", func(_ *spec.Okta, product *spec.Product) {
	It("rebuilds who is in it when it is played back", spec.Clause("audit.replay-rebuilds"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		people := life(ctx, okta, product)
		told := replay(product.Audit(ctx, 0))

		for _, person := range people {
			view := product.Settled(ctx, person)
			for _, account := range view.Accounts {
				Expect(told.of(account.ID)).To(Equal(seen(view)), "what the log tells of "+person.Name())
			}
		}
		Expect(told.open()).To(Equal(product.Seats(ctx).Open), "the open seats that the log tells of")
	})

	It("is in order", spec.Clause("audit.rows-in-order"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.Advance(ctx, okta, time.Hour)
		okta.Unassign(ctx, han)

		var last target.Event
		for _, event := range product.Audit(ctx, 0) {
			Expect(event.Seq).To(BeNumerically(">", last.Seq), "the number of "+event.Action)
			Expect(event.At).NotTo(BeTemporally("<", last.At), "the time of "+event.Action)
			last = event
		}
	})

	It("says when", spec.Clause("audit.says-when"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		product.Advance(ctx, okta, 48*time.Hour)
		log := product.Audit(ctx, 0)

		spec.Given(okta.SignIn(ctx, han)).To(BeSignedIn())

		told := since(log, product.AuditOf(ctx, han))
		spec.Given(told).NotTo(BeEmpty())
		for _, event := range told {
			Expect(event.At).To(BeTemporally("~", okta.Now(), time.Minute), event.Action)
		}
	})

	It("says of each row who, whom and why", spec.Clause("audit.rows-complete"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		people := life(ctx, okta, product)

		for _, person := range people {
			for _, event := range product.AuditOf(ctx, person) {
				Expect([]string{event.Action, event.Actor, event.ActorName, event.Subject, event.Cause}).NotTo(ContainElement(""), event.Action)
			}
		}
	})

	It("only ever grows", spec.Clause("audit.append-only"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Audit(ctx, 0)
		spec.Given(before).NotTo(BeEmpty())

		okta.Rename(ctx, han, "Captain", "Solo")
		okta.Unassign(ctx, han)

		now := product.Audit(ctx, 0)
		spec.Given(since(before, now)).NotTo(BeEmpty())
		Expect(now[:min(len(before), len(now))]).To(Equal(before))
	})

	It("keeps what it told of somebody whose record was deleted", spec.Clause("audit.append-only").In("deleted"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		made := okta.Call(ctx, "POST", "/Users", spec.UserBody(okta.Hire("Han Solo")))
		spec.Given(made).To(HaveStatus(201))
		before := product.Audit(ctx, 0)
		spec.Given(before).To(HaveOneEvent(target.Event{Action: target.RecordCreated, Subject: made.ID()}))

		spec.Given(okta.Call(ctx, "DELETE", made.UserPath(), nil)).To(HaveStatus(204))

		now := product.Audit(ctx, 0)
		Expect(now[:min(len(before), len(now))]).To(Equal(before))
	})

	It("does not grow by reading over SCIM", spec.Clause("audit.reading-untold").In("scim"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		before := product.Audit(ctx, 0)

		spec.Given(okta.Find(ctx, han.Login())).To(ListUsers(1))
		spec.Given(okta.TestCredentials(ctx)).To(BeEmpty())

		Expect(since(before, product.Audit(ctx, 0))).To(BeEmpty())
	})

	It("does not grow by looking at a page", spec.Clause("audit.reading-untold").In("page"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		_, visit := okta.Onboard(ctx, "Han Solo")
		before := product.Audit(ctx, 0)

		spec.Given(product.WhoAmI(ctx, visit)).To(BeOpen())

		Expect(since(before, product.Audit(ctx, 0))).To(BeEmpty())
	})

	It("is each organization's own", spec.Clause("audit.own-organization-only"), func(ctx SpecContext) {
		here, product := product.Found(ctx, spec.Organization{})
		there, elsewhere := product.Found(ctx, spec.Organization{})
		here.Onboard(ctx, "Han Solo")
		greedo, _ := there.Onboard(ctx, "Greedo")
		spec.Given(elsewhere.AuditOf(ctx, greedo)).NotTo(BeEmpty())

		for _, event := range product.Audit(ctx, 0) {
			Expect(event.SubjectName).NotTo(Equal(greedo.Email()), event.Action)
		}
	})
})

var _ = spec.Section("No row of the audit log holds", func(_ *spec.Okta, product *spec.Product) {
	// silent says whether the log keeps the secret; it never says the secret itself.
	silent := func(log []target.Event, secret string) bool {
		for _, e := range log {
			all := []string{e.ActorName, e.Subject, e.SubjectName, e.Before, e.After, e.Cause}
			if strings.Contains(strings.Join(all, "\n"), secret) {
				return false
			}
		}
		return true
	}

	It("a SCIM token", spec.Clause("audit.no-secrets").In("scim-token"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		first, second := okta.Connection().SCIM.Token, product.RotateToken(ctx, time.Hour, 0)
		han := okta.Hire("Han Solo")
		spec.Given(okta.CallWith(ctx, second, "POST", "/Users", spec.UserBody(han))).To(HaveStatus(201))

		log := product.Audit(ctx, 0)

		spec.Given(product.AuditOf(ctx, han)).NotTo(BeEmpty())
		Expect(silent(log, first) && silent(log, second)).To(BeTrue(), "the audit log holds a SCIM token")
	})

	It("a password", spec.Clause("audit.no-secrets").In("password"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han := okta.Hire("Han Solo")
		body := spec.UserBody(han)
		body["password"] = "kessel-run-12-parsecs"
		spec.Given(okta.Call(ctx, "POST", "/Users", body)).To(HaveStatus(201))

		spec.Given(product.AuditOf(ctx, han)).NotTo(BeEmpty())
		Expect(silent(product.Audit(ctx, 0), "kessel-run-12-parsecs")).To(BeTrue(), "the audit log holds a password")
	})

	It("the secret of a session", spec.Clause("audit.no-secrets").In("session"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		_, visit := okta.Onboard(ctx, "Han Solo")
		spec.Given(visit.Secrets()).NotTo(BeEmpty())

		log := product.Audit(ctx, 0)

		for _, secret := range visit.Secrets() {
			Expect(silent(log, secret)).To(BeTrue(), "the audit log holds the secret of a session")
		}
	})

	It("the secret of an API token", spec.Clause("audit.no-secrets").In("api-token"), func(ctx SpecContext) {
		okta, product := product.Found(ctx, spec.Organization{})
		han, _ := okta.Onboard(ctx, "Han Solo")
		token := product.IssueToken(ctx, han)
		spec.Given(product.WhoAmI(ctx, token)).To(BeOpen())

		Expect(silent(product.Audit(ctx, 0), string(token))).To(BeTrue(), "the audit log holds the secret of an API token")
	})
})
