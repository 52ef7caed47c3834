package defect

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-past-the-end-says-asked": func(p *reference.Parts) {
		changeList(p, func(r *http.Request, list map[string]any) {
			if asked, err := strconv.Atoi(r.URL.Query().Get("count")); err == nil && count(list, "startIndex") > count(list, "totalResults") {
				list["itemsPerPage"] = asked
			}
		})
	},
	"okta-cut-page-counts-in-text": func(p *reference.Parts) {
		changeList(p, func(_ *http.Request, list map[string]any) {
			if shown := count(list, "itemsPerPage"); shown > 0 && shown < count(list, "totalResults") {
				list["itemsPerPage"] = strconv.Itoa(shown)
			}
		})
	},
	"okta-latest-change-first": func(p *reference.Parts) {
		instead(p, isWholeList, func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			whole := ask(r, next, http.MethodGet, url.Values{"count": {"10000"}}, nil)
			if whole.status == http.StatusOK {
				cutLatestFirst(whole.body, r.URL.Query())
			}
			return whole
		})
	},
	"okta-inactive-not-listed": func(p *reference.Parts) {
		changeList(p, func(r *http.Request, list map[string]any) {
			if !isWholeList(r) {
				return
			}
			active := slices.DeleteFunc(resourcesIn(list), func(user any) bool {
				shown, _ := user.(map[string]any)
				return shown["active"] == false
			})
			list["totalResults"] = count(list, "totalResults") - count(list, "itemsPerPage") + len(active)
			list["Resources"], list["itemsPerPage"] = active, len(active)
		})
	},
	"okta-list-remembered": func(p *reference.Parts) {
		// What was listed once is listed again until somebody new comes.
		var listed memory
		byPost := func(r *http.Request) bool { return r.Method == http.MethodPost }
		hearOtherwise(p, byPost, func(*http.Request) { listed.clear() })
		showOtherwise(p, isWholeList, func(r *http.Request, a *scimAnswer) {
			key := r.URL.String() + " "
			switch known := listed.after(key); {
			case known != "":
				a.status, a.body = http.StatusOK, objectOf([]byte(known))
			case a.status == http.StatusOK:
				listed.add(key + string(a.text))
			}
		})
	},
})

// isWholeList says whether a request asks for a list of users without a filter.
func isWholeList(r *http.Request) bool {
	return r.Method == http.MethodGet && isSCIM(r, "/Users") && strings.HasSuffix(r.URL.Path, "/Users") && !r.URL.Query().Has("filter")
}

// changeList changes the lists of users that the product answers with.
func changeList(p *reference.Parts, change func(r *http.Request, list map[string]any)) {
	ofUsers := func(r *http.Request) bool {
		return readingUsers(r) && strings.HasSuffix(r.URL.Path, "/Users")
	}
	showOtherwise(p, ofUsers, func(r *http.Request, a *scimAnswer) {
		if a.status == http.StatusOK {
			change(r, a.body)
		}
	})
}

// cutLatestFirst makes of the list of everybody the page that a query asks for, those
// who were changed last before the others.
func cutLatestFirst(list object, query url.Values) {
	start, _ := strconv.Atoi(query.Get("startIndex"))
	asked, err := strconv.Atoi(query.Get("count"))
	if err != nil {
		asked = 100
	}
	all := resourcesIn(list)
	slices.SortStableFunc(all, func(one, other any) int { return strings.Compare(changedAt(other), changedAt(one)) })
	from := min(max(start, 1)-1, len(all))
	all = all[from:min(from+asked, len(all))]
	list["Resources"], list["startIndex"], list["itemsPerPage"] = all, max(start, 1), len(all)
}

func resourcesIn(list map[string]any) []any {
	all, _ := list["Resources"].([]any)
	return all
}

// changedAt is when a resource says that it was last changed.
func changedAt(resource any) string {
	shown, _ := resource.(map[string]any)
	meta, _ := shown["meta"].(map[string]any)
	at, _ := meta["lastModified"].(string)
	return at
}

func count(list map[string]any, name string) int {
	number, _ := list[name].(json.Number)
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return 0
	}
	return n
}
