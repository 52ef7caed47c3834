package defect

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
)

// Defects in what is asked of an identity provider, and in what is made of its no.
var _ = register(defects{
	"requests-unsigned": func(p *reference.Parts) {
		around(p, startsSignIn, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			bendsLocation(w, r, next, func(location string) string { return withoutParameters(location, "SigAlg", "Signature") })
		})
	},
	"requests-signed-too-early": func(p *reference.Parts) {
		around(p, startsSignIn, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			bendsLocation(w, r, next, func(location string) string {
				return strings.Replace(location, "&SigAlg=", "&RelayState=later&SigAlg=", 1)
			})
		})
	},
	"force-authn-forgotten": func(p *reference.Parts) {
		askOtherwise(p, startsSignIn, func(query url.Values) { query.Del("force_authn") })
	},
	"failure-sent-back": func(p *reference.Parts) {
		around(p, consumes, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.Header().Set("Location", "/sso/"+r.URL.Query().Get("organization"))
			rewriteAnswer(w, r, next, inPlaceOf(http.StatusForbidden, http.StatusSeeOther, ""))
		})
	},
	"failure-unexplained": func(p *reference.Parts) {
		answerOtherwise(p, consumes, inPlaceOf(http.StatusForbidden, http.StatusInternalServerError, ""))
	},
})

// startsSignIn says whether a request begins a sign-in at the product.
func startsSignIn(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/sso/") && !strings.Contains(r.URL.Path, "/saml/")
}

// consumes says whether a request comes to the assertion consumer service.
func consumes(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/saml/consume") }
