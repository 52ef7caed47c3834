package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

const searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

// searching is about searches by POST.
func searching(r *http.Request) bool {
	return r.Method == http.MethodPost && isSCIM(r, "/.search")
}

// Defects in searches by POST.
var _ = register(defects{
	"search-filter-ignored":     forgetsMembers("filter"),
	"search-pages-ignored":      forgetsMembers("startIndex", "count"),
	"search-attributes-ignored": forgetsMembers("attributes", "excludedAttributes"),
	"search-sort-ignored":       forgetsMembers("sortBy", "sortOrder"),
	"search-schema-optional": func(p *reference.Parts) {
		readOtherwise(p, searching, func(_ *http.Request, body object) *scimAnswer {
			body["schemas"] = []any{searchSchema}
			return nil
		})
	},
	"search-of-everything-missing": func(p *reference.Parts) {
		instead(p, searching, func(r *http.Request, _ object, _ http.Handler) *scimAnswer {
			if strings.HasSuffix(r.URL.Path, "/Users/.search") || strings.HasSuffix(r.URL.Path, "/Groups/.search") {
				return nil
			}
			return refusing(http.StatusNotFound, "", "there is nothing at this address")
		})
	},
	"wrong-search-finds-everybody": func(p *reference.Parts) {
		instead(p, searching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			answer := ask(r, next, http.MethodPost, nil, body)
			if answer.status != http.StatusBadRequest || body["filter"] == nil {
				return answer
			}
			delete(body, "filter")
			return ask(r, next, http.MethodPost, nil, body)
		})
	},
	"search-creates": func(p *reference.Parts) {
		instead(p, searching, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			if textIn(body, "userName") != "" {
				body["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"}
				made := r.Clone(r.Context())
				made.URL.Path = strings.TrimSuffix(r.URL.Path, "/.search")
				ask(made, next, http.MethodPost, nil, body)
			}
			return nil
		})
	},
})

// forgetsMembers does not read these members of a search.
func forgetsMembers(members ...string) install {
	return func(p *reference.Parts) {
		readOtherwise(p, searching, func(_ *http.Request, body object) *scimAnswer {
			for _, member := range members {
				delete(body, member)
			}
			return nil
		})
	}
}
