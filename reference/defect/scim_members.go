package defect

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"rollcall.example/reference"
)

// Defects in what is known of a person's groups.
var _ = register(defects{
	"groups-shown-for-ever": func(p *reference.Parts) {
		known := groupsAtFirst(p)
		showEach(p, anyUsers, func(user object) {
			shown, _ := user["groups"].([]any)
			if ids := known(textIn(user, "id")); len(ids) > 0 {
				user["groups"] = withMembers(shown, ids)
			}
		})
	},
	"user-put-leaves-groups": func(p *reference.Parts) {
		known := groupsAtFirst(p)
		instead(p, replacingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			answer := ask(r, next, http.MethodPut, r.URL.Query(), body)
			if answer.status == http.StatusOK {
				for _, group := range known(lastStep(r)) {
					ofGroup(r, next, group, object{"op": "remove", "path": `members[value eq "` + lastStep(r) + `"]`})
				}
			}
			return answer
		})
	},
	"user-patch-joins-groups": func(p *reference.Parts) {
		instead(p, patchingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			for _, op := range operationsIn(body) {
				if op["op"] == "add" && op["path"] == "groups" {
					for _, group := range idsIn(object{"members": op["value"]}) {
						ofGroup(r, next, group, object{"op": "add", "path": "members", "value": []any{object{"value": lastStep(r)}}})
					}
					return noContent()
				}
			}
			return nil
		})
	},
	"members-in-filters-unknown": func(p *reference.Parts) {
		showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
			if strings.Contains(r.URL.Query().Get("filter"), "members") {
				a.body["Resources"], a.body["totalResults"] = []any{}, 0
			}
		})
	},
	"groups-in-groups-dropped": func(p *reference.Parts) {
		readOtherwise(p, creatingGroups, func(_ *http.Request, body object) *scimAnswer {
			if members, _ := body["members"].([]any); len(members) > 0 {
				body["members"] = slices.DeleteFunc(members, func(entry any) bool {
					member, _ := entry.(object)
					return member["type"] == "Group"
				})
			}
			return nil
		})
	},
	"namesakes-are-members": func(p *reference.Parts) {
		known := groupsAtFirst(p)
		var mu sync.Mutex
		left := map[string][]string{} // groups, by user name
		instead(p, at("/Users", http.MethodPost, http.MethodDelete), func(r *http.Request, body object, next http.Handler) *scimAnswer {
			mu.Lock()
			defer mu.Unlock()
			if r.Method == http.MethodDelete {
				name := textIn(ask(r, next, http.MethodGet, nil, nil).body, "userName")
				left[name] = known(lastStep(r))
				return nil
			}
			answer := ask(r, next, http.MethodPost, nil, body)
			if answer.status == http.StatusCreated {
				for _, group := range left[textIn(body, "userName")] {
					ofGroup(r, next, group, object{"op": "add", "path": "members", "value": []any{object{"value": answer.body["id"]}}})
				}
			}
			return answer
		})
	},
})

// groupsAtFirst tells into which groups somebody came with the group itself.
func groupsAtFirst(p *reference.Parts) func(user string) []string {
	var mu sync.Mutex
	known := map[string][]string{}
	showOtherwise(p, creatingGroups, func(_ *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		for _, user := range idsIn(a.body) {
			known[user] = append(known[user], textIn(a.body, "id"))
		}
	})
	return func(user string) []string {
		mu.Lock()
		defer mu.Unlock()
		return known[user]
	}
}

// ofGroup changes a group of the customer whom a request is about, besides.
func ofGroup(r *http.Request, next http.Handler, group string, operation object) {
	base, _, _ := strings.Cut(r.URL.Path, "/Users")
	aside(r, next, http.MethodPatch, base+"/Groups/"+group, object{"schemas": []any{patchSchema}, "Operations": []any{operation}})
}
