package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in what the SCIM server says of itself.
func init() {
	config := at("/ServiceProviderConfig", http.MethodGet)
	kinds := at("/ResourceTypes", http.MethodGet)
	schemas := at("/Schemas", http.MethodGet)
	deny := func(p *reference.Parts, features ...string) {
		showEach(p, config, func(shown object) {
			for _, feature := range features {
				shown[feature] = object{"supported": false}
			}
		})
	}
	one := func(which whichRequest) whichRequest {
		return func(r *http.Request) bool {
			return which(r) && (strings.Contains(r.URL.Path, "/ResourceTypes/") || strings.Contains(r.URL.Path, "/Schemas/"))
		}
	}

	register("config-of-another-schema", func(p *reference.Parts) {
		showEach(p, config, func(shown object) { shown["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"} })
	})
	register("config-without-etag", func(p *reference.Parts) {
		showEach(p, config, func(shown object) { delete(shown, "etag") })
	})
	register("patch-denied", func(p *reference.Parts) { deny(p, "patch") })
	register("everything-denied", func(p *reference.Parts) { deny(p, "patch", "bulk", "filter", "etag", "sort") })
	register("limit-understated", func(p *reference.Parts) {
		showEach(p, config, func(shown object) { shown["filter"] = object{"supported": true, "maxResults": 0} })
	})
	register("types-without-names", func(p *reference.Parts) {
		showEach(p, kinds, func(kind object) { delete(kind, "name") })
	})
	register("users-left-out", func(p *reference.Parts) {
		leaveOut(p, kinds, "name", "User")
	})
	register("types-not-one-by-one", func(p *reference.Parts) {
		showOtherwise(p, one(kinds), func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusNotFound, "", "there is nothing at this address")
		})
	})
	register("every-type-there", func(p *reference.Parts) { everythingThere(p, one(kinds)) })
	register("type-of-unknown-schema", func(p *reference.Parts) {
		showEach(p, kinds, func(kind object) { kind["schema"] = "urn:acme:schemas:2.0:Person" })
	})
	register("extension-of-unknown-schema", func(p *reference.Parts) {
		showEach(p, kinds, func(kind object) {
			extensions, _ := kind["schemaExtensions"].([]any)
			kind["schemaExtensions"] = append(extensions, object{"schema": "urn:acme:schemas:2.0:Employee", "required": false})
		})
	})
	register("schemas-without-names", func(p *reference.Parts) {
		showEach(p, schemas, func(schema object) { delete(schema, "name") })
	})
	register("schemas-not-one-by-one", func(p *reference.Parts) {
		showOtherwise(p, one(schemas), func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusNotFound, "", "there is nothing at this address")
		})
	})
	register("every-schema-there", func(p *reference.Parts) { everythingThere(p, one(schemas)) })
	register("messages-described", func(p *reference.Parts) {
		showOtherwise(p, schemas, func(_ *http.Request, a *scimAnswer) {
			if listed, isList := a.body["Resources"].([]any); isList {
				a.body["Resources"] = append(listed, object{"id": errorSchema, "name": "Error", "attributes": []any{object{"name": "detail", "type": "string"}}})
				a.body["totalResults"] = len(listed) + 1
			}
		})
	})
	register("type-of-ones-own", func(p *reference.Parts) {
		describeOtherwise(p, "title", func(title object) { title["type"] = "text" })
	})
	register("complex-in-complex", func(p *reference.Parts) {
		describeOtherwise(p, "name", func(name object) {
			parts, _ := name["subAttributes"].([]any)
			name["subAttributes"] = append(parts, object{"name": "previous", "type": "complex", "subAttributes": []any{object{"name": "value", "type": "string"}}})
		})
	})
	register("user-name-optional", func(p *reference.Parts) {
		describeOtherwise(p, "userName", func(userName object) { userName["required"] = false })
	})
	register("groups-writable", func(p *reference.Parts) {
		describeOtherwise(p, "groups", func(groups object) { groups["mutability"] = "readWrite" })
		describeOtherwise(p, "displayName", func(name object) { name["mutability"] = "immutable" })
	})
	register("title-undescribed", func(p *reference.Parts) { undescribe(p, "title") })
	register("department-undescribed", func(p *reference.Parts) { undescribe(p, "department") })
	register("email-type-undescribed", func(p *reference.Parts) {
		describeOtherwise(p, "emails", func(emails object) { emails["subAttributes"] = without(emails["subAttributes"], "name", "type") })
	})
	register("discovery-takes-writes", func(p *reference.Parts) {
		writes := []string{http.MethodPost, http.MethodPut, http.MethodPatch}
		for _, endpoint := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
			showOtherwise(p, at(endpoint, writes...), func(_ *http.Request, a *scimAnswer) { a.status, a.body = http.StatusOK, object{} })
		}
	})
	register("discovery-pages", func(p *reference.Parts) {
		showOtherwise(p, schemas, func(r *http.Request, a *scimAnswer) {
			if listed, _ := a.body["Resources"].([]any); r.URL.Query().Get("count") == "1" && len(listed) > 1 {
				a.body["Resources"] = listed[:1]
			}
		})
	})
	register("discovery-sorts", func(p *reference.Parts) {
		showOtherwise(p, schemas, func(r *http.Request, a *scimAnswer) {
			if r.URL.Query().Has("sortBy") {
				a.refuse(http.StatusBadRequest, "invalidValue", "this cannot be sorted")
			}
		})
	})
	register("discovery-filters", func(p *reference.Parts) {
		showOtherwise(p, schemas, func(r *http.Request, a *scimAnswer) {
			if r.URL.Query().Has("filter") {
				a.status = http.StatusOK
				a.body = object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": 0, "Resources": []any{}}
			}
		})
	})
}

// everythingThere answers what is not there with something that is.
func everythingThere(p *reference.Parts, which whichRequest) {
	showOtherwise(p, which, func(r *http.Request, a *scimAnswer) {
		if a.status == http.StatusNotFound {
			id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
			a.status, a.body = http.StatusOK, object{"id": id, "name": id}
		}
	})
}

// leaveOut leaves those out of a list of whom a member says this.
func leaveOut(p *reference.Parts, which whichRequest, member, value string) {
	showOtherwise(p, which, func(_ *http.Request, a *scimAnswer) {
		if _, isList := a.body["Resources"]; isList {
			left := without(a.body["Resources"], member, value)
			a.body["Resources"], a.body["totalResults"] = left, len(left)
		}
	})
}

// without is a list without the objects in which a member says this.
func without(list any, member, value string) []any {
	entries, _ := list.([]any)
	left := []any{}
	for _, entry := range entries {
		if one, _ := entry.(object); textIn(one, member) != value {
			left = append(left, entry)
		}
	}
	return left
}

// describeOtherwise changes the description of an attribute, in whatever schema it is.
func describeOtherwise(p *reference.Parts, name string, change func(attribute object)) {
	showEach(p, at("/Schemas", http.MethodGet), func(schema object) {
		attributes, _ := schema["attributes"].([]any)
		for _, entry := range attributes {
			if attribute, _ := entry.(object); textIn(attribute, "name") == name {
				change(attribute)
			}
		}
	})
}

// undescribe leaves the description of an attribute away.
func undescribe(p *reference.Parts, name string) {
	showEach(p, at("/Schemas", http.MethodGet), func(schema object) { schema["attributes"] = without(schema["attributes"], "name", name) })
}
