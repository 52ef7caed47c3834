package scim

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

var _ = spec.OverSCIM("A user that is read", func(client *spec.Client, _ *spec.Product) {
	It("names the schema of users, and none twice", spec.Clause("scim.read.schemas-named"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(HaveAttribute("schemas", BeSchemasWith(spec.UserSchema)))
	})

	It("names only schemas that its resource type has", spec.Clause("scim.read.schemas-declared"), func(ctx SpecContext) {
		declared := declaredSchemas(ctx, client, "/Users")
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("schemas", Not(BeEmpty())), HaveAttribute("schemas", HaveEach(BeElementOf(declared)))))
	})

	It("has names for its attributes that are names", spec.Clause("scim.read.names-are-names"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		shown, _ := client.Get(ctx, han).Document()

		spec.Given(shown).To(HaveAttribute("userName", han.Body["userName"]))
		Expect(namesIn(map[string]any(shown))).To(HaveEach(MatchRegexp(`^[A-Za-z$][A-Za-z0-9$_-]*$`)))
	})

	It("has what all resources have in common", spec.Clause("scim.read.common-attributes"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("id", han.ID), HaveAttribute("schemas", Not(BeEmpty())), HaveAttribute("meta.resourceType", Not(BeEmpty())),
			HaveAttribute("meta.created", BeADateTime()), HaveAttribute("meta.lastModified", BeADateTime()), HaveAttribute("meta.location", HaveSuffix(han.Path))))
	})

	It("has booleans that are booleans and texts that are texts", spec.Clause("scim.read.types"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("active", true), HaveAttribute("id", han.ID), HaveAttribute("userName", han.Body["userName"]), HaveAttribute("externalId", han.Body["externalId"])))
	})

	It("shows whom Okta wants to see", spec.Clause("scim.read.who-it-is"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.ReadBack(ctx, han)).To(And(
			HaveAttribute("name.givenName", "Han"), HaveAttribute("name.familyName", "Solo"), HaveAttribute("userName", Not(BeEmpty())),
			HaveAttribute("active", true), HaveAttribute("emails", ContainElement(HaveKeyWithValue("value", Not(BeEmpty()))))))
	})

	It("has the address that the answer says it has", spec.Clause("scim.read.content-location"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		answer := client.Get(ctx, han)
		if answer.OK() && answer.Header.Get("Content-Location") == "" {
			client.NotOffered("its answers have no Content-Location")
		}

		Expect(answer).To(HaveAttribute("meta.location", answer.Header.Get("Content-Location")))
	})

	It("has only attributes that its schemas describe", spec.Clause("scim.read.attributes-declared"), func(ctx SpecContext) {
		schema := client.Schema(ctx, spec.UserSchema)
		if schema == nil {
			client.NotOffered("nothing describes the schema of users")
		}
		han := client.Create(ctx, client.User("Han Solo"))

		shown, _ := client.Get(ctx, han).Document()

		spec.Given(shown).To(HaveAttribute("userName", han.Body["userName"]))
		Expect(undescribed(schema, shown)).To(BeEmpty())
	})

	It("is the same in whatever order it was written", spec.Clause("scim.read.order-means-nothing"), func(ctx SpecContext) {
		body := client.User("Han Solo")
		backwards := `{"active": true, "name": {"familyName": "Solo", "givenName": "Han"}, "userName": ` + spec.Quoted(body["userName"].(string)) +
			`, "schemas": ["` + spec.UserSchema + `"]}`

		han := client.Taken(client.Post(ctx, "/Users", backwards), body)

		Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", body["userName"]), HaveAttribute("name", body["name"]), HaveAttribute("active", true)))
	})
})

var _ = spec.OverSCIM("An id that nobody has", func(client *spec.Client, _ *spec.Product) {
	It("is answered 404", spec.Clause("scim.read.unknown-is-404"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("id", han.ID))

		Expect(client.Call(ctx, "GET", "/Users/"+client.NoID(), nil)).To(BeSCIMError(404, ""))

		spec.Given(client.Get(ctx, han)).To(HaveAttribute("id", han.ID))
	})
})

// declaredSchemas are the schemas that a resource type may have. Where nobody says, the
// spec is unsupported.
func declaredSchemas(ctx SpecContext, client *spec.Client, endpoint string) []any {
	for _, kind := range client.ResourceTypes(ctx) {
		if kind.Text("endpoint") != endpoint {
			continue
		}
		declared := []any{kind.Text("schema")}
		extensions, _ := kind.At("schemaExtensions")
		list, _ := extensions.([]any)
		for _, extension := range list {
			object, _ := extension.(map[string]any)
			declared = append(declared, provision.Document(object).Text("schema"))
		}
		return declared
	}
	client.NotOffered("no resource type describes " + endpoint)
	return nil
}

// namesIn are the names of all attributes of a resource, but the URIs of extensions.
func namesIn(value any) []string {
	var names []string
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			if !strings.HasPrefix(strings.ToLower(name), "urn:") {
				names = append(names, name)
			}
			names = append(names, namesIn(below)...)
		}
	case []any:
		for _, below := range v {
			names = append(names, namesIn(below)...)
		}
	}
	return names
}

// common are the attributes that every resource has, which no schema has to describe
// (RFC 7643 section 3.1).
var common = regexp.MustCompile(`^(?i)(schemas|id|externalId|meta)$`)

// undescribed are the attributes of a resource that its schema does not have. An
// extension has a schema of its own.
func undescribed(schema, shown provision.Document) []string {
	var unknown []string
	for name, value := range shown {
		if common.MatchString(name) || strings.HasPrefix(strings.ToLower(name), "urn:") {
			continue
		}
		described := spec.AttributeOf(schema, name)
		if described == nil {
			unknown = append(unknown, name)
			continue
		}
		if described.Text("type") != "complex" {
			continue
		}
		for _, part := range namesIn(value) {
			if spec.AttributeOf(described, part) == nil {
				unknown = append(unknown, name+"."+part)
			}
		}
	}
	return unknown
}
