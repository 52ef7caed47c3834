package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/scim"
)

// Defects in what becomes of a user whom Entra provisions.
var _ = register(defects{
	"entra-created-with-meta-answers-200": func(p *reference.Parts) {
		instead(p, creatingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			if !has(body, "meta") {
				return nil
			}
			made := ask(r, next, http.MethodPost, nil, body)
			if made.status == http.StatusCreated {
				made.status = http.StatusOK
			}
			return made
		})
	},
	"entra-extension-lost-at-creation": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			delete(body, enterpriseSchema)
			return nil
		})
	},
	"entra-text-boolean-refused": func(p *reference.Parts) {
		read := p.SCIM.Boolean
		p.SCIM.Boolean = func(value any) (bool, error) {
			if _, text := value.(string); text {
				return read(nil)
			}
			return read(value)
		}
	},
	"entra-duplicate-answered-200": func(p *reference.Parts) {
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusConflict {
				a.status, a.body = http.StatusOK, object{}
			}
		})
	},
	"entra-user-name-stays": ignoring(func(op scim.Operation) bool { return aims(op, "userName") }),
	"entra-disabled-are-hidden": func(p *reference.Parts) {
		showOtherwise(p, readingUsers, func(_ *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if !isList && a.body["active"] == false {
				a.refuse(http.StatusNotFound, "", "nobody of this id is active")
			}
			if isList {
				keepListed(a, listed, func(user object) bool { return user["active"] != false })
			}
		})
	},
	"entra-deleted-stay": func(p *reference.Parts) {
		instead(p, deletingUsers, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			if ask(r, next, http.MethodGet, nil, nil).status != http.StatusOK {
				return nil
			}
			return noContent()
		})
	},
	"entra-nobody-is-deleted": func(p *reference.Parts) {
		showOtherwise(p, deletingUsers, func(_ *http.Request, a *scimAnswer) { *a = *noContent() })
	},
})

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
var _ = register(defects{
	"entra-user-name-to-the-letter": func(p *reference.Parts) {
		showOtherwise(p, readingUsers, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if filter := r.URL.Query().Get("filter"); isList && strings.HasPrefix(filter, "userName eq ") {
				keepListed(a, listed, func(user object) bool { return strings.Contains(filter, textIn(user, "userName")) })
			}
		})
	},
	"entra-external-id-finds-everybody": findsAllBy("externalId"),
	"entra-user-name-finds-everybody":   findsAllBy("userName"),
	"entra-nobody-is-404": func(p *reference.Parts) {
		var made memory // nobody would take up with a product whose empty list is no list
		showOtherwise(p, anyUsers, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			switch {
			case r.Method == http.MethodPost:
				made.add("somebody")
			case isList && len(listed) == 0 && made.has("somebody"):
				a.refuse(http.StatusNotFound, "", "nobody was found")
			}
		})
	},
	"entra-filter-ends-at-and": func(p *reference.Parts) {
		askOtherwise(p, readingUsers, filtering(func(filter string) string {
			first, _, _ := strings.Cut(filter, " and ")
			return first
		}))
	},
	"entra-brackets-choose-nothing": func(p *reference.Parts) {
		askOtherwise(p, readingUsers, filtering(func(filter string) string {
			return strings.Replace(filter, `emails[type eq "work"].value`, "emails.value", 1)
		}))
	},
})

// findsAllBy ignores a filter that asks for this attribute alone.
func findsAllBy(attribute string) install {
	return func(p *reference.Parts) {
		askOtherwise(p, readingUsers, func(query url.Values) {
			if strings.HasPrefix(query.Get("filter"), attribute+" eq ") && !strings.Contains(query.Get("filter"), " and ") {
				query.Del("filter")
			}
		})
	}
}
