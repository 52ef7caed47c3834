package defect

import (
	"net/http"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-synchronized-password-refused": func(p *reference.Parts) {
		refuse(p, changesPassword, http.StatusBadRequest, "invalidValue", "a password cannot be set")
	},
	"okta-synchronized-password-shown": func(p *reference.Parts) {
		var kept memory
		hearOtherwise(p, changesPassword, func(r *http.Request) { kept.add(r.URL.Path + " " + passwordIn(bodyOf(r))) })
		showOtherwise(p, at("/Users/", http.MethodGet), func(r *http.Request, a *scimAnswer) {
			if password := kept.after(r.URL.Path + " "); password != "" && a.status == http.StatusOK {
				a.body["password"] = password
			}
		})
	},
})

// changesPassword says whether a request changes somebody's password.
func changesPassword(r *http.Request) bool {
	return saying(at("/Users/", http.MethodPut, http.MethodPatch), `"password":"`)(r)
}
