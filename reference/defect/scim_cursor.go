package defect

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"rollcall.example/reference"
)

// byCursor is about pages of lists that are asked for by a cursor, the empty one too.
func byCursor(r *http.Request) bool { return lists(r) && r.URL.Query().Has("cursor") }

// Defects in paging by cursor.
var _ = register(defects{
	"cursor-loses-one": turnsPages(func(query url.Values, a *scimAnswer) {
		if listed, _ := a.body["Resources"].([]any); query.Get("cursor") != "" && len(listed) > 0 {
			a.body["Resources"] = listed[1:]
		}
	}),
	"cursor-leads-nowhere": turnsPages(func(_ url.Values, a *scimAnswer) { delete(a.body, "nextCursor") }),
	"cursor-never-ends": turnsPages(func(_ url.Values, a *scimAnswer) {
		if textIn(a.body, "nextCursor") == "" {
			a.body["nextCursor"] = "end"
		}
	}),
	"cursor-repeats": func(p *reference.Parts) {
		instead(p, byCursor, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			query := r.URL.Query()
			page := ask(r, next, http.MethodGet, query, nil)
			if textIn(page.body, "nextCursor") == "" {
				return page
			}
			// The page is one longer than where the next one begins.
			query.Set("count", strconv.Itoa(numberIn(query, "count", 100)+1))
			longer := ask(r, next, http.MethodGet, query, nil)
			page.body["Resources"] = longer.body["Resources"]
			return page
		})
	},
	"cursor-is-an-index": func(p *reference.Parts) {
		const mark = "index-"
		instead(p, byCursor, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			query := r.URL.Query()
			from, own := strings.CutPrefix(query.Get("cursor"), mark)
			if !own && from != "" {
				return nil
			}
			query.Del("cursor")
			query.Set("startIndex", from)
			if from == "" {
				query.Set("startIndex", "1")
			}
			page := ask(r, next, http.MethodGet, query, nil)
			listed, _ := page.body["Resources"].([]any)
			total, _ := page.body["totalResults"].(json.Number)
			behind := numberIn(query, "startIndex", 1) + len(listed)
			if all, _ := total.Int64(); int64(behind) <= all {
				page.body["nextCursor"] = mark + strconv.Itoa(behind)
			}
			return page
		})
	},
	"wrong-cursor-begins-anew": func(p *reference.Parts) {
		instead(p, byCursor, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			page := ask(r, next, http.MethodGet, r.URL.Query(), nil)
			if page.status != http.StatusBadRequest {
				return page
			}
			query := r.URL.Query()
			query.Set("cursor", "")
			return ask(r, next, http.MethodGet, query, nil)
		})
	},
	"cursor-brings-its-filter": cursorBringsItsFilter,
	"cursor-forgets-the-order": asking(byCursor, func(query url.Values) { query.Del("sortBy") }),
	"cursor-begins-groups-anew": func(p *reference.Parts) {
		instead(p, byCursor, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			query := r.URL.Query()
			if query.Get("cursor") == "" || !strings.HasSuffix(r.URL.Path, "/Groups") {
				return nil
			}
			query.Set("cursor", "")
			page := ask(r, next, http.MethodGet, query, nil)
			delete(page.body, "nextCursor")
			return page
		})
	},
	"search-cursor-ignored": forgetsMembers("cursor"),
	"cursor-unannounced": func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) { delete(a.body, "pagination") })
	},
})

// turnsPages changes a list that was asked for by a cursor.
func turnsPages(change func(query url.Values, a *scimAnswer)) install {
	return func(p *reference.Parts) {
		showOtherwise(p, byCursor, func(r *http.Request, a *scimAnswer) {
			if _, isList := a.body["Resources"].([]any); isList {
				change(r.URL.Query(), a)
			}
		})
	}
}

// cursorBringsItsFilter goes on in the list that a cursor came from, whatever list is
// asked for.
func cursorBringsItsFilter(p *reference.Parts) {
	var mu sync.Mutex
	filters := map[string]string{}
	instead(p, byCursor, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
		mu.Lock()
		defer mu.Unlock()
		query := r.URL.Query()
		if filter, known := filters[query.Get("cursor")]; known {
			query.Set("filter", filter)
		}
		page := ask(r, next, http.MethodGet, query, nil)
		if on := textIn(page.body, "nextCursor"); on != "" {
			filters[on] = query.Get("filter")
		}
		return page
	})
}
