package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in how a group is made, found and shown.
func init() {
	creating, looking := at("/Groups", http.MethodPost), at("/Groups", http.MethodGet)

	register("entra-group-answers-200", func(p *reference.Parts) {
		showOtherwise(p, creating, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusCreated {
				a.status = http.StatusOK
			}
		})
	})
	register("entra-group-twice", func(p *reference.Parts) {
		showOtherwise(p, creating, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusConflict {
				a.status, a.body = http.StatusCreated, object{}
			}
		})
	})
	register("entra-groups-all-found", func(p *reference.Parts) {
		askOtherwise(p, looking, func(query url.Values) { query.Del("filter") })
	})
	register("entra-group-name-to-the-letter", func(p *reference.Parts) {
		showOtherwise(p, looking, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if filter := r.URL.Query().Get("filter"); isList && filter != "" {
				keepListed(a, listed, func(group object) bool { return strings.Contains(filter, textIn(group, "displayName")) })
			}
		})
	})
	register("entra-no-group-is-404", func(p *reference.Parts) {
		showOtherwise(p, looking, func(_ *http.Request, a *scimAnswer) {
			if listed, isList := a.body["Resources"].([]any); isList && len(listed) == 0 {
				a.refuse(http.StatusNotFound, "", "no group was found")
			}
		})
	})
	register("entra-members-always-shown", func(p *reference.Parts) {
		askOtherwise(p, looking, func(query url.Values) { query.Del("excludedAttributes") })
	})
	register("entra-group-stays", func(p *reference.Parts) {
		instead(p, at("/Groups/", http.MethodDelete), func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			if ask(r, next, http.MethodGet, nil, nil).status != http.StatusOK {
				return nil
			}
			return noContent()
		})
	})
	register("entra-no-group-is-deleted", func(p *reference.Parts) {
		showOtherwise(p, at("/Groups/", http.MethodDelete), func(_ *http.Request, a *scimAnswer) { *a = *noContent() })
	})
	register("entra-group-remembers-members", func(p *reference.Parts) {
		var left memory // "name of a group that was deleted: id of a member"
		instead(p, at("/Groups/", http.MethodDelete), func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			group := ask(r, next, http.MethodGet, nil, nil)
			members, _ := group.body["members"].([]any)
			for _, entry := range members {
				member, _ := entry.(object)
				left.add(textIn(group.body, "displayName") + ": " + textIn(member, "value"))
			}
			return nil
		})
		readOtherwise(p, creating, func(_ *http.Request, body object) *scimAnswer {
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
	})
}

// Defects in what a change of a group does.
func init() {
	changes := func(name string, change func(op object)) {
		register(name, func(p *reference.Parts) {
			readOtherwise(p, at("/Groups/", http.MethodPatch), func(_ *http.Request, body object) *scimAnswer {
				for _, op := range operationsIn(body) {
					change(op)
				}
				return nil
			})
		})
	}
	changes("entra-joining-replaces", func(op object) {
		if strings.EqualFold(textIn(op, "op"), "add") {
			op["op"] = "replace"
		}
	})
	changes("entra-first-of-several-joins", func(op object) {
		if added, _ := op["value"].([]any); strings.EqualFold(textIn(op, "op"), "add") && len(added) > 1 {
			op["value"] = added[:1]
		}
	})
	changes("entra-leaving-by-value-empties", func(op object) {
		if strings.EqualFold(textIn(op, "op"), "remove") {
			delete(op, "value")
		}
	})
	register("entra-leaving-by-brackets-ignored", func(p *reference.Parts) {
		changeOperations(p, func(operations []map[string]any) []map[string]any {
			var kept []map[string]any
			for _, op := range operations {
				if !strings.Contains(textIn(op, "path"), "[") {
					kept = append(kept, op)
				}
			}
			return kept
		})
	})
	stays := func(name, attribute string) {
		register(name, func(p *reference.Parts) {
			apply := p.SCIM.ApplyGroup
			p.SCIM.ApplyGroup = func(resource scim.Document, op scim.Operation) error {
				if aims(op, attribute) {
					return nil
				}
				return apply(resource, op)
			}
		})
	}
	stays("entra-group-rename-ignored", "displayName")
	stays("entra-group-external-id-ignored", "externalId")
}
