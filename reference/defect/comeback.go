package defect

import (
	"context"
	"net/http"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in coming back after a deactivation, in keeping the last admin, and in
// deleting records.
var _ = register(defects{
	"record-stays-inactive": func(p *reference.Parts) { org.Without(&p.Events.Reactivate, "record") },
	"reactivation-restores": ruledOtherwise(func(r *org.Rules) { r.Reactivate = "restore" }),
	"once-gone-always-gone": func(p *reference.Parts) {
		org.Before(&p.Events.SignIn, "create-account", org.Step[org.SignIn]{Name: "departed",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				if e.Account == nil || !e.First || e.Record == nil {
					return nil
				}
				return refuseDeparted(ctx, tx, e)
			}})
	},
	"return-makes-account": func(p *reference.Parts) {
		p.Migrations = append(p.Migrations, "DROP INDEX IF EXISTS accounts_email")
		org.Before(&p.Events.SignIn, "create-account", org.Step[org.SignIn]{Name: "anew",
			Do: func(_ context.Context, _ org.Tx, e *org.SignIn) error {
				if e.First && e.Record != nil {
					e.Account, e.Record.Account = nil, ""
				}
				return nil
			}})
	},
	"seat-reopened": func(p *reference.Parts) {
		org.Before(&p.Events.SignIn, "seat", org.Step[org.SignIn]{Name: "reopen",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				seats, err := tx.SeatsOf(ctx, e.Organization.ID, e.Account.ID)
				if err != nil || len(seats) == 0 {
					return err
				}
				last := seats[len(seats)-1]
				last.Ended, last.EndCause = time.Time{}, ""
				return tx.SaveSeat(ctx, last)
			}})
	},
	"role-remembered": func(p *reference.Parts) {
		var admins memory
		org.Before(&p.Events.Deactivate, "membership", org.Step[org.Leaving]{Name: "remember",
			Do: func(_ context.Context, _ org.Tx, e *org.Leaving) error {
				if e.Membership != nil && e.Membership.Role == org.Admin {
					admins.add(e.Account.ID)
				}
				return nil
			}})
		org.After(&p.Events.SignIn, "role", org.Step[org.SignIn]{Name: "remember",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				if !e.First || !admins.has(e.Account.ID) {
					return nil
				}
				e.Membership.Role = org.Admin
				return tx.SaveMembership(ctx, *e.Membership)
			}})
	},
	"tokens-resurrect": func(p *reference.Parts) { p.Rules.TokensResurrect = true },

	"last-admin-lost": func(p *reference.Parts) { p.Rules.DeactivateLastAdmin = "apply" },
	"last-admin-half-gone": func(p *reference.Parts) {
		// The refusal comes when the record has been flipped already.
		store := keepStore(p)
		showOtherwise(p, deactivates, func(r *http.Request, a *scimAnswer) {
			if provider, id := recordIn(r); a.status == http.StatusBadRequest {
				_ = (*store).Do(r.Context(), func(tx org.Tx) error { return flip(r.Context(), tx, provider, id) })
			}
		})
	},
	"last-admin-silently-kept": func(p *reference.Parts) {
		answerOtherwise(p, deactivates, inPlaceOf(http.StatusBadRequest, http.StatusNoContent, ""))
	},
	"no-admin-leaves": func(p *reference.Parts) {
		org.Replace(&p.Events.Deactivate, "last-admin", func(_ context.Context, _ org.Tx, e *org.Leaving) error {
			if e.Membership != nil && e.Membership.Role == org.Admin {
				return &org.Error{Kind: org.Immutable, Message: "administrators cannot be deactivated"}
			}
			return nil
		})
	},

	"delete-only-drops": func(p *reference.Parts) {
		for _, step := range []string{"teams", "sessions", "tokens", "membership", "seat"} {
			org.Without(&p.Events.Delete, step)
		}
	},
	"delete-drops-nothing": func(p *reference.Parts) { org.Without(&p.Events.Delete, "drop") },
	"last-admin-deleted":   func(p *reference.Parts) { org.Without(&p.Events.Delete, "last-admin") },
	"deleted-name-reserved": func(p *reference.Parts) {
		var taken memory
		org.After(&p.Events.Delete, "drop", org.Step[org.Leaving]{Name: "reserve",
			Do: func(_ context.Context, _ org.Tx, e *org.Leaving) error {
				taken.add(org.Key(e.Record.UserName))
				return nil
			}})
		org.Before(&p.Events.Provision, "conflict", org.Step[org.Provisioning]{Name: "reserved",
			Do: func(_ context.Context, _ org.Tx, e *org.Provisioning) error {
				if taken.has(org.Key(e.Wanted.UserName)) {
					return &org.Error{Kind: org.Conflict, Message: "this userName was used before"}
				}
				return nil
			}})
	},
	"deleted-barred": func(p *reference.Parts) {
		org.Before(&p.Events.SignIn, "create-account", org.Step[org.SignIn]{Name: "barred",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				if e.Account == nil || e.Record != nil {
					return nil
				}
				return refuseDeparted(ctx, tx, e)
			}})
	},
})

// refuseDeparted turns away who was a member once.
func refuseDeparted(ctx context.Context, tx org.Tx, e *org.SignIn) error {
	departed, err := tx.Departed(ctx, e.Organization.ID, e.Account.ID)
	if err == nil && departed {
		return &org.Error{Kind: org.Forbidden, Message: "this user has left"}
	}
	return err
}
