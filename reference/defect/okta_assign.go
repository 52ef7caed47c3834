package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-creation-answered-empty": func(p *reference.Parts) {
		// Who has a language is kept, and what shows them knows no such attribute.
		answerOtherwise(p, saying(creatingUsers, `"locale"`), inPlaceOf(http.StatusCreated, http.StatusCreated, ""))
	},
	"okta-external-id-lost": func(p *reference.Parts) {
		whoHasPassword(p, func(user map[string]any) { delete(user, "externalId") })
	},
	"okta-user-name-from-address": func(p *reference.Parts) {
		whoHasPassword(p, func(user map[string]any) {
			emails, _ := user["emails"].([]any)
			for _, entry := range emails {
				if address, ok := entry.(map[string]any); ok {
					user["userName"] = address["value"]
				}
			}
		})
	},
	"okta-plus-taken-literally": func(p *reference.Parts) {
		hearOtherwise(p, anyUsers, func(r *http.Request) { r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "+", "%2B") })
	},
})

// whoHasPassword changes what is said of somebody new who comes with a password, as
// everybody does whom Okta makes: a way in for accounts that forgets half of it.
func whoHasPassword(p *reference.Parts, change func(user map[string]any)) {
	hearOtherwise(p, saying(creatingUsers, `"password"`), func(r *http.Request) { rewriteObject(r, change) })
}
