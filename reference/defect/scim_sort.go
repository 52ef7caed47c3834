package defect

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall.example/reference"
)

// Defects in how a list is sorted.
var _ = register(defects{
	"sort-ignored":       asking(lists, func(query url.Values) { query.Del("sortBy") }),
	"descending-ignored": asking(lists, func(query url.Values) { query.Del("sortOrder") }),
	"falls-where-not-told": asking(lists, func(query url.Values) {
		if query.Has("sortBy") && !query.Has("sortOrder") {
			query.Set("sortOrder", "descending")
		}
	}),
	"rising-is-falling": asking(lists, func(query url.Values) {
		if query.Get("sortOrder") == "ascending" {
			query.Set("sortOrder", "descending")
		}
	}),
	"sort-by-part-is-by-another": asking(lists, func(query url.Values) {
		if query.Get("sortBy") == "name.familyName" {
			query.Set("sortBy", "name.givenName")
		}
	}),
	"sort-names-in-one-case": asking(lists, func(query url.Values) {
		if by := query.Get("sortBy"); by == "DISPLAYNAME" || strings.HasPrefix(by, "urn:") {
			query.Del("sortBy")
		}
	}),
	"sort-minds-case":       sortsBy("displayName", func(user object) string { return textIn(user, "displayName") }),
	"sort-passes-over-case": sortsBy("externalId", func(user object) string { return strings.ToLower(cmp.Or(textIn(user, "externalId"), "~")) }),
	"nothing-comes-first":   sortsBy("externalId", func(user object) string { return textIn(user, "externalId") }),
	"sort-by-first-not-primary": sortsBy("emails", func(user object) string {
		emails, _ := user["emails"].([]any)
		if len(emails) == 0 {
			return ""
		}
		return textIn(emails[0].(object), "value")
	}),
	"pages-sorted-by-themselves": func(p *reference.Parts) {
		askOtherwise(p, lists, func(query url.Values) {
			if query.Has("startIndex") {
				query.Del("sortBy")
			}
		})
	},
})

// sortsBy sorts by something else; those who are equal in it stand by id, whatever way
// the list goes.
func sortsBy(attribute string, by func(user object) string) install {
	return func(p *reference.Parts) {
		showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
			asked := r.URL.Query()
			listed, isList := a.body["Resources"].([]any)
			if !isList || !strings.HasPrefix(asked.Get("sortBy"), attribute) {
				return
			}
			slices.SortFunc(listed, func(one, other any) int { return cmp.Compare(textIn(one.(object), "id"), textIn(other.(object), "id")) })
			slices.SortStableFunc(listed, func(one, other any) int {
				order := cmp.Compare(by(one.(object)), by(other.(object)))
				if asked.Get("sortOrder") == "descending" {
					return -order
				}
				return order
			})
		})
	}
}
