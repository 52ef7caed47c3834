package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in how a group is made, found and shown.
var _ = register(defects{
	"entra-group-answers-200": func(p *reference.Parts) {
		showOtherwise(p, creatingGroups, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusCreated {
				a.status = http.StatusOK
			}
		})
	},
	"entra-group-twice": func(p *reference.Parts) {
		showOtherwise(p, creatingGroups, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusConflict {
				a.status, a.body = http.StatusCreated, object{}
			}
		})
	},
	"entra-groups-all-found": func(p *reference.Parts) {
		askOtherwise(p, readingGroups, func(query url.Values) { query.Del("filter") })
	},
	"entra-group-name-to-the-letter": func(p *reference.Parts) {
		showOtherwise(p, readingGroups, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if filter := r.URL.Query().Get("filter"); isList && filter != "" {
				keepListed(a, listed, func(group object) bool { return strings.Contains(filter, textIn(group, "displayName")) })
			}
		})
	},
	"entra-no-group-is-404": func(p *reference.Parts) {
		showOtherwise(p, readingGroups, func(_ *http.Request, a *scimAnswer) {
			if listed, isList := a.body["Resources"].([]any); isList && len(listed) == 0 {
				a.refuse(http.StatusNotFound, "", "no group was found")
			}
		})
	},
	"entra-members-always-shown": func(p *reference.Parts) {
		askOtherwise(p, readingGroups, func(query url.Values) { query.Del("excludedAttributes") })
	},
	"entra-group-stays": func(p *reference.Parts) {
		instead(p, deletingGroups, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			if ask(r, next, http.MethodGet, nil, nil).status != http.StatusOK {
				return nil
			}
			return noContent()
		})
	},
	"entra-no-group-is-deleted": func(p *reference.Parts) {
		showOtherwise(p, deletingGroups, func(_ *http.Request, a *scimAnswer) { *a = *noContent() })
	},
	"entra-group-remembers-members": func(p *reference.Parts) {
		var left memory // "name of a group that was deleted: id of a member"
		instead(p, deletingGroups, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			group := ask(r, next, http.MethodGet, nil, nil)
			members, _ := group.body["members"].([]any)
			for _, entry := range members {
				member, _ := entry.(object)
				left.add(textIn(group.body, "displayName") + ": " + textIn(member, "value"))
			}
			return nil
		})
		readOtherwise(p, creatingGroups, func(_ *http.Request, body object) *scimAnswer {
			left.mu.Lock()
			defer left.mu.Unlock()
			for _, member := range left.seen {
				if id, known := strings.CutPrefix(member, textIn(body, "displayName")+": "); known {
					before, _ := body["members"].([]any)
					body["members"] = append(before, object{"value": id})
				}
			}
			return nil
		})
	},
})

// Defects in what a change of a group does.
var _ = register(defects{
	"entra-joining-replaces": changesOperation(func(op object) {
		if strings.EqualFold(textIn(op, "op"), "add") {
			op["op"] = "replace"
		}
	}),
	"entra-first-of-several-joins": changesOperation(func(op object) {
		if added, _ := op["value"].([]any); strings.EqualFold(textIn(op, "op"), "add") && len(added) > 1 {
			op["value"] = added[:1]
		}
	}),
	"entra-leaving-by-value-empties": changesOperation(func(op object) {
		if strings.EqualFold(textIn(op, "op"), "remove") {
			delete(op, "value")
		}
	}),
	"entra-leaving-by-brackets-ignored": func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any {
			var kept []map[string]any
			for _, op := range operations {
				if !strings.Contains(textIn(op, "path"), "[") {
					kept = append(kept, op)
				}
			}
			return kept
		})
	},
	"entra-group-rename-ignored":      stays("displayName"),
	"entra-group-external-id-ignored": stays("externalId"),
})

// changesOperation changes each operation of such a PATCH before the server reads it.
func changesOperation(change func(op object)) install {
	return func(p *reference.Parts) {
		readOtherwise(p, patchingGroups, func(_ *http.Request, body object) *scimAnswer {
			for _, op := range operationsIn(body) {
				change(op)
			}
			return nil
		})
	}
}

func stays(attribute string) install {
	return func(p *reference.Parts) {
		apply := p.SCIM.ApplyGroup
		p.SCIM.ApplyGroup = func(resource scim.Document, op scim.Operation) error {
			if aims(op, attribute) {
				return nil
			}
			return apply(resource, op)
		}
	}
}
