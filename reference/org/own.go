package org

import (
	"context"
	"slices"
	"time"
)

// Belongings are what somebody has in an organization beside the place that is in
// their [Visitor]. What has ended is not among them.
type Belongings struct {
	RoleGiven *Event // what gave them their role; nil when the log does not tell
	Records   []Record
	Seat      *Seat
	Sessions  []Session // the newest first
	Tokens    []Token   // the newest first
	Providers []Provider
}

// Belongings lists what the visitor has in the organization.
func (s *Service) Belongings(ctx context.Context, v Visitor) (Belongings, error) {
	var b Belongings
	err := s.store.View(ctx, func(tx Tx) error {
		return b.read(ctx, tx, v, s.Now(v.Organization))
	})
	return b, err
}

func (b *Belongings) read(ctx context.Context, tx Tx, v Visitor, now time.Time) (err error) {
	o, a := v.Organization.ID, v.Account.ID
	if b.RoleGiven, err = maybe(tx.LastEvent(ctx, o, a, MemberCreated, MemberUpdated)); err != nil {
		return err
	}
	if b.Records, err = tx.RecordsOf(ctx, o, a); err != nil {
		return err
	}
	if b.Seat, err = maybe(tx.OpenSeat(ctx, o, a)); err != nil {
		return err
	}
	if b.Sessions, err = tx.Sessions(ctx, o, a); err != nil {
		return err
	}
	if b.Tokens, err = tx.Tokens(ctx, o, a); err != nil {
		return err
	}
	b.Sessions = slices.DeleteFunc(b.Sessions, func(s Session) bool { return !s.Live(now) })
	b.Tokens = slices.DeleteFunc(b.Tokens, func(t Token) bool { return !t.Live() })
	slices.Reverse(b.Sessions)
	slices.Reverse(b.Tokens)
	b.Providers, err = tx.Providers(ctx, o)
	return err
}
