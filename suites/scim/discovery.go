package scim

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

const (
	configSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	apiPrefix    = "urn:ietf:params:scim:api:"
)

var _ = spec.OverSCIM("The ServiceProviderConfig", func(client *spec.Client, _ *spec.Product) {
	It("is of its schema", spec.Clause("scim.discovery.config-schema"), func(ctx SpecContext) {
		Expect(client.Call(ctx, "GET", "/ServiceProviderConfig", nil)).To(HaveAttribute("schemas", BeSchemasWith(configSchema)))
	})

	It("says of every feature whether there is it", spec.Clause("scim.discovery.config-complete"), func(ctx SpecContext) {
		answer := client.Call(ctx, "GET", "/ServiceProviderConfig", nil)

		for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
			Expect(answer).To(HaveAttribute(feature+".supported", BeElementOf(true, false)))
		}
		Expect(answer).To(And(HaveAttribute("filter.maxResults", BeAWholeNumber()), HaveAttribute("authenticationSchemes", Not(BeEmpty()))))
	})

	It("says that there is PATCH, which Entra needs", spec.Clause("scim.discovery.patch-claimed"), func(ctx SpecContext) {
		Expect(client.Call(ctx, "GET", "/ServiceProviderConfig", nil)).To(HaveAttribute("patch.supported", true))
	})

	// claimed is what a product does where it says that it has a feature, and where not.
	for feature, claimed := range map[string]struct{ works, refused func(SpecContext) }{
		"patch": {func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.Patch(ctx, han, spec.Replace("name.familyName", "Organa"))).To(HaveStatus(http.StatusOK, http.StatusNoContent))
			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("name.familyName", "Organa"))
		}, func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return client.Patch(ctx, han, spec.Replace("name.familyName", "Organa"))
			})).To(BeRefusedOverSCIM())
		}},
		"filter": {func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))
		}, func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.Steadily(ctx, han, func() provision.Answer { return client.Filter(ctx, "/Users", han.Filter()) })).To(BeRefusedOverSCIM())
		}},
		"bulk": {func(ctx SpecContext) {
			honest := client.User("Han Solo")
			Expect(client.Call(ctx, "POST", "/Bulk", oneInBulk(honest))).To(HaveStatus(http.StatusOK))
			Expect(client.Filter(ctx, "/Users", (&spec.Resource{Path: "/Users/", Body: honest}).Filter())).To(HaveCounter("totalResults", 1))
		}, func(ctx SpecContext) {
			honest := client.User("Han Solo")
			Expect(client.Unmade(ctx, honest, func() provision.Answer { return client.Call(ctx, "POST", "/Bulk", oneInBulk(honest)) })).To(BeRefusedOverSCIM())
		}},
		"etag": {func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.Get(ctx, han)).To(HaveHeader("ETag", MatchRegexp(`^(W/)?".*"$`)))
		}, func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			Expect(client.ReadBack(ctx, han)).To(And(HaveAttribute("userName", han.Body["userName"]), HaveNoAttribute("meta.version")))
		}},
	} {
		It("tells the truth about "+feature, spec.Clause("scim.discovery.claims-are-true").In(feature), func(ctx SpecContext) {
			switch supported, known := client.Claims(ctx, feature); {
			case !known:
				client.NotOffered("its ServiceProviderConfig says nothing of " + feature)
			case supported:
				claimed.works(ctx)
			default:
				claimed.refused(ctx)
			}
		})
	}

	It("gives a limit for lists that holds", spec.Clause("scim.discovery.limit-holds"), func(ctx SpecContext) {
		limit, known := client.Config(ctx).At("filter.maxResults")
		if !known {
			client.NotOffered("its ServiceProviderConfig names no filter.maxResults")
		}
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Filter(ctx, "/Users", han.Filter())).To(BeListOf(han))

		shown, err := client.List(ctx, "/Users", spec.Param("count", "1000000")).Documents()

		Expect(err).NotTo(HaveOccurred())
		Expect(shown).NotTo(BeEmpty())
		Expect(numberOf(limit)).To(BeNumerically(">=", len(shown)))
	})
})

