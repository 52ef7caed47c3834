package defect

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in keeping customers apart over SCIM.
var _ = register(defects{
	"foreign-ids-open":             func(p *reference.Parts) { opensForeignIDs(p, "/Users") },
	"foreign-groups-open":          func(p *reference.Parts) { opensForeignIDs(p, "/Groups") },
	"lists-of-everybody":           func(p *reference.Parts) { listsOfEverything(p, "/Users", "userName") },
	"lists-of-every-group":         func(p *reference.Parts) { listsOfEverything(p, "/Groups", "displayName") },
	"searches-find-everybody":      searchesFindEverybody,
	"strangers-are-members":        strangersAreMembers,
	"any-customers-token-replaces": anyCustomersTokenReplaces,
	"external-id-global": func(p *reference.Parts) {
		var mu sync.Mutex
		owner := map[string]string{}
		readOtherwise(p, creatingUsers, func(r *http.Request, body object) *scimAnswer {
			mu.Lock()
			defer mu.Unlock()
			id := textIn(body, "externalId")
			if first := owner[id]; id != "" && first != "" && first != providerIn(r) {
				return refusing(http.StatusConflict, "uniqueness", "there is somebody of this externalId")
			}
			owner[id] = providerIn(r)
			return nil
		})
	},
	"deletion-by-name": deletionByName,
})

// opensForeignIDs answers for whoever's resource has the id in a request's path.
func opensForeignIDs(p *reference.Parts, collection string) {
	whose := providersOf(p, collection)
	hearOtherwise(p, at(collection+"/"), func(r *http.Request) {
		provider := providerIn(r)
		if owner := whose(lastStep(r)); owner != "" && owner != provider {
			r.Header.Set("Authorization", "Bearer open-"+owner)
			r.URL.Path = strings.Replace(r.URL.Path, "/"+provider+"/", "/"+owner+"/", 1)
		}
	})
	otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return strings.HasPrefix(token, "open-") })
}

// providersOf tells through which provider a resource was made.
func providersOf(p *reference.Parts, collection string) func(id string) string {
	var mu sync.Mutex
	made := map[string]string{}
	showOtherwise(p, at(collection, http.MethodPost), func(r *http.Request, a *scimAnswer) {
		if a.status == http.StatusCreated {
			mu.Lock()
			defer mu.Unlock()
			made[textIn(a.body, "id")] = providerIn(r)
		}
	})
	return func(id string) string {
		mu.Lock()
		defer mu.Unlock()
		return made[id]
	}
}

// listsOfEverything adds to every list those of other customers that it names.
func listsOfEverything(p *reference.Parts, collection, naming string) {
	var mu sync.Mutex
	made := map[string]object{}
	showOtherwise(p, at(collection), func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost && a.status == http.StatusCreated {
			made[providerIn(r)+" "+textIn(a.body, "id")] = a.body
		}
		listed, isList := a.body["Resources"].([]any)
		if !isList || r.Method != http.MethodGet {
			return
		}
		for key, resource := range made {
			filter := r.URL.Query().Get("filter")
			if !strings.HasPrefix(key, providerIn(r)+" ") && (filter == "" || strings.Contains(filter, textIn(resource, naming))) {
				listed = append(listed, resource)
			}
		}
		a.body["Resources"], a.body["totalResults"] = listed, len(listed)
	})
}

// deletionByName takes everybody of the user name along.
func deletionByName(p *reference.Parts) {
	store := keepStore(p)
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		provider, id := recordIn(r)
		var name string
		if r.Method == http.MethodDelete && id != "" {
			_ = eachRecord(r.Context(), *store, func(_ org.Tx, found org.Record) error {
				if found.ID == id && found.Provider == provider {
					name = found.UserName
				}
				return nil
			})
		}
		next.ServeHTTP(w, r)
		if name == "" {
			return
		}
		_ = eachRecord(r.Context(), *store, func(tx org.Tx, found org.Record) error {
			if found.UserName == name {
				return tx.DeleteRecord(r.Context(), found.ID)
			}
			return nil
		})
	})
}

// searchesFindEverybody adds to what a search by POST finds whom it names at other
// customers.
func searchesFindEverybody(p *reference.Parts) {
	var mu sync.Mutex
	made := map[string]object{}
	around(p, creatingUsers, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		filter := textIn(objectOf(bodyOf(r)), "filter")
		answer := answerTo(r, next)
		mu.Lock()
		defer mu.Unlock()
		if answer.status == http.StatusCreated {
			made[providerIn(r)+" "+textIn(answer.body, "id")] = answer.body
		}
		if listed, isList := answer.body["Resources"].([]any); isList {
			for key, user := range made {
				if !strings.HasPrefix(key, providerIn(r)+" ") && strings.Contains(filter, textIn(user, "userName")) {
					listed = append(listed, user)
				}
			}
			answer.body["Resources"], answer.body["totalResults"] = listed, len(listed)
		}
		answer.write(w)
	})
}

// strangersAreMembers lets a group have members who are another customer's.
func strangersAreMembers(p *reference.Parts) {
	whose := providersOf(p, "/Users")
	var mu sync.Mutex
	strangers := map[string][]string{} // by group
	showEach(p, anyGroups, func(group object) {
		mu.Lock()
		defer mu.Unlock()
		if ids := strangers[textIn(group, "id")]; len(ids) > 0 {
			members, _ := group["members"].([]any)
			group["members"] = withMembers(members, ids)
		}
	})
	readOtherwise(p, at("/Groups/", http.MethodPut), func(r *http.Request, body object) *scimAnswer {
		mu.Lock()
		defer mu.Unlock()
		members, own := idsIn(body), []any{}
		strangers[lastStep(r)] = nil
		for _, id := range members {
			if owner := whose(id); owner != "" && owner != providerIn(r) {
				strangers[lastStep(r)] = append(strangers[lastStep(r)], id)
				continue
			}
			own = append(own, object{"value": id})
		}
		if len(strangers[lastStep(r)]) > 0 {
			body["members"] = own
		}
		return nil
	})
}

// anyCustomersTokenReplaces lets a PUT through with the token of whatever customer.
func anyCustomersTokenReplaces(p *reference.Parts) {
	var known memory // of tokens that opened some customer's door
	showOtherwise(p, creatingUsers, func(r *http.Request, a *scimAnswer) {
		if a.status == http.StatusCreated {
			known.add(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		}
	})
	token := p.SCIM.Token
	p.SCIM.Token = func(r *http.Request) string {
		if said := token(r); r.Method != http.MethodPut || !known.has(said) {
			return said
		}
		return "open-" + token(r)
	}
	otherwiseOpens(p, func(_ context.Context, _ org.Tx, said string) bool { return strings.HasPrefix(said, "open-") })
}
