package defect

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"rollcall.example/reference"
)

const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"

// Defects in groups over SCIM.
var _ = register(defects{
	"groups-need-members": func(p *reference.Parts) {
		readOtherwise(p, creatingGroups, func(_ *http.Request, body object) *scimAnswer {
			if members, _ := body["members"].([]any); len(members) == 0 {
				return refusing(http.StatusBadRequest, "invalidValue", "members are required")
			}
			return nil
		})
	},
	"members-lost": func(p *reference.Parts) {
		showEach(p, anyGroups, func(group object) {
			if members, _ := group["members"].([]any); len(members) > 1 {
				group["members"] = members[:1]
			}
		})
	},
	"groups-say-user": func(p *reference.Parts) {
		showEach(p, anyGroups, func(group object) { metaOf(group)["resourceType"] = "User" })
	},
	"group-name-made-up": func(p *reference.Parts) {
		readOtherwise(p, creatingGroups, func(_ *http.Request, body object) *scimAnswer {
			if textIn(body, "displayName") == "" {
				body["displayName"] = "Group " + strings.Repeat("x", len(textOf(body))%7)
			}
			return nil
		})
	},
	"group-overwritten":        groupOverwritten,
	"unknown-member-kept":      unknownMemberKept,
	"group-delete-deactivates": groupDeleteDeactivates,
	"deleted-member-stays": func(p *reference.Parts) {
		known := membersAtFirst(p)
		var gone memory
		showEach(p, anyGroups, func(group object) {
			members, _ := group["members"].([]any)
			for _, id := range known(textIn(group, "id")) {
				if gone.has(id) {
					members = append(members, object{"value": id})
				}
			}
			group["members"] = members
		})
		showOtherwise(p, deletingUsers, func(r *http.Request, _ *scimAnswer) { gone.add(lastStep(r)) })
	},
	"member-by-name": func(p *reference.Parts) {
		showEach(p, anyGroups, func(group object) {
			members, _ := group["members"].([]any)
			for _, entry := range members {
				if member, ok := entry.(object); ok {
					member["value"] = "Han Solo"
				}
			}
		})
	},
	"groups-not-shown": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { delete(user, "groups") })
	},
	"group-put-merges": func(p *reference.Parts) {
		known := membersAtFirst(p)
		readOtherwise(p, at("/Groups/", http.MethodPut), func(r *http.Request, body object) *scimAnswer {
			members, _ := body["members"].([]any)
			body["members"] = withMembers(members, known(lastStep(r)))
			return nil
		})
	},
	"member-added-twice": memberAddedTwice,
	"removes-first-member": func(p *reference.Parts) {
		known := membersAtFirst(p)
		readOtherwise(p, patchingGroups, func(r *http.Request, body object) *scimAnswer {
			operations, _ := body["Operations"].([]any)
			for _, entry := range operations {
				operation, _ := entry.(object)
				path := textIn(operation, "path")
				for _, other := range known(lastStep(r)) {
					if strings.HasPrefix(path, "members[value eq ") && !strings.Contains(path, other) {
						operation["path"] = `members[value eq "` + other + `"]`
					}
				}
			}
			return nil
		})
	},
	"removes-nobody": func(p *reference.Parts) {
		onPatch(p, func(operation object) []any {
			if operation["op"] == "remove" && operation["path"] == "members" {
				operation["path"] = `externalId`
			}
			return []any{operation}
		})
	},
	"group-patch-merges": func(p *reference.Parts) {
		onPatch(p, func(operation object) []any {
			if operation["op"] == "replace" && operation["path"] == "members" {
				operation["op"] = "add"
			}
			return []any{operation}
		})
	},
	"rename-clears-members": func(p *reference.Parts) {
		onPatch(p, func(operation object) []any {
			if operation["path"] == "displayName" {
				return []any{operation, object{"op": "remove", "path": "members"}}
			}
			return []any{operation}
		})
	},
	"group-patch-half-done":   groupPatchHalfDone,
	"members-from-stale-read": membersFromStaleRead,
})

// onPatch puts other operations in the place of each one in a PATCH of a group.
func onPatch(p *reference.Parts, change func(operation object) []any) {
	readOtherwise(p, patchingGroups, func(_ *http.Request, body object) *scimAnswer {
		operations, _ := body["Operations"].([]any)
		var changed []any
		for _, entry := range operations {
			operation, _ := entry.(object)
			changed = append(changed, change(operation)...)
		}
		body["Operations"] = changed
		return nil
	})
}

// lastStep is the id of the resource that a request is about.
func lastStep(r *http.Request) string { return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] }

// aside sends another request than the one that came, with its credentials.
func aside(r *http.Request, next http.Handler, method, path string, body object) *httptest.ResponseRecorder {
	other := r.Clone(r.Context())
	other.Method, other.URL.Path, other.URL.RawPath, other.URL.RawQuery = method, path, "", ""
	other.Header.Set("Content-Type", "application/scim+json")
	rewriteBody(other, func([]byte) []byte {
		if body == nil {
			return nil
		}
		return textOf(body)
	})
	recorded := httptest.NewRecorder()
	next.ServeHTTP(recorded, other)
	return recorded
}

// idsIn are the values of members.
func idsIn(group object) []string {
	members, _ := group["members"].([]any)
	var ids []string
	for _, entry := range members {
		member, _ := entry.(object)
		ids = append(ids, textIn(member, "value"))
	}
	return ids
}

func withMembers(members []any, ids []string) []any {
	for _, id := range ids {
		if !slices.ContainsFunc(members, func(entry any) bool { m, _ := entry.(object); return textIn(m, "value") == id }) {
			members = append(members, object{"value": id})
		}
	}
	return members
}

