package org

import (
	"context"
	"errors"
	"fmt"
)

// Admit lets a SCIM request in, or refuses it: Unauthenticated for a token that
// does not open this base URL, Forbidden where plan, flag or provider do not allow
// SCIM. A Forbidden one is noted in the audit log.
func (s *Service) Admit(ctx context.Context, c Call) (Caller, error) {
	err := s.store.View(ctx, func(tx Tx) error {
		if err := s.findDoor(ctx, tx, &c); err != nil {
			return err
		}
		return run(ctx, tx, s.behaviour.Events.Call, &c)
	})
	caller := Caller{Organization: c.Organization, Provider: c.Provider, Credential: c.Credential}
	if err != nil {
		return Caller{}, s.refused(ctx, caller, Record{}, err)
	}
	return caller, nil
}

// findDoor fills in whose base URL was called.
func (s *Service) findDoor(ctx context.Context, tx Tx, c *Call) (err error) {
	c.Provider, err = tx.Provider(ctx, c.ProviderID)
	if errors.Is(err, ErrNotFound) {
		return badToken()
	}
	if err != nil {
		return err
	}
	c.Organization, err = tx.Organization(ctx, c.Provider.Organization)
	c.Now = s.Now(c.Organization)
	return err
}

// refused notes a refusal that administrators should know of and returns err.
func (s *Service) refused(ctx context.Context, c Caller, r Record, err error) error {
	kind := KindOf(err)
	if kind != Forbidden && kind != Immutable {
		return err
	}
	return noted(err, s.logAlone(ctx, c.event(RequestRefused, r, s.Now(c.Organization), message(err))))
}

// noted is err, together with the failure to note it in the log.
func noted(err, logging error) error {
	if logging != nil {
		return fmt.Errorf("%w (and the audit log could not be written: %w)", err, logging)
	}
	return err
}

// message is the refusal in err without the names of steps around it.
func message(err error) string {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Message
	}
	return err.Error()
}

// CreateRecord makes a tracking record. ID, Organization, Provider, Account,
// Version and the times of wanted are ignored. A record that is created inactive
// for somebody who is a member deactivates them.
func (s *Service) CreateRecord(ctx context.Context, c Caller, wanted Record) (Record, error) {
	e := Provisioning{Caller: c, Wanted: wanted}
	err := s.inCaller(ctx, &e.Caller, func(tx Tx) error {
		e.Now = s.Now(e.Caller.Organization)
		if err := run(ctx, tx, s.behaviour.Events.Provision, &e); err != nil || e.Record.Active {
			return err
		}
		return s.deactivate(ctx, tx, e.Caller, &e.Record)
	})
	if err != nil {
		return Record{}, s.refused(ctx, c, wanted, err)
	}
	return e.Record, nil
}

// inCaller runs f in a writing transaction, with the caller's organization and
// provider as they are now.
func (s *Service) inCaller(ctx context.Context, c *Caller, f func(tx Tx) error) error {
	return s.store.Do(ctx, func(tx Tx) (err error) {
		if c.Organization, err = organization(ctx, tx, c.Organization.ID); err != nil {
			return err
		}
		if c.Provider, err = tx.Provider(ctx, c.Provider.ID); err != nil {
			return err
		}
		return f(tx)
	})
}

// Record returns one record of the caller's provider.
func (s *Service) Record(ctx context.Context, c Caller, id string) (Record, error) {
	var r Record
	err := s.store.View(ctx, func(tx Tx) (err error) {
		r, err = recordByID(ctx, tx, c, id)
		return err
	})
	return r, err
}

func recordByID(ctx context.Context, tx Tx, c Caller, id string) (Record, error) {
	r, err := tx.Record(ctx, c.Provider.ID, id)
	if errors.Is(err, ErrNotFound) {
		return r, refuse(NotFound, "there is no such user")
	}
	return r, err
}

// FindRecords lists the records of the caller's provider that match, in the order
// in which they came, from offset (0-based) and at most limit; and how many match
// in all.
func (s *Service) FindRecords(ctx context.Context, c Caller, match RecordMatch, offset, limit int) ([]Record, int, error) {
	var found []Record
	var total int
	err := s.store.View(ctx, func(tx Tx) (err error) {
		found, total, err = tx.FindRecords(ctx, c.Provider.ID, match, offset, limit)
		return err
	})
	return found, total, err
}

// eachAtOnce is how many records are read at a time where all are visited.
const eachAtOnce = 500

// EachRecord visits the records of the caller's provider that match, in the order of
// their creation, as they were at one moment, and holds few of them at a time. With each
// come the groups that its person is directly in, where the provider offers groups.
func (s *Service) EachRecord(ctx context.Context, c Caller, match RecordMatch, visit func(Record, []Group)) error {
	return s.store.View(ctx, func(tx Tx) error {
		for offset := 0; ; offset += eachAtOnce {
			page, _, err := tx.FindRecords(ctx, c.Provider.ID, match, offset, eachAtOnce)
			if err != nil {
				return err
			}
			held, err := groupsOf(ctx, tx, c, page)
			if err != nil {
				return err
			}
			for _, r := range page {
				visit(r, held[r.ID])
			}
			if len(page) < eachAtOnce {
				return nil
			}
		}
	})
}

