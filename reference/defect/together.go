package defect

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what has to happen together, or in an order.
var _ = register(defects{
	"half-transaction": func(p *reference.Parts) {
		// The record is flipped in a transaction of its own; then revoking tokens fails.
		store := keepStore(p)
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if provider, id := recordIn(r); deactivates(r) {
				err := (*store).Do(r.Context(), func(tx org.Tx) error { return flipWithTokens(r.Context(), tx, provider, id) })
				if err == nil {
					http.Error(w, "out of memory", http.StatusInternalServerError)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	},
	"race-ghost": raceGhost,
	"provider-takes-only-its-own": func(p *reference.Parts) {
		// Who is active at one provider stays, whatever another says.
		org.After(&p.Events.Deactivate, "record", org.Step[org.Leaving]{Name: "elsewhere",
			Do: func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
				if e.Account == nil {
					return nil
				}
				records, err := tx.RecordsOf(ctx, e.Organization.ID, e.Account.ID)
				if slices.ContainsFunc(records, func(r org.Record) bool { return r.Active }) {
					e.Account, e.Membership = nil, nil
				}
				return err
			}})
	},
	"inactive-anywhere-barred": func(p *reference.Parts) {
		org.After(&p.Events.SignIn, "active", org.Step[org.SignIn]{Name: "anywhere",
			Do: func(_ context.Context, _ org.Tx, e *org.SignIn) error {
				if slices.ContainsFunc(e.Others, func(r org.Record) bool { return !r.Active }) {
					return &org.Error{Kind: org.Forbidden, Message: "this user has been deactivated"}
				}
				return nil
			}})
	},
	"inactive-elsewhere-admitted": func(p *reference.Parts) {
		beforeSignIn(p, "active", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			e.Others = nil
			return nil
		})
	},
})

// flipWithTokens is flip for somebody with API tokens, and an error for all others.
func flipWithTokens(ctx context.Context, tx org.Tx, provider, id string) error {
	r, err := tx.Record(ctx, provider, id)
	if err != nil {
		return err
	}
	tokens, err := tx.Tokens(ctx, r.Organization, r.Account)
	if err == nil && len(tokens) == 0 {
		err = org.ErrNotFound
	}
	return errors.Join(err, flip(ctx, tx, provider, id))
}

// raceGhost reads who is active when a sign-in begins, and believes it when the
// sign-in ends. A member's answer from Okta is held back until a deactivation is
// through, so that the two always meet, where one comes soon.
func raceGhost(p *reference.Parts) {
	store := keepStore(p)
	var inactive, begun memory
	coming, through := make(chan struct{}, 1), make(chan struct{}, 1)
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		leaving := deactivates(r)
		if leaving {
			announce(coming)
		}
		switch ends := isAnswer(r); {
		case strings.HasPrefix(r.URL.Path, "/sso/"):
			begun.add(r.URL.Path)
			drain(coming)
			drain(through)
			noteInactive(r.Context(), *store, &inactive)
		case ends && begun.count() == 0: // it began at Okta
			noteInactive(r.Context(), *store, &inactive)
		case ends:
			begun.clear()
			if isMember(r, *store) && await(coming, patience/5) {
				await(through, patience)
			}
		}
		next.ServeHTTP(w, r)
		if leaving {
			announce(through)
		}
	})
	org.Replace(&p.Events.SignIn, "active", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		if e.Record != nil && inactive.has(e.Record.ID) {
			return &org.Error{Kind: org.Forbidden, Message: "this user has been deactivated"}
		}
		return nil
	})
}

func noteInactive(ctx context.Context, store org.Store, inactive *memory) {
	inactive.clear()
	_ = eachRecord(ctx, store, func(_ org.Tx, found org.Record) error {
		if !found.Active {
			inactive.add(found.ID)
		}
		return nil
	})
}

// await waits so long for a signal, and says whether it came.
func await(signal chan struct{}, limit time.Duration) bool {
	select {
	case <-signal:
		return true
	case <-time.After(limit):
		return false
	}
}

func announce(signal chan struct{}) {
	select {
	case signal <- struct{}{}:
	default: // it is announced already
	}
}

func drain(signal chan struct{}) {
	select {
	case <-signal:
	default:
	}
}

// isAnswer says whether a request brings an identity provider's answer.
func isAnswer(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == acsPath
}

var nameIDPattern = regexp.MustCompile(`NameID[^>]*>([^<]+)<`)

// isMember says whether Okta's answer is about somebody who has a membership
// anywhere.
func isMember(r *http.Request, store org.Store) (member bool) {
	rewriteBody(r, func(body []byte) []byte {
		form, _ := url.ParseQuery(string(body))
		response, _ := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
		name := nameIDPattern.FindSubmatch(response)
		if name == nil {
			return body
		}
		_ = store.View(r.Context(), func(tx org.Tx) error {
			account, err := tx.AccountByEmail(r.Context(), string(name[1]))
			if err != nil {
				return err
			}
			all, err := tx.MembershipsOf(r.Context(), account.ID)
			member = len(all) > 0
			return err
		})
		return body
	})
	return member
}
