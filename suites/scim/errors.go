package scim

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// mistake is a request that every server refuses.
type mistake struct {
	name   string
	status int
	kind   string // its scimType
	make   func(SpecContext, *spec.Client, *spec.Resource) provision.Answer
}

var mistakes = []mistake{
	{"unknown-id", 404, "", func(ctx SpecContext, c *spec.Client, _ *spec.Resource) provision.Answer {
		return c.Call(ctx, "GET", "/Users/"+c.NoID(), nil)
	}},
	{"malformed-body", 400, "invalidSyntax", func(ctx SpecContext, c *spec.Client, _ *spec.Resource) provision.Answer {
		return c.Post(ctx, "/Users", `{"userName": `)
	}},
	{"value-missing", 400, "invalidValue", func(ctx SpecContext, c *spec.Client, r *spec.Resource) provision.Answer {
		return c.Put(ctx, r, r.With(spec.With("userName", "")))
	}},
	{"value-of-another-kind", 400, "invalidValue", func(ctx SpecContext, c *spec.Client, r *spec.Resource) provision.Answer {
		return c.Put(ctx, r, r.With(spec.With("active", "perhaps")))
	}},
	{"filter-that-is-none", 400, "invalidFilter", func(ctx SpecContext, c *spec.Client, _ *spec.Resource) provision.Answer {
		return c.Filter(ctx, "/Users", "userName eq")
	}},
	{"name-taken", 409, "uniqueness", func(ctx SpecContext, c *spec.Client, r *spec.Resource) provision.Answer {
		return c.Post(ctx, "/Users", c.User("Greedo", spec.With("userName", r.Body["userName"])))
	}},
}

var _ = spec.OverSCIM("A refusal", func(client *spec.Client, _ *spec.Product) {
	for _, m := range mistakes {
		It("is an error as SCIM writes it, and JSON", spec.Clause("scim.errors.body").In(m.name), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Steadily(ctx, han, func() provision.Answer { return m.make(ctx, client, han) })

			Expect(answer).To(BeSCIMError(m.status, ""))
			Expect(answer).To(HaveHeader("Content-Type", MatchRegexp(`^application/(scim\+)?json\b`)))
		})

		if m.kind == "" {
			continue
		}
		It("says of what kind it is", spec.Clause("scim.errors.kind").In(m.name), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer { return m.make(ctx, client, han) })).To(BeSCIMError(m.status, m.kind))
		})
	}

	It("says its status as a text", spec.Clause("scim.errors.status-is-text"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Steadily(ctx, han, func() provision.Answer { return client.Call(ctx, "GET", "/Users/"+client.NoID(), nil) })

		shown, _ := answer.Document()
		Expect(answer).To(HaveStatus(http.StatusNotFound))
		Expect(shown).To(HaveAttribute("status", "404"))
	})

	It("is a message of the standard's, as a list is", spec.Clause("scim.errors.message-schemas"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		const prefix = "urn:ietf:params:scim:api:messages:2.0:"

		list, _ := client.Filter(ctx, "/Users", han.Filter()).Document()
		refusal, _ := client.Call(ctx, "GET", "/Users/"+client.NoID(), nil).Document()

		Expect(list).To(And(HaveAttribute("totalResults", 1), HaveAttribute("schemas", ConsistOf(prefix+"ListResponse"))))
		Expect(refusal).To(HaveAttribute("schemas", ConsistOf(prefix+"Error")))
	})
})

