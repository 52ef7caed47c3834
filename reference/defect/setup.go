package defect

import (
	"context"
	"net/http"
	"slices"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in the gates before SCIM: the plan, the flag and the state of the provider.
var _ = register(defects{
	"flag-for-everybody": func(p *reference.Parts) {
		// Only the oldest customer is spared.
		org.Replace(&p.Events.Call, "flag", func(ctx context.Context, tx org.Tx, e *org.Call) error {
			all, err := tx.Organizations(ctx)
			newer := slices.ContainsFunc(all, func(o org.Organization) bool { return o.Created.Before(e.Organization.Created) })
			if newer && !e.Organization.HasFlag(org.FlagSCIMForCustomSAML) {
				return &org.Error{Kind: org.Forbidden, Message: "SCIM is not switched on"}
			}
			return err
		})
	},
	"plan-unchecked":         func(p *reference.Parts) { org.Without(&p.Events.Call, "plan") },
	"plan-checked-on-writes": func(p *reference.Parts) { unlessReading(p, "plan") },
	"gates-checked-once": func(p *reference.Parts) {
		for _, gate := range []string{"plan", "flag", "provider-state"} {
			var passed memory
			org.Wrap(&p.Events.Call, gate, func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
				if passed.has(e.ProviderID) {
					return nil
				}
				err := deed(ctx, tx, e)
				if err == nil {
					passed.add(e.ProviderID)
				}
				return err
			})
		}
	},
	"downgrade-drops-records": func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			records, err := tx.RecordsIn(ctx, o.ID)
			for _, r := range records {
				_ = tx.DeleteRecord(ctx, r.ID)
			}
			return err
		})
	},
	"downgrade-drops-members": func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			members, err := tx.Memberships(ctx, o.ID)
			for _, m := range members {
				_ = tx.DeleteMembership(ctx, m.ID)
			}
			return err
		})
	},
	"downgrade-drops-token": func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			providers, err := tx.Providers(ctx, o.ID)
			for _, one := range providers {
				_ = dropCredentials(ctx, tx, one.ID)
			}
			return err
		})
	},
	"sign-in-needs-enterprise": func(p *reference.Parts) {
		beforeSignIn(p, "provider", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.Organization.Plan != org.Enterprise {
				return &org.Error{Kind: org.Forbidden, Message: "single sign-on is not part of this plan"}
			}
			return nil
		})
	},
	"flag-unchecked": func(p *reference.Parts) { org.Without(&p.Events.Call, "flag") },
	"flag-of-anybody": func(p *reference.Parts) {
		org.Wrap(&p.Events.Call, "flag", func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
			organizations, err := tx.Organizations(ctx)
			for _, o := range organizations {
				if o.HasFlag(org.FlagSCIMForCustomSAML) {
					return err
				}
			}
			return deed(ctx, tx, e)
		})
	},
	"flag-never-works": func(p *reference.Parts) {
		org.Replace(&p.Events.Call, "flag", func(_ context.Context, _ org.Tx, e *org.Call) error {
			if e.Provider.Kind == org.CustomSAML {
				return &org.Error{Kind: org.Forbidden, Message: "SCIM is for Okta only"}
			}
			return nil
		})
	},
	"flag-lifts-plan": func(p *reference.Parts) {
		org.Wrap(&p.Events.Call, "plan", func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
			if e.Organization.HasFlag(org.FlagSCIMForCustomSAML) {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},

	"enabled-at-birth": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return rashTx{tx} })
	},
	"enabled-untested": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return trustingTx{tx} })
	},
	"test-forgotten": func(p *reference.Parts) { org.Without(&p.Events.TestSignIn, "tested") },
	"no-token-on-enabling": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return tokenlessTx{tx} })
	},
	"disabled-serves-scim":         func(p *reference.Parts) { org.Without(&p.Events.Call, "provider-state") },
	"disabled-takes-deactivations": func(p *reference.Parts) { p.Rules.SCIMWhenProviderDisabled = "deactivate_only" },
	"disabled-lets-in": func(p *reference.Parts) {
		org.Without(&p.Events.SignIn, "provider")
		throughTx(p, func(tx org.Tx) org.Tx { return openTx{tx} })
	},
	"disabling-keeps-sessions": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return lenientTx{tx} })
	},
	"disabling-drops-members": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return harshTx{tx} })
	},
})

type callDeed = func(context.Context, org.Tx, *org.Call) error

// method is where a request's method is found in its context.
type method struct{}

// unlessReading leaves a gate out where something is only read.
func unlessReading(p *reference.Parts, gate string) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), method{}, r.Method)))
	})
	org.Wrap(&p.Events.Call, gate, func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
		if ctx.Value(method{}) == http.MethodGet {
			return nil
		}
		return deed(ctx, tx, e)
	})
}

func dropCredentials(ctx context.Context, tx org.Tx, provider string) error {
	credentials, err := tx.Credentials(ctx, provider)
	for _, c := range credentials {
		_ = tx.DeleteCredential(ctx, c.ID)
	}
	return err
}
