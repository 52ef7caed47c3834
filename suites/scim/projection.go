package scim

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// only asks for these attributes, less for all but these.
func only(names ...string) spec.Asking { return spec.Param("attributes", strings.Join(names, ",")) }
func less(names ...string) spec.Asking {
	return spec.Param("excludedAttributes", strings.Join(names, ","))
}

// alone is the person of this spec out of an answer that shows them, be it a list.
func alone(answer provision.Answer) provision.Document {
	if list, err := answer.Document(); err == nil && list.Has("Resources") {
		return oneOf(answer)
	}
	shown, err := answer.Document()
	ExpectWithOffset(1, answer).To(HaveStatus(http.StatusOK, http.StatusCreated))
	ExpectWithOffset(1, err).NotTo(HaveOccurred())
	return shown
}

// looks are the ways to ask for somebody with parameters.
var looks = []struct {
	variant, title string
	at             func(ctx context.Context, client *spec.Client, r *spec.Resource, how spec.Asking) provision.Answer
}{
	{"", "by id", func(ctx context.Context, client *spec.Client, r *spec.Resource, how spec.Asking) provision.Answer {
		return client.Get(ctx, r, how)
	}},
	{"list", "in a list", func(ctx context.Context, client *spec.Client, r *spec.Resource, how spec.Asking) provision.Answer {
		return client.Filter(ctx, "/Users", r.Filter(), how)
	}},
}

var _ = spec.OverSCIM("Somebody of whom only some attributes are asked for", func(client *spec.Client, _ *spec.Product) {
	for _, look := range looks {
		It("is shown with these and no others: "+look.title, spec.Clause("scim.projection.only").In(look.variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.Get(ctx, han)).To(And(HaveAttribute("displayName", "Han Solo"), HaveAttribute("name", han.Body["name"])))

			shown := alone(look.at(ctx, client, han, only("displayName", "externalId")))

			Expect(shown).To(And(HaveAttribute("displayName", "Han Solo"), HaveAttribute("externalId", han.Body["externalId"])))
			Expect(shown).To(And(HaveNoAttribute("name"), HaveNoAttribute("emails"), HaveNoAttribute("active")))
		})

		It("is shown without those that are not wanted: "+look.title, spec.Clause("scim.projection.without").In(look.variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			spec.Given(client.Get(ctx, han)).To(And(HaveAttribute("displayName", "Han Solo"), HaveAttribute("name", han.Body["name"])))

			shown := alone(look.at(ctx, client, han, less("displayName", "emails")))

			Expect(shown).To(And(HaveNoAttribute("displayName"), HaveNoAttribute("emails")))
			Expect(shown).To(And(HaveAttribute("name", han.Body["name"]), HaveAttribute("userName", han.Body["userName"])))
		})

		It("has an id all the same: "+look.title, spec.Clause("scim.projection.always").In(look.variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(alone(look.at(ctx, client, han, less("id", "displayName")))).To(And(HaveAttribute("id", han.ID), HaveNoAttribute("displayName")))
			Expect(alone(look.at(ctx, client, han, only("displayName")))).To(And(HaveAttribute("id", han.ID), HaveAttribute("displayName", "Han Solo"), HaveNoAttribute("name")))
		})
	}

	It("is shown with a part of a complex attribute", spec.Clause("scim.projection.part"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Get(ctx, han, only("name.familyName"))).To(And(
			HaveAttribute("name.familyName", "Solo"), HaveNoAttribute("name.givenName"), HaveNoAttribute("displayName")))
	})

	It("is shown without a part of a complex attribute", spec.Clause("scim.projection.part").In("without"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Get(ctx, han, less("name.familyName"))).To(And(
			HaveNoAttribute("name.familyName"), HaveAttribute("name.givenName", "Han"), HaveAttribute("displayName", "Han Solo")))
	})

	It("is shown with, or without, a part of each of many values", spec.Clause("scim.projection.part-of-many"), func(ctx SpecContext) {
		work, home := addresses(client)
		han := client.Create(ctx, client.User("Han Solo", spec.With("emails", []any{work, home})))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("emails", []any{work, home}))

		Expect(client.Get(ctx, han, only("emails.value"))).To(And(HaveNoAttribute("displayName"), HaveAttribute("emails", ConsistOf(
			And(HaveKeyWithValue("value", work["value"]), Not(HaveKey("type"))), And(HaveKeyWithValue("value", home["value"]), Not(HaveKey("type")))))))
		Expect(client.Get(ctx, han, less("emails.type"))).To(And(HaveAttribute("displayName", "Han Solo"), HaveAttribute("emails", ConsistOf(
			And(HaveKeyWithValue("value", work["value"]), Not(HaveKey("type"))), And(HaveKeyWithValue("value", home["value"]), Not(HaveKey("type")))))))
	})

	It("is asked for in any case, and with the schema", spec.Clause("scim.projection.names-in-any-case"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		for _, name := range []string{"DISPLAYNAME", spec.UserSchema + ":displayName"} {
			Expect(client.Get(ctx, han, only(name))).To(And(HaveAttribute("displayName", "Han Solo"), HaveNoAttribute("name")))
			Expect(client.Get(ctx, han, less(name))).To(And(HaveNoAttribute("displayName"), HaveAttribute("name", han.Body["name"])))
		}
	})

	It("is shown with an attribute of the enterprise extension", spec.Clause("scim.projection.enterprise"), func(ctx SpecContext) {
		const number, department = spec.EnterpriseSchema + ":employeeNumber", spec.EnterpriseSchema + ":department"
		han := client.Create(ctx, client.User("Han Solo", spec.With(number, "1138"), spec.With(department, "Freight")))
		spec.Given(client.Get(ctx, han)).To(And(HaveAttribute(number, "1138"), HaveAttribute(department, "Freight")))

		Expect(client.Get(ctx, han, only(number))).To(And(HaveAttribute(number, "1138"), HaveNoAttribute(department), HaveNoAttribute("displayName")))
		Expect(client.Get(ctx, han, less(number))).To(And(HaveNoAttribute(number), HaveAttribute(department, "Freight"), HaveAttribute("displayName", "Han Solo")))
	})

	It("is not changed by being shown in part", spec.Clause("scim.projection.only-shown"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		before := client.Snapshot(ctx, han)

		Expect(client.Get(ctx, han, only("displayName"))).To(And(HaveAttribute("displayName", "Han Solo"), HaveNoAttribute("name")))
		Expect(client.Put(ctx, han, han.With(), less("name"))).To(And(HaveAttribute("displayName", "Han Solo"), HaveNoAttribute("name")))

		Expect(client.Get(ctx, han)).To(And(HaveAttribute("name", before.Shown["name"]), HaveAttribute("emails", han.Body["emails"])))
	})
})

