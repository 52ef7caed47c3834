package defect

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what SCIM's word counts for when an assertion arrives, and the other way
// round.
var _ = register(defects{
	"saml-together-record-by-exact-name": recordByExactName,
	"saml-together-attribute-not-looked-up": func(p *reference.Parts) {
		// Whether somebody is active is asked under their NameID alone.
		aroundSignIn(p, "active", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if e.Record != nil && !strings.EqualFold(e.Record.UserName, e.Assertion.NameID) {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"saml-together-active-when-it-began": activeWhenItBegan,
	"saml-together-only-live-sessions-known": func(p *reference.Parts) {
		org.Before(&p.Events.SingleLogout, "sessions", org.Step[org.Parting]{Name: "live",
			Do: func(_ context.Context, _ org.Tx, e *org.Parting) error {
				e.Sessions = slices.DeleteFunc(e.Sessions, func(s org.Session) bool { return !s.Ended.IsZero() })
				return nil
			}})
	},
	"saml-together-name-keeps-role": nameKeepsRole,
	"saml-together-address-is-the-person": func(p *reference.Parts) {
		// An address that the account does not have is somebody else's.
		sharedAddresses(p)
		afterSignIn(p, "record", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.Account != nil && org.Key(e.Account.Email) != org.Key(e.Email) {
				e.Record = nil
				nobody(e)
			}
			return nil
		})
	},
	"saml-together-former-name-forgotten": func(p *reference.Parts) {
		// Who an account is stands in its address of today alone.
		org.Replace(&p.Events.SignIn, "account", accountByAddress)
	},
	"saml-together-name-id-above-record": func(p *reference.Parts) {
		// Whoever had the NameID before has it for ever, whatever SCIM says since.
		aroundSignIn(p, "record", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if deed(ctx, tx, e) != nil {
				e.Record = nil
			}
			return nil
		})
	},
	"saml-together-any-spelling-is-an-address": func(p *reference.Parts) {
		aroundSignIn(p, "address", func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
			if deed(ctx, tx, e) != nil {
				e.Email = e.Assertion.NameID
			}
			return nil
		})
	},
	"saml-together-long-names-cut": func(p *reference.Parts) {
		// The column for the NameID is a short one.
		const width = 64
		var first sync.Map
		beforeSignIn(p, "address", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			name := org.Key(e.Assertion.NameID)
			if len(name) <= width {
				return nil
			}
			whole, _ := first.LoadOrStore(name[:width], e.Assertion.NameID)
			e.Assertion.NameID = whole.(string)
			return nil
		})
	},
	"saml-together-role-from-record": func(p *reference.Parts) {
		afterSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			switch {
			case e.Record == nil:
				return nil
			case roleIn(*e.Record) == "admin":
				return withRole(ctx, tx, e, org.Admin)
			case roleIn(*e.Record) != "":
				return withRole(ctx, tx, e, org.Member)
			}
			return nil
		})
	},
	"saml-together-deactivated-at-every-customer": func(p *reference.Parts) {
		// A deactivation takes everybody of that address out, wherever they are.
		afterLeaving(p, "namesakes", func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
			if e.Record == nil {
				return nil
			}
			account, err := optional(tx.AccountByEmail(ctx, e.Record.UserName))
			if err != nil || account == nil {
				return err
			}
			all, err := tx.MembershipsOf(ctx, account.ID)
			for _, m := range all {
				err = errors.Join(err, tx.DeleteMembership(ctx, m.ID))
			}
			return err
		})
	},
	"saml-together-role-at-every-customer": func(p *reference.Parts) {
		// The role is the account's, so that every customer's provider gives it everywhere.
		afterSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			all, err := tx.MembershipsOf(ctx, e.Account.ID)
			for _, m := range all {
				m.Role = e.Membership.Role
				err = errors.Join(err, tx.SaveMembership(ctx, m))
			}
			return err
		})
	},
	"saml-together-group-door-cached": func(p *reference.Parts) { staleDoor(p, isTeamDoor) },
})

// recordByExactName forgets a record and an account whose name differs in case only.
func recordByExactName(p *reference.Parts) {
	sharedAddresses(p)
	afterSignIn(p, "record", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		other := func(name string) bool {
			return name != e.Assertion.NameID && strings.EqualFold(name, e.Assertion.NameID)
		}
		if e.Record == nil || !other(e.Record.UserName) {
			return nil
		}
		e.Record = nil
		if e.Account != nil && other(e.Account.Email) {
			nobody(e)
		}
		return nil
	})
}

// accountByAddress looks an account up by its address alone.
func accountByAddress(ctx context.Context, tx org.Tx, e *org.SignIn) (err error) {
	if e.Account, err = optional(tx.AccountByEmail(ctx, e.Email)); err != nil || e.Account == nil {
		return err
	}
	e.Membership, err = optional(tx.Membership(ctx, e.Organization.ID, e.Account.ID))
	e.First = e.Membership == nil
	return err
}

// nameKeepsRole gives the role of somebody who was deleted to whoever has the name next.
func nameKeepsRole(p *reference.Parts) {
	var admins memory
	org.Before(&p.Events.Delete, "membership", org.Step[org.Leaving]{Name: "remember",
		Do: func(_ context.Context, _ org.Tx, e *org.Leaving) error {
			if e.Membership != nil && e.Membership.Role == org.Admin {
				admins.add(org.Key(e.Record.UserName))
			}
			return nil
		}})
	afterSignIn(p, "role", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
		if !e.First || !admins.has(org.Key(e.Email)) {
			return nil
		}
		return withRole(ctx, tx, e, org.Admin)
	})
}

// crowd is how many sign-ins have to be under way for a deactivation to be awaited.
const crowd = 5

// activeWhenItBegan reads who is active when a sign-in begins and believes it when it
// ends. The answers of a crowd are held back until a deactivation is through, so that
// the two always meet.
func activeWhenItBegan(p *reference.Parts) {
	store := keepStore(p)
	var inactive memory
	var underWay atomic.Int64
	through := newBroadcast()
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/sso/"):
			if underWay.Add(1) == 1 {
				through.again()
				noteInactive(r.Context(), *store, &inactive)
			}
		case isAnswer(r):
			if underWay.Load() >= crowd {
				through.wait(r.Context())
			}
			defer underWay.Add(-1)
		}
		leaving := deactivates(r)
		next.ServeHTTP(w, r)
		if leaving {
			through.announce()
		}
	})
	org.Replace(&p.Events.SignIn, "active", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		if e.Record != nil && inactive.has(e.Record.ID) {
			return &org.Error{Kind: org.Forbidden, Message: "this user has been deactivated"}
		}
		return nil
	})
}

// broadcast lets any number of requests wait for one.
type broadcast struct {
	mu   sync.Mutex
	done chan struct{}
}

func newBroadcast() *broadcast { return &broadcast{done: make(chan struct{})} }

func (b *broadcast) wait(ctx context.Context) {
	b.mu.Lock()
	done := b.done
	b.mu.Unlock()
	limit, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case <-done:
	case <-limit.Done():
	}
}

func (b *broadcast) announce() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.done:
	default:
		close(b.done)
	}
}

// again makes those wait who come from now on.
func (b *broadcast) again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.done:
		b.done = make(chan struct{})
	default:
	}
}

// roleIn is the first role that SCIM wrote into a record; empty where it wrote none.
func roleIn(r org.Record) string {
	list, _ := r.Attributes["roles"].([]any)
	for _, one := range list {
		if role, ok := one.(map[string]any); ok {
			value, _ := role["value"].(string)
			return value
		}
	}
	return ""
}
