package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in how a refusal is told.
func init() {
	anywhere := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/scim/") }
	refusals := func(p *reference.Parts, change func(a *scimAnswer)) {
		showOtherwise(p, anywhere, func(_ *http.Request, a *scimAnswer) {
			if a.status >= http.StatusBadRequest {
				change(a)
			}
		})
	}

	register("error-without-schemas", func(p *reference.Parts) {
		refusals(p, func(a *scimAnswer) { delete(a.body, "schemas") })
	})
	register("error-as-text", func(p *reference.Parts) {
		refusals(p, func(a *scimAnswer) {
			a.text, a.body = []byte(textIn(a.body, "detail")), nil
			a.header.Set("Content-Type", "text/plain")
		})
	})
	register("kind-left-out", func(p *reference.Parts) {
		refusals(p, func(a *scimAnswer) { delete(a.body, "scimType") })
	})
	register("status-is-number", func(p *reference.Parts) {
		refusals(p, func(a *scimAnswer) { a.body["status"] = a.status })
	})
	register("list-without-schemas", func(p *reference.Parts) {
		showOtherwise(p, anywhere, func(_ *http.Request, a *scimAnswer) {
			if has(a.body, "totalResults") {
				delete(a.body, "schemas")
			}
		})
	})
	register("unknown-address-is-200", func(p *reference.Parts) {
		showOtherwise(p, func(r *http.Request) bool { return anywhere(r) && strings.Contains(r.URL.Path, "/Droids/") }, func(_ *http.Request, a *scimAnswer) {
			a.status, a.body = http.StatusOK, object{}
		})
	})
	register("post-to-user-replaces", func(p *reference.Parts) {
		hearOtherwise(p, at("/Users/", http.MethodPost), func(r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/.search") {
				r.Method = http.MethodPut
			}
		})
	})
	register("odd-id-is-500", func(p *reference.Parts) {
		quoted := func(r *http.Request) bool { return at("/Users/")(r) && strings.ContainsAny(r.URL.Path, `'"`) }
		refuse(p, quoted, http.StatusInternalServerError, "", "unterminated quoted string")
	})
	register("odd-name-is-500", func(p *reference.Parts) {
		readOtherwise(p, at("/Users", http.MethodPost), func(_ *http.Request, body object) *scimAnswer {
			if _, wrong := body["name"].([]any); wrong {
				return refusing(http.StatusInternalServerError, "", "cannot read givenName of a list")
			}
			return nil
		})
	})
	register("large-body-is-500", func(p *reference.Parts) {
		refusals(p, func(a *scimAnswer) {
			if detail := textIn(a.body, "detail"); a.status == http.StatusRequestEntityTooLarge || strings.Contains(detail, "nested") {
				a.refuse(http.StatusInternalServerError, "", "out of memory")
			}
		})
	})
	register("small-letters-are-500", func(p *reference.Parts) {
		showOtherwise(p, func(r *http.Request) bool { return anywhere(r) && strings.HasSuffix(r.URL.Path, "/users") }, func(_ *http.Request, a *scimAnswer) {
			a.refuse(http.StatusInternalServerError, "", "no route")
		})
	})
}
