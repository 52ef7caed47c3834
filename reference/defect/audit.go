package defect

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what the audit log tells. What happened is right in all of them.
var _ = register(defects{
	"sign-in-changes-untold": untold(func(e org.Event) bool {
		return e.Actor == org.BySSO && slices.Contains([]org.Action{
			org.MemberUpdated, org.TeamMemberCreated, org.TeamMemberUpdated, org.TeamMemberDeleted, org.AccountUpdated, org.SignInSucceeded,
		}, e.Action)
	}),
	"attributes-ignored-in-silence": untold(about(org.AttributeIgnored)),
	"records-untold":                untold(func(e org.Event) bool { return strings.HasPrefix(string(e.Action), "SCIM_RECORD_") }),
	"seats-untold":                  untold(about(org.SeatStarted, org.SeatReleased)),
	"leaving-half-told": untold(func(e org.Event) bool {
		return e.Actor == org.BySCIM && about(org.SessionEnded, org.TokenRevoked, org.TeamMemberDeleted)(e)
	}),
	"refusals-untold": untold(about(org.SignInDenied, org.RequestRefused, org.DemotionSkipped)),
	"deeds-by-hand-untold": untold(func(e org.Event) bool {
		return e.Actor == org.BySystem && about(
			org.MemberDeleted, org.TokenIssued, org.PlanChanged, org.ProviderEnabled, org.ProviderDisabled, org.CredentialRotated)(e)
	}),

	"sign-in-blames-admin": retold(func(e *org.Event) {
		if e.Actor == org.BySSO && about(org.MemberUpdated, org.TeamMemberCreated)(*e) {
			e.Actor, e.ActorName = org.ByMember, "founder@rollcall.test"
		}
	}),
	"changes-unexplained": retold(func(e *org.Event) {
		if about(org.MemberUpdated, org.SeatStarted)(*e) {
			e.Cause = ""
		}
	}),
	"values-before-lost": retold(func(e *org.Event) {
		if about(org.MemberUpdated, org.TeamMemberUpdated, org.RecordUpdated, org.AccountUpdated)(*e) {
			e.Before = ""
		}
	}),
	"scim-blamed-on-system": retold(func(e *org.Event) {
		if e.Actor == org.BySCIM {
			e.Actor, e.ActorName = org.BySystem, org.System
		}
	}),
	"hand-blamed-on-okta": retold(func(e *org.Event) {
		switch e.Action {
		case org.MemberUpdated:
			e.Actor = org.BySSO
		case org.MemberDeleted:
			e.Actor = org.BySCIM
		}
	}),
	"hand-without-name": retold(func(e *org.Event) {
		if e.Actor == org.ByMember {
			e.Actor, e.ActorName = org.BySystem, org.System
		}
	}),
	"time-of-the-server": retold(func(e *org.Event) { e.At = time.Now() }),

	"told-twice": telling(func(e org.Event) []org.Event {
		if about(org.SeatStarted, org.MemberCreated)(e) {
			return []org.Event{e, e}
		}
		return []org.Event{e}
	}),
	"told-before-done": telling(func(e org.Event) []org.Event {
		early := e
		switch {
		case e.Action == org.SignInDenied && e.SubjectName == "":
			early.Action = org.SignInSucceeded
		case e.Action == org.RequestRefused && e.Subject != "":
			early.Action = org.RecordDeactivated
		default:
			return []org.Event{e}
		}
		return []org.Event{early, e}
	}),

	"no-change-told": func(p *reference.Parts) {
		aroundSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			told := len(e.Events)
			err := deed(ctx, tx, e)
			if err == nil && len(e.Events) == told {
				e.Events = append(e.Events, signInEvent(e, org.MemberUpdated, string(e.Membership.Role)))
			}
			return err
		})
		org.Before(&p.Events.Update, "audit", org.Step[org.Updating]{Name: "regardless",
			Do: func(_ context.Context, _ org.Tx, e *org.Updating) error {
				if len(e.Events) == 0 {
					e.Events = []org.Event{{
						Organization: e.After.Organization, At: e.Now, Action: org.RecordUpdated,
						Actor: org.BySCIM, ActorName: e.After.Provider, Subject: e.After.ID, Cause: "changed over SCIM",
					}}
				}
				return nil
			}})
	},
	"first-ignored-only": func(p *reference.Parts) {
		beforeSignIn(p, "audit", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			first := slices.IndexFunc(e.Events, about(org.AttributeIgnored))
			for i := len(e.Events) - 1; i > first && first >= 0; i-- {
				if e.Events[i].Action == org.AttributeIgnored {
					e.Events = slices.Delete(e.Events, i, i+1)
				}
			}
			return nil
		})
	},
	"ignored-without-reason": func(p *reference.Parts) {
		beforeSignIn(p, "audit", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			for i := range e.Events {
				if e.Events[i].Action == org.AttributeIgnored {
					e.Events[i].Cause = "sign-in through " + e.Provider.Kind.Title()
				}
			}
			return nil
		})
	},
	"sound-called-ignored": func(p *reference.Parts) {
		afterSignIn(p, "teams", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			for _, entry := range p.Grammar.Teams(e.Assertion.Attributes["teams"]) {
				if entry.Role == string(org.TeamMaintainer) {
					e.Events = append(e.Events, signInEvent(e, org.AttributeIgnored, entry.Raw))
				}
			}
			return nil
		})
	},

	"newest-first": reading(func(_ context.Context, _ org.Tx, log []org.Event) []org.Event {
		slices.Reverse(log)
		return log
	}),
	"leavers-forgotten": reading(func(_ context.Context, _ org.Tx, log []org.Event) []org.Event {
		gone := map[string]int64{}
		for _, e := range log {
			if e.Action == org.MemberDeleted || e.Action == org.RecordDeactivated {
				gone[e.Subject] = e.Seq
			}
		}
		return slices.DeleteFunc(log, func(e org.Event) bool { return e.Seq < gone[e.Subject] })
	}),
	"deleted-records-forgotten": reading(func(ctx context.Context, tx org.Tx, log []org.Event) []org.Event {
		return slices.DeleteFunc(log, func(e org.Event) bool {
			if !strings.HasPrefix(string(e.Action), "SCIM_RECORD_") {
				return false
			}
			_, err := tx.Record(ctx, e.Provider, e.Subject)
			return errors.Is(err, org.ErrNotFound)
		})
	}),
	"log-of-everybody": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return sharedLogTx{tx} })
	},
	"reading-told": func(p *reference.Parts) {
		reads := func(r *http.Request) bool {
			return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/probe/")
		}
		afterwards(p, reads, func(r *http.Request, tx org.Tx) error { return tellEverybody(r.Context(), tx, "SOMETHING_READ") })
	},

	"tokens-in-log": func(p *reference.Parts) {
		var tokens memory
		throughTx(p, func(tx org.Tx) org.Tx { return overheardTx{tx, &tokens} })
		tellingOtherwise(p, func(e org.Event) []org.Event {
			if about(org.CredentialRotated, org.TokenIssued)(e) {
				e.After = tokens.last()
			}
			return []org.Event{e}
		})
	},
	"password-and-session-in-log": func(p *reference.Parts) {
		afterSignIn(p, "session", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			e.Events[len(e.Events)-1].Cause += " " + e.Secret
			return nil
		})
		var bodies memory
		hearOtherwise(p, creatingUsers, func(r *http.Request) { bodies.add(string(bodyOf(r))) })
		tellingOtherwise(p, func(e org.Event) []org.Event {
			if e.Action == org.RecordCreated {
				e.After = bodies.last()
			}
			return []org.Event{e}
		})
	},
})

// tellEverybody writes an event into the log of every organization.
func tellEverybody(ctx context.Context, tx org.Tx, action org.Action) error {
	organizations, err := tx.Organizations(ctx)
	for _, o := range organizations {
		err = errors.Join(err, tx.Audit(ctx, org.Event{
			Organization: o.ID, At: time.Now(), Action: action, Actor: org.BySystem, ActorName: org.System, Cause: "somebody looked",
		}))
	}
	return err
}

// signInEvent is an event about the person who signs in; what it names is the value
// before and after.
func signInEvent(e *org.SignIn, action org.Action, value string) org.Event {
	return org.Event{
		Organization: e.Organization.ID, At: e.Now, Action: action, Actor: org.BySSO, ActorName: e.Provider.ID, Provider: e.Provider.ID,
		Subject: e.Account.ID, SubjectName: e.Account.Email, Before: value, After: value, Cause: "sign-in",
	}
}
