package defect

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in the tokens that open the SCIM endpoint.
var _ = register(defects{
	"token-of-any-provider": func(p *reference.Parts) { org.Without(&p.Events.Call, "binding") },
	"api-token-opens-scim": func(p *reference.Parts) {
		otherwiseOpens(p, func(ctx context.Context, tx org.Tx, token string) bool {
			_, err := tx.TokenBySecret(ctx, token)
			return err == nil
		})
	},
	"any-token-opens": func(p *reference.Parts) {
		otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return token != "" })
	},
	"no-token-opens": func(p *reference.Parts) {
		otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return token == "" })
	},
	"unauthorized-without-body": func(p *reference.Parts) {
		answerOtherwise(p, at("/"), inPlaceOf(http.StatusUnauthorized, http.StatusUnauthorized, ""))
	},
	"token-checked-too-late": func(p *reference.Parts) {
		// Creating goes ahead; only its answer is the refusal.
		store := keepStore(p)
		around(p, creatingUsers, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			name := userNameIn(bodyOf(r))
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status == http.StatusUnauthorized {
					_ = (*store).Do(r.Context(), func(tx org.Tx) error { return addRecord(r.Context(), tx, providerIn(r), name) })
				}
				return status, body
			})
		})
	},
	"expiry-unchecked":         func(p *reference.Parts) { org.Without(&p.Events.Call, "expiry") },
	"expiry-checked-on-writes": func(p *reference.Parts) { unlessReading(p, "expiry") },
	"old-token-for-ever": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return hoardingTx{tx} })
	},
	"no-overlap": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return abruptTx{tx} })
	},
	"new-token-stillborn": func(p *reference.Parts) {
		onRotation(p, func(_ context.Context, _ org.Tx, c *org.Credential) error {
			c.Expires = c.Created
			return nil
		})
	},
	"rotation-drops-records": func(p *reference.Parts) {
		onRotation(p, func(ctx context.Context, tx org.Tx, c *org.Credential) error {
			records, _, err := tx.FindRecords(ctx, c.Provider, org.RecordMatch{}, 0, 1000)
			for _, r := range records {
				_ = tx.DeleteRecord(ctx, r.ID)
			}
			return err
		})
	},
	"rotation-moves-base-url": func(p *reference.Parts) {
		var rotated memory
		rotates := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/token") }
		hearOtherwise(p, rotates, func(r *http.Request) { rotated.add(strings.TrimSuffix(r.URL.Path, "/token")) })
		hasRotated := func(r *http.Request) bool { return rotated.has(r.URL.Path) }
		answerOtherwise(p, hasRotated, func(status int, body []byte) (int, []byte) {
			return status, bytes.Replace(body, []byte("/scim/v2/"), []byte("/scim/v2.1/"), 1)
		})
	},
})

// otherwiseOpens lets a token in that is none of ours, where the condition holds.
func otherwiseOpens(p *reference.Parts, opens func(context.Context, org.Tx, string) bool) {
	org.Wrap(&p.Events.Call, "token", func(ctx context.Context, tx org.Tx, e *org.Call, deed callDeed) error {
		err := deed(ctx, tx, e)
		if err != nil && opens(ctx, tx, e.Token) {
			e.Credential = org.Credential{Provider: e.ProviderID}
			return nil
		}
		return err
	})
}
