//go:build unix

package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
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

// BenchmarkFindRecords asks the same of a short list and of a long one, in turns. What
// it costs, in processor time, must not depend on the length: "x-1k" is the ratio of the
// two.
func BenchmarkFindRecords(b *testing.B) {
	short, long := listOf(b, 1_000), listOf(b, 100_000)
	for _, what := range []string{"userName", "externalId", "id", "first page", "middle page", "last page", "a page of one", "number"} {
		b.Run(what, func(b *testing.B) {
			var inShort, inLong time.Duration
			for b.Loop() {
				inShort += short.ask(b, what)
				inLong += long.ask(b, what)
			}
			b.ReportMetric(float64(inLong.Microseconds())/float64(b.N), "µs-of-100k")
			b.ReportMetric(float64(inLong)/float64(inShort), "x-1k")
		})
	}
}

// longList is a store with so many records of one provider.
type longList struct {
	store *store.Store
	size  int
}

func listOf(b *testing.B, size int) longList {
	b.Helper()
	s := open(b, store.Options{})
	found(b, s)
	fill(b, s, size)
	return longList{s, size}
}

// ask asks for one thing a few times, and says what processor time that took.
func (l longList) ask(b *testing.B, what string) time.Duration {
	b.Helper()
	match, offset, limit := org.RecordMatch{}, 0, 100
	id := fmt.Sprintf("person%06d", l.size*2/3)
	name, external := strings.ToUpper(id)+"@acme.example", "00u"+id
	switch what {
	case "userName":
		match.UserName = &name
	case "externalId":
		match.ExternalID = &external
	case "id":
		match.ID = &id
	case "middle page":
		offset = l.size / 2
	case "last page":
		offset = l.size - 100
	case "a page of one":
		offset, limit = l.size*2/3, 1
	case "number":
		limit = 0
	}
	begun := machine.ProcessorTime(b)
	for range 10 {
		err := l.store.View(b.Context(), func(tx org.Tx) error {
			_, _, err := tx.FindRecords(b.Context(), "okta", match, offset, limit)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return machine.ProcessorTime(b) - begun
}