func groupsOf(ctx context.Context, tx Tx, c Caller, page []Record) (map[string][]Group, error) {
	if !c.Provider.Groups || len(page) == 0 {
		return nil, nil
	}
	ids := make([]string, len(page))
	for i, r := range page {
		ids[i] = r.ID
	}
	return tx.GroupsWith(ctx, ids)
}

// ChangeRecord gives change a copy of the record and makes what it did to the
// copy true: first the data, then becoming active or inactive. An error of change
// ends it all. What does not belong to the client (id, link, times) is kept.
func (s *Service) ChangeRecord(ctx context.Context, c Caller, id string, change func(*Record) error) (Record, error) {
	caller, result := c, Record{ID: id}
	err := s.inCaller(ctx, &caller, func(tx Tx) error {
		before, err := recordByID(ctx, tx, caller, id)
		if KindOf(err) == NotFound {
			result, err = s.changeNobody(id, err, change)
			return err
		}
		if err != nil {
			return err
		}
		result = before
		result.Emails = append([]Email(nil), before.Emails...)
		result.Attributes = cloneAttributes(before.Attributes)
		if err := change(&result); err != nil {
			return err
		}
		return s.applyChange(ctx, tx, caller, before, &result)
	})
	if err != nil {
		return Record{}, s.refused(ctx, c, result, err)
	}
	return result, nil
}

// changeNobody is a change of a record that is not there: refused, or by another
// rule taken as done when it was a deactivation.
func (s *Service) changeNobody(id string, notFound error, change func(*Record) error) (Record, error) {
	if s.behaviour.Rules.DeactivateWithoutRecord != "noop" {
		return Record{ID: id}, notFound
	}
	nobody := Record{ID: id, Active: true}
	if err := change(&nobody); err != nil {
		return nobody, err
	}
	if nobody.Active {
		return nobody, notFound
	}
	return nobody, nil
}

func (s *Service) applyChange(ctx context.Context, tx Tx, c Caller, before Record, r *Record) error {
	active := r.Active
	r.ID, r.Organization, r.Provider, r.Account = before.ID, before.Organization, before.Provider, before.Account
	r.Version, r.Created, r.Modified, r.Active = before.Version, before.Created, before.Modified, before.Active
	e := Updating{Caller: c, Before: before, After: *r, Now: s.Now(c.Organization)}
	if err := run(ctx, tx, s.behaviour.Events.Update, &e); err != nil {
		return err
	}
	*r = e.After
	// An inactive record that turns out to be a member's, by its new name, takes
	// the membership away as it would have done from the start.
	found := before.Account == "" && r.Account != ""
	switch {
	case active && !before.Active:
		e := Returning{Caller: c, Record: r, Now: s.Now(c.Organization)}
		return run(ctx, tx, s.behaviour.Events.Reactivate, &e)
	case !active && (before.Active || found):
		return s.deactivate(ctx, tx, c, r)
	}
	return nil
}

func (s *Service) deactivate(ctx context.Context, tx Tx, c Caller, r *Record) error {
	e, err := s.leavingOverSCIM(ctx, tx, c, r, "deactivated over SCIM")
	if err != nil {
		return err
	}
	return run(ctx, tx, s.behaviour.Events.Deactivate, &e)
}

func (s *Service) leavingOverSCIM(ctx context.Context, tx Tx, c Caller, r *Record, cause string) (Leaving, error) {
	actor, name := c.actor()
	e := Leaving{
		Organization: c.Organization, Provider: c.Provider, Record: r,
		Actor: actor, ActorName: name, Cause: cause, Now: s.Now(c.Organization),
	}
	if r.Account == "" {
		return e, nil
	}
	return e, e.of(ctx, tx, r.Account)
}

// of fills in the account that leaves and its membership.
func (e *Leaving) of(ctx context.Context, tx Tx, account string) error {
	a, err := tx.Account(ctx, account)
	if err != nil {
		return err
	}
	e.Account = &a
	e.Membership, err = maybe(tx.Membership(ctx, e.Organization.ID, account))
	return err
}

// DeleteRecord deactivates the record and drops it. One that is inactive already
// took its place away then; only the record is left to drop, or, where it only
// suspended its person, their place as well. The conditions are asked within the
// transaction, before anything is done; the error of one ends it all.
func (s *Service) DeleteRecord(ctx context.Context, c Caller, id string, conditions ...func(Record) error) error {
	caller, r := c, Record{ID: id}
	err := s.inCaller(ctx, &caller, func(tx Tx) (err error) {
		if r, err = recordByID(ctx, tx, caller, id); err != nil {
			return err
		}
		for _, holds := range conditions {
			if err := holds(r); err != nil {
				return err
			}
		}
		e, err := s.leavingOverSCIM(ctx, tx, caller, &r, "deleted over SCIM")
		if err != nil {
			return err
		}
		if !r.Active && s.behaviour.Rules.Deactivate != "suspend" {
			e.Account, e.Membership = nil, nil
		}
		return run(ctx, tx, s.behaviour.Events.Delete, &e)
	})
	return s.refused(ctx, c, r, err)
}
