package defect

import (
	"context"
	"net/http"
	"slices"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in the gates before SCIM: the plan, the flag and the state of the provider.
func init() {
	register("flag-for-everybody", func(p *reference.Parts) {
		// Only the oldest customer is spared.
		org.Replace(&p.Events.Call, "flag", func(ctx context.Context, tx org.Tx, e *org.Call) error {
			all, err := tx.Organizations(ctx)
			newer := slices.ContainsFunc(all, func(o org.Organization) bool { return o.Created.Before(e.Organization.Created) })
			if newer && !e.Organization.HasFlag(org.FlagSCIMForCustomSAML) {
				return &org.Error{Kind: org.Forbidden, Message: "SCIM is not switched on"}
			}
			return err
		})
	})
	register("plan-unchecked", func(p *reference.Parts) { org.Without(&p.Events.Call, "plan") })
	register("plan-checked-on-writes", func(p *reference.Parts) { unlessReading(p, "plan") })
	register("gates-checked-once", func(p *reference.Parts) {
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
	})
	register("downgrade-drops-records", func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			records, err := tx.RecordsIn(ctx, o.ID)
			for _, r := range records {
				_ = tx.DeleteRecord(ctx, r.ID)
			}
			return err
		})
	})
	register("downgrade-drops-members", func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			members, err := tx.Memberships(ctx, o.ID)
			for _, m := range members {
				_ = tx.DeleteMembership(ctx, m.ID)
			}
			return err
		})
	})
	register("downgrade-drops-token", func(p *reference.Parts) {
		onClosedGate(p, func(ctx context.Context, tx org.Tx, o org.Organization) error {
			providers, err := tx.Providers(ctx, o.ID)
			for _, one := range providers {
				_ = dropCredentials(ctx, tx, one.ID)
			}
			return err
		})
	})
	register("sign-in-needs-enterprise", func(p *reference.Parts) {
		beforeSignIn(p, "provider", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.Organization.Plan != org.Enterprise {
				return &org.Error{Kind: org.Forbidden, Message: "single sign-on is not part of this plan"}
			}
			return nil
		})
	})
	register("flag-unchecked", func(p *reference.Parts) { org.Without(&p.Events.Call, "flag") })
	register("flag-of-anybody", func(p *reference.Parts) {
		org.Wrap(&p.Events.Call, "flag", func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
			organizations, err := tx.Organizations(ctx)
			for _, o := range organizations {
				if o.HasFlag(org.FlagSCIMForCustomSAML) {
					return err
				}
			}
			return deed(ctx, tx, e)
		})
	})
	register("flag-never-works", func(p *reference.Parts) {
		org.Replace(&p.Events.Call, "flag", func(_ context.Context, _ org.Tx, e *org.Call) error {
			if e.Provider.Kind == org.CustomSAML {
				return &org.Error{Kind: org.Forbidden, Message: "SCIM is for Okta only"}
			}
			return nil
		})
	})
	register("flag-lifts-plan", func(p *reference.Parts) {
		org.Wrap(&p.Events.Call, "plan", func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
			if e.Organization.HasFlag(org.FlagSCIMForCustomSAML) {
				return nil
			}
			return deed(ctx, tx, e)
		})
	})

	register("enabled-at-birth", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return rashTx{tx} })
	})
	register("enabled-untested", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return trustingTx{tx} })
	})
	register("test-forgotten", func(p *reference.Parts) { org.Without(&p.Events.TestSignIn, "tested") })
	register("no-token-on-enabling", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return tokenlessTx{tx} })
	})
	register("disabled-serves-scim", func(p *reference.Parts) { org.Without(&p.Events.Call, "provider-state") })
	register("disabled-takes-deactivations", func(p *reference.Parts) { p.Rules.SCIMWhenProviderDisabled = "deactivate_only" })
	register("disabled-lets-in", func(p *reference.Parts) {
		org.Without(&p.Events.SignIn, "provider")
		throughTx(p, func(tx org.Tx) org.Tx { return openTx{tx} })
	})
	register("disabling-keeps-sessions", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return lenientTx{tx} })
	})
	register("disabling-drops-members", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return harshTx{tx} })
	})
}

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