var _ = spec.OverSCIM("A request that makes no sense", func(client *spec.Client, _ *spec.Product) {
	It("as there is nothing at the address is answered 404", spec.Clause("scim.errors.unknown-address"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Call(ctx, "GET", "/Droids/"+client.NoID(), nil)
		})).To(BeSCIMError(404, ""))
	})

	It("as the address has no such method is refused", spec.Clause("scim.errors.unknown-method"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Call(ctx, "POST", han.Path, han.With(spec.With("name.familyName", "Organa")))
		})).To(And(BeRefusedOverSCIM(), HaveStatus(http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusNotFound)))
	})

	for variant, make := range map[string]func(SpecContext) provision.Answer{
		"id-with-quotes": func(ctx SpecContext) provision.Answer {
			return client.Call(ctx, "GET", "/Users/%27%22%3B--%20"+client.Tag(), nil)
		},
		"id-with-a-nul": func(ctx SpecContext) provision.Answer { return client.Call(ctx, "GET", "/Users/%00"+client.Tag(), nil) },
		"id-without-end": func(ctx SpecContext) provision.Answer {
			return client.Call(ctx, "GET", "/Users/"+strings.Repeat("9", 4000), nil)
		},
		"body-is-a-number": func(ctx SpecContext) provision.Answer { return client.Post(ctx, "/Users", "42") },
		"schemas-is-a-text": func(ctx SpecContext) provision.Answer {
			return client.Post(ctx, "/Users", client.User("Han Solo", spec.With("schemas", "User")))
		},
		"name-is-a-list": func(ctx SpecContext) provision.Answer {
			return client.Post(ctx, "/Users", client.User("Han Solo", spec.With("name", []any{"Han", "Solo"})))
		},
	} {
		It("is the client's fault, and told in JSON", spec.Clause("scim.errors.never-the-servers").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Steadily(ctx, han, func() provision.Answer { return make(ctx) })

			Expect(answer.Status).To(And(BeNumerically(">=", 400), BeNumerically("<", 500)))
			Expect(answer).To(HaveHeader("Content-Type", ContainSubstring("json")))
		})
	}

	It("as its count is none is the client's fault, or passed over", spec.Clause("scim.errors.never-the-servers").In("count-that-is-none"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Steadily(ctx, han, func() provision.Answer { return client.List(ctx, "/Users", spec.Param("count", "many")) })

		Expect(answer.Status).To(Or(Equal(http.StatusOK), And(BeNumerically(">=", 400), BeNumerically("<", 500))))
		Expect(answer).To(HaveHeader("Content-Type", ContainSubstring("json")))
	})

	for variant, parameter := range map[string]string{"start-beyond-numbers": "startIndex", "count-beyond-numbers": "count"} {
		It("as its "+parameter+" is beyond all numbers is the client's fault, or a page", spec.Clause("scim.errors.never-the-servers").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			var answers []provision.Answer

			client.Steadily(ctx, han, func() provision.Answer {
				for _, number := range []string{"2147483648", "9223372036854775807", "99999999999999999999"} {
					answers = append(answers, client.Filter(ctx, "/Users", han.Filter(), spec.Param(parameter, number)))
				}
				return answers[0]
			})

			for _, answer := range answers {
				Expect(answer.Status).To(Or(Equal(http.StatusOK), And(BeNumerically(">=", 400), BeNumerically("<", 500))))
				Expect(answer).To(HaveHeader("Content-Type", ContainSubstring("json")))
			}
		})
	}

	for variant, body := range map[string]func() string{
		"large": func() string { return `"` + strings.Repeat("x", 3<<20) + `"` },
		"deep":  func() string { return strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) },
	} {
		It("as its body is too "+variant+" hurts nobody", spec.Clause("scim.errors.absurd-body").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			absurd := `{"schemas": ["` + spec.UserSchema + `"], "userName": ` + spec.Quoted(client.User("Jabba")["userName"].(string)) + `, "blaster": ` + body() + `}`

			Expect(client.Steadily(ctx, han, func() provision.Answer { return client.Post(ctx, "/Users", absurd) })).To(
				HaveStatus(http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusCreated))
		})
	}

	for variant, path := range map[string]string{"slash-behind": "/Users/", "slash-twice": "//Users", "small-letters": "/users"} {
		It("as its address is nearly right is answered rightly or 404", spec.Clause("scim.errors.odd-addresses").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			answer := client.Steadily(ctx, han, func() provision.Answer { return client.Filter(ctx, path, han.Filter()) })

			Expect(answer).To(Or(BeSCIMError(404, ""), BeListOf(han)))
		})
	}
})