var _ = spec.OverSCIM("The resource types", func(client *spec.Client, product *spec.Product) {
	It("are a list, each with a name, an endpoint and a schema", spec.Clause("scim.discovery.types-listed"), func(ctx SpecContext) {
		types := described(ctx, client, "/ResourceTypes")

		for _, kind := range types {
			Expect(kind).To(And(HaveAttribute("name", Not(BeEmpty())), HaveAttribute("endpoint", HavePrefix("/")), HaveAttribute("schema", HavePrefix("urn:"))))
		}
	})

	It("have users among them", spec.Clause("scim.discovery.users-among-types"), func(ctx SpecContext) {
		kind := named(described(ctx, client, "/ResourceTypes"), "User")

		Expect(kind).To(And(HaveAttribute("endpoint", "/Users"), HaveAttribute("schema", spec.UserSchema)))
	})

	It("have groups among them where there are groups", spec.Clause("scim.discovery.groups-among-types"), func(ctx SpecContext) {
		client, _ := product.WithGroups(ctx)
		client.Create(ctx, client.Group("Pilots", nil))

		kind := named(described(ctx, client, "/ResourceTypes"), "Group")

		Expect(kind).To(And(HaveAttribute("endpoint", "/Groups"), HaveAttribute("schema", spec.GroupSchema)))
	})

	It("can be read one by one", spec.Clause("scim.discovery.type-by-name"), func(ctx SpecContext) {
		for _, kind := range described(ctx, client, "/ResourceTypes") {
			Expect(client.Call(ctx, "GET", "/ResourceTypes/"+kind.Text("name"), nil)).To(And(
				HaveAttribute("name", kind.Text("name")), HaveAttribute("schema", kind.Text("schema"))))
		}
	})

	It("are no others", spec.Clause("scim.discovery.unknown-type"), func(ctx SpecContext) {
		spec.Given(client.Call(ctx, "GET", "/ResourceTypes/User", nil)).To(HaveAttribute("name", "User"))

		Expect(client.Call(ctx, "GET", "/ResourceTypes/"+client.NoID(), nil)).To(BeSCIMError(404, ""))
	})

	It("are of schemas that are described", spec.Clause("scim.discovery.type-schemas-described"), func(ctx SpecContext) {
		for _, kind := range described(ctx, client, "/ResourceTypes") {
			Expect(client.Schema(ctx, kind.Text("schema"))).NotTo(BeNil(), kind.Text("schema"))
		}
	})

	It("have extensions that are described", spec.Clause("scim.discovery.extensions-described"), func(ctx SpecContext) {
		extensions := 0
		for _, kind := range described(ctx, client, "/ResourceTypes") {
			for _, extension := range kind.Objects("schemaExtensions") {
				extensions++
				Expect(client.Schema(ctx, extension.Text("schema"))).NotTo(BeNil(), extension.Text("schema"))
			}
		}
		if extensions == 0 {
			client.NotOffered("no resource type has an extension")
		}
	})
})

