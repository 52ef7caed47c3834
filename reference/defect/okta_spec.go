package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-plain-json-refused": func(p *reference.Parts) {
		plain := func(r *http.Request) bool {
			return isSCIM(r, "/Users") && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
		}
		refuse(p, plain, http.StatusUnsupportedMediaType, "", "send application/scim+json")
	},
	"okta-read-without-family-name": func(p *reference.Parts) {
		showOtherwise(p, at("/Users/", http.MethodGet), func(_ *http.Request, a *scimAnswer) {
			if name, ok := a.body["name"].(object); ok && a.status == http.StatusOK {
				delete(name, "familyName")
			}
		})
	},
})