var _ = spec.OverSCIM("The answer to a change", func(client *spec.Client, _ *spec.Product) {
	for _, c := range []struct {
		method string
		change func(ctx context.Context, how spec.Asking) provision.Answer
	}{
		{"POST", func(ctx context.Context, how spec.Asking) provision.Answer {
			return client.Post(ctx, "/Users", client.User("Captain Solo"), how)
		}},
		{"PUT", func(ctx context.Context, how spec.Asking) provision.Answer {
			han := client.Create(ctx, client.User("Han Solo"))
			return client.Put(ctx, han, han.With(spec.With("displayName", "Captain Solo")), how)
		}},
		{"PATCH", func(ctx context.Context, how spec.Asking) provision.Answer {
			han := client.Create(ctx, client.User("Han Solo"))
			return client.Call(ctx, "PATCH", han.Path, spec.PatchBody(spec.Replace("displayName", "Captain Solo")), how)
		}},
	} {
		It("by "+c.method+" shows the attributes that are asked for", spec.Clause("scim.projection."+strings.ToLower(c.method)), func(ctx SpecContext) {
			Expect(alone(c.change(ctx, only("displayName")))).To(And(
				HaveAttribute("displayName", "Captain Solo"), HaveAttribute("id", Not(BeEmpty())), HaveNoAttribute("name"), HaveNoAttribute("userName")))
			Expect(alone(c.change(ctx, less("name")))).To(And(HaveAttribute("displayName", "Captain Solo"), HaveNoAttribute("name")))
		})
	}
})

var _ = spec.OverSCIM("An attribute that is shown on request", func(client *spec.Client, _ *spec.Product) {
	It("is shown to whoever asks for it, and to nobody else", spec.Clause("scim.projection.on-request"), func(ctx SpecContext) {
		path := customText(ctx, client, "request", false)
		han := client.Create(ctx, client.User("Han Solo", spec.With(path, "never tell me the odds")))

		Expect(client.Get(ctx, han)).To(And(HaveAttribute("displayName", "Han Solo"), HaveNoAttribute(path)))
		Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
		Expect(oneOf(client.Filter(ctx, "/Users", han.Filter()))).To(HaveNoAttribute(path))
		Expect(client.Get(ctx, han, only(path))).To(And(HaveAttribute(path, "never tell me the odds"), HaveNoAttribute("displayName")))
	})
})

// customText finds an attribute that holds a text in an extension of the product's own:
// one that clients write, that is returned so and, for exact, in which case counts. Where
// there is none the product is not held to it.
func customText(ctx context.Context, client *spec.Client, returned string, exact bool) (path string) {
	for _, schema := range client.Schemas(ctx) {
		urn := schema.Text("id")
		if !extendsUsers(ctx, client, urn) || strings.EqualFold(urn, spec.EnterpriseSchema) {
			continue
		}
		all, _ := schema.At("attributes")
		entries, _ := all.([]any)
		for _, entry := range entries {
			described, _ := entry.(map[string]any)
			a := provision.Document(described)
			many, _ := a.At("multiValued")
			caseExact, _ := a.At("caseExact")
			if a.Text("type") == "string" && many != true && a.Text("mutability") == "readWrite" && a.Text("returned") == returned &&
				!a.Has("canonicalValues") && (!exact || caseExact == true) {
				return urn + ":" + a.Text("name")
			}
		}
	}
	client.NotOffered("no extension of its own has a text that is returned so: " + returned)
	return ""
}

// extendsUsers says whether a schema is an extension of users.
func extendsUsers(ctx context.Context, client *spec.Client, urn string) bool {
	for _, kind := range client.ResourceTypes(ctx) {
		extensions, _ := kind.At("schemaExtensions")
		list, _ := extensions.([]any)
		for _, entry := range list {
			extension, _ := entry.(map[string]any)
			if kind.Text("endpoint") == "/Users" && strings.EqualFold(provision.Document(extension).Text("schema"), urn) {
				return true
			}
		}
	}
	return false
}
