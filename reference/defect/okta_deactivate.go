package defect

import (
	"bytes"
	"net/http"

	"rollcall.example/reference"
)

func init() {
	register("okta-deactivation-answered-500", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			ends := false
			if (r.Method == http.MethodPatch || r.Method == http.MethodPut) && isSCIM(r, "/Users/") {
				rewriteBody(r, func(body []byte) []byte {
					ends = bytes.Contains(body, []byte(`"active":false`))
					return body
				})
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if ends && status < http.StatusMultipleChoices {
					return http.StatusInternalServerError, []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500","detail":"the mail to the person could not be sent"}`)
				}
				return status, body
			})
		})
	})
	register("okta-not-found-without-detail", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status == http.StatusNotFound && isSCIM(r, "/Users/") {
					body = changedObject(body, func(said map[string]any) { delete(said, "detail") })
				}
				return status, body
			})
		})
	})
}
