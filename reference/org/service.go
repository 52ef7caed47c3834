package org

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Service is the product. Each of its methods is one transaction; a refusal is
// an [Error] and leaves nothing behind but, where the log should know, its own
// audit event.
type Service struct {
	store     Store
	behaviour *Behaviour
	clock     func() time.Time
}

// New makes the product over a store. The behaviour must not change any more.
// clock tells the real time; each organization may be ahead of it.
func New(store Store, behaviour *Behaviour, clock func() time.Time) *Service {
	return &Service{store: store, behaviour: behaviour, clock: clock}
}

// Now is the time by the organization's own clock.
func (s *Service) Now(o Organization) time.Time { return o.Now(s.clock()) }

// Rules are the decisions that this product was made with.
func (s *Service) Rules() Rules { return s.behaviour.Rules }

// inOrganization runs f in a writing transaction with the organization and its time.
func (s *Service) inOrganization(ctx context.Context, id string, f func(tx Tx, o Organization, now time.Time) error) error {
	return s.store.Do(ctx, func(tx Tx) error {
		o, err := organization(ctx, tx, id)
		if err != nil {
			return err
		}
		return f(tx, o, s.Now(o))
	})
}

// logAlone writes one event in a transaction of its own: what it tells of was
// undone, and only the log remembers.
func (s *Service) logAlone(ctx context.Context, e Event) error {
	return s.store.Do(ctx, func(tx Tx) error { return tx.Audit(ctx, e) })
}

func organization(ctx context.Context, tx Tx, id string) (Organization, error) {
	o, err := tx.Organization(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return o, refuse(NotFound, "there is no such organization")
	}
	return o, err
}

// maybe turns a look-up's [ErrNotFound] into a nil value.
func maybe[T any](value T, err error) (*T, error) {
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &value, nil
}

// newID makes an id that sorts behind those made before (RFC 9562, section 5.7): what is added
// comes at the end of an index by id, in a page that is at hand and is filled to the end.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// newSecret makes 256 random bits, safe in a header, a URL and a cookie.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
