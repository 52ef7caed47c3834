package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// noon is a moment with all the digits that a store keeps.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 123456000, time.UTC)

func open(t testing.TB, options store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func do(t testing.TB, s *store.Store, f func(org.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// all runs the deeds in turn until one fails.
func all(deeds ...func() error) error {
	for _, deed := range deeds {
		if err := deed(); err != nil {
			return err
		}
	}
	return nil
}

// found is a small world: what people belong to.
func found(t testing.TB, s *store.Store) {
	t.Helper()
	do(t, s, func(tx org.Tx) error {
		ctx := t.Context()
		return all(
			func() error {
				return tx.AddOrganization(ctx, org.Organization{ID: "acme", Slug: "acme", Plan: org.Enterprise, Created: noon})
			},
			func() error {
				return tx.AddOrganization(ctx, org.Organization{ID: "globex", Slug: "globex", Plan: org.Pro, Created: noon})
			},
			func() error {
				return tx.AddProvider(ctx, org.Provider{ID: "okta", Organization: "acme", Kind: org.Okta, State: org.Enabled, Created: noon})
			},
			func() error {
				return tx.AddProvider(ctx, org.Provider{ID: "other", Organization: "acme", Kind: org.CustomSAML, State: org.Created, Created: noon})
			},
			func() error { return tx.AddAccount(ctx, account("han")) },
			func() error { return tx.AddAccount(ctx, account("leia")) },
			func() error {
				return tx.AddTeam(ctx, org.Team{ID: "pilots", Organization: "acme", Slug: "pilots", DefaultRole: org.TeamMember})
			},
		)
	})
}

func account(name string) org.Account {
	return org.Account{ID: name, Email: name + "@acme.example", Name: name, Created: noon}
}

func record(name string) org.Record {
	return org.Record{ID: name, Organization: "acme", Provider: "okta", UserName: name + "@acme.example",
		Active: true, Version: 1, Created: noon, Modified: noon}
}

func TestCommittedWorkStaysAndUndoneWorkDoesNot(t *testing.T) {
	onEach(t, testCommittedWorkStaysAndUndoneWorkDoesNot)
}

func testCommittedWorkStaysAndUndoneWorkDoesNot(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	broken := errors.New("broken half-way")

	err := s.Do(t.Context(), func(tx org.Tx) error {
		if err := tx.AddRecord(t.Context(), record("undone")); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v, want the error of the function", err)
	}
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("kept")) })

	expectRecords(t, s, "kept")
}

// expectRecords checks which records there are, by id.
func expectRecords(t testing.TB, s *store.Store, ids ...string) {
	t.Helper()
	var got []string
	err := s.View(context.WithoutCancel(t.Context()), func(tx org.Tx) error {
		records, err := tx.RecordsIn(context.WithoutCancel(t.Context()), "acme")
		for _, r := range records {
			got = append(got, r.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(ids) {
		t.Errorf("records: got %v, want %v", got, ids)
	}
}

func TestCancellationUndoes(t *testing.T) { onEach(t, testCancellationUndoes) }

func testCancellationUndoes(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	for name, cancelAt := range map[string]string{"between statements": "middle", "before commit": "end"} {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Do(ctx, func(tx org.Tx) error {
			if err := tx.AddRecord(ctx, record("one")); err != nil {
				return err
			}
			if cancelAt == "middle" {
				cancel()
			}
			if err := tx.AddRecord(ctx, record("two")); err != nil {
				return err
			}
			cancel()
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", name, err)
		}
		expectRecords(t, s)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, transact := range map[string]func(context.Context, func(org.Tx) error) error{"Do": s.Do, "View": s.View} {
		if err := transact(ctx, func(org.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: got %v", name, err)
		}
	}
}

func TestStatementAfterCancellationDoesNotOutliveTheTransaction(t *testing.T) {
	onEach(t, testStatementAfterCancellationDoesNotOutliveTheTransaction)
}

func testStatementAfterCancellationDoesNotOutliveTheTransaction(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Do(ctx, func(tx org.Tx) error {
		cancel()
		// A step that brings a context of its own must not write past the end.
		return tx.AddRecord(t.Context(), record("stray"))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	expectRecords(t, s)
}

func TestPanicUndoesAndGoesOn(t *testing.T) { onEach(t, testPanicUndoesAndGoesOn) }

func testPanicUndoesAndGoesOn(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	func() {
		defer func() {
			if got := recover(); got != "out of order" {
				t.Errorf("recovered %v, want the panic of the function", got)
			}
		}()
		_ = s.Do(t.Context(), func(tx org.Tx) error {
			if err := tx.AddRecord(t.Context(), record("undone")); err != nil {
				return err
			}
			panic("out of order")
		})
	}()
	expectRecords(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("after")) })
	expectRecords(t, s, "after")
}

func TestTransactionIsOverWhenDoReturns(t *testing.T) { onEach(t, testTransactionIsOverWhenDoReturns) }

func testTransactionIsOverWhenDoReturns(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	var kept org.Tx
	do(t, s, func(tx org.Tx) error { kept = tx; return nil })
	if err := kept.AddRecord(t.Context(), record("late")); err == nil {
		t.Error("a transaction that is over wrote something")
	}
	if _, err := kept.Account(t.Context(), "han"); err == nil || errors.Is(err, org.ErrNotFound) {
		t.Errorf("a transaction that is over answered: %v", err)
	}
	expectRecords(t, s)
}

func TestViewRefusesToWrite(t *testing.T) { onEach(t, testViewRefusesToWrite) }

func testViewRefusesToWrite(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	err := s.View(t.Context(), func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("smuggled")) })
	if err == nil {
		t.Error("a transaction that only reads wrote something")
	}
	expectRecords(t, s)
}

func TestViewStaysOnOneState(t *testing.T) { onEach(t, testViewStaysOnOneState) }

func testViewStaysOnOneState(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	err := s.View(t.Context(), func(tx org.Tx) error {
		before, err := tx.RecordsIn(t.Context(), "acme")
		if err != nil {
			return err
		}
		do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("meanwhile")) })
		after, err := tx.RecordsIn(t.Context(), "acme")
		if len(before) != 0 || len(after) != 0 {
			t.Errorf("saw %d records, then %d", len(before), len(after))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	expectRecords(t, s, "meanwhile")
}

func TestManyWritersAndReaders(t *testing.T) { onEach(t, testManyWritersAndReaders) }

func testManyWritersAndReaders(t *testing.T, fresh store.Options) {
	const writers, each = 16, 50
	if fresh.Path == "" {
		fresh.Path = filepath.Join(t.TempDir(), "data.db")
	}
	s := open(t, fresh)
	found(t, s)
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for i := range each {
				err := s.Do(t.Context(), func(tx org.Tx) error {
					return tx.AddRecord(t.Context(), record(fmt.Sprintf("w%d-%d", w, i)))
				})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				err = s.View(t.Context(), func(tx org.Tx) error {
					_, err := tx.Record(t.Context(), "okta", fmt.Sprintf("w%d-%d", w, i))
					return err
				})
				if err != nil {
					t.Errorf("reader %d does not see what it wrote: %v", w, err)
					return
				}
			}
		})
	}
	wait.Wait()
	if err := s.View(t.Context(), func(tx org.Tx) error {
		_, total, err := tx.FindRecords(t.Context(), "okta", org.RecordMatch{}, 0, 0)
		if total != writers*each {
			t.Errorf("%d records, want %d", total, writers*each)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsReadInDoStaysTrue(t *testing.T) { onEach(t, testWhatIsReadInDoStaysTrue) }

func testWhatIsReadInDoStaysTrue(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("counter")) })
	const writers, each = 8, 25
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for range each {
				do(t, s, func(tx org.Tx) error {
					r, err := tx.Record(t.Context(), "okta", "counter")
					if err != nil {
						return err
					}
					r.Version++
					return tx.SaveRecord(t.Context(), r)
				})
			}
		})
	}
	wait.Wait()
	do(t, s, func(tx org.Tx) error {
		r, err := tx.Record(t.Context(), "okta", "counter")
		if r.Version != 1+writers*each {
			t.Errorf("version %d, want %d: an update was lost", r.Version, 1+writers*each)
		}
		return err
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "data.db")
	s := open(t, store.Options{Path: path})
	found(t, s)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Do(t.Context(), func(org.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed store answered %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != "data.db" {
		t.Errorf("left behind: %v", entries)
	}
}

func TestNamedFileRemembers(t *testing.T) {
	t.Parallel()
	// Characters that mean something in a URI are ordinary in a path.
	path := filepath.Join(t.TempDir(), "data 100%? #1 ünï.db")
	s := open(t, store.Options{Path: path})
	found(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("han")) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	expectRecords(t, open(t, store.Options{Path: path}), "han")
}

func TestEphemeralStoresAreApartAndLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	one, other := open(t, store.Options{}), open(t, store.Options{})
	found(t, one)
	if err := other.View(t.Context(), func(tx org.Tx) error {
		organizations, err := tx.Organizations(t.Context())
		if len(organizations) != 0 {
			t.Errorf("one store sees what the other holds: %v", organizations)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*store.Store{one, other} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
