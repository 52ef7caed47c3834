package defect

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"rollcall.example/reference"
)

// Defects in how a list is cut into pages.
var _ = register(defects{
	"pages-begin-with-0": asking(lists, movesStart(1)),
	"pages-overlap": asking(lists, func(query url.Values) {
		if query.Get("startIndex") != "1" {
			movesStart(-1)(query)
		}
	}),
	"start-ignored": asking(lists, func(query url.Values) { query.Del("startIndex") }),
	"count-ignored": asking(lists, func(query url.Values) { query.Del("count") }),
	"one-more-than-asked": asking(lists, func(query url.Values) {
		if count, err := strconv.Atoi(query.Get("count")); err == nil && count > 0 {
			query.Set("count", strconv.Itoa(count+1))
		}
	}),
	"count-of-0-is-none": asking(lists, func(query url.Values) {
		if count, err := strconv.Atoi(query.Get("count")); err == nil && count <= 0 {
			query.Del("count")
		}
	}),
	"first-page-has-two": asking(lists, func(query url.Values) {
		if query.Has("startIndex") && !query.Has("count") {
			query.Set("count", "1")
		}
	}),
	"start-below-1-refused": refusesPages(below("startIndex", 1)),
	"count-below-0-refused": refusesPages(below("count", 0)),
	"count-beyond-bound-refused": refusesPages(func(query url.Values) bool {
		count, _ := strconv.Atoi(query.Get("count"))
		return count > 200
	}),
	"past-the-end-is-404": showsPages(func(r *http.Request, a *scimAnswer) {
		if len(a.resources()) == 0 && numberIn(r.URL.Query(), "startIndex", 1) > 1 {
			a.refuse(http.StatusNotFound, "", "there is no such page")
		}
	}),
	"total-is-of-the-page": showsPages(func(_ *http.Request, a *scimAnswer) { a.body["totalResults"] = len(a.resources()) }),
	"counters-are-texts": showsPages(func(_ *http.Request, a *scimAnswer) {
		for _, name := range []string{"totalResults", "itemsPerPage", "startIndex"} {
			text, _ := a.body[name].(interface{ String() string })
			a.body[name] = text.String()
		}
	}),
	"page-size-is-what-was-asked": showsPages(func(r *http.Request, a *scimAnswer) {
		if count, err := strconv.Atoi(r.URL.Query().Get("count")); err == nil {
			a.body["itemsPerPage"] = count
		}
	}),
	"every-page-is-the-first": showsPages(func(_ *http.Request, a *scimAnswer) { a.body["startIndex"] = 1 }),
	"newcomers-first": func(p *reference.Parts) {
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
	},
	"numbers-of-pages-overflow": func(p *reference.Parts) {
		instead(p, lists, func(r *http.Request, _ object, _ http.Handler) *scimAnswer {
			for _, parameter := range []string{"startIndex", "count"} {
				if _, err := strconv.ParseInt(r.URL.Query().Get(parameter), 10, 32); errors.Is(err, strconv.ErrRange) {
					return refusing(http.StatusInternalServerError, "", "integer out of range")
				}
			}
			return nil
		})
	},
	"bound-is-untrue": func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if filter, ok := a.body["filter"].(object); ok {
				filter["maxResults"] = 3
			}
		})
	},
})

// movesStart begins the page elsewhere.
func movesStart(by int) func(url.Values) {
	return func(query url.Values) {
		if start, err := strconv.Atoi(query.Get("startIndex")); err == nil && start > -by {
			query.Set("startIndex", strconv.Itoa(start+by))
		}
	}
}

// refusesPages refuses a list for what is asked of its pages.
func refusesPages(which func(query url.Values) bool) install {
	return func(p *reference.Parts) {
		instead(p, lists, func(r *http.Request, _ object, _ http.Handler) *scimAnswer {
			if which(r.URL.Query()) {
				return refusing(http.StatusBadRequest, "invalidValue", "there is no such page")
			}
			return nil
		})
	}
}

// below says of a query that a parameter of it is a number less than another one.
func below(parameter string, than int) func(url.Values) bool {
	return func(query url.Values) bool {
		n, err := strconv.Atoi(query.Get(parameter))
		return err == nil && n < than
	}
}

// showsPages changes a list that was found.
func showsPages(change func(r *http.Request, a *scimAnswer)) install {
	return func(p *reference.Parts) {
		showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
			if _, isList := a.body["Resources"].([]any); isList {
				change(r, a)
			}
		})
	}
}

func numberIn(query url.Values, name string, otherwise int) int {
	n, err := strconv.Atoi(query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}
