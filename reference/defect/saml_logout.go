package defect

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in whose sessions a logout ends, and in what is said about it.
var _ = register(defects{
	"logout-ends-nothing": func(p *reference.Parts) { org.Without(&p.Events.SingleLogout, "sessions") },
	"logout-ends-cookie": func(p *reference.Parts) {
		org.Without(&p.Events.SingleLogout, "sessions")
		around(p, logoutWith("SAMLRequest"), func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			http.SetCookie(w, &http.Cookie{Name: "rollcall_session", Path: "/", MaxAge: -1})
			next.ServeHTTP(w, r)
		})
	},
	"logout-index-unread": func(p *reference.Parts) { org.Without(&p.Events.SingleLogout, "indexes") },
	"logout-first-index": func(p *reference.Parts) {
		org.Before(&p.Events.SingleLogout, "indexes", parting(func(_ context.Context, _ org.Tx, e *org.Parting) error {
			e.Departure.Indexes = e.Departure.Indexes[:min(1, len(e.Departure.Indexes))]
			return nil
		}))
	},
	"logout-wants-index": func(p *reference.Parts) {
		org.After(&p.Events.SingleLogout, "indexes", parting(func(_ context.Context, _ org.Tx, e *org.Parting) error {
			if len(e.Departure.Indexes) == 0 {
				e.Sessions = nil
			}
			return nil
		}))
	},
	"logout-name-unread": func(p *reference.Parts) {
		sessionsWhere(p, func(org.Session, org.Departure) bool { return true })
	},
	"logout-name-folded": func(p *reference.Parts) {
		sessionsWhere(p, func(s org.Session, d org.Departure) bool { return strings.EqualFold(s.NameID, d.NameID) })
	},
	"logout-shuts-out": logoutShutsOut,
	"logout-always-succeeds": func(p *reference.Parts) {
		org.After(&p.Events.SingleLogout, "sessions", parting(func(_ context.Context, _ org.Tx, e *org.Parting) error {
			e.Sessions = append(e.Sessions, org.Session{})
			return nil
		}))
	},
	"logout-unanswered": func(p *reference.Parts) {
		answerOtherwise(p, logoutWith("SAMLRequest"), inPlaceOf(http.StatusFound, http.StatusOK, "signed out"))
	},
	"logout-answer-unsigned":  func(p *reference.Parts) { answersLogoutWithout(p, "SigAlg", "Signature") },
	"logout-relay-state-lost": func(p *reference.Parts) { answersLogoutWithout(p, "RelayState") },
	"logout-answer-crashes": func(p *reference.Parts) {
		fallsOver(p, logoutWith("SAMLResponse"))
	},
	"sign-out-tells-nobody": func(p *reference.Parts) {
		signsOut := func(r *http.Request) bool { return r.URL.Path == "/logout" }
		around(p, signsOut, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			w.Header().Set("Location", "/login")
			rewriteAnswer(w, r, next, func(int, []byte) (int, []byte) { return http.StatusSeeOther, nil })
		})
	},
	"sign-out-waits-for-answer": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return waiting{tx} })
	},
})

// logoutWith is about logout messages of a kind.
func logoutWith(kind string) whichRequest {
	return func(r *http.Request) bool { return isLogout(r, kind) }
}

// parting is a step of a single logout.
func parting(do func(context.Context, org.Tx, *org.Parting) error) org.Step[org.Parting] {
	return org.Step[org.Parting]{Name: "defect", Do: do}
}

// sessionsWhere finds the sessions of a logout by another rule.
func sessionsWhere(p *reference.Parts, meant func(org.Session, org.Departure) bool) {
	org.Replace(&p.Events.SingleLogout, "name", func(ctx context.Context, tx org.Tx, e *org.Parting) (err error) {
		e.Sessions, err = tx.SessionsThrough(ctx, e.Provider.ID)
		e.Sessions = slices.DeleteFunc(e.Sessions, func(s org.Session) bool { return !meant(s, e.Departure) })
		return err
	})
}

// logoutShutsOut takes whoever was signed out for somebody who may not come back.
func logoutShutsOut(p *reference.Parts) {
	var mu sync.Mutex
	gone := map[string]bool{}
	org.After(&p.Events.SingleLogout, "sessions", parting(func(_ context.Context, _ org.Tx, e *org.Parting) error {
		mu.Lock()
		defer mu.Unlock()
		gone[e.Departure.NameID] = true
		return nil
	}))
	beforeSignIn(p, "account", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		mu.Lock()
		defer mu.Unlock()
		if gone[e.Assertion.NameID] {
			return &org.Error{Kind: org.Forbidden, Message: "you have signed out"}
		}
		return nil
	})
}

// answersLogoutWithout takes parameters out of the answers to logout requests.
func answersLogoutWithout(p *reference.Parts, parameters ...string) {
	around(p, logoutWith("SAMLRequest"), func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		bendsLocation(w, r, next, func(location string) string { return withoutParameters(location, parameters...) })
	})
}

// waiting leaves a session alone when its person signs out: that is for the identity
// provider to do.
type waiting struct{ org.Tx }

func (t waiting) SaveSession(ctx context.Context, s org.Session) error {
	if s.EndCause == "signed out" {
		return nil
	}
	return t.Tx.SaveSession(ctx, s)
}
