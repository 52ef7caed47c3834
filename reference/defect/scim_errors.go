package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in how a refusal is told.
var _ = register(defects{
	"error-without-schemas": func(p *reference.Parts) {
		refuseOtherwise(p, func(a *scimAnswer) { delete(a.body, "schemas") })
	},
	"error-as-text": func(p *reference.Parts) {
		refuseOtherwise(p, func(a *scimAnswer) {
			a.text, a.body = []byte(textIn(a.body, "detail")), nil
			a.header.Set("Content-Type", "text/plain")
		})
	},
	"kind-left-out": func(p *reference.Parts) {
		refuseOtherwise(p, func(a *scimAnswer) { delete(a.body, "scimType") })
	},
	"status-is-number": func(p *reference.Parts) {
		refuseOtherwise(p, func(a *scimAnswer) { a.body["status"] = a.status })
	},
	"list-without-schemas": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) {
			if has(a.body, "totalResults") {
				delete(a.body, "schemas")
			}
		})
	},
	"unknown-address-is-200": func(p *reference.Parts) {
		showOtherwise(p, func(r *http.Request) bool { return overSCIM(r) && strings.Contains(r.URL.Path, "/Droids/") }, func(_ *http.Request, a *scimAnswer) {
			a.status, a.body = http.StatusOK, object{}
		})
	},
	"post-to-user-replaces": func(p *reference.Parts) {
		hearOtherwise(p, at("/Users/", http.MethodPost), func(r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/.search") {
				r.Method = http.MethodPut
			}
		})
	},
	"odd-id-is-500": func(p *reference.Parts) {
		quoted := func(r *http.Request) bool { return at("/Users/")(r) && strings.ContainsAny(r.URL.Path, `'"`) }
		refuse(p, quoted, http.StatusInternalServerError, "", "unterminated quoted string")
	},
	"odd-name-is-500": func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if _, wrong := body["name"].([]any); wrong {
				return refusing(http.StatusInternalServerError, "", "cannot read givenName of a list")
			}
			return nil
		})
	},
	"large-body-is-500": func(p *reference.Parts) {
		refuseOtherwise(p, func(a *scimAnswer) {
			if detail := textIn(a.body, "detail"); a.status == http.StatusRequestEntityTooLarge || strings.Contains(detail, "nested") {
				a.refuse(http.StatusInternalServerError, "", "out of memory")
			}
		})
	},
	"small-letters-are-500": func(p *reference.Parts) {
		showOtherwise(p, func(r *http.Request) bool { return overSCIM(r) && strings.HasSuffix(r.URL.Path, "/users") }, func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusInternalServerError, "", "no route")
		})
	},
})

// refuseOtherwise changes how a refusal is told.
func refuseOtherwise(p *reference.Parts, change func(a *scimAnswer)) {
	showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) {
		if a.status >= http.StatusBadRequest {
			change(a)
		}
	})
}
