package scim

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("The Enterprise User", func(client *spec.Client, _ *spec.Product) {
	enterprise := spec.Body{
		"employeeNumber": "701984", "costCenter": "4130", "organization": "Rebel Alliance", "division": "Command", "department": "Fleet",
	}

	It("is kept below its URI", spec.Clause("scim.attributes.enterprise-kept"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa", spec.With(spec.EnterpriseSchema, enterprise)))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute(spec.EnterpriseSchema, enterprise))
	})

	It("is named in schemas", spec.Clause("scim.attributes.enterprise-named"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa", spec.With(spec.EnterpriseSchema, enterprise)))

		Expect(client.ReadBack(ctx, leia)).To(And(
			HaveAttribute("schemas", BeSchemasWith(spec.EnterpriseSchema)), HaveAttribute("schemas", BeSchemasWith(spec.UserSchema))))
	})

	It("has a manager, who is a user", spec.Clause("scim.attributes.manager-kept"), func(ctx SpecContext) {
		boss := client.Create(ctx, client.User("Mon Mothma"))

		leia := client.Create(ctx, client.User("Leia Organa", spec.With(spec.EnterpriseSchema+":manager", spec.Body{"value": boss.ID})))

		Expect(client.ReadBack(ctx, leia)).To(HaveAttribute(spec.EnterpriseSchema+":manager.value", boss.ID))
	})

	It("is replaced, and goes where it is left out", spec.Clause("scim.attributes.enterprise-replaced"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa", spec.With(spec.EnterpriseSchema, enterprise)))

		client.Put(ctx, leia, leia.With(spec.With(spec.EnterpriseSchema, spec.Body{"department": "Senate", "division": nil})))

		Expect(client.ReadBack(ctx, leia)).To(And(
			HaveAttribute(spec.EnterpriseSchema+":department", "Senate"), HaveNoAttribute(spec.EnterpriseSchema+":division")))
	})

	It("means the same in whatever order the schemas are named", spec.Clause("scim.attributes.schemas-in-any-order"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa", spec.With(spec.EnterpriseSchema, enterprise),
			spec.With("schemas", []string{spec.EnterpriseSchema, spec.UserSchema})))

		Expect(client.ReadBack(ctx, leia)).To(And(
			HaveAttribute("userName", leia.Body["userName"]), HaveAttribute(spec.EnterpriseSchema, enterprise), HaveAttribute("meta.resourceType", "User")))
	})

	It("that schemas do not name is refused, or counts as named", spec.Clause("scim.attributes.enterprise-unnamed"), func(ctx SpecContext) {
		leia := client.Create(ctx, client.User("Leia Organa"))
		silent := leia.With(spec.With(spec.EnterpriseSchema, enterprise), spec.With("schemas", []string{spec.UserSchema}))

		answer := client.Put(ctx, leia, silent)

		if !answer.OK() {
			Expect(answer).To(BeSCIMError(400, ""))
			Expect(client.ReadBack(ctx, leia)).To(HaveNoAttribute(spec.EnterpriseSchema))
			return
		}
		Expect(client.ReadBack(ctx, leia)).To(Or(HaveNoAttribute(spec.EnterpriseSchema), HaveAttribute("schemas", BeSchemasWith(spec.EnterpriseSchema))))
		spec.Given(client.Get(ctx, leia)).To(HaveAttribute("userName", leia.Body["userName"]))
	})
})

