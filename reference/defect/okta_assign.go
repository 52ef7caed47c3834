package defect

import (
	"bytes"
	"net/http"
	"strings"

	"rollcall.example/reference"
)

func init() {
	register("okta-creation-answered-empty", func(p *reference.Parts) {
		// Who has a language is kept, and what shows them knows no such attribute.
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			spoken := false
			if r.Method == http.MethodPost && isSCIM(r, "/Users") {
				rewriteBody(r, func(body []byte) []byte {
					spoken = bytes.Contains(body, []byte(`"locale"`))
					return body
				})
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if spoken && status == http.StatusCreated {
					return status, nil
				}
				return status, body
			})
		})
	})
	register("okta-external-id-lost", func(p *reference.Parts) {
		whoHasPassword(p, func(user map[string]any) { delete(user, "externalId") })
	})
	register("okta-user-name-from-address", func(p *reference.Parts) {
		whoHasPassword(p, func(user map[string]any) {
			emails, _ := user["emails"].([]any)
			for _, entry := range emails {
				if address, ok := entry.(map[string]any); ok {
					user["userName"] = address["value"]
				}
			}
		})
	})
	register("okta-plus-taken-literally", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if isSCIM(r, "/Users") {
				r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "+", "%2B")
			}
			next.ServeHTTP(w, r)
		})
	})
}

// whoHasPassword changes what is said of somebody new who comes with a password, as
// everybody does whom Okta makes: a way in for accounts that forgets half of it.
func whoHasPassword(p *reference.Parts, change func(user map[string]any)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && isSCIM(r, "/Users") {
			rewriteObject(r, func(user map[string]any) {
				if _, there := user["password"]; there {
					change(user)
				}
			})
		}
		next.ServeHTTP(w, r)
	})
}
