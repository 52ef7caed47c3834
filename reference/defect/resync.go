package defect

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

var _ = register(defects{
	"sign-in-makes-record": func(p *reference.Parts) {
		afterSignIn(p, "membership", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Record != nil {
				return nil
			}
			return tx.AddRecord(ctx, org.Record{
				ID: uuid.NewString(), Organization: e.Organization.ID, Provider: e.Provider.ID, Account: e.Account.ID,
				UserName: e.Email, GivenName: "Somebody", Active: true, Version: 1, Created: e.Now, Modified: e.Now,
			})
		})
	},
	"members-shown-as-users": func(p *reference.Parts) {
		// A look-up that finds no record goes on to the members.
		store := keepStore(p)
		showOtherwise(p, anyUsers, func(r *http.Request, a *scimAnswer) {
			if bytes.Contains(a.text, nothingFound) {
				a.body = memberAsUser(r, *store, a.body)
			}
		})
	},
	"unmanaged-swept": func(p *reference.Parts) {
		afterProvision(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
			members, err := tx.Memberships(ctx, e.Record.Organization)
			for _, m := range members {
				records, failed := tx.RecordsOf(ctx, m.Organization, m.Account)
				if err = errors.Join(err, failed); len(records) == 0 && m.Role != org.Admin {
					err = errors.Join(err, tx.DeleteMembership(ctx, m.ID))
				}
			}
			return err
		})
	},
	"member-is-a-conflict": func(p *reference.Parts) { p.Rules.CreateForExistingMember = "conflict" },
	"sync-not-linked":      func(p *reference.Parts) { org.Without(&p.Events.Provision, "link") },
	"rename-not-linked":    func(p *reference.Parts) { org.Without(&p.Events.Update, "link") },
	"sync-makes-account": func(p *reference.Parts) {
		sharedAddresses(p)
		forMember(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning, _ org.Membership) error {
			return tx.AddAccount(ctx, org.Account{ID: uuid.NewString(), Email: e.Record.UserName, Name: "somebody", Created: e.Now})
		})
	},
	"sync-resets-role": func(p *reference.Parts) {
		forMember(p, func(ctx context.Context, tx org.Tx, _ *org.Provisioning, m org.Membership) error {
			m.Role = org.Member
			return tx.SaveMembership(ctx, m)
		})
	},
	"sync-bills-again": func(p *reference.Parts) {
		forMember(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning, m org.Membership) error {
			seat, err := tx.OpenSeat(ctx, m.Organization, m.Account)
			if err != nil {
				return err
			}
			seat.Ended, seat.EndCause = e.Now, "a tracking record"
			if err := tx.SaveSeat(ctx, seat); err != nil {
				return err
			}
			return tx.AddSeat(ctx, org.Seat{
				ID: uuid.NewString(), Organization: m.Organization, Account: m.Account, Started: e.Now, Cause: "a tracking record",
			})
		})
	},
	"sync-ends-sessions": func(p *reference.Parts) {
		forMember(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning, m org.Membership) error {
			return endSessions(ctx, tx, m.Organization, m.Account, e.Now)
		})
	},
	"sync-revokes-tokens": func(p *reference.Parts) {
		forMember(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning, m org.Membership) error {
			tokens, err := tx.Tokens(ctx, m.Organization, m.Account)
			for _, t := range tokens {
				t.Revoked, t.RevokeCause = e.Now, "a tracking record"
				err = errors.Join(err, tx.SaveToken(ctx, t))
			}
			return err
		})
	},
	"seat-anew-after-sync": func(p *reference.Parts) {
		beforeSignIn(p, "seat", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			return changeSeat(ctx, tx, e, func(s *org.Seat) {
				if e.Record != nil && e.Record.Created.After(s.Started) {
					s.Ended, s.EndCause = e.Now.Add(time.Microsecond), "a tracking record"
				}
			})
		})
	},
	"only-first-of-group": func(p *reference.Parts) {
		// Of members who get their records in a row only the first one is linked.
		var inARow memory
		afterSignIn(p, "audit", func(context.Context, org.Tx, *org.SignIn) error {
			inARow.clear()
			return nil
		})
		forMember(p, func(_ context.Context, _ org.Tx, e *org.Provisioning, _ org.Membership) error {
			if inARow.count() > 0 {
				return &org.Error{Kind: org.Conflict, Message: "busy with another member"}
			}
			inARow.add(e.Record.ID)
			return nil
		})
	},
	"member-found-by-exact-address": func(p *reference.Parts) {
		linkOnly(p, func(a org.Account, userName string) bool {
			return org.Key(a.Email) != org.Key(userName) || a.Email == userName
		})
	},
	"member-found-by-address-only": func(p *reference.Parts) {
		linkOnly(p, func(a org.Account, userName string) bool { return org.Key(a.Email) == org.Key(userName) })
	},
	"stranger-taken-in": func(p *reference.Parts) {
		afterProvision(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
			known, err := optional(tx.AccountByEmail(ctx, e.Record.UserName))
			if err != nil || known == nil {
				return err
			}
			return memberFor(ctx, tx, e.Record)
		})
	},
})

// afterProvision adds a deed to the end of a creation.
func afterProvision(p *reference.Parts, do func(context.Context, org.Tx, *org.Provisioning) error) {
	org.After(&p.Events.Provision, "audit", org.Step[org.Provisioning]{Name: "defect", Do: do})
}

// forMember adds a deed to the creation of a record for somebody who is a member.
func forMember(p *reference.Parts, do func(context.Context, org.Tx, *org.Provisioning, org.Membership) error) {
	afterProvision(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
		m, err := optional(tx.Membership(ctx, e.Record.Organization, e.Record.Account))
		if err != nil || m == nil {
			return err
		}
		return do(ctx, tx, e, *m)
	})
}

// linkOnly undoes the link of a new record to an account that does not suit.
func linkOnly(p *reference.Parts, suits func(a org.Account, userName string) bool) {
	afterProvision(p, func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
		if e.Record.Account == "" {
			return nil
		}
		account, err := tx.Account(ctx, e.Record.Account)
		if err != nil || suits(account, e.Record.UserName) {
			return err
		}
		e.Record.Account = ""
		return tx.SaveRecord(ctx, e.Record)
	})
}

// memberAsUser turns the empty answer to a look-up into one with the member whose
// address was looked for.
func memberAsUser(r *http.Request, store org.Store, empty object) object {
	_, wanted, _ := strings.Cut(r.URL.Query().Get("filter"), `"`)
	wanted = strings.Trim(wanted, `"`)
	var id string
	_ = store.View(r.Context(), func(tx org.Tx) error {
		through, err := tx.Provider(r.Context(), providerIn(r))
		if err != nil {
			return err
		}
		account, err := tx.AccountByEmail(r.Context(), wanted)
		if err != nil {
			return err
		}
		if _, err = tx.Membership(r.Context(), through.Organization, account.ID); err == nil {
			id = account.ID
		}
		return err
	})
	if id == "" {
		return empty
	}
	return object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": 1, "startIndex": 1, "itemsPerPage": 1,
		"Resources": []any{object{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": id, "userName": wanted, "active": true,
		}},
	}
}
