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
func init() {
	register("foreign-ids-open", func(p *reference.Parts) {
		whose := providersOfUsers(p)
		hearOtherwise(p, at("/Users/"), func(r *http.Request) {
			provider, id := recordIn(r)
			if owner := whose(id); owner != "" && owner != provider {
				r.Header.Set("Authorization", "Bearer open-"+owner)
				r.URL.Path = strings.Replace(r.URL.Path, "/"+provider+"/", "/"+owner+"/", 1)
			}
		})
		otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return strings.HasPrefix(token, "open-") })
	})
	register("lists-of-everybody", listsOfEverybody)
	register("external-id-global", func(p *reference.Parts) {
		var mu sync.Mutex
		owner := map[string]string{}
		readOtherwise(p, at("/Users", http.MethodPost), func(r *http.Request, body object) *scimAnswer {
			mu.Lock()
			defer mu.Unlock()
			id := textIn(body, "externalId")
			if first := owner[id]; id != "" && first != "" && first != providerIn(r) {
				return refusing(http.StatusConflict, "uniqueness", "there is somebody of this externalId")
			}
			owner[id] = providerIn(r)
			return nil
		})
	})
	register("deletion-by-name", deletionByName)
}

// providersOfUsers tells through which provider a user was made.
func providersOfUsers(p *reference.Parts) func(id string) string {
	var mu sync.Mutex
	made := map[string]string{}
	showOtherwise(p, at("/Users", http.MethodPost), func(r *http.Request, a *scimAnswer) {
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

// listsOfEverybody adds to every list those whom it names at other customers.
func listsOfEverybody(p *reference.Parts) {
	var mu sync.Mutex
	made := map[string]object{}
	showOtherwise(p, at("/Users"), func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost && a.status == http.StatusCreated {
			made[providerIn(r)+" "+textIn(a.body, "id")] = a.body
		}
		listed, isList := a.body["Resources"].([]any)
		if !isList {
			return
		}
		for key, user := range made {
			filter := r.URL.Query().Get("filter")
			if !strings.HasPrefix(key, providerIn(r)+" ") && (filter == "" || strings.Contains(filter, textIn(user, "userName"))) {
				listed = append(listed, user)
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
