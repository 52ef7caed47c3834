package store_test

import (
	"fmt"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func BenchmarkOpenEphemeral(b *testing.B) {
	for b.Loop() {
		s, err := store.Open(b.Context(), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignIn is what a first sign-in asks of the store: the look-ups, then
// account, membership, seat, session and five audit rows.
func BenchmarkSignIn(b *testing.B) {
	s := open(b, store.Options{})
	found(b, s)
	ctx := b.Context()
	n := 0
	for b.Loop() {
		n++
		id := fmt.Sprint("person", n)
		do(b, s, func(tx org.Tx) error {
			if _, err := tx.Provider(ctx, "okta"); err != nil {
				return err
			}
			for _, lookUp := range []func() error{
				func() error { _, err := tx.AccountByNameID(ctx, "okta", id); return err },
				func() error { _, err := tx.AccountByEmail(ctx, id); return err },
				func() error { _, err := tx.RecordByUserName(ctx, "okta", id); return err },
				func() error { _, err := tx.Membership(ctx, "acme", id); return err },
			} {
				if err := lookUp(); org.KindOf(err) != org.NotFound {
					return fmt.Errorf("found somebody who is not there: %w", err)
				}
			}
			return all(
				func() error { return tx.AddAccount(ctx, account(id)) },
				func() error { return tx.LinkNameID(ctx, "okta", id, id) },
				func() error {
					return tx.AddMembership(ctx, org.Membership{ID: id, Organization: "acme", Account: id, Role: org.Member, Created: noon})
				},
				func() error {
					return tx.AddSeat(ctx, org.Seat{ID: id, Organization: "acme", Account: id, Started: noon, Cause: "first sign-in"})
				},
				func() error {
					return tx.AddSession(ctx, org.Session{ID: id, Organization: "acme", Account: id, Provider: "okta", Started: noon, Expires: noon}, id)
				},
				func() error {
					for range 5 {
						if err := tx.Audit(ctx, org.Event{Organization: "acme", At: noon, Action: org.SeatStarted, Actor: org.BySSO, Subject: id}); err != nil {
							return err
						}
					}
					return nil
				},
			)
		})
	}
}

func BenchmarkFindRecords(b *testing.B) {
	for _, size := range []int{1_000, 20_000} {
		s := open(b, store.Options{})
		found(b, s)
		do(b, s, func(tx org.Tx) error {
			for i := range size {
				r := record(fmt.Sprintf("person%06d", i))
				r.ExternalID = "00u" + r.ID
				if err := tx.AddRecord(b.Context(), r); err != nil {
					return err
				}
			}
			return nil
		})
		name, external := fmt.Sprintf("PERSON%06d@acme.example", size-1), fmt.Sprintf("00uperson%06d", size-1)
		for what, ask := range map[string]struct {
			match  org.RecordMatch
			offset int
		}{
			"userName":   {match: org.RecordMatch{UserName: &name}},
			"externalId": {match: org.RecordMatch{ExternalID: &external}},
			"first page": {},
			"last page":  {offset: size - 100},
		} {
			b.Run(fmt.Sprintf("%s of %d", what, size), func(b *testing.B) {
				for b.Loop() {
					err := s.View(b.Context(), func(tx org.Tx) error {
						_, _, err := tx.FindRecords(b.Context(), "okta", ask.match, ask.offset, 100)
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
