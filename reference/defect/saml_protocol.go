package defect

import (
	"net/http"
	"strings"

	"rollcall.example/reference"
)

// Defects in what is asked of an identity provider, and in what is made of its no.
func init() {
	register("requests-unsigned", func(p *reference.Parts) {
		startsSignIn(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			bendsLocation(w, r, next, func(location string) string { return withoutParameters(location, "SigAlg", "Signature") })
		})
	})
	register("requests-signed-too-early", func(p *reference.Parts) {
		startsSignIn(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			bendsLocation(w, r, next, func(location string) string {
				return strings.Replace(location, "&SigAlg=", "&RelayState=later&SigAlg=", 1)
			})
		})
	})
	register("force-authn-forgotten", func(p *reference.Parts) {
		startsSignIn(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			query := r.URL.Query()
			query.Del("force_authn")
			r.URL.RawQuery = query.Encode()
			next.ServeHTTP(w, r)
		})
	})
	register("failure-sent-back", func(p *reference.Parts) {
		atConsume(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.Header().Set("Location", "/sso/"+r.URL.Query().Get("organization"))
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status == http.StatusForbidden {
					return http.StatusSeeOther, nil
				}
				return status, body
			})
		})
	})
	register("failure-unexplained", func(p *reference.Parts) {
		atConsume(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status == http.StatusForbidden {
					return http.StatusInternalServerError, nil
				}
				return status, body
			})
		})
	})
}

func startsSignIn(p *reference.Parts, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.HasPrefix(r.URL.Path, "/sso/") && !strings.Contains(r.URL.Path, "/saml/") {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func atConsume(p *reference.Parts, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.HasSuffix(r.URL.Path, "/saml/consume") {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}
