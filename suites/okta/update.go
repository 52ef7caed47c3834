package okta

import (
	"maps"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// echoes are what Okta sends back in a PUT because the product had shown it.
var echoes = []struct {
	name string
	adds spec.Body
}{
	{"meta", nil}, // and the id, which are in what was read
	{"groups", spec.Body{"groups": []any{spec.Body{"value": "42", "display": "Rebels"}}}},
	{"unknown", spec.Body{"nickNames": []any{"Scoundrel"}, "urn:rollcall:test:1.0:User": spec.Body{"ship": "Falcon"}}},
}

var _ = spec.Section("A profile that Okta pushes", func(okta *spec.Okta, _ *spec.Product) {
	for _, echo := range echoes {
		It("may hold what the product had shown: "+echo.name, spec.Clause("okta.update.echo-tolerated").In(echo.name), func(ctx SpecContext) {
			client := okta.Client()
			han := client.Create(ctx, client.User("Han Solo"))
			read := client.Get(ctx, han)
			spec.Given(read).To(HaveAttribute("name.givenName", "Han"))
			whole, err := read.Document()
			spec.Given(err).NotTo(HaveOccurred())
			body := spec.Body(maps.Clone(whole))
			maps.Copy(body, echo.adds)
			spec.With("name.givenName", "Captain")(body)

			Expect(client.Call(ctx, "PUT", han.Path, body)).To(HaveStatus(200))
			Expect(client.Get(ctx, han)).To(And(HaveAttribute("name.givenName", "Captain"), HaveAttribute("id", han.ID)))
		})
	}

	for _, emptied := range []struct {
		name string
		by   any
	}{{"null", nil}, {"text", ""}} {
		It("may empty an attribute: "+emptied.name, spec.Clause("okta.update.empties").In(emptied.name), func(ctx SpecContext) {
			client := okta.Client()
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.Get(ctx, han)).To(HaveAttribute("displayName", "Han Solo"))

			Expect(client.Put(ctx, han, han.With(spec.With("displayName", emptied.by)))).To(HaveStatus(200))
			Expect(client.Get(ctx, han)).To(And(ShowUser(han.Body["userName"].(string)), HaveAttribute("displayName", Or(BeNil(), BeEmpty()))))
		})
	}

	spec.EachDialect(func() {
		It("may change the user name", spec.Clause("okta.update.user-name-follows"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")
			before, record := han.Login(), okta.RecordOf(han)

			okta.ChangeEmail(ctx, han, "captain."+before)

			Expect(okta.Find(ctx, han.Login())).To(BeListOf(record))
			Expect(okta.Find(ctx, before)).To(ListUsers(0))
		})

		It("is refused with a reason", spec.Clause("okta.update.refusal-explained"), func(ctx SpecContext) {
			leia, han := assigned(ctx, okta, "Leia Organa"), assigned(ctx, okta, "Han Solo")
			spec.Given(okta.Tasks()).To(BeEmpty())

			okta.ChangeEmail(ctx, han, leia.Login())

			Expect(okta.Find(ctx, leia.Login())).To(BeListOf(okta.RecordOf(leia)))
			Expect(okta.Tasks()).To(ConsistOf(And(ContainSubstring(": Conflict. "), MatchRegexp(`Errors reported by remote server: \S`))))
		})
	})
})

var _ = spec.Section("A name in another script", func(okta *spec.Okta, _ *spec.Product) {
	spec.EachDialect(func() {
		It("comes through an update", spec.Clause("okta.update.keeps-letters"), func(ctx SpecContext) {
			han := assigned(ctx, okta, "Han Solo")

			okta.Update(ctx, han, func(p *simulator.Profile) { p.FirstName, p.LastName = "Łukasz <&> "+`"`, strings.Repeat("周", 3) })

			Expect(okta.Client().Get(ctx, okta.RecordOf(han))).To(And(
				HaveAttribute("name.givenName", `Łukasz <&> "`), HaveAttribute("name.familyName", "周周周")))
		})
	})
})
