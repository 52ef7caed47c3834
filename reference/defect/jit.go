package defect

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

var _ = register(defects{
	"account-per-sign-in": func(p *reference.Parts) {
		sharedAddresses(p)
		aroundSignIn(p, "account", func(context.Context, org.Tx, *org.SignIn, signIn) error { return nil })
	},
	"account-for-record-too": func(p *reference.Parts) {
		sharedAddresses(p)
		afterSignIn(p, "audit", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if !e.First || e.Record == nil {
				return nil
			}
			return newAccount(ctx, tx, e, e.Email)
		})
	},
	"account-without-membership": func(p *reference.Parts) {
		afterSignIn(p, "audit", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if !e.First || e.Record == nil {
				return nil
			}
			return tx.DeleteMembership(ctx, e.Membership.ID)
		})
	},
	"membership-per-sign-in": func(p *reference.Parts) {
		afterSignIn(p, "audit", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.First {
				return nil
			}
			if err := tx.DeleteMembership(ctx, e.Membership.ID); err != nil {
				return err
			}
			e.Membership.ID = uuid.NewString()
			return tx.AddMembership(ctx, *e.Membership)
		})
	},
	"seat-never-started": func(p *reference.Parts) { org.Without(&p.Events.SignIn, "seat") },
	"seat-for-records-only": func(p *reference.Parts) {
		aroundSignIn(p, "seat", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if e.Record == nil {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"seat-back-dated": func(p *reference.Parts) {
		aroundSignIn(p, "seat", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			dated := *e
			if e.Record != nil {
				dated.Now = e.Record.Created
			}
			return deed(ctx, tx, &dated)
		})
	},
	"seat-per-sign-in": func(p *reference.Parts) {
		beforeSignIn(p, "seat", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			return changeSeat(ctx, tx, e, func(s *org.Seat) { s.Ended, s.EndCause = e.Now, "another sign-in" })
		})
	},
	"seat-without-cause": func(p *reference.Parts) {
		afterSignIn(p, "seat", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			return changeSeat(ctx, tx, e, func(s *org.Seat) { s.Cause = "" })
		})
	},
	"record-not-linked": func(p *reference.Parts) { org.Without(&p.Events.SignIn, "link") },
	"one-table": func(p *reference.Parts) {
		beforeSignIn(p, "create-account", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Account != nil || e.Record == nil {
				return nil
			}
			e.Account = &org.Account{ID: e.Record.ID, Email: e.Email, Created: e.Now}
			return tx.AddAccount(ctx, *e.Account)
		})
	},
	"record-required":          func(p *reference.Parts) { p.Rules.JIT = "record_required" },
	"email-attribute-required": func(p *reference.Parts) { p.Rules.MissingEmail = "reject" },
	"role-from-second-sign-in": func(p *reference.Parts) {
		aroundSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if e.First {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"teams-from-second-sign-in": func(p *reference.Parts) {
		aroundSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if e.First {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"default-teams-not-joined": func(p *reference.Parts) { p.Rules.DefaultTeams = "none" },
	"first-sign-ins-race": func(p *reference.Parts) {
		// Two sign-ins under way at once both look for the account before either makes it.
		type raced struct{}
		sharedAddresses(p)
		var race rivals
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/sso/"):
				race.begin()
			case strings.HasPrefix(r.URL.Path, "/login/sso/saml/consume") && race.meet(r.Context()):
				r = r.WithContext(context.WithValue(r.Context(), raced{}, true))
			}
			next.ServeHTTP(w, r)
		})
		aroundSignIn(p, "account", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if ctx.Value(raced{}) != nil {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},

	"removal-keeps-out":      func(p *reference.Parts) { p.Rules.LoginAfterManualRemoval = "reject" },
	"removal-keeps-seat":     func(p *reference.Parts) { org.Without(&p.Events.Remove, "seat") },
	"removal-keeps-sessions": func(p *reference.Parts) { org.Without(&p.Events.Remove, "sessions") },
	"removal-keeps-tokens":   func(p *reference.Parts) { org.Without(&p.Events.Remove, "tokens") },
	"removed-role-remembered": func(p *reference.Parts) {
		var admins memory
		org.Before(&p.Events.Remove, "membership", org.Step[org.Leaving]{Name: "remember",
			Do: func(_ context.Context, _ org.Tx, e *org.Leaving) error {
				if e.Membership.Role == org.Admin {
					admins.add(e.Account.ID)
				}
				return nil
			}})
		afterSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if !e.First || !admins.has(e.Account.ID) {
				return nil
			}
			return withRole(ctx, tx, e, org.Admin)
		})
	},

	"inactive-rejoins": func(p *reference.Parts) { p.Rules.LoginWhenRecordInactive = "rejit" },
	"inactive-added-then-removed": func(p *reference.Parts) {
		org.Without(&p.Events.SignIn, "active")
		afterSignIn(p, "audit", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Record == nil || e.Record.Active {
				return nil
			}
			if err := changeSeat(ctx, tx, e, func(s *org.Seat) { s.Ended, s.EndCause = e.Now, "not active" }); err != nil {
				return err
			}
			return tx.DeleteMembership(ctx, e.Membership.ID)
		})
	},
	"test-sign-in-makes-account": func(p *reference.Parts) {
		org.After(&p.Events.TestSignIn, "tested", org.Step[org.SignIn]{Name: "account",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				return newAccount(ctx, tx, e, e.Email)
			}})
	},
	"test-sign-in-not-counted": func(p *reference.Parts) { org.Without(&p.Events.TestSignIn, "tested") },
})

// changeSeat changes the person's open seat, where there is one.
func changeSeat(ctx context.Context, tx org.Tx, e *org.SignIn, change func(*org.Seat)) error {
	seat, err := optional(tx.OpenSeat(ctx, e.Organization.ID, e.Account.ID))
	if err != nil || seat == nil {
		return err
	}
	change(seat)
	if seat.Ended.Equal(seat.Started) {
		seat.Ended = seat.Ended.Add(time.Microsecond)
	}
	return tx.SaveSeat(ctx, *seat)
}