// membersAtFirst tells with which members a group was created.
func membersAtFirst(p *reference.Parts) func(group string) []string {
	var mu sync.Mutex
	known := map[string][]string{}
	showOtherwise(p, creatingGroups, func(_ *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		known[textIn(a.body, "id")] = idsIn(a.body)
	})
	return func(group string) []string {
		mu.Lock()
		defer mu.Unlock()
		return known[group]
	}
}

// aroundGroup puts f around requests about one group by a method.
func aroundGroup(p *reference.Parts, which whichRequest, f func(w http.ResponseWriter, r *http.Request, next http.Handler, body object)) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		f(w, r, next, objectOf(bodyOf(r)))
	})
}

// groupOverwritten takes the members of a group away when another of its name comes.
func groupOverwritten(p *reference.Parts) {
	var mu sync.Mutex
	first := map[string]string{}
	aroundGroup(p, creatingGroups, func(w http.ResponseWriter, r *http.Request, next http.Handler, body object) {
		mu.Lock()
		defer mu.Unlock()
		name := textIn(body, "displayName")
		if path := first[name]; path != "" {
			aside(r, next, http.MethodPut, path, object{"schemas": []any{groupSchema}, "displayName": name, "members": []any{}})
		}
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		if recorded.Code == http.StatusCreated {
			first[name] = r.URL.Path + "/" + textIn(objectOf(recorded.Body.Bytes()), "id")
		}
		(&scimAnswer{status: recorded.Code, header: recorded.Header(), text: recorded.Body.Bytes()}).write(w)
	})
}

// unknownMemberKept keeps whoever cannot be added, too.
func unknownMemberKept(p *reference.Parts) {
	var kept memory
	showEach(p, anyGroups, func(group object) {
		if kept.has(textIn(group, "id")) {
			members, _ := group["members"].([]any)
			group["members"] = append(members, object{"value": "nobody"})
		}
	})
	showOtherwise(p, patchingGroups, func(r *http.Request, a *scimAnswer) {
		if a.status >= http.StatusBadRequest {
			kept.add(lastStep(r))
			a.status, a.body, a.text = http.StatusNoContent, nil, nil
		}
	})
}

// groupDeleteDeactivates takes the members of a group along.
func groupDeleteDeactivates(p *reference.Parts) {
	aroundGroup(p, deletingGroups, func(w http.ResponseWriter, r *http.Request, next http.Handler, _ object) {
		group := objectOf(aside(r, next, http.MethodGet, r.URL.Path, nil).Body.Bytes())
		base, _, _ := strings.Cut(r.URL.Path, "/Groups/")
		for _, id := range idsIn(group) {
			aside(r, next, http.MethodPatch, base+"/Users/"+id, object{
				"schemas":    []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{object{"op": "replace", "path": "active", "value": false}},
			})
		}
		next.ServeHTTP(w, r)
	})
}

// memberAddedTwice shows a member as often as they were added.
func memberAddedTwice(p *reference.Parts) {
	var mu sync.Mutex
	added := map[string][]string{}
	showEach(p, readingGroups, func(group object) {
		mu.Lock()
		defer mu.Unlock()
		members, _ := group["members"].([]any)
		seen := map[string]bool{}
		for _, id := range added[textIn(group, "id")] {
			if seen[id] {
				members = append(members, object{"value": id})
			}
			seen[id] = true
		}
		group["members"] = members
	})
	readOtherwise(p, patchingGroups, func(r *http.Request, body object) *scimAnswer {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range addedIn(body) {
			added[lastStep(r)] = append(added[lastStep(r)], id)
		}
		return nil
	})
}

// addedIn are the members whom a PATCH adds.
func addedIn(body object) []string {
	var ids []string
	operations, _ := body["Operations"].([]any)
	for _, entry := range operations {
		operation, _ := entry.(object)
		if operation["op"] == "add" && operation["path"] == "members" {
			ids = append(ids, idsIn(object{"members": operation["value"]})...)
		}
	}
	return ids
}

// groupPatchHalfDone does the first operation of a PATCH that fails.
func groupPatchHalfDone(p *reference.Parts) {
	aroundGroup(p, patchingGroups, func(w http.ResponseWriter, r *http.Request, next http.Handler, body object) {
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		operations, _ := body["Operations"].([]any)
		if recorded.Code >= http.StatusBadRequest && len(operations) > 1 {
			aside(r, next, http.MethodPatch, r.URL.Path, object{"schemas": body["schemas"], "Operations": operations[:1]})
		}
		(&scimAnswer{status: recorded.Code, header: recorded.Header(), text: recorded.Body.Bytes()}).write(w)
	})
}

// membersFromStaleRead adds a member to those whom it saw when it read the group first,
// and writes them all: of several additions the last one wins.
func membersFromStaleRead(p *reference.Parts) {
	var mu sync.Mutex
	read := map[string][]string{}
	aroundGroup(p, patchingGroups, func(w http.ResponseWriter, r *http.Request, next http.Handler, body object) {
		mine := addedIn(body)
		if len(mine) == 0 {
			next.ServeHTTP(w, r)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		before, there := read[r.URL.Path]
		if !there {
			before = idsIn(objectOf(aside(r, next, http.MethodGet, r.URL.Path, nil).Body.Bytes()))
			read[r.URL.Path] = before
		}
		recorded := aside(r, next, http.MethodPatch, r.URL.Path, object{"schemas": body["schemas"], "Operations": []any{
			object{"op": "replace", "path": "members", "value": withMembers(withMembers([]any{}, before), mine)},
		}})
		(&scimAnswer{status: recorded.Code, header: recorded.Header(), text: recorded.Body.Bytes()}).write(w)
	})
}
