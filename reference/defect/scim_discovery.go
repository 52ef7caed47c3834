package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in what the SCIM server says of itself.
var _ = register(defects{
	"config-of-another-schema": func(p *reference.Parts) {
		showEach(p, readingConfig, func(shown object) { shown["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"} })
	},
	"config-without-etag": func(p *reference.Parts) {
		showEach(p, readingConfig, func(shown object) { delete(shown, "etag") })
	},
	"patch-denied":      func(p *reference.Parts) { denyFeatures(p, "patch") },
	"everything-denied": func(p *reference.Parts) { denyFeatures(p, "patch", "bulk", "filter", "etag", "sort") },
	"limit-understated": func(p *reference.Parts) {
		showEach(p, readingConfig, func(shown object) { shown["filter"] = object{"supported": true, "maxResults": 0} })
	},
	"types-without-names": func(p *reference.Parts) {
		showEach(p, readingKinds, func(kind object) { delete(kind, "name") })
	},
	"users-left-out": func(p *reference.Parts) {
		leaveOut(p, readingKinds, "name", "User")
	},
	"groups-left-out": func(p *reference.Parts) {
		leaveOut(p, readingKinds, "name", "Group")
	},
	"types-not-one-by-one": func(p *reference.Parts) {
		showOtherwise(p, ofOne(readingKinds), func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusNotFound, "", "there is nothing at this address")
		})
	},
	"every-type-there": func(p *reference.Parts) { everythingThere(p, ofOne(readingKinds)) },
	"type-of-unknown-schema": func(p *reference.Parts) {
		showEach(p, readingKinds, func(kind object) { kind["schema"] = "urn:acme:schemas:2.0:Person" })
	},
	"extension-of-unknown-schema": func(p *reference.Parts) {
		showEach(p, readingKinds, func(kind object) {
			extensions, _ := kind["schemaExtensions"].([]any)
			kind["schemaExtensions"] = append(extensions, object{"schema": "urn:acme:schemas:2.0:Employee", "required": false})
		})
	},
	"schemas-without-names": func(p *reference.Parts) {
		showEach(p, readingSchemas, func(schema object) { delete(schema, "name") })
	},
	"schemas-not-one-by-one": func(p *reference.Parts) {
		showOtherwise(p, ofOne(readingSchemas), func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusNotFound, "", "there is nothing at this address")
		})
	},
	"every-schema-there": func(p *reference.Parts) { everythingThere(p, ofOne(readingSchemas)) },
	"messages-described": func(p *reference.Parts) {
		showOtherwise(p, readingSchemas, func(_ *http.Request, a *scimAnswer) {
			if listed, isList := a.body["Resources"].([]any); isList {
				a.body["Resources"] = append(listed, object{"id": errorSchema, "name": "Error", "attributes": []any{object{"name": "detail", "type": "string"}}})
				a.body["totalResults"] = len(listed) + 1
			}
		})
	},
	"type-of-ones-own": func(p *reference.Parts) {
		describeOtherwise(p, "title", func(title object) { title["type"] = "text" })
	},
	"complex-in-complex": func(p *reference.Parts) {
		describeOtherwise(p, "name", func(name object) {
			parts, _ := name["subAttributes"].([]any)
			name["subAttributes"] = append(parts, object{"name": "previous", "type": "complex", "subAttributes": []any{object{"name": "value", "type": "string"}}})
		})
	},
	"user-name-optional": func(p *reference.Parts) {
		describeOtherwise(p, "userName", func(userName object) { userName["required"] = false })
	},
	"groups-writable": func(p *reference.Parts) {
		describeOtherwise(p, "groups", func(groups object) { groups["mutability"] = "readWrite" })
		describeOtherwise(p, "displayName", func(name object) { name["mutability"] = "immutable" })
	},
	"title-undescribed":      func(p *reference.Parts) { undescribe(p, "title") },
	"department-undescribed": func(p *reference.Parts) { undescribe(p, "department") },
	"email-type-undescribed": func(p *reference.Parts) {
		describeOtherwise(p, "emails", func(emails object) { emails["subAttributes"] = without(emails["subAttributes"], "name", "type") })
	},
	"discovery-takes-writes": func(p *reference.Parts) {
		writes := []string{http.MethodPost, http.MethodPut, http.MethodPatch}
		for _, endpoint := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
			showOtherwise(p, at(endpoint, writes...), func(_ *http.Request, a *scimAnswer) { a.status, a.body = http.StatusOK, object{} })
		}
	},
	"discovery-pages": func(p *reference.Parts) {
		showOtherwise(p, readingSchemas, func(r *http.Request, a *scimAnswer) {
			if listed, _ := a.body["Resources"].([]any); r.URL.Query().Get("count") == "1" && len(listed) > 1 {
				a.body["Resources"] = listed[:1]
			}
		})
	},
	"discovery-sorts": func(p *reference.Parts) {
		showOtherwise(p, readingSchemas, func(r *http.Request, a *scimAnswer) {
			if r.URL.Query().Has("sortBy") {
				a.refuse(http.StatusBadRequest, "invalidValue", "this cannot be sorted")
			}
		})
	},
	"discovery-filters": func(p *reference.Parts) {
		showOtherwise(p, readingSchemas, func(r *http.Request, a *scimAnswer) {
			if r.URL.Query().Has("filter") {
				a.status = http.StatusOK
				a.body = object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": 0, "Resources": []any{}}
			}
		})
	},
})

// denyFeatures says of features that they are not supported.
func denyFeatures(p *reference.Parts, features ...string) {
	showEach(p, readingConfig, func(shown object) {
		for _, feature := range features {
			shown[feature] = object{"supported": false}
		}
	})
}

func ofOne(which whichRequest) whichRequest {
	return func(r *http.Request) bool {
		return which(r) && (strings.Contains(r.URL.Path, "/ResourceTypes/") || strings.Contains(r.URL.Path, "/Schemas/"))
	}
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
	showEach(p, readingSchemas, func(schema object) {
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
	showEach(p, readingSchemas, func(schema object) { schema["attributes"] = without(schema["attributes"], "name", name) })
}
