package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

func init() {
	register("okta-plain-json-refused", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if isSCIM(r, "/Users") && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(http.StatusUnsupportedMediaType)
				_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"415","detail":"send application/scim+json"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	register("okta-read-without-family-name", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if r.Method != http.MethodGet || !isSCIM(r, "/Users/") || status != http.StatusOK {
					return status, body
				}
				return status, changedObject(body, func(user map[string]any) {
					if name, ok := user["name"].(map[string]any); ok {
						delete(name, "familyName")
					}
				})
			})
		})
	})
}
