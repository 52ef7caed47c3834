package defect

import (
	"net/http"
	"strings"
	"sync"

	"rollcall.example/reference"
)

// me is about requests of one's own resource, by these methods.
func me(methods ...string) whichRequest {
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/Me") && at("/Me", methods...)(r) }
}

// Defects in /Me.
var _ = register(defects{
	"me-is-somebody-else": func(p *reference.Parts) {
		var made memory
		showOtherwise(p, ofUsers(http.MethodPost), func(_ *http.Request, a *scimAnswer) {
			if id := textIn(a.body, "id"); id != "" {
				made.add(id)
			}
		})
		showOtherwise(p, me(http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			own := textIn(a.body, "id")
			made.mu.Lock()
			defer made.mu.Unlock()
			for _, other := range made.seen {
				if own != "" && other != own {
					a.body["id"] = other
					a.header.Set("Location", strings.Replace(a.header.Get("Location"), own, other, 1))
				}
			}
		})
	},
	"me-is-where-it-was-asked-for": func(p *reference.Parts) {
		showOtherwise(p, me(), func(r *http.Request, a *scimAnswer) {
			if a.header.Get("Location") != "" {
				a.header.Set("Location", "http://"+r.Host+r.URL.Path)
			}
		})
	},
	"me-is-not-changed": func(p *reference.Parts) {
		instead(p, me(http.MethodPatch), func(r *http.Request, _ object, next http.Handler) *scimAnswer {
			return ask(r, next, http.MethodGet, nil, nil)
		})
	},
	"me-is-not-done-as-told": func(p *reference.Parts) {
		showOtherwise(p, me(http.MethodPut, http.MethodDelete), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusForbidden {
				a.status, a.body, a.text = http.StatusNoContent, nil, nil
			}
		})
	},
	"me-to-a-provider-is-500": func(p *reference.Parts) {
		showOtherwise(p, me(), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusNotFound {
				a.refuse(http.StatusInternalServerError, "", "nil pointer")
			}
		})
	},
	"me-needs-no-token": func(p *reference.Parts) {
		asKnown(p, me(), func(r *http.Request) bool { return !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") })
	},
	"members-token-opens-everybody": func(p *reference.Parts) {
		asKnown(p, patchingUsers, func(*http.Request) bool { return true })
	},
})

// asKnown lets such requests in as whoever was let in to lists of users or to /Me last.
func asKnown(p *reference.Parts, which whichRequest, needs func(*http.Request) bool) {
	var mu sync.Mutex
	var known string
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		switch said := r.Header.Get("Authorization"); {
		case which(r) && needs(r) && known != "":
			r.Header.Set("Authorization", known)
		case at("/Users", http.MethodPut)(r) || me()(r) && said != "":
			known = said
		}
		mu.Unlock()
		next.ServeHTTP(w, r)
	})
}
