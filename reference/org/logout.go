package org

import (
	"context"
	"errors"
	"time"
)

// LogoutLifetime is how long the answer to a logout request of ours is waited for.
const LogoutLifetime = 10 * time.Minute

// Part ends the sessions that a logout request of the provider's identity provider
// names, and says how many. The request is still to be held against what is remembered,
// in the same transaction, so that of two that are the same one is used; that is for
// believe to do. It returns nil where the message asks for nothing: an answer to a
// request of ours. An error of it is returned as it is.
func (s *Service) Part(ctx context.Context, p Provider, believe func(context.Context, *Memory) (*Departure, error)) (int, error) {
	e := Parting{Provider: p}
	var memory Memory
	var unbelieved error
	err := s.inOrganization(ctx, p.Organization, func(tx Tx, o Organization, now time.Time) error {
		memory.tx = tx
		departure, err := believe(ctx, &memory)
		if err != nil || departure == nil {
			unbelieved = err
			return nil //nolint:nilerr // what was noted until then stays
		}
		e.Organization, e.Now, e.Departure = o, now, *departure
		return run(ctx, tx, s.behaviour.Events.SingleLogout, &e)
	})
	if unbelieved != nil {
		return 0, unbelieved
	}
	return len(e.Sessions), err
}

// BeginLogout notes that a logout request went out through a provider of the
// organization.
func (s *Service) BeginLogout(ctx context.Context, o Organization, providerID, requestID string) error {
	return s.store.Do(ctx, func(tx Tx) error {
		return tx.AddLogout(ctx, providerID, requestID, s.Now(o).Add(LogoutLifetime))
	})
}

// DenyLogout notes in the audit log a logout message that was refused, and why.
func (s *Service) DenyLogout(ctx context.Context, p Provider, cause string) error {
	return s.inOrganization(ctx, p.Organization, func(tx Tx, o Organization, now time.Time) error {
		return tx.Audit(ctx, Event{
			Organization: o.ID, At: now, Action: LogoutDenied, Actor: BySSO, ActorName: p.ID, Provider: p.ID, Cause: cause,
		})
	})
}

// OwnKey returns the product's own key with the name. One that is not there yet is made,
// once for all processes on the same store.
func (s *Service) OwnKey(ctx context.Context, name string, generate func() ([]byte, error)) (OwnKey, error) {
	var k OwnKey
	err := s.store.View(ctx, func(tx Tx) (err error) {
		k, err = tx.OwnKey(ctx, name)
		return err
	})
	if !errors.Is(err, ErrNotFound) {
		return k, err
	}
	private, err := generate() // takes long, so outside of any transaction
	if err != nil {
		return k, err
	}
	err = s.store.Do(ctx, func(tx Tx) error {
		found, err := tx.OwnKey(ctx, name)
		if errors.Is(err, ErrNotFound) {
			k = OwnKey{Name: name, Private: private, Created: s.clock()}
			return tx.AddOwnKey(ctx, k)
		}
		k = found
		return err
	})
	return k, err
}
