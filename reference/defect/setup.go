package defect

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what has to be in place before anybody is provisioned.
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

	register("token-of-any-provider", func(p *reference.Parts) { org.Without(&p.Events.Call, "binding") })
	register("api-token-opens-scim", func(p *reference.Parts) {
		otherwiseOpens(p, func(ctx context.Context, tx org.Tx, token string) bool {
			_, err := tx.TokenBySecret(ctx, token)
			return err == nil
		})
	})
	register("any-token-opens", func(p *reference.Parts) {
		otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return token != "" })
	})
	register("no-token-opens", func(p *reference.Parts) {
		otherwiseOpens(p, func(_ context.Context, _ org.Tx, token string) bool { return token == "" })
	})
	register("unauthorized-without-body", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if isSCIM(r, "/") && status == http.StatusUnauthorized {
					return status, nil
				}
				return status, body
			})
		})
	})
	register("token-checked-too-late", func(p *reference.Parts) {
		// Creating goes ahead; only its answer is the refusal.
		store := keepStore(p)
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var name string
			rewriteBody(r, func(body []byte) []byte { name = userNameIn(body); return body })
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if r.Method == http.MethodPost && isSCIM(r, "/Users") && status == http.StatusUnauthorized {
					_ = (*store).Do(r.Context(), func(tx org.Tx) error { return addRecord(r.Context(), tx, providerIn(r), name) })
				}
				return status, body
			})
		})
	})
	register("expiry-unchecked", func(p *reference.Parts) { org.Without(&p.Events.Call, "expiry") })
	register("expiry-checked-on-writes", func(p *reference.Parts) { unlessReading(p, "expiry") })
	register("old-token-for-ever", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return hoardingTx{tx} })
	})
	register("no-overlap", func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return abruptTx{tx} })
	})
	register("new-token-stillborn", func(p *reference.Parts) {
		onRotation(p, func(_ context.Context, _ org.Tx, c *org.Credential) error {
			c.Expires = c.Created
			return nil
		})
	})
	register("rotation-drops-records", func(p *reference.Parts) {
		onRotation(p, func(ctx context.Context, tx org.Tx, c *org.Credential) error {
			records, _, err := tx.FindRecords(ctx, c.Provider, org.RecordMatch{}, 0, 1000)
			for _, r := range records {
				_ = tx.DeleteRecord(ctx, r.ID)
			}
			return err
		})
	})
	register("rotation-moves-base-url", func(p *reference.Parts) {
		var rotated memory
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				rotated.add(strings.TrimSuffix(r.URL.Path, "/token"))
			}
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if rotated.has(r.URL.Path) {
					body = bytes.Replace(body, []byte("/scim/v2/"), []byte("/scim/v2.1/"), 1)
				}
				return status, body
			})
		})
	})

	register("settings-open-to-members", func(p *reference.Parts) {
		forSettings(p, func(e *org.Request) { e.Membership.Role = org.Admin })
	})
	register("settings-shut-to-all", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if isSettings(r) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	register("settings-open-to-strangers", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if isSettings(r) && (status == http.StatusUnauthorized || status == http.StatusNotFound) {
					return http.StatusOK, []byte(`{"tokens": []}`)
				}
				return status, body
			})
		})
	})
	register("settings-hide-token", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if isSettings(r) {
					body = regexp.MustCompile(`"token":\s*"[^"]*"`).ReplaceAll(body, []byte(`"token":"••••"`))
				}
				return status, body
			})
		})
	})

	register("newcomers-wait-for-approval", func(p *reference.Parts) {
		afterSignIn(p, "admission", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.First && e.Record != nil {
				return &org.Error{Kind: org.Forbidden, Message: "an administrator has to let you in first"}
			}
			return nil
		})
	})
	register("record-at-sign-in", func(p *reference.Parts) {
		afterSignIn(p, "session", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Record != nil {
				return nil
			}
			return addRecord(ctx, tx, e.Provider.ID, e.Email)
		})
	})
	register("record-never-linked", func(p *reference.Parts) { org.Without(&p.Events.SignIn, "link") })
	register("linked-by-local-part", func(p *reference.Parts) {
		afterSignIn(p, "record", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			local, _, _ := strings.Cut(e.Email, "@")
			found, err := optional(tx.RecordByUserName(ctx, e.Provider.ID, local))
			if found != nil && e.Record == nil {
				e.Record = found
			}
			return err
		})
	})
	register("short-name-in-silence", func(p *reference.Parts) {
		tellingOtherwise(p, func(e org.Event) []org.Event {
			e.Cause, _, _ = strings.Cut(e.Cause, ";")
			return []org.Event{e}
		})
	})

	register("empty-directory-fails", func(p *reference.Parts) {
		onTests(p, func(status int, body []byte) (int, []byte) {
			if bytes.Contains(body, []byte(`"totalResults":0`)) {
				return http.StatusInternalServerError, nil
			}
			return status, body
		})
	})
	register("counters-as-text", func(p *reference.Parts) {
		onTests(p, func(status int, body []byte) (int, []byte) {
			return status, regexp.MustCompile(`"totalResults":(\d+)`).ReplaceAll(body, []byte(`"totalResults":"$1"`))
		})
	})
	register("test-creates-record", func(p *reference.Parts) {
		store := keepStore(p)
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			next.ServeHTTP(w, r)
			if testsCredentials(r) {
				_ = (*store).Do(r.Context(), func(tx org.Tx) error {
					return addRecord(r.Context(), tx, providerIn(r), "okta-test-"+uuid.NewString())
				})
			}
		})
	})
}

