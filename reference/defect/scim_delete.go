package defect

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"rollcall.example/reference"
)

// Defects in deleting a user.
var _ = register(defects{
	"delete-answers-200": func(p *reference.Parts) {
		showOtherwise(p, deletingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNoContent {
				a.status, a.body = http.StatusOK, object{"deleted": true}
			}
		})
	},
	"delete-again-is-204": func(p *reference.Parts) {
		showOtherwise(p, deletingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				a.status, a.body, a.text = http.StatusNoContent, nil, nil
			}
		})
	},
	"deleted-can-be-read": func(p *reference.Parts) {
		rememberDeleted(p, func(r *http.Request, last object, a *scimAnswer) {
			if r.Method == http.MethodGet && a.status == http.StatusNotFound {
				a.status, a.body = http.StatusOK, last
			}
		})
	},
	"put-revives": func(p *reference.Parts) {
		rememberDeleted(p, func(r *http.Request, last object, a *scimAnswer) {
			if r.Method == http.MethodPut && a.status == http.StatusNotFound {
				a.status, a.body = http.StatusOK, last
			}
		})
	},
	"patch-of-nobody-is-204": func(p *reference.Parts) {
		showOtherwise(p, patchingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				a.status, a.body, a.text = http.StatusNoContent, nil, nil
			}
		})
	},
	"deleted-still-found":       deletedStillFound,
	"delete-takes-the-namesake": deleteTakesNext,
	"deleted-name-stays-taken": func(p *reference.Parts) {
		names := deletedNames(p)
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if names.has(textIn(body, "userName")) {
				return refusing(http.StatusConflict, "uniqueness", "there is somebody of this userName")
			}
			return nil
		})
	},
	"deleted-is-remembered": deletedIsRemembered,
})

// rememberDeleted tells of requests to somebody who was deleted, with what they were
// shown as last.
func rememberDeleted(p *reference.Parts, change func(r *http.Request, last object, a *scimAnswer)) {
	var mu sync.Mutex
	shown, deleted := map[string]object{}, map[string]object{}
	showOtherwise(p, at("/Users/"), func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		if last, gone := deleted[r.URL.Path]; gone {
			change(r, last, a)
			return
		}
		switch {
		case r.Method == http.MethodGet && a.status == http.StatusOK:
			shown[r.URL.Path] = a.body
		case r.Method == http.MethodDelete && a.status == http.StatusNoContent:
			deleted[r.URL.Path] = shown[r.URL.Path]
		}
	})
}

// deletedNames are the user names of everybody who was deleted.
func deletedNames(p *reference.Parts) *memory {
	var names memory
	var mu sync.Mutex
	last := map[string]string{}
	showOtherwise(p, at("/Users/"), func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodDelete && a.status == http.StatusNoContent {
			names.add(last[r.URL.Path])
		}
		if name := textIn(a.body, "userName"); name != "" {
			last[r.URL.Path] = name
		}
	})
	return &names
}

// deletedStillFound keeps whoever is deleted in the index of user names.
func deletedStillFound(p *reference.Parts) {
	var mu sync.Mutex
	seen := map[string]object{}    // by path
	deleted := map[string]object{} // by userName
	showOtherwise(p, anyUsers, func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		filter := r.URL.Query().Get("filter")
		switch listed, _ := a.body["Resources"].([]any); {
		case r.Method == http.MethodDelete && a.status == http.StatusNoContent:
			if user := seen[r.URL.Path]; user != nil {
				deleted[textIn(user, "userName")] = user
			}
		case strings.HasPrefix(filter, "userName eq "):
			_, name, _ := strings.Cut(filter, `"`)
			if user := deleted[strings.TrimSuffix(name, `"`)]; user != nil {
				a.body["Resources"], a.body["totalResults"] = append(listed, user), len(listed)+1
			}
		case r.Method == http.MethodGet && a.status == http.StatusOK && listed == nil:
			seen[r.URL.Path] = a.body
		case r.Method == http.MethodPost && a.status == http.StatusCreated:
			seen[r.URL.Path+"/"+textIn(a.body, "id")] = a.body
		}
	})
}

// deleteTakesNext deletes whoever was created before the one who is deleted, too.
func deleteTakesNext(p *reference.Parts) {
	var mu sync.Mutex
	var made []string
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case creatingUsers(r) && recorded.Code == http.StatusCreated:
			made = append(made, r.URL.Path+"/"+textIn(objectOf(recorded.Body.Bytes()), "id"))
		case deletingUsers(r) && recorded.Code == http.StatusNoContent:
			for i := range made {
				if i > 0 && made[i] == r.URL.Path {
					other := r.Clone(r.Context())
					other.URL = &url.URL{Path: made[i-1]}
					next.ServeHTTP(httptest.NewRecorder(), other)
				}
			}
		}
		(&scimAnswer{status: recorded.Code, header: recorded.Header(), text: recorded.Body.Bytes()}).write(w)
	})
}

// deletedIsRemembered gives who comes under the name of somebody who was deleted their
// externalId.
func deletedIsRemembered(p *reference.Parts) {
	var mu sync.Mutex
	external := map[string]string{} // by userName
	readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
		mu.Lock()
		defer mu.Unlock()
		name, id := textIn(body, "userName"), textIn(body, "externalId")
		if id == "" && external[name] != "" {
			body["externalId"] = external[name]
		}
		external[name] = id
		return nil
	})
}
