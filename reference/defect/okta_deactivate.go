package defect

import (
	"net/http"

	"rollcall.example/reference"
)

var _ = register(defects{
	"okta-deactivation-answered-500": func(p *reference.Parts) {
		showOtherwise(p, deactivates, func(_ *http.Request, a *scimAnswer) {
			if a.status < http.StatusMultipleChoices {
				a.refuse(http.StatusInternalServerError, "", "the mail to the person could not be sent")
			}
		})
	},
	"okta-not-found-without-detail": func(p *reference.Parts) {
		withoutDetail(p, at("/Users/"), http.StatusNotFound)
	},
})

// withoutDetail leaves out of refusals with a status what a person could read of them.
func withoutDetail(p *reference.Parts, which whichRequest, status int) {
	showOtherwise(p, which, func(_ *http.Request, a *scimAnswer) {
		if a.status == status {
			delete(a.body, "detail")
		}
	})
}