type callDeed = func(context.Context, org.Tx, *org.Call) error

// isSettings says whether a request asks for a provider's settings.
func isSettings(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.URL.Path, "/sso/")
}

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

// settingsAsked marks the context of a request for settings.
type settingsAsked struct{}

// forSettings changes who somebody is while they ask for a provider's settings.
func forSettings(p *reference.Parts, change func(*org.Request)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if isSettings(r) {
			r = r.WithContext(context.WithValue(r.Context(), settingsAsked{}, true))
		}
		next.ServeHTTP(w, r)
	})
	org.After(&p.Events.Session, "membership", org.Step[org.Request]{Name: "settings",
		Do: func(ctx context.Context, _ org.Tx, e *org.Request) error {
			if ctx.Value(settingsAsked{}) != nil {
				change(e)
			}
			return nil
		}})
}

// providerIn reads the provider in the address of a SCIM request.
func providerIn(r *http.Request) string {
	provider, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/")
	return provider
}

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

// testsCredentials says whether a request is what Test API Credentials sends: a list
// of a few users, whoever they are.
func testsCredentials(r *http.Request) bool {
	query := r.URL.Query()
	return r.Method == http.MethodGet && isSCIM(r, "/Users") && query.Has("count") && !query.Has("filter")
}

// onTests changes what a test of the credentials is answered.
func onTests(p *reference.Parts, change func(int, []byte) (int, []byte)) {
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !testsCredentials(r) {
			next.ServeHTTP(w, r)
			return
		}
		rewriteAnswer(w, r, next, change)
	})
}

// addRecord makes a record that nobody asked for.
func addRecord(ctx context.Context, tx org.Tx, provider, userName string) error {
	through, err := tx.Provider(ctx, provider)
	if err != nil {
		return err
	}
	return tx.AddRecord(ctx, org.Record{
		ID: uuid.NewString(), Organization: through.Organization, Provider: provider, UserName: userName, Active: true, Version: 1,
		Created: through.Created, Modified: through.Created,
	})
}

func dropCredentials(ctx context.Context, tx org.Tx, provider string) error {
	credentials, err := tx.Credentials(ctx, provider)
	for _, c := range credentials {
		_ = tx.DeleteCredential(ctx, c.ID)
	}
	return err
}
