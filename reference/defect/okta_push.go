package defect

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-group-additions-ignored": func(p *reference.Parts) {
		changeOperations(p, func(operations []object) []object { return withoutOp(operations, "add") })
	},
	"okta-group-removals-ignored": func(p *reference.Parts) {
		changeOperations(p, func(operations []object) []object { return withoutOp(operations, "remove") })
	},
	"okta-group-put-ignored": func(p *reference.Parts) {
		changePut(p, func(group, known object) {
			group["displayName"], group["members"] = known["displayName"], known["members"]
		})
	},
	"okta-group-put-only-adds": func(p *reference.Parts) {
		changePut(p, func(group, known object) {
			said, _ := group["members"].([]any)
			are, _ := known["members"].([]any)
			group["members"] = append(are, said...)
		})
	},
	"okta-group-put-keeps-name": func(p *reference.Parts) {
		changePut(p, func(group, known object) { group["displayName"] = known["displayName"] })
	},
	"okta-group-rename-drops-members": func(p *reference.Parts) {
		changeOperations(p, func(operations []object) []object {
			if value, ok := operations[0]["value"].(object); ok && operations[0]["path"] == nil {
				if _, whole := value["members"]; !whole {
					value["members"] = []any{}
				}
			}
			return operations
		})
	},
	"okta-group-id-refused": func(p *reference.Parts) {
		refuse(p, saying(patchingGroups, `"id":"`), http.StatusBadRequest, "invalidValue", "id is read-only")
	},
	"okta-group-overwrite-adds": func(p *reference.Parts) {
		changeOperations(p, func(operations []object) []object {
			value, _ := operations[0]["value"].(object)
			if _, whole := value["members"]; whole || operations[0]["path"] == "members" && operations[0]["op"] == "replace" {
				operations[0]["op"] = "add"
			}
			return operations
		})
	},
	"okta-group-link-overwrites": func(p *reference.Parts) {
		changeOperations(p, func(operations []object) []object {
			for _, operation := range operations {
				if operation["op"] == "add" && operation["path"] == "members" {
					operation["op"] = "replace"
				}
			}
			return operations
		})
	},
	"okta-group-kept": func(p *reference.Parts) {
		instead(p, deletingGroups, func(*http.Request, object, http.Handler) *scimAnswer { return noContent() })
	},
	"okta-group-not-found-by-name": func(p *reference.Parts) {
		askOtherwise(p, anyGroups, func(query url.Values) {
			if query.Has("filter") {
				query.Set("filter", `displayName eq "nobody has this name"`)
			}
		})
	},
})

var _ = register(defects{
	"okta-group-inline-members-lost": func(p *reference.Parts) {
		hearOtherwise(p, creatingGroups, func(r *http.Request) {
			rewriteObject(r, func(group object) { delete(group, "members") })
		})
	},
	"okta-group-empty-refused": func(p *reference.Parts) {
		refuse(p, saying(creatingGroups, `"members":[]`), http.StatusBadRequest, "invalidValue", "members is empty")
	},
	"okta-group-unknown-member-taken": func(p *reference.Parts) { answeredAsDone(p, http.StatusBadRequest) },
	"okta-group-gone-unnoticed":       func(p *reference.Parts) { answeredAsDone(p, http.StatusNotFound) },
	"okta-group-profile-ends-membership": func(p *reference.Parts) {
		// Whose profile was written is shown in no group any more.
		var written memory
		hearOtherwise(p, saying(at("/Users/", http.MethodPut, http.MethodPatch), `"givenName"`), func(r *http.Request) {
			written.add(path.Base(r.URL.Path))
		})
		showOtherwise(p, at("/Groups/", http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusOK {
				hideMembers(a.body, &written)
			}
		})
	},
	"okta-groups-not-listed": func(p *reference.Parts) {
		list := func(r *http.Request) bool {
			return readingGroups(r) && strings.HasSuffix(r.URL.Path, "/Groups") && !r.URL.Query().Has("filter")
		}
		refuse(p, list, http.StatusNotImplemented, "", "groups cannot be listed")
	},
})

// changePut changes a PUT of a group by what the product knows of the group.
func changePut(p *reference.Parts, change func(group, known object)) {
	around(p, at("/Groups/", http.MethodPut), func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if known := ask(r, next, http.MethodGet, nil, nil); known.status == http.StatusOK {
			rewriteObject(r, func(group object) { change(group, known.body) })
		}
		next.ServeHTTP(w, r)
	})
}

// changeOperations changes what a PATCH of a group does. Where nothing is left of it, it
// is answered 204.
func changeOperations(p *reference.Parts, change func(operations []object) []object) {
	readOtherwise(p, patchingGroups, func(_ *http.Request, message object) *scimAnswer {
		operations := operationsIn(message)
		if len(operations) > 0 {
			operations = change(operations)
		}
		if len(operations) == 0 {
			return noContent()
		}
		message["Operations"] = operations
		return nil
	})
}

func withoutOp(operations []object, op string) []object {
	var kept []object
	for _, operation := range operations {
		if operation["op"] != op {
			kept = append(kept, operation)
		}
	}
	return kept
}

// answeredAsDone answers changes of a group with 204 where the product says otherwise.
func answeredAsDone(p *reference.Parts, instead int) {
	answerOtherwise(p, at("/Groups/", http.MethodPatch, http.MethodPut), inPlaceOf(instead, http.StatusNoContent, ""))
}

func hideMembers(group object, hidden *memory) {
	members, _ := group["members"].([]any)
	var shown []any
	for _, entry := range members {
		member, _ := entry.(object)
		if id, _ := member["value"].(string); !hidden.has(id) {
			shown = append(shown, entry)
		}
	}
	group["members"] = shown
}