var _ = spec.OverSCIM("An extension of the product's own", func(client *spec.Client, _ *spec.Product) {
	// kinds are a value, and another, for an attribute of each type.
	for kind, values := range map[string][2]any{
		"string": {"red", "blue"}, "boolean": {true, false}, "integer": {42, 7}, "decimal": {2.5, 3.25},
		"dateTime": {"2026-01-05T09:00:00Z", "2026-02-06T10:30:00Z"}, "binary": {certificate, "AAECAwQ="},
		"reference": {"https://rebels.test/a", "https://rebels.test/b"},
	} {
		It("keeps what it describes, by its type", spec.Clause("scim.attributes.extension-kept").In(kind), func(ctx SpecContext) {
			path := ownAttribute(ctx, client, func(a provision.Document) bool { return plainly(a, kind) && a.Text("mutability") == "readWrite" })

			han := client.Create(ctx, client.User("Han Solo", spec.With(path, values[0])))
			spec.Given(client.ReadBack(ctx, han)).To(HaveAttribute("userName", han.Body["userName"]))

			Expect(client.ReadBack(ctx, han)).To(HaveAttribute(path, values[0]))
			client.Put(ctx, han, han.With(spec.With(path, values[1])))
			Expect(client.ReadBack(ctx, han)).To(HaveAttribute(path, values[1]))
		})
	}

	It("shows an integer as one", spec.Clause("scim.attributes.integer-is-whole"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool { return plainly(a, "integer") })

		han := client.Create(ctx, client.User("Han Solo", spec.With(path, 42)))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute(path, BeAWholeNumber()))
	})

	It("is named in schemas", spec.Clause("scim.attributes.extension-named"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool { return plainly(a, "string") && a.Text("mutability") == "readWrite" })
		urn, _, _ := spec.InExtension(path)

		han := client.Create(ctx, client.User("Han Solo", spec.With(path, "red")))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("schemas", BeSchemasWith(urn)))
	})

	It("keeps what is immutable as it was created", spec.Clause("scim.attributes.immutable-kept"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool {
			return a.Text("mutability") == "immutable" && a.Text("type") == "string"
		})
		han := client.Create(ctx, client.User("Han Solo", spec.With(path, "first")))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute(path, "first"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Put(ctx, han, han.With(spec.With(path, "second")))
		})).To(BeSCIMError(400, "mutability"))
	})

	It("takes what is only written, and shows it nowhere", spec.Clause("scim.attributes.write-only-hidden"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool {
			return a.Text("mutability") == "writeOnly" && a.Text("type") == "string"
		})
		secret := "hidden-" + client.Tag()

		han := client.Create(ctx, client.User("Han Solo", spec.With(path, secret)))

		Expect(string(han.Made.Body)).NotTo(ContainSubstring(secret))
		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", han.Body["userName"]), HaveNoAttribute(path)))
		Expect(string(client.Get(ctx, han, spec.Param("attributes", path)).Body)).NotTo(ContainSubstring(secret))
	})

	It("passes over what is only read", spec.Clause("scim.attributes.read-only-ignored"), func(ctx SpecContext) {
		path := ownAttribute(ctx, client, func(a provision.Document) bool {
			return a.Text("mutability") == "readOnly" && a.Text("type") == "string"
		})

		han := client.Create(ctx, client.User("Han Solo", spec.With(path, "mine")))

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", han.Body["userName"]), Not(HaveAttribute(path, "mine"))))
	})
})

// ownAttribute is the path of an attribute of an extension of users that is the product's
// own and not the Enterprise User. Where there is none the spec is unsupported.
func ownAttribute(ctx SpecContext, client *spec.Client, suits func(provision.Document) bool) string {
	for _, kind := range client.ResourceTypes(ctx) {
		if kind.Text("endpoint") != "/Users" {
			continue
		}
		for _, extension := range kind.Objects("schemaExtensions") {
			urn := extension.Text("schema")
			if urn == spec.EnterpriseSchema {
				continue
			}
			attributes := client.Schema(ctx, urn).Objects("attributes")
			if at := slices.IndexFunc(attributes, suits); at >= 0 {
				return urn + ":" + attributes[at].Text("name")
			}
		}
	}
	client.NotOffered("no extension of its own has such an attribute")
	return ""
}

// plainly says whether an attribute is one value of a type that is shown to everybody.
func plainly(a provision.Document, kind string) bool {
	many, _ := a.At("multiValued")
	return a.Text("type") == kind && many != true && a.Text("returned") == "default"
}
