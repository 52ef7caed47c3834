package defect

import (
	"context"
	"net/http"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in telling who signs in.
var _ = register(defects{
	"address-case-makes-another": func(p *reference.Parts) {
		sharedAddresses(p)
		afterSignIn(p, "account", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.Account != nil && e.Account.Email != e.Email && strings.EqualFold(e.Account.Email, e.Email) {
				nobody(e)
			}
			return nil
		})
	},
	"account-by-address-only": byAddressAlone,
	"record-by-address-only":  func(p *reference.Parts) { p.Rules.LinkKey = "email" },
	"record-by-name-id-only": func(p *reference.Parts) {
		aroundSignIn(p, "record", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			address := e.Email
			e.Email = e.Assertion.NameID
			err := deed(ctx, tx, e)
			e.Email = address
			return err
		})
	},
	"second-provider-refused": func(p *reference.Parts) {
		beforeSignIn(p, "account", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			owner, err := optional(tx.AccountByEmail(ctx, e.Email))
			if err != nil || owner == nil || org.Key(owner.Email) == org.Key(e.Assertion.NameID) {
				return err
			}
			names, err := tx.NameIDs(ctx, e.Provider.ID, owner.ID)
			if err == nil && len(names) == 0 {
				return &org.Error{Kind: org.Forbidden, Message: "this e-mail address is already used by another account"}
			}
			return err
		})
	},
	"address-not-needed": func(p *reference.Parts) {
		aroundSignIn(p, "address", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if err := deed(ctx, tx, e); err != nil {
				e.Email = e.Assertion.NameID
			}
			return nil
		})
	},
	"account-per-organization": func(p *reference.Parts) {
		sharedAddresses(p)
		afterSignIn(p, "account", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Account == nil || !e.First {
				return nil
			}
			known, err := optional(tx.AccountByNameID(ctx, e.Provider.ID, e.Assertion.NameID))
			if known == nil {
				nobody(e)
			}
			return err
		})
	},
	"session-opens-every-organization": sessionsEverywhere,
})

// sessionsEverywhere makes a session one of whatever organization the address names.
func sessionsEverywhere(p *reference.Parts) {
	type path struct{}
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), path{}, r.URL.Path)))
	})
	org.After(&p.Events.Session, "known", org.Step[org.Request]{Name: "by-path",
		Do: func(ctx context.Context, tx org.Tx, e *org.Request) error {
			_, after, _ := strings.Cut(ctx.Value(path{}).(string), "/organizations/")
			slug, _, _ := strings.Cut(after, "/")
			if o, err := tx.OrganizationBySlug(ctx, slug); err == nil {
				e.Organization = o
			}
			return nil
		}})
}

// byAddressAlone looks people up by their address and by nothing else.
func byAddressAlone(p *reference.Parts) { org.Replace(&p.Events.SignIn, "account", accountByAddress) }
