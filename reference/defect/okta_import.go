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

func init() {
	register("okta-past-the-end-says-asked", func(p *reference.Parts) {
		changeList(p, func(r *http.Request, list map[string]any) {
			if asked, err := strconv.Atoi(r.URL.Query().Get("count")); err == nil && count(list, "startIndex") > count(list, "totalResults") {
				list["itemsPerPage"] = asked
			}
		})
	})
	register("okta-cut-page-counts-in-text", func(p *reference.Parts) {
		changeList(p, func(_ *http.Request, list map[string]any) {
			if shown := count(list, "itemsPerPage"); shown > 0 && shown < count(list, "totalResults") {
				list["itemsPerPage"] = strconv.Itoa(shown)
			}
		})
	})
	register("okta-latest-change-first", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if !isWholeList(r) {
				next.ServeHTTP(w, r)
				return
			}
			query := r.URL.Query()
			start, _ := strconv.Atoi(query.Get("startIndex"))
			asked, err := strconv.Atoi(query.Get("count"))
			if err != nil {
				asked = 100
			}
			r.URL.RawQuery = url.Values{"count": {"10000"}}.Encode()
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				return status, changedObject(body, func(list map[string]any) {
					all := resourcesIn(list)
					slices.SortStableFunc(all, func(one, other any) int { return strings.Compare(changedAt(other), changedAt(one)) })
					from := min(max(start, 1)-1, len(all))
					all = all[from:min(from+asked, len(all))]
					list["Resources"], list["startIndex"], list["itemsPerPage"] = all, max(start, 1), len(all)
				})
			})
		})
	})
	register("okta-inactive-not-listed", func(p *reference.Parts) {
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
	})
	register("okta-list-remembered", func(p *reference.Parts) {
		// What was listed once is listed again until somebody new comes.
		var listed memory
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodPost {
				listed.clear()
			}
			key := r.URL.String() + " "
			if known := listed.after(key); known != "" && isWholeList(r) {
				w.Header().Set("Content-Type", "application/scim+json")
				_, _ = w.Write([]byte(known))
				return
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if isWholeList(r) && status == http.StatusOK {
					listed.add(key + string(body))
				}
				return status, body
			})
		})
	})
}

// isWholeList says whether a request asks for a list of users without a filter.
func isWholeList(r *http.Request) bool {
	return r.Method == http.MethodGet && isSCIM(r, "/Users") && strings.HasSuffix(r.URL.Path, "/Users") && !r.URL.Query().Has("filter")
}

// changeList changes the lists of users that the product answers with.
func changeList(p *reference.Parts, change func(r *http.Request, list map[string]any)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method != http.MethodGet || !isSCIM(r, "/Users") || !strings.HasSuffix(r.URL.Path, "/Users") {
			next.ServeHTTP(w, r)
			return
		}
		rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
			if status != http.StatusOK {
				return status, body
			}
			return status, changedObject(body, func(list map[string]any) { change(r, list) })
		})
	})
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
