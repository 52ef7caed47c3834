package defect

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"rollcall.example/reference"
)

// Defects in how a list is cut into pages.
func init() {
	pages := func(name string, change func(query url.Values)) {
		register(name, func(p *reference.Parts) { askOtherwise(p, lists, change) })
	}
	moves := func(by int) func(url.Values) {
		return func(query url.Values) {
			if start, err := strconv.Atoi(query.Get("startIndex")); err == nil && start > -by {
				query.Set("startIndex", strconv.Itoa(start+by))
			}
		}
	}
	pages("pages-begin-with-0", moves(1))
	pages("pages-overlap", func(query url.Values) {
		if query.Get("startIndex") != "1" {
			moves(-1)(query)
		}
	})
	pages("start-ignored", func(query url.Values) { query.Del("startIndex") })
	pages("count-ignored", func(query url.Values) { query.Del("count") })
	pages("one-more-than-asked", func(query url.Values) {
		if count, err := strconv.Atoi(query.Get("count")); err == nil && count > 0 {
			query.Set("count", strconv.Itoa(count+1))
		}
	})
	pages("count-of-0-is-none", func(query url.Values) {
		if count, err := strconv.Atoi(query.Get("count")); err == nil && count <= 0 {
			query.Del("count")
		}
	})
	pages("first-page-has-two", func(query url.Values) {
		if query.Has("startIndex") && !query.Has("count") {
			query.Set("count", "1")
		}
	})
	refuses := func(name string, which func(query url.Values) bool) {
		register(name, func(p *reference.Parts) {
			instead(p, lists, func(r *http.Request, _ object, _ http.Handler) *scimAnswer {
				if which(r.URL.Query()) {
					return refusing(http.StatusBadRequest, "invalidValue", "there is no such page")
				}
				return nil
			})
		})
	}
	less := func(parameter string, than int) func(url.Values) bool {
		return func(query url.Values) bool {
			n, err := strconv.Atoi(query.Get(parameter))
			return err == nil && n < than
		}
	}
	refuses("start-below-1-refused", less("startIndex", 1))
	refuses("count-below-0-refused", less("count", 0))
	refuses("count-beyond-bound-refused", func(query url.Values) bool {
		count, _ := strconv.Atoi(query.Get("count"))
		return count > 200
	})

	shows := func(name string, change func(r *http.Request, a *scimAnswer)) {
		register(name, func(p *reference.Parts) {
			showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
				if _, isList := a.body["Resources"].([]any); isList {
					change(r, a)
				}
			})
		})
	}
	shows("past-the-end-is-404", func(r *http.Request, a *scimAnswer) {
		if len(a.resources()) == 0 && numberIn(r.URL.Query(), "startIndex", 1) > 1 {
			a.refuse(http.StatusNotFound, "", "there is no such page")
		}
	})
	shows("total-is-of-the-page", func(_ *http.Request, a *scimAnswer) { a.body["totalResults"] = len(a.resources()) })
	shows("counters-are-texts", func(_ *http.Request, a *scimAnswer) {
		for _, name := range []string{"totalResults", "itemsPerPage", "startIndex"} {
			text, _ := a.body[name].(interface{ String() string })
			a.body[name] = text.String()
		}
	})
	shows("page-size-is-what-was-asked", func(r *http.Request, a *scimAnswer) {
		if count, err := strconv.Atoi(r.URL.Query().Get("count")); err == nil {
			a.body["itemsPerPage"] = count
		}
	})
	shows("every-page-is-the-first", func(_ *http.Request, a *scimAnswer) { a.body["startIndex"] = 1 })
	register("newcomers-first", func(p *reference.Parts) {
		instead(p, lists, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			query := r.URL.Query()
			if query.Has("sortBy") || query.Has("cursor") {
				return nil
			}
			start, count := numberIn(query, "startIndex", 1), numberIn(query, "count", 100)
			query.Set("startIndex", "1")
			query.Set("count", "200")
			whole := ask(r, next, http.MethodGet, query, nil)
			listed, _ := whole.body["Resources"].([]any)
			slices.Reverse(listed)
			from := min(max(start-1, 0), len(listed))
			page := listed[from:min(from+max(count, 0), len(listed))]
			if whole.body["Resources"] != nil {
				whole.body["Resources"], whole.body["startIndex"], whole.body["itemsPerPage"] = page, max(start, 1), len(page)
			}
			return whole
		})
	})
	register("bound-is-untrue", func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if filter, ok := a.body["filter"].(object); ok {
				filter["maxResults"] = 3
			}
		})
	})
}

func numberIn(query url.Values, name string, otherwise int) int {
	n, err := strconv.Atoi(query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}
