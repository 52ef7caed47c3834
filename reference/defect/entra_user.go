package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in what becomes of a user whom Entra provisions.
func init() {
	creating := at("/Users", http.MethodPost)

	register("entra-created-with-meta-answers-200", func(p *reference.Parts) {
		instead(p, creating, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			if !has(body, "meta") {
				return nil
			}
			made := ask(r, next, http.MethodPost, nil, body)
			if made.status == http.StatusCreated {
				made.status = http.StatusOK
			}
			return made
		})
	})
	register("entra-extension-lost-at-creation", func(p *reference.Parts) {
		readOtherwise(p, creating, func(_ *http.Request, body object) *scimAnswer {
			delete(body, enterpriseSchema)
			return nil
		})
	})
	register("entra-text-boolean-refused", func(p *reference.Parts) {
		read := p.SCIM.Boolean
		p.SCIM.Boolean = func(value any) (bool, error) {
			if _, text := value.(string); text {
				return read(nil)
			}
			return read(value)
		}
	})
	register("entra-duplicate-answered-200", func(p *reference.Parts) {
		showOtherwise(p, creating, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusConflict {
				a.status, a.body = http.StatusOK, object{}
			}
		})
	})
	register("entra-user-name-stays", func(p *reference.Parts) {
		ignoreOperations(p, func(op scim.Operation) bool { return aims(op, "userName") })
	})
	register("entra-disabled-are-hidden", func(p *reference.Parts) {
		showOtherwise(p, at("/Users", http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if !isList && a.body["active"] == false {
				a.refuse(http.StatusNotFound, "", "nobody of this id is active")
			}
			if isList {
				keepListed(a, listed, func(user object) bool { return user["active"] != false })
			}
		})
	})
	register("entra-deleted-stay", func(p *reference.Parts) {
		instead(p, at("/Users/", http.MethodDelete), func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			if ask(r, next, http.MethodGet, nil, nil).status != http.StatusOK {
				return nil
			}
			return noContent()
		})
	})
	register("entra-nobody-is-deleted", func(p *reference.Parts) {
		showOtherwise(p, at("/Users/", http.MethodDelete), func(_ *http.Request, a *scimAnswer) { *a = *noContent() })
	})
}

// keepListed leaves out of a list what is not to be kept.
func keepListed(a *scimAnswer, listed []any, keep func(object) bool) {
	kept := []any{}
	for _, entry := range listed {
		if resource, ok := entry.(object); ok && keep(resource) {
			kept = append(kept, resource)
		}
	}
	a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = kept, len(kept), len(kept)
}

// Defects in how somebody is found for whom Entra looks.
func init() {
	looking := at("/Users", http.MethodGet)
	filtering := func(change func(filter string) string) func(url.Values) {
		return func(query url.Values) {
			if query.Has("filter") {
				query.Set("filter", change(query.Get("filter")))
			}
		}
	}
	register("entra-user-name-to-the-letter", func(p *reference.Parts) {
		showOtherwise(p, looking, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if filter := r.URL.Query().Get("filter"); isList && strings.HasPrefix(filter, "userName eq ") {
				keepListed(a, listed, func(user object) bool { return strings.Contains(filter, textIn(user, "userName")) })
			}
		})
	})
	ignores := func(name, attribute string) {
		register(name, func(p *reference.Parts) {
			askOtherwise(p, looking, func(query url.Values) {
				if strings.HasPrefix(query.Get("filter"), attribute+" eq ") && !strings.Contains(query.Get("filter"), " and ") {
					query.Del("filter")
				}
			})
		})
	}
	ignores("entra-external-id-finds-everybody", "externalId")
	ignores("entra-user-name-finds-everybody", "userName")
	register("entra-nobody-is-404", func(p *reference.Parts) {
		var made memory // nobody would take up with a product whose empty list is no list
		showOtherwise(p, at("/Users"), func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			switch {
			case r.Method == http.MethodPost:
				made.add("somebody")
			case isList && len(listed) == 0 && made.has("somebody"):
				a.refuse(http.StatusNotFound, "", "nobody was found")
			}
		})
	})
	register("entra-filter-ends-at-and", func(p *reference.Parts) {
		askOtherwise(p, looking, filtering(func(filter string) string {
			first, _, _ := strings.Cut(filter, " and ")
			return first
		}))
	})
	register("entra-brackets-choose-nothing", func(p *reference.Parts) {
		askOtherwise(p, looking, filtering(func(filter string) string {
			return strings.Replace(filter, `emails[type eq "work"].value`, "emails.value", 1)
		}))
	})
}
