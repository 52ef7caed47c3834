package defect

import (
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference"
)

const bulkSchema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

// bulk is about bulk requests.
var bulk = at("/Bulk", http.MethodPost)

// Defects in what a bulk request does.
func init() {
	reads := func(name string, change func(body object)) {
		register(name, func(p *reference.Parts) {
			readOtherwise(p, bulk, func(_ *http.Request, body object) *scimAnswer {
				change(body)
				return nil
			})
		})
	}
	readsEach := func(name string, change func(operation object)) {
		reads(name, func(body object) {
			for _, operation := range operationsIn(body) {
				change(operation)
			}
		})
	}
	keeps := func(name string, which func(operation object) bool) {
		reads(name, func(body object) {
			listed, _ := body["Operations"].([]any)
			body["Operations"] = slices.DeleteFunc(listed, func(entry any) bool { return !which(entry.(object)) })
		})
	}
	reads("bulk-stops-at-an-error", func(body object) { body["failOnErrors"] = 1 })
	reads("fail-on-errors-ignored", func(body object) { delete(body, "failOnErrors") })
	reads("bulk-schema-optional", func(body object) { body["schemas"] = []any{bulkSchema} })
	reads("bulk-backwards", func(body object) {
		listed, _ := body["Operations"].([]any)
		slices.Reverse(listed)
	})
	reads("bulk-does-the-first", func(body object) {
		if listed, _ := body["Operations"].([]any); len(listed) > 1 && body["failOnErrors"] == nil {
			body["Operations"] = listed[:1]
		}
	})
	keeps("bulk-passes-over-delete", func(operation object) bool { return operation["method"] != http.MethodDelete })
	readsEach("bulk-version-ignored", func(operation object) { delete(operation, "version") })
	readsEach("bulk-guesses-the-method", func(operation object) {
		if textIn(operation, "method") == "" {
			operation["method"] = http.MethodPatch
		}
	})
	readsEach("bulk-makes-up-a-bulk-id", func(operation object) {
		if textIn(operation, "bulkId") == "" && operation["method"] == http.MethodPost {
			operation["bulkId"] = "made-up"
		}
	})
	readsEach("bulk-references-are-plain-text", func(operation object) {
		unreferred(operation["data"])
	})
	reads("bulk-forgets-who-comes-later", func(body object) {
		made := map[string]bool{}
		for _, operation := range operationsIn(body) {
			data, _ := operation["data"].(object)
			members, _ := data["members"].([]any)
			if len(members) > 0 && textIn(operation, "path") == "/Groups" {
				data["members"] = slices.DeleteFunc(members, func(entry any) bool {
					member, _ := entry.(object)
					id, refers := strings.CutPrefix(textIn(member, "value"), "bulkId:")
					return refers && !made[id] && member["type"] == "User"
				})
			}
			made[textIn(operation, "bulkId")] = true
		}
	})
	reads("bulk-opens-circles", func(body object) {
		all := operationsIn(body)
		if data, ok := all[0]["data"].(object); ok && len(all) > 1 && strings.HasSuffix(textIn(all[0], "path"), "/Groups") {
			delete(data, "members")
		}
	})
	register("bulk-needs-no-token", func(p *reference.Parts) {
		var known memory
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			switch said := r.Header.Get("Authorization"); {
			case said != "" && strings.HasPrefix(r.URL.Path, "/scim/v2/"):
				known.add(said)
			case said == "" && bulk(r):
				r.Header.Set("Authorization", known.last())
			}
			next.ServeHTTP(w, r)
		})
	})
	register("bulk-patches-without-data", func(p *reference.Parts) {
		instead(p, bulk, func(_ *http.Request, body object, _ http.Handler) *scimAnswer {
			for _, operation := range operationsIn(body) {
				if operation["data"] == nil && operation["method"] == http.MethodPatch || textIn(operation, "path") == "" {
					done := object{"method": operation["method"], "location": textIn(operation, "path"), "status": "200"}
					return &scimAnswer{status: http.StatusOK, header: http.Header{}, body: object{
						"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:BulkResponse"}, "Operations": []any{done},
					}}
				}
			}
			return nil
		})
	})
	register("bulk-does-what-it-can-take", func(p *reference.Parts) {
		instead(p, bulk, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			listed, _ := body["Operations"].([]any)
			if len(listed) <= 1000 {
				return nil
			}
			body["Operations"] = listed[:1]
			ask(r, next, http.MethodPost, nil, body)
			return refusing(http.StatusRequestEntityTooLarge, "", "more than maxOperations (1000)")
		})
	})
	register("bulk-bounds-ignored", func(p *reference.Parts) {
		readOtherwise(p, bulk, func(_ *http.Request, body object) *scimAnswer {
			delete(body, "padding")
			if listed, _ := body["Operations"].([]any); len(listed) > 1000 {
				body["Operations"] = listed[:1]
			}
			return nil
		})
	})
	register("bulk-bounds-are-400", func(p *reference.Parts) {
		showOtherwise(p, bulk, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusRequestEntityTooLarge {
				a.refuse(http.StatusBadRequest, "tooMany", textIn(a.body, "detail"))
			}
		})
	})
	register("bulk-bounds-unnamed", func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) { a.body["bulk"] = object{"supported": true} })
	})
}

// unreferred makes plain texts of what stands for ids.
func unreferred(value any) {
	switch v := value.(type) {
	case object:
		for name, member := range v {
			if text, isText := member.(string); isText && strings.HasPrefix(text, "bulkId:") {
				v[name] = strings.Replace(text, "bulkId:", "bulkid-", 1)
			}
			unreferred(member)
		}
	case []any:
		for _, member := range v {
			unreferred(member)
		}
	}
}

// Defects in how a bulk request is answered.
func init() {
	answers := func(name string, change func(a *scimAnswer)) {
		register(name, func(p *reference.Parts) {
			showOtherwise(p, bulk, func(_ *http.Request, a *scimAnswer) {
				if a.status == http.StatusOK {
					change(a)
				}
			})
		})
	}
	tells := func(name string, change func(result object)) {
		answers(name, func(a *scimAnswer) {
			for _, result := range operationsIn(a.body) {
				change(result)
			}
		})
	}
	answers("bulk-answers-207", func(a *scimAnswer) { a.status = http.StatusMultiStatus })
	answers("bulk-tells-of-errors-only", func(a *scimAnswer) {
		listed, _ := a.body["Operations"].([]any)
		a.body["Operations"] = slices.DeleteFunc(listed, func(entry any) bool { return textIn(entry.(object), "status") < "400" })
	})
	tells("bulk-forgets-bulk-ids", func(result object) { delete(result, "bulkId") })
	tells("bulk-status-is-always-200", func(result object) { result["status"] = "200" })
	tells("bulk-error-without-reason", func(result object) { delete(result, "response") })
}
