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
func init() {
	scimPath := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/scim/") }

	register("token-unchecked", func(p *reference.Parts) { openSCIM(p, scimPath) })
	register("reading-is-open", func(p *reference.Parts) { openSCIM(p, at("/Users/", http.MethodGet)) })
	register("any-token-lists", func(p *reference.Parts) {
		openSCIM(p, func(r *http.Request) bool {
			return at("/Users", http.MethodGet)(r) && !isSCIM(r, "/Users/") && r.Header.Get("Authorization") != ""
		})
	})
	register("writing-is-open", func(p *reference.Parts) {
		openSCIM(p, func(r *http.Request) bool {
			return at("/Users", http.MethodPost)(r) && r.Header.Get("Authorization") == ""
		})
	})
	for name, open := range map[string]whichRequest{
		"changing-is-open":  at("/Users/", http.MethodPatch),
		"deleting-is-open":  at("/Users/", http.MethodDelete),
		"searching-is-open": at("/.search", http.MethodPost),
		"groups-are-open":   at("/Groups"),
	} {
		register(name, func(p *reference.Parts) { openSCIM(p, open) })
	}
	register("no-challenge", func(p *reference.Parts) {
		showOtherwise(p, scimPath, func(_ *http.Request, a *scimAnswer) { a.header.Del("WWW-Authenticate") })
	})
	register("unauthorized-as-text", func(p *reference.Parts) {
		showOtherwise(p, scimPath, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized {
				a.text, a.body = []byte("unauthorized"), nil
				a.header.Set("Content-Type", "text/plain")
			}
		})
	})
	register("login-page-for-browsers", func(p *reference.Parts) {
		showOtherwise(p, scimPath, func(r *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized && strings.Contains(r.Header.Get("Accept"), "text/html") {
				a.status, a.body, a.text = http.StatusFound, nil, nil
				a.header.Set("Location", "/login")
			}
		})
	})
	register("unknown-before-token", func(p *reference.Parts) {
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
	})
	register("scheme-in-one-case", func(p *reference.Parts) {
		token := p.SCIM.Token
		p.SCIM.Token = func(r *http.Request) string {
			if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") && scheme != "Bearer" {
				return ""
			}
			return token(r)
		}
	})
	register("token-in-address", func(p *reference.Parts) {
		token := p.SCIM.Token
		p.SCIM.Token = func(r *http.Request) string {
			if said := r.URL.Query().Get("access_token"); said != "" {
				return said
			}
			return token(r)
		}
	})
	register("config-is-404-to-strangers", func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusUnauthorized {
				a.refuse(http.StatusNotFound, "", "there is nothing at this address")
			}
		})
	})
	register("schemes-name-basic", func(p *reference.Parts) {
		showOtherwise(p, at("/ServiceProviderConfig"), func(_ *http.Request, a *scimAnswer) {
			if schemes, _ := a.body["authenticationSchemes"].([]any); len(schemes) > 0 {
				scheme, _ := schemes[0].(object)
				scheme["type"] = "httpbasic"
			}
		})
	})
}

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
