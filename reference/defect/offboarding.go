package defect

import (
	"context"
	"net/http"
	"strings"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

var _ = register(defects{
	"session-cached": func(p *reference.Parts) {
		staleDoor(p, func(r *http.Request) bool { return r.URL.Path == "/api/v1/me" && r.Header.Get("Authorization") == "" })
	},
	"token-cached": func(p *reference.Parts) {
		staleDoor(p, func(r *http.Request) bool { return r.URL.Path == "/api/v1/me" && r.Header.Get("Authorization") != "" })
	},
	"admin-door-cached": func(p *reference.Parts) {
		staleDoor(p, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/audit") })
	},
	"settings-cached": func(p *reference.Parts) {
		staleDoor(p, func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/sso/") && isAPI(r) })
	},
	"team-door-cached": func(p *reference.Parts) { staleDoor(p, isTeamDoor) },
	"sessions-end-everywhere": func(p *reference.Parts) {
		afterLeaving(p, "everywhere", func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
			if e.Account == nil {
				return nil
			}
			all, err := tx.MembershipsOf(ctx, e.Account.ID)
			for _, m := range all {
				if err := endSessions(ctx, tx, m.Organization, m.Account, e.Now); err != nil {
					return err
				}
			}
			return err
		})
	},
	"removed-session-open": func(p *reference.Parts) {
		org.Without(&p.Events.Remove, "sessions")
		strangersIn(&p.Events.Session)
	},
	"removed-token-open": func(p *reference.Parts) {
		org.Without(&p.Events.Remove, "tokens")
		strangersIn(&p.Events.Token)
	},
	"sessions-resurrect": func(p *reference.Parts) {
		afterSignIn(p, "session", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			sessions, err := tx.Sessions(ctx, e.Organization.ID, e.Account.ID)
			for _, s := range sessions {
				s.Ended, s.EndCause = time.Time{}, ""
				if err := tx.SaveSession(ctx, s); err != nil {
					return err
				}
			}
			return err
		})
	},
	"deactivated-may-return": func(p *reference.Parts) {
		aroundSignIn(p, "active", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if e.Account != nil {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"token-rights-frozen": func(p *reference.Parts) {
		org.After(&p.Events.Token, "membership", org.Step[org.Request]{Name: "frozen",
			Do: firstAnswer(func(e *org.Request) string { return e.Token.ID })})
	},
	"team-open-to-all": func(p *reference.Parts) {
		openDoor(p, http.StatusNotFound, isTeamDoor)
	},
	"admin-page-open-to-members": func(p *reference.Parts) {
		openDoor(p, http.StatusForbidden, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/audit") })
	},
})

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/v1/") }

func isTeamDoor(r *http.Request) bool { return isAPI(r) && strings.Contains(r.URL.Path, "/teams/") }

// staleDoor lets a door that was once open to a key stay open to it.
func staleDoor(p *reference.Parts, door whichRequest) {
	var opened memory
	around(p, door, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		key := r.Header.Get("Cookie") + r.Header.Get("Authorization") + r.URL.Path
		rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
			if status == http.StatusOK {
				opened.add(key)
			} else if opened.has(key) {
				return http.StatusOK, []byte("{}")
			}
			return status, body
		})
	})
}

// openDoor lets those in whom a door would have refused with this status.
func openDoor(p *reference.Parts, refusal int, door whichRequest) {
	answerOtherwise(p, door, inPlaceOf(refusal, http.StatusOK, "{}"))
}

// strangersIn lets those in who are no members.
func strangersIn(steps *[]org.Step[org.Request]) {
	org.Wrap(steps, "membership", func(ctx context.Context, tx org.Tx, e *org.Request, deed func(context.Context, org.Tx, *org.Request) error) error {
		if err := deed(ctx, tx, e); org.KindOf(err) != org.Unauthenticated {
			return err
		}
		return nil
	})
}

// endSessions ends every session of an account in an organization.
func endSessions(ctx context.Context, tx org.Tx, organization, account string, now time.Time) error {
	sessions, err := tx.Sessions(ctx, organization, account)
	for _, s := range sessions {
		s.Ended, s.EndCause = now, "signed out"
		if err := tx.SaveSession(ctx, s); err != nil {
			return err
		}
	}
	return err
}
