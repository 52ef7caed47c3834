package defect

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

var _ = register(defects{
	"ghost-membership":    func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "membership") },
	"seat-survives":       func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "seat") },
	"sessions-survive":    func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "sessions") },
	"tokens-survive":      func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "tokens") },
	"team-places-survive": func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "teams") },
	"record-stays-active": func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "record") },
	"record-gone": func(p *reference.Parts) {
		afterLeaving(p, "gone", func(ctx context.Context, tx org.Tx, e *org.Leaving) error { return tx.DeleteRecord(ctx, e.Record.ID) })
	},
	"only-members-leave": func(p *reference.Parts) {
		org.Before(&p.Events.Deactivate, "last-admin", org.Step[org.Leaving]{Name: "member",
			Do: func(_ context.Context, _ org.Tx, e *org.Leaving) error {
				if e.Membership == nil {
					return &org.Error{Kind: org.NotFound, Message: "this user is no member"}
				}
				return nil
			}})
	},
	"mass-guard": func(p *reference.Parts) {
		// After five deactivations in a row the rest is taken for a mistake.
		var inARow memory
		arranges := func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/probe/")
		}
		hearOtherwise(p, func(r *http.Request) bool { return !arranges(r) }, func(r *http.Request) {
			switch {
			case !deactivates(r):
				inARow.clear()
			case inARow.count() >= 5:
				readOnly(r)
			default:
				inARow.add(r.URL.Path)
			}
		})
	},

	"put-keeps-active": func(p *reference.Parts) {
		hearOtherwise(p, deactivatesBy(http.MethodPut), readOnly)
	},
	"patch-without-path-ignored": ignoring(func(op scim.Operation) bool { return op.Target == nil }),
	"patch-with-path-ignored":    ignoring(func(op scim.Operation) bool { return op.Target != nil }),
	"text-false-is-true": func(p *reference.Parts) {
		boolean := p.SCIM.Boolean
		p.SCIM.Boolean = func(value any) (bool, error) {
			if text, ok := value.(string); ok {
				return text != "", nil
			}
			return boolean(value)
		}
	},
	"operation-case-matters": func(p *reference.Parts) {
		operations := p.SCIM.Operations
		p.SCIM.Operations = func(body scim.Document) ([]scim.Operation, error) {
			list, _ := body["operations"].([]any)
			for _, one := range list {
				if op, ok := one.(map[string]any); ok && op["op"] != strings.ToLower(op["op"].(string)) {
					return nil, &org.Error{Kind: org.Invalid, Message: "no such operation"}
				}
			}
			return operations(body)
		}
	},
	"second-deactivation-refused": func(p *reference.Parts) {
		var gone memory
		hearOtherwise(p, deactivatesBy(http.MethodPatch), func(r *http.Request) {
			if gone.has(r.URL.Path) {
				r.URL.Path += "-no-more"
			}
			gone.add(r.URL.Path)
		})
	},
	"deactivation-logged-again": func(p *reference.Parts) {
		org.Before(&p.Events.Update, "audit", org.Step[org.Updating]{Name: "again",
			Do: func(_ context.Context, _ org.Tx, e *org.Updating) error {
				if !e.Before.Active {
					e.Events = append(e.Events, org.Event{
						Organization: e.Before.Organization, At: e.Now, Action: org.RecordDeactivated, Actor: org.BySCIM,
						Subject: e.Before.ID, SubjectName: e.Before.UserName,
					})
				}
				return nil
			}})
	},
	"unknown-id-pretended": func(p *reference.Parts) { p.Rules.DeactivateWithoutRecord = "noop" },
	"name-before-id": func(p *reference.Parts) {
		// A record that is not found by its id is looked for by the name in the body.
		store := keepStore(p)
		hearOtherwise(p, replacingUsers, func(r *http.Request) {
			_ = (*store).View(r.Context(), func(tx org.Tx) error { return findByName(r, tx) })
		})
	},
	"id-of-any-customer": func(p *reference.Parts) {
		// The id alone finds the record, whosever it is.
		store := keepStore(p)
		org.Without(&p.Events.Call, "binding")
		hearOtherwise(p, deactivates, func(r *http.Request) {
			provider, id := recordIn(r)
			_ = eachRecord(r.Context(), *store, func(_ org.Tx, found org.Record) error {
				if found.ID == id {
					r.URL.Path = strings.Replace(r.URL.Path, provider, found.Provider, 1)
				}
				return nil
			})
		})
	},

	"neighbour-leaves-too": func(p *reference.Parts) {
		afterLeaving(p, "neighbour", func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
			members, err := tx.Memberships(ctx, e.Organization.ID)
			if err != nil || e.Membership == nil || len(members) == 0 {
				return err
			}
			last := members[len(members)-1]
			if last.Created.Before(e.Membership.Created) || last.Role == org.Admin {
				return nil
			}
			return tx.DeleteMembership(ctx, last.ID)
		})
	},
	"account-scrubbed": func(p *reference.Parts) {
		afterLeaving(p, "scrub", func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
			if e.Account == nil {
				return nil
			}
			scrubbed := *e.Account
			scrubbed.Name, scrubbed.Email = "", "gone-"+scrubbed.ID+"@rollcall.test"
			return tx.SaveAccount(ctx, scrubbed)
		})
	},
	"removed-everywhere": func(p *reference.Parts) {
		afterLeaving(p, "everywhere", func(ctx context.Context, tx org.Tx, e *org.Leaving) error {
			if e.Account == nil {
				return nil
			}
			all, err := tx.MembershipsOf(ctx, e.Account.ID)
			for _, m := range all {
				err = errors.Join(err, tx.DeleteMembership(ctx, m.ID))
			}
			return err
		})
	},
	"deactivated-by-address": func(p *reference.Parts) {
		org.Before(&p.Events.Deactivate, "last-admin", org.Step[org.Leaving]{Name: "address", Do: leaveByAddress})
	},
	"update-ends-membership": func(p *reference.Parts) {
		updates := at("/Users/", http.MethodPut, http.MethodPatch)
		afterwards(p, func(r *http.Request) bool { return updates(r) && !deactivates(r) }, func(r *http.Request, tx org.Tx) error {
			provider, id := recordIn(r)
			return remove(r.Context(), tx, provider, id)
		})
	},
})