var _ = spec.OverSCIM("The schemas", func(client *spec.Client, _ *spec.Product) {
	It("are a list, each with its URI and a name", spec.Clause("scim.discovery.schemas-listed"), func(ctx SpecContext) {
		for _, schema := range described(ctx, client, "/Schemas") {
			Expect(schema).To(And(HaveAttribute("id", HavePrefix("urn:")), HaveAttribute("name", Not(BeEmpty())), HaveAttribute("attributes", Not(BeEmpty()))))
		}
	})

	It("can be read one by one", spec.Clause("scim.discovery.schema-by-id"), func(ctx SpecContext) {
		for _, schema := range described(ctx, client, "/Schemas") {
			Expect(client.Call(ctx, "GET", "/Schemas/"+schema.Text("id"), nil)).To(And(
				HaveAttribute("id", schema.Text("id")), HaveAttribute("attributes", Not(BeEmpty()))))
		}
	})

	It("are no others", spec.Clause("scim.discovery.unknown-schema"), func(ctx SpecContext) {
		spec.Given(client.Call(ctx, "GET", "/Schemas/"+spec.UserSchema, nil)).To(HaveAttribute("id", spec.UserSchema))

		Expect(client.Call(ctx, "GET", "/Schemas/urn:rollcall:"+client.NoID(), nil)).To(BeSCIMError(404, ""))
	})

	It("are those of resources, and not of messages", spec.Clause("scim.discovery.no-messages"), func(ctx SpecContext) {
		for _, schema := range described(ctx, client, "/Schemas") {
			Expect(schema).To(HaveAttribute("id", Not(HavePrefix(apiPrefix))))
		}
	})

	It("describe each attribute in words that there are", spec.Clause("scim.discovery.characteristics"), func(ctx SpecContext) {
		for _, a := range everyAttribute(ctx, client) {
			Expect(a).To(HaveAttribute("type", BeElementOf(attributeTypes...)))
			for characteristic, words := range characteristics {
				if a.Has(characteristic) {
					Expect(a).To(HaveAttribute(characteristic, BeElementOf(words...)))
				}
			}
		}
	})

	It("have parts where an attribute is complex, which are not complex themselves", spec.Clause("scim.discovery.complex"), func(ctx SpecContext) {
		for _, a := range everyAttribute(ctx, client) {
			parts, kind := a.Objects("subAttributes"), Not(Equal("complex"))
			if len(parts) > 0 {
				kind = Equal("complex")
			}
			Expect(a).To(HaveAttribute("type", kind))
			for _, part := range parts {
				Expect(part).To(HaveAttribute("type", Not(Equal("complex"))))
			}
		}
	})

	It("say of users that a user name is required and unique", spec.Clause("scim.discovery.user-name"), func(ctx SpecContext) {
		Expect(attribute(ctx, client, "userName")).To(And(
			HaveAttribute("required", true), HaveAttribute("uniqueness", BeElementOf("server", "global")), HaveAttribute("caseExact", false)))
	})

	It("say of users what the standard says of them", spec.Clause("scim.discovery.user-as-standard"), func(ctx SpecContext) {
		schema := client.Schema(ctx, spec.UserSchema)
		spec.Given(spec.AttributeOf(schema, "userName")).To(HaveAttribute("name", "userName"))

		for _, s := range standardUser {
			if a := spec.AttributeOf(schema, s.path); a != nil {
				Expect(a).To(And(
					HaveAttribute("type", BeElementOf(s.types)), HaveAttribute("multiValued", s.many),
					HaveAttribute("mutability", s.mutability), HaveAttribute("returned", s.returned)), s.path)
			}
		}
	})

	It("have every attribute of users that the standard has", spec.Clause("scim.discovery.user-complete"), func(ctx SpecContext) {
		schema := client.Schema(ctx, spec.UserSchema)

		for _, s := range standardUser {
			if s.path != "password" && s.path != "groups" {
				Expect(spec.AttributeOf(schema, s.path)).NotTo(BeNil(), s.path)
			}
		}
	})

	It("have the Enterprise User", spec.Clause("scim.discovery.enterprise-complete"), func(ctx SpecContext) {
		schema := client.Schema(ctx, spec.EnterpriseSchema)

		for _, name := range []string{"employeeNumber", "costCenter", "organization", "division", "department", "manager.value"} {
			Expect(spec.AttributeOf(schema, name)).NotTo(BeNil(), name)
		}
	})

	It("have what an identity provider maps", spec.Clause("scim.discovery.mapped-attributes"), func(ctx SpecContext) {
		schema := client.Schema(ctx, spec.UserSchema)

		for _, name := range []string{"userName", "active", "name.givenName", "name.familyName", "emails.value", "emails.type"} {
			Expect(spec.AttributeOf(schema, name)).NotTo(BeNil(), name)
		}
	})
})

var _ = spec.OverSCIM("Discovery", func(client *spec.Client, _ *spec.Product) {
	for variant, endpoint := range map[string]string{"config": "/ServiceProviderConfig", "types": "/ResourceTypes", "schemas": "/Schemas"} {
		It("is only read", spec.Clause("scim.discovery.only-read").In(variant), func(ctx SpecContext) {
			before := client.Call(ctx, "GET", endpoint, nil)
			spec.Given(before).To(HaveAttribute("schemas", Not(BeEmpty())))

			for _, method := range []string{"POST", "PUT", "PATCH"} {
				Expect(client.Call(ctx, method, endpoint, spec.Body{})).To(And(BeRefusedOverSCIM(), Not(HaveStatus(http.StatusBadRequest))), method)
			}
			Expect(string(client.Call(ctx, "GET", endpoint, nil).Body)).To(Equal(string(before.Body)))
		})
	}

	for variant, query := range map[string][]spec.Asking{
		"paging": {spec.Param("startIndex", "2"), spec.Param("count", "1")}, "sorting": {spec.Param("sortBy", "name"), spec.Param("sortOrder", "descending")},
		"filter": {spec.Param("filter", `id eq "nothing"`)},
	} {
		It("is shown whole, whatever is asked for", spec.Clause("scim.discovery.query-ignored").In(variant), func(ctx SpecContext) {
			whole := described(ctx, client, "/Schemas")

			answer := client.Call(ctx, "GET", "/Schemas", nil, query...)

			if variant == "filter" && answer.Status == http.StatusForbidden {
				Expect(answer).To(BeSCIMError(403, ""))
				return
			}
			shown, err := answer.Documents()
			Expect(err).NotTo(HaveOccurred())
			Expect(answer).To(HaveCounter("totalResults", len(whole)))
			Expect(shown).To(HaveLen(len(whole)))
		})
	}
})

