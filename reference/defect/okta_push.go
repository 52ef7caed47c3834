package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"rollcall.example/reference"
)

func init() {
	register("okta-group-additions-ignored", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any { return withoutOp(operations, "add") })
	})
	register("okta-group-removals-ignored", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any { return withoutOp(operations, "remove") })
	})
	register("okta-group-put-ignored", func(p *reference.Parts) {
		changePut(p, func(group, known map[string]any) {
			group["displayName"], group["members"] = known["displayName"], known["members"]
		})
	})
	register("okta-group-put-only-adds", func(p *reference.Parts) {
		changePut(p, func(group, known map[string]any) {
			said, _ := group["members"].([]any)
			are, _ := known["members"].([]any)
			group["members"] = append(are, said...)
		})
	})
	register("okta-group-put-keeps-name", func(p *reference.Parts) {
		changePut(p, func(group, known map[string]any) { group["displayName"] = known["displayName"] })
	})
	register("okta-group-rename-drops-members", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any {
			if value, ok := operations[0]["value"].(map[string]any); ok && operations[0]["path"] == nil {
				if _, whole := value["members"]; !whole {
					value["members"] = []any{}
				}
			}
			return operations
		})
	})
	register("okta-group-id-refused", func(p *reference.Parts) {
		refuseAt(p, "/Groups/", http.MethodPatch, "id is read-only", func(body []byte) bool { return bytes.Contains(body, []byte(`"id":"`)) })
	})
	register("okta-group-overwrite-adds", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any {
			value, _ := operations[0]["value"].(map[string]any)
			if _, whole := value["members"]; whole || operations[0]["path"] == "members" && operations[0]["op"] == "replace" {
				operations[0]["op"] = "add"
			}
			return operations
		})
	})
	register("okta-group-link-overwrites", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any {
			for _, operation := range operations {
				if operation["op"] == "add" && operation["path"] == "members" {
					operation["op"] = "replace"
				}
			}
			return operations
		})
	})
	register("okta-group-kept", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodDelete && isSCIM(r, "/Groups/") {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	register("okta-group-not-found-by-name", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if query := r.URL.Query(); isSCIM(r, "/Groups") && query.Has("filter") {
				query.Set("filter", `displayName eq "nobody has this name"`)
				r.URL.RawQuery = query.Encode()
			}
			next.ServeHTTP(w, r)
		})
	})
}

func init() {
	register("okta-group-inline-members-lost", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodPost && isSCIM(r, "/Groups") {
				rewriteObject(r, func(group map[string]any) { delete(group, "members") })
			}
			next.ServeHTTP(w, r)
		})
	})
	register("okta-group-empty-refused", func(p *reference.Parts) {
		refuseAt(p, "/Groups", http.MethodPost, "members is empty", func(body []byte) bool { return bytes.Contains(body, []byte(`"members":[]`)) })
	})
	register("okta-group-unknown-member-taken", func(p *reference.Parts) { answeredAsDone(p, http.StatusBadRequest) })
	register("okta-group-gone-unnoticed", func(p *reference.Parts) { answeredAsDone(p, http.StatusNotFound) })
	register("okta-group-profile-ends-membership", func(p *reference.Parts) {
		// Whose profile was written is shown in no group any more.
		var written memory
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if (r.Method == http.MethodPut || r.Method == http.MethodPatch) && isSCIM(r, "/Users/") {
				rewriteBody(r, func(body []byte) []byte {
					if bytes.Contains(body, []byte(`"givenName"`)) {
						written.add(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
					}
					return body
				})
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if r.Method != http.MethodGet || !isSCIM(r, "/Groups/") || status != http.StatusOK {
					return status, body
				}
				return status, changedObject(body, func(group map[string]any) { hideMembers(group, &written) })
			})
		})
	})
	register("okta-groups-not-listed", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodGet && isSCIM(r, "/Groups") && strings.HasSuffix(r.URL.Path, "/Groups") && !r.URL.Query().Has("filter") {
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(http.StatusNotImplemented)
				_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"501","detail":"groups cannot be listed"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

// changePut changes a PUT of a group by what the product knows of the group.
func changePut(p *reference.Parts, change func(group, known map[string]any)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut && isSCIM(r, "/Groups/") {
			look, shown := r.Clone(r.Context()), httptest.NewRecorder()
			look.Method, look.Body, look.ContentLength = http.MethodGet, http.NoBody, 0
			next.ServeHTTP(shown, look)
			var known map[string]any
			if json.Unmarshal(shown.Body.Bytes(), &known) == nil && shown.Code == http.StatusOK {
				rewriteObject(r, func(group map[string]any) { change(group, known) })
			}
		}
		next.ServeHTTP(w, r)
	})
}

// changeOperations changes what a PATCH of a group does. Where nothing is left of it, it
// is answered 204.
func changeOperations(p *reference.Parts, change func(operations []map[string]any) []map[string]any) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		left := true
		if r.Method == http.MethodPatch && isSCIM(r, "/Groups/") {
			rewriteObject(r, func(message map[string]any) {
				var operations []map[string]any
				list, _ := message["Operations"].([]any)
				for _, entry := range list {
					if operation, ok := entry.(map[string]any); ok {
						operations = append(operations, operation)
					}
				}
				if len(operations) > 0 {
					operations = change(operations)
				}
				message["Operations"], left = operations, len(operations) > 0
			})
		}
		if !left {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func withoutOp(operations []map[string]any, op string) []map[string]any {
	var kept []map[string]any
	for _, operation := range operations {
		if operation["op"] != op {
			kept = append(kept, operation)
		}
	}
	return kept
}

// answeredAsDone answers changes of a group with 204 where the product says otherwise.
func answeredAsDone(p *reference.Parts, instead int) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if (r.Method != http.MethodPatch && r.Method != http.MethodPut) || !isSCIM(r, "/Groups/") {
			next.ServeHTTP(w, r)
			return
		}
		rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
			if status == instead {
				return http.StatusNoContent, nil
			}
			return status, body
		})
	})
}

func hideMembers(group map[string]any, hidden *memory) {
	members, _ := group["members"].([]any)
	var shown []any
	for _, entry := range members {
		member, _ := entry.(map[string]any)
		if id, _ := member["value"].(string); !hidden.has(id) {
			shown = append(shown, entry)
		}
	}
	group["members"] = shown
}