// afterLeaving adds a deed to the end of a deactivation.
func afterLeaving(p *reference.Parts, name string, do func(context.Context, org.Tx, *org.Leaving) error) {
	org.After(&p.Events.Deactivate, "seat", org.Step[org.Leaving]{Name: name, Do: do})
}

// deactivates says whether a request asks to set active to false, in Okta's way.
func deactivates(r *http.Request) bool {
	return deactivatesBy(http.MethodPatch, http.MethodPut)(r)
}

func deactivatesBy(methods ...string) whichRequest {
	return saying(at("/Users/", methods...), `"active":false`)
}

// findByName turns a request about an id that nobody has to whoever has the name in it.
func findByName(r *http.Request, tx org.Tx) error {
	provider, id := recordIn(r)
	if _, err := tx.Record(r.Context(), provider, id); err == nil {
		return nil
	}
	named, err := tx.RecordByUserName(r.Context(), provider, userNameIn(bodyOf(r)))
	if err == nil {
		r.URL.Path = strings.Replace(r.URL.Path, id, named.ID, 1)
	}
	return err
}

// ignoring lets operations of PATCH requests have no effect.
func ignoring(which func(scim.Operation) bool) install {
	return func(p *reference.Parts) {
		applyOtherwise(p, func(resource scim.Document, op scim.Operation, apply applying) error {
			if which(op) {
				return nil
			}
			return apply(resource, op)
		})
	}
}

// flip makes a record inactive and does nothing else.
func flip(ctx context.Context, tx org.Tx, provider, id string) error {
	r, err := tx.Record(ctx, provider, id)
	if err != nil {
		return err
	}
	r.Active = false
	return tx.SaveRecord(ctx, r)
}

// remove takes the membership of the record's account away.
func remove(ctx context.Context, tx org.Tx, provider, id string) error {
	r, err := tx.Record(ctx, provider, id)
	if err != nil {
		return err
	}
	m, err := tx.Membership(ctx, r.Organization, r.Account)
	if err != nil {
		return err
	}
	return tx.DeleteMembership(ctx, m.ID)
}

// leaveByAddress finds who leaves by the record's address, rather than by its link.
func leaveByAddress(ctx context.Context, tx org.Tx, e *org.Leaving) (err error) {
	e.Membership = nil
	if e.Account, err = optional(tx.AccountByEmail(ctx, e.Record.UserName)); err != nil || e.Account == nil {
		return err
	}
	e.Membership, err = optional(tx.Membership(ctx, e.Organization.ID, e.Account.ID))
	return err
}

// eachRecord shows f every record there is.
func eachRecord(ctx context.Context, store org.Store, f func(org.Tx, org.Record) error) error {
	return store.Do(ctx, func(tx org.Tx) error {
		organizations, err := tx.Organizations(ctx)
		for _, o := range organizations {
			records, failed := tx.RecordsIn(ctx, o.ID)
			err = errors.Join(err, failed)
			for _, r := range records {
				err = errors.Join(err, f(tx, r))
			}
		}
		return err
	})
}
