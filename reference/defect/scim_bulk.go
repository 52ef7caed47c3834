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
var _ = register(defects{
	"bulk-stops-at-an-error": readsBulk(func(body object) { body["failOnErrors"] = 1 }),
	"fail-on-errors-ignored": readsBulk(func(body object) { delete(body, "failOnErrors") }),
	"bulk-schema-optional":   readsBulk(func(body object) { body["schemas"] = []any{bulkSchema} }),
	"bulk-backwards": readsBulk(func(body object) {
		listed, _ := body["Operations"].([]any)
		slices.Reverse(listed)
	}),
	"bulk-does-the-first": readsBulk(func(body object) {
		if listed, _ := body["Operations"].([]any); len(listed) > 1 && body["failOnErrors"] == nil {
			body["Operations"] = listed[:1]
		}
	}),
	"bulk-passes-over-delete": keepsOperations(func(operation object) bool { return operation["method"] != http.MethodDelete }),
	"bulk-version-ignored":    readsEachOperation(func(operation object) { delete(operation, "version") }),
	"bulk-guesses-the-method": readsEachOperation(func(operation object) {
		if textIn(operation, "method") == "" {
			operation["method"] = http.MethodPatch
		}
	}),
	"bulk-makes-up-a-bulk-id": readsEachOperation(func(operation object) {
		if textIn(operation, "bulkId") == "" && operation["method"] == http.MethodPost {
			operation["bulkId"] = "made-up"
		}
	}),
	"bulk-references-are-plain-text": readsEachOperation(func(operation object) {
		unreferred(operation["data"])
	}),
	"bulk-forgets-who-comes-later": readsBulk(forgetsWhoComesLater),
	"bulk-opens-circles": readsBulk(func(body object) {
		all := operationsIn(body)
		if data, ok := all[0]["data"].(object); ok && len(all) > 1 && strings.HasSuffix(textIn(all[0], "path"), "/Groups") {
			delete(data, "members")
		}
	}),
	"bulk-needs-no-token": func(p *reference.Parts) {
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
	},
	"bulk-patches-without-data": func(p *reference.Parts) {
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
	},
	"bulk-does-what-it-can-take": func(p *reference.Parts) {
		instead(p, bulk, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			listed, _ := body["Operations"].([]any)
			if len(listed) <= 1000 {
				return nil
			}
			body["Operations"] = listed[:1]
			ask(r, next, http.MethodPost, nil, body)
			return refusing(http.StatusRequestEntityTooLarge, "", "more than maxOperations (1000)")
		})
	},
	"bulk-bounds-ignored": func(p *reference.Parts) {
		readOtherwise(p, bulk, func(_ *http.Request, body object) *scimAnswer {
			delete(body, "padding")
			if listed, _ := body["Operations"].([]any); len(listed) > 1000 {
				body["Operations"] = listed[:1]
			}
			return nil
		})
	},
	"bulk-bounds-are-400": func(p *reference.Parts) {
		showOtherwise(p, bulk, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusRequestEntityTooLarge {
				a.refuse(http.StatusBadRequest, "tooMany", textIn(a.body, "detail"))
			}
		})
	},
	"bulk-bounds-unnamed": func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) { a.body["bulk"] = object{"supported": true} })
	},
})

// readsBulk changes a bulk request before the server reads it.
func readsBulk(change func(body object)) install {
	return func(p *reference.Parts) {
		readOtherwise(p, bulk, func(_ *http.Request, body object) *scimAnswer {
			change(body)
			return nil
		})
	}
}

func readsEachOperation(change func(operation object)) install {
	return readsBulk(func(body object) {
		for _, operation := range operationsIn(body) {
			change(operation)
		}
	})
}

func keepsOperations(which func(operation object) bool) install {
	return readsBulk(func(body object) {
		listed, _ := body["Operations"].([]any)
		body["Operations"] = slices.DeleteFunc(listed, func(entry any) bool { return !which(entry.(object)) })
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
var _ = register(defects{
	"bulk-answers-207": answersBulk(func(a *scimAnswer) { a.status = http.StatusMultiStatus }),
	"bulk-tells-of-errors-only": answersBulk(func(a *scimAnswer) {
		listed, _ := a.body["Operations"].([]any)
		a.body["Operations"] = slices.DeleteFunc(listed, func(entry any) bool { return textIn(entry.(object), "status") < "400" })
	}),
	"bulk-forgets-bulk-ids":     tellsResults(func(result object) { delete(result, "bulkId") }),
	"bulk-status-is-always-200": tellsResults(func(result object) { result["status"] = "200" }),
	"bulk-error-without-reason": tellsResults(func(result object) { delete(result, "response") }),
})

// answersBulk changes the answer to a bulk request that was carried out.
func answersBulk(change func(a *scimAnswer)) install {
	return func(p *reference.Parts) {
		showOtherwise(p, bulk, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusOK {
				change(a)
			}
		})
	}
}

func tellsResults(change func(result object)) install {
	return answersBulk(func(a *scimAnswer) {
		for _, result := range operationsIn(a.body) {
			change(result)
		}
	})
}

// forgetsWhoComesLater takes out of new groups the users that a later operation makes.
func forgetsWhoComesLater(body object) {
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
}
