package defect

import (
	"bytes"
	"encoding/json"
	"net/http"

	"rollcall.example/reference"
)

func init() {
	register("okta-synchronized-password-refused", func(p *reference.Parts) {
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			refuseBody(p, method, "a password cannot be set", func(body []byte) bool { return bytes.Contains(body, []byte(`"password":"`)) })
		}
	})
	register("okta-synchronized-password-shown", func(p *reference.Parts) {
		var kept memory
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if (r.Method == http.MethodPut || r.Method == http.MethodPatch) && isSCIM(r, "/Users/") {
				rewriteBody(r, func(body []byte) []byte {
					if _, password, ok := bytes.Cut(body, []byte(`"password":"`)); ok {
						before, _, _ := bytes.Cut(password, []byte(`"`))
						kept.add(r.URL.Path + " " + string(before))
					}
					return body
				})
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if r.Method != http.MethodGet || status != http.StatusOK {
					return status, body
				}
				return status, changedObject(body, func(user map[string]any) {
					if password := kept.after(r.URL.Path + " "); password != "" {
						user["password"] = password
					}
				})
			})
		})
	})
}

// refuseBody answers requests of one method about a user with 400 where the body is of
// a kind.
func refuseBody(p *reference.Parts, method, why string, kind func(body []byte) bool) {
	refuseAt(p, "/Users/", method, why, kind)
}

func refuseAt(p *reference.Parts, endpoint, method, why string, kind func(body []byte) bool) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		refused := false
		if r.Method == method && isSCIM(r, endpoint) {
			rewriteBody(r, func(body []byte) []byte {
				refused = kind(body)
				return body
			})
		}
		if !refused {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "400", "scimType": "invalidValue", "detail": why,
		})
	})
}