// oneInBulk is a bulk request of one creation.
func oneInBulk(user spec.Body) spec.Body {
	return spec.Body{"schemas": []string{spec.BulkSchema}, "Operations": []spec.Body{
		{"method": "POST", "path": "/Users", "bulkId": "one", "data": user},
	}}
}

// described is a list of discovery, which has something in it and is of the form of a
// list.
func described(ctx SpecContext, client *spec.Client, endpoint string) []provision.Document {
	answer := client.Call(ctx, "GET", endpoint, nil)
	shown, err := answer.Documents()
	Expect(err).NotTo(HaveOccurred())
	Expect(shown).NotTo(BeEmpty(), "%s is answered %d", endpoint, answer.Status)
	Expect(answer).To(HaveCounter("totalResults", len(shown)))
	return shown
}

func named(all []provision.Document, name string) provision.Document {
	for _, one := range all {
		if one.Text("name") == name {
			return one
		}
	}
	return provision.Document{}
}

// attribute is the description of an attribute of users.
func attribute(ctx SpecContext, client *spec.Client, path string) provision.Document {
	found := client.Attribute(ctx, spec.UserSchema, path)
	Expect(found).NotTo(BeNil(), "nothing describes %s", path)
	return found
}

// attributeTypes are the types that there are, and characteristics the words for what
// else a schema says of them (RFC 7643 section 7).
var (
	attributeTypes  = []any{"string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"}
	characteristics = map[string][]any{
		"mutability": {"readOnly", "readWrite", "immutable", "writeOnly"},
		"returned":   {"always", "never", "default", "request"},
		"uniqueness": {"none", "server", "global"},
	}
)

// everyAttribute is every attribute, and every part of one, that a schema describes.
func everyAttribute(ctx SpecContext, client *spec.Client) []provision.Document {
	var all []provision.Document
	for _, schema := range described(ctx, client, "/Schemas") {
		all = append(all, attributesOf(schema)...)
	}
	return all
}

// attributesOf are the attributes of a schema and the parts of them.
func attributesOf(schema provision.Document) []provision.Document {
	var all []provision.Document
	for _, a := range schema.Objects("attributes") {
		all = append(all, a)
		all = append(all, a.Objects("subAttributes")...)
	}
	return all
}

// standardAttribute is what RFC 7643 section 8.7.1 says of an attribute of users.
type standardAttribute struct {
	path       string
	types      []string
	many       bool
	mutability string
	returned   string
}

var standardUser = []standardAttribute{
	{"userName", texts, false, "readWrite", "default"},
	{"name", complexes, false, "readWrite", "default"},
	{"displayName", texts, false, "readWrite", "default"},
	{"nickName", texts, false, "readWrite", "default"},
	{"profileUrl", []string{"reference"}, false, "readWrite", "default"},
	{"title", texts, false, "readWrite", "default"},
	{"userType", texts, false, "readWrite", "default"},
	{"preferredLanguage", texts, false, "readWrite", "default"},
	{"locale", texts, false, "readWrite", "default"},
	{"timezone", texts, false, "readWrite", "default"},
	{"active", []string{"boolean"}, false, "readWrite", "default"},
	{"password", texts, false, "writeOnly", "never"},
	{"emails", complexes, true, "readWrite", "default"},
	{"phoneNumbers", complexes, true, "readWrite", "default"},
	{"ims", complexes, true, "readWrite", "default"},
	{"photos", complexes, true, "readWrite", "default"},
	{"addresses", complexes, true, "readWrite", "default"},
	{"groups", complexes, true, "readOnly", "default"},
	{"entitlements", complexes, true, "readWrite", "default"},
	{"roles", complexes, true, "readWrite", "default"},
	{"x509Certificates", complexes, true, "readWrite", "default"},
}

var texts, complexes = []string{"string"}, []string{"complex"}

// numberOf is a number of JSON; 0 where it is none.
func numberOf(value any) float64 {
	number, ok := value.(interface{ Float64() (float64, error) })
	if !ok {
		return 0
	}
	f, _ := number.Float64() // what cannot be read limits nothing
	return f
}
