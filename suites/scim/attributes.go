package scim

import (
	"maps"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// certificate is the binary value of an attribute: DER in base64, here of a few bytes.
const certificate = "MIIBCgKCAQEA+//+AAECAwQFBgcICQ=="

// full is a value for every attribute of users that a client can write (RFC 7643 section
// 4.1), but the user name and the password.
var full = map[string]any{
	"name": spec.Body{"formatted": "Ms. Leia Organa III", "familyName": "Organa", "givenName": "Leia", "middleName": "Amidala",
		"honorificPrefix": "Ms.", "honorificSuffix": "III"},
	"displayName":       "Princess Leia",
	"nickName":          "Lelila",
	"profileUrl":        "https://alderaan.test/people/leia",
	"title":             "General",
	"userType":          "Employee",
	"preferredLanguage": "en-US, de;q=0.7",
	"locale":            "en-US",
	"timezone":          "America/Los_Angeles",
	"active":            false,
	"emails":            many("leia@alderaan.test", "work", "organa@rebels.test", "home"),
	"phoneNumbers":      many("tel:+1-201-555-0123", "work", "tel:+1-201-555-0199", "mobile"),
	"ims":               many("leia.skype", "skype", "leia.xmpp", "xmpp"),
	"photos":            many("https://alderaan.test/leia.jpg", "photo", "https://alderaan.test/leia-small.jpg", "thumbnail"),
	"addresses": []any{
		spec.Body{"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA", "postalCode": "91608",
			"country": "US", "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA", "primary": true},
		spec.Body{"type": "home", "streetAddress": "Storgata 1", "locality": "Finse", "postalCode": "5719", "country": "NO"},
	},
	"entitlements":     many("hangar", "room", "falcon", "ship"),
	"roles":            many("general", "rank", "senator", "office"),
	"x509Certificates": []any{spec.Body{"value": certificate}},
}

func many(first, its, second, other string) []any {
	return []any{spec.Body{"value": first, "type": its, "primary": true}, spec.Body{"value": second, "type": other}}
}

var _ = spec.OverSCIM("An attribute of a user", func(client *spec.Client, _ *spec.Product) {
	for path, value := range full {
		It("is kept as it was created", spec.Clause("scim.attributes.kept").In(path), func(ctx SpecContext) {
			client.NeedsAttribute(ctx, spec.UserSchema, path)
			if path == "active" {
				client.NeedsInactive()
			}
			leia := client.Create(ctx, client.User("Leia Organa", spec.With(path, value)))

			Expect(client.ReadBack(ctx, leia)).To(HaveAttribute(path, value))
		})
	}

	It("is taken in base64 without padding, where it is binary", spec.Clause("scim.attributes.padding-omitted"), func(ctx SpecContext) {
		client.NeedsAttribute(ctx, spec.UserSchema, "x509Certificates")
		han := client.Create(ctx, client.User("Han Solo", spec.With("x509Certificates", full["x509Certificates"])))
		spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("x509Certificates", full["x509Certificates"]))

		bare := strings.TrimRight(certificate, "=")
		answer := client.Post(ctx, "/Users", client.User("Leia Organa", spec.With("x509Certificates", []any{spec.Body{"value": bare}})))

		Expect(answer).To(HaveStatus(http.StatusCreated))
		Expect(answer).To(HaveAttribute("x509Certificates", ConsistOf(HaveKeyWithValue("value", Or(Equal(bare), Equal(certificate))))))
	})

	It("is replaced with all the others", spec.Clause("scim.attributes.replaced"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		body, wanted := leia.With(), maps.Clone(full)
		wanted["active"] = !client.KeepsInactive()
		for path, value := range wanted {
			spec.With(path, value)(body)
		}

		client.Put(ctx, leia, body)

		seen := client.ReadBack(ctx, leia)
		for path, value := range wanted {
			if client.Schema(ctx, spec.UserSchema) == nil || client.Attribute(ctx, spec.UserSchema, path) != nil {
				Expect(seen).To(HaveAttribute(path, value))
			}
		}
	})

	It("may have very many values", spec.Clause("scim.attributes.many-emails"), func(ctx SpecContext) {
		var emails []any
		for _, name := range strings.Split("a b c d e f g h i j k l m n o p", " ") {
			emails = append(emails, spec.Body{"value": name + "." + client.Tag() + "@rollcall.test", "type": "other"})
		}

		leia := client.Create(ctx, client.User("Leia Organa", spec.With("emails", emails)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("emails", emails))
	})

	It("has one primary value at most", spec.Clause("scim.attributes.one-primary"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		two := []any{spec.Body{"value": "a@alderaan.test", "type": "work", "primary": true}, spec.Body{"value": "b@alderaan.test", "type": "home", "primary": true}}

		client.Put(ctx, leia, leia.With(spec.With("emails", two)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("emails", WithTransform(primaries, BeNumerically("<=", 1))))
		spec.Given(client.Get(ctx, leia)).To(HaveAttribute("emails", Not(BeEmpty())))
	})

	It("shows no value twice", spec.Clause("scim.attributes.no-value-twice"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		twice := []any{spec.Body{"value": "a@alderaan.test", "type": "work"}, spec.Body{"value": "a@alderaan.test", "type": "work"}}

		client.Put(ctx, leia, leia.With(spec.With("emails", twice)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("emails", HaveLen(1)))
	})

	It("keeps the case of its letters where that counts", spec.Clause("scim.attributes.case-kept"), func(ctx SpecContext) {
		odd := "MiXeD-" + client.Tag() + "-CaSe"

		leia := client.Create(ctx, client.User("Leia Organa", spec.With("externalId", odd)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("externalId", odd))
	})

	for path, wrong := range map[string]any{"title": 5, "emails": "leia@alderaan.test", "name": []any{"Leia"}, "active": "perhaps", "emails.value": nil} {
		if path == "emails.value" {
			path, wrong = "emails", []any{spec.Body{"value": spec.Body{"address": "leia@alderaan.test"}}}
			It("of another kind below another is refused", spec.Clause("scim.attributes.wrong-type-refused").In("emails-value"), refusesValue(client, path, wrong))
			continue
		}
		It("of another kind is refused", spec.Clause("scim.attributes.wrong-type-refused").In(path), refusesValue(client, path, wrong))
	}

	It("that is the client's own name is found by it", spec.Clause("scim.attributes.external-id-found"), func(ctx SpecContext) {
		leia, han := client.Create(ctx, client.User("Leia Organa")), client.Create(ctx, client.User("Han Solo"))
		byExternal := func(r *spec.Resource) string { return "externalId eq " + spec.Quoted(r.Body["externalId"].(string)) }

		Expect(client.Filter(ctx, "/Users", byExternal(leia))).To(BeListOf(leia))
		Expect(client.Filter(ctx, "/Users", byExternal(han))).To(BeListOf(han))
	})

	It("that is the client's own name can be changed", spec.Clause("scim.attributes.external-id-changes"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		other := "other-" + client.Tag()

		client.Put(ctx, leia, leia.With(spec.With("externalId", other)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute("externalId", other))
		Expect(client.Filter(ctx, "/Users", "externalId eq "+spec.Quoted(other))).To(BeListOf(leia))
	})
})

// refusesValue proves that a user cannot be given a value of the wrong kind.
func refusesValue(client *spec.Client, path string, wrong any) func(SpecContext) {
	return func(ctx SpecContext) {
		client.NeedsAttribute(ctx, spec.UserSchema, path)
		leia := client.Create(ctx, client.User("Leia Organa"))

		Expect(client.Steadily(ctx, leia, func() provision.Answer {
			return client.Put(ctx, leia, leia.With(spec.With(path, wrong)))
		})).To(Or(BeSCIMError(400, "invalidValue"), BeSCIMError(400, "invalidSyntax")))
	}
}

// primaries counts the values that say that they are the primary one.
func primaries(values any) int {
	n := 0
	list, _ := values.([]any)
	for _, value := range list {
		if entry, _ := value.(map[string]any); entry["primary"] == true {
			n++
		}
	}
	return n
}

var _ = spec.OverSCIM("A password", func(client *spec.Client, _ *spec.Product) {
	secret := func() string { return "Sesame-" + client.Tag() + "-9!" }

	for variant, send := range map[string]func(SpecContext, *spec.Resource) []provision.Answer{
		"create": func(_ SpecContext, r *spec.Resource) []provision.Answer { return []provision.Answer{r.Made} },
		"read": func(ctx SpecContext, r *spec.Resource) []provision.Answer {
			return []provision.Answer{client.Get(ctx, r)}
		},
		"list": func(ctx SpecContext, r *spec.Resource) []provision.Answer {
			return []provision.Answer{client.Filter(ctx, "/Users", r.Filter())}
		},
		"asked-for": func(ctx SpecContext, r *spec.Resource) []provision.Answer {
			return []provision.Answer{client.Get(ctx, r, spec.Param("attributes", "userName,password"))}
		},
		"replace": func(ctx SpecContext, r *spec.Resource) []provision.Answer {
			return []provision.Answer{client.Put(ctx, r, r.With(spec.With("password", secret()))), client.Get(ctx, r)}
		},
	} {
		It("is never shown", spec.Clause("scim.attributes.password-hidden").In(variant), func(ctx SpecContext) {
			leia := client.Create(ctx, client.User("Leia Organa", spec.With("password", secret())))
			spec.Given(client.Get(ctx, leia)).To(HaveAttribute("userName", leia.Body["userName"]))

			for _, answer := range send(ctx, leia) {
				Expect(answer.OK()).To(BeTrue(), "it is answered %d", answer.Status)
				Expect(string(answer.Body)).NotTo(Or(ContainSubstring(secret()), ContainSubstring(`"password"`)))
				Expect(answer.Header.Get("Location")).NotTo(ContainSubstring(secret()))
			}
		})
	}

	It("is in no error either", spec.Clause("scim.attributes.password-not-in-errors"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))

		answer := client.Steadily(ctx, leia, func() provision.Answer {
			return client.Put(ctx, leia, leia.With(spec.With("password", secret()), spec.With("active", "perhaps")))
		})

		Expect(answer).To(BeSCIMError(400, ""))
		Expect(string(answer.Body)).NotTo(ContainSubstring(secret()))
	})
})
