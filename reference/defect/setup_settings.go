package defect

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in who sees a provider's settings, and what they show.
var _ = register(defects{
	"settings-open-to-members": func(p *reference.Parts) {
		forSettings(p, func(e *org.Request) { e.Membership.Role = org.Admin })
	},
	"settings-shut-to-all": func(p *reference.Parts) {
		around(p, isSettings, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusForbidden) })
	},
	"settings-open-to-strangers": func(p *reference.Parts) {
		for _, refusal := range []int{http.StatusUnauthorized, http.StatusNotFound} {
			answerOtherwise(p, isSettings, inPlaceOf(refusal, http.StatusOK, `{"tokens": []}`))
		}
	},
	"settings-hide-token": func(p *reference.Parts) {
		token := regexp.MustCompile(`"token":\s*"[^"]*"`)
		answerOtherwise(p, isSettings, func(status int, body []byte) (int, []byte) {
			return status, token.ReplaceAll(body, []byte(`"token":"••••"`))
		})
	},
})

// isSettings says whether a request asks for a provider's settings.
func isSettings(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.URL.Path, "/sso/")
}

// settingsAsked marks the context of a request for settings.
type settingsAsked struct{}

// forSettings changes who somebody is while they ask for a provider's settings.
func forSettings(p *reference.Parts, change func(*org.Request)) {
	around(p, isSettings, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), settingsAsked{}, true)))
	})
	org.After(&p.Events.Session, "membership", org.Step[org.Request]{Name: "settings",
		Do: func(ctx context.Context, _ org.Tx, e *org.Request) error {
			if ctx.Value(settingsAsked{}) != nil {
				change(e)
			}
			return nil
		}})
}
