package defect

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in who is let in over SCIM.
var _ = register(defects{
	"token-unchecked": func(p *reference.Parts) { openSCIM(p, overSCIM) },
	"reading-is-open": func(p *reference.Parts) { openSCIM(p, at("/Users/", http.MethodGet)) },
	"any-token-lists": func(p *reference.Parts) {
		openSCIM(p, func(r *http.Request) bool {
			return readingUsers(r) && !isSCIM(r, "/Users/") && r.Header.Get("Authorization") != ""
		})
	},
	"writing-is-open": func(p *reference.Parts) {
		openSCIM(p, func(r *http.Request) bool {
			return creatingUsers(r) && r.Header.Get("Authorization") == ""
		})
	},
	"changing-is-open":  func(p *reference.Parts) { openSCIM(p, at("/Users/", http.MethodPatch)) },
	"deleting-is-open":  func(p *reference.Parts) { openSCIM(p, at("/Users/", http.MethodDelete)) },
	"searching-is-open": func(p *reference.Parts) { openSCIM(p, at("/.search", http.MethodPost)) },
	"groups-are-open":   func(p *reference.Parts) { openSCIM(p, anyGroups) },
	"no-challenge": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) { a.header.Del("WWW-Authenticate") })
	},
	"unauthorized-as-text": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized {
				a.text, a.body = []byte("unauthorized"), nil
				a.header.Set("Content-Type", "text/plain")
			}
		})
	},
	"login-page-for-browsers": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(r *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized && strings.Contains(r.Header.Get("Accept"), "text/html") {
				a.status, a.body, a.text = http.StatusFound, nil, nil
				a.header.Set("Location", "/login")
			}
		})
	},
	"unknown-before-token": func(p *reference.Parts) {
		store := keepStore(p)
		showOtherwise(p, at("/Users/", http.MethodGet), func(r *http.Request, a *scimAnswer) {
			if a.status != http.StatusUnauthorized {
				return
			}
			_, id := recordIn(r)
			there := false
			_ = eachRecord(r.Context(), *store, func(_ org.Tx, found org.Record) error {
				there = there || found.ID == id
				return nil
			})
			if !there {
				a.refuse(http.StatusNotFound, "", "there is no user with this id")
			}
		})
	},
	"scheme-in-one-case": func(p *reference.Parts) {
		token := p.SCIM.Token
		p.SCIM.Token = func(r *http.Request) string {
			if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") && scheme != "Bearer" {
				return ""
			}
			return token(r)
		}
	},
	"token-in-address": func(p *reference.Parts) {
		token := p.SCIM.Token
		p.SCIM.Token = func(r *http.Request) string {
			if said := r.URL.Query().Get("access_token"); said != "" {
				return said
			}
			return token(r)
		}
	},
	"config-is-404-to-strangers": func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized {
				a.refuse(http.StatusNotFound, "", "there is nothing at this address")
			}
		})
	},
	"schemes-name-basic": func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if schemes, _ := a.body["authenticationSchemes"].([]any); len(schemes) > 0 {
				scheme, _ := schemes[0].(object)
				scheme["type"] = "httpbasic"
			}
		})
	},
})

// openSCIM lets such requests in, whatever they come with.
func openSCIM(p *reference.Parts, which whichRequest) {
	pass := uuid.NewString()
	token := p.SCIM.Token
	p.SCIM.Token = func(r *http.Request) string {
		if which(r) {
			return pass
		}
		return token(r)
	}
	otherwiseOpens(p, func(_ context.Context, _ org.Tx, said string) bool { return said == pass })
}
