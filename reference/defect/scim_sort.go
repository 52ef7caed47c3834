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
func init() {
	sorts := func(name string, change func(query url.Values)) {
		register(name, func(p *reference.Parts) { askOtherwise(p, lists, change) })
	}
	sorts("sort-ignored", func(query url.Values) { query.Del("sortBy") })
	sorts("descending-ignored", func(query url.Values) { query.Del("sortOrder") })
	sorts("falls-where-not-told", func(query url.Values) {
		if query.Has("sortBy") && !query.Has("sortOrder") {
			query.Set("sortOrder", "descending")
		}
	})
	sorts("rising-is-falling", func(query url.Values) {
		if query.Get("sortOrder") == "ascending" {
			query.Set("sortOrder", "descending")
		}
	})
	sorts("sort-by-part-is-by-another", func(query url.Values) {
		if query.Get("sortBy") == "name.familyName" {
			query.Set("sortBy", "name.givenName")
		}
	})
	sorts("sort-names-in-one-case", func(query url.Values) {
		if by := query.Get("sortBy"); by == "DISPLAYNAME" || strings.HasPrefix(by, "urn:") {
			query.Del("sortBy")
		}
	})

	sortsBy := func(name, attribute string, by func(user object) string) {
		register(name, func(p *reference.Parts) {
			showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
				asked := r.URL.Query()
				listed, isList := a.body["Resources"].([]any)
				if !isList || !strings.HasPrefix(asked.Get("sortBy"), attribute) {
					return
				}
				slices.SortStableFunc(listed, func(one, other any) int {
					order := cmp.Compare(by(one.(object)), by(other.(object)))
					if asked.Get("sortOrder") == "descending" {
						return -order
					}
					return order
				})
			})
		})
	}
	sortsBy("sort-minds-case", "displayName", func(user object) string { return textIn(user, "displayName") })
	sortsBy("sort-passes-over-case", "externalId", func(user object) string { return strings.ToLower(cmp.Or(textIn(user, "externalId"), "~")) })
	sortsBy("nothing-comes-first", "externalId", func(user object) string { return textIn(user, "externalId") })
	sortsBy("sort-by-first-not-primary", "emails", func(user object) string {
		emails, _ := user["emails"].([]any)
		if len(emails) == 0 {
			return ""
		}
		return textIn(emails[0].(object), "value")
	})
	register("pages-sorted-by-themselves", func(p *reference.Parts) {
		askOtherwise(p, lists, func(query url.Values) {
			if query.Has("startIndex") {
				query.Del("sortBy")
			}
		})
	})
}
