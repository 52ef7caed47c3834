package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// anyKind runs a test on an ephemeral store, which remembers, and on a named file and a
// database, which do not.
func anyKind(t *testing.T, test func(t *testing.T, s *store.Store)) {
	for name, options := range map[string]func(t *testing.T) store.Options{
		"ephemeral":  func(*testing.T) store.Options { return store.Options{} },
		"named":      func(t *testing.T) store.Options { return store.Options{Path: filepath.Join(t.TempDir(), "data.db")} },
		"postgresql": onPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, options(t))
			found(t, s)
			test(t, s)
		})
	}
}

// state reads everything that is remembered, and one thing that is not, which a test
// keeps in step with it.
func state(ctx context.Context, tx org.Tx, recordFirst bool) (string, error) {
	var r org.Record
	var err error
	if recordFirst {
		r, err = tx.Record(ctx, "okta", "han")
	}
	o, failed := tx.Organization(ctx, "acme")
	err = errors.Join(err, failed)
	bySlug, failed := tx.OrganizationBySlug(ctx, "acme")
	err = errors.Join(err, failed)
	p, failed := tx.Provider(ctx, "okta")
	err = errors.Join(err, failed)
	all, failed := tx.Providers(ctx, "acme")
	err = errors.Join(err, failed)
	if !recordFirst {
		r, failed = tx.Record(ctx, "okta", "han")
		err = errors.Join(err, failed)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprint(o.Name, " ", bySlug.Name, " ", p.IdPEntityID, " ", all[0].IdPEntityID, " ", r.DisplayName), nil
}

// steps makes everything that state reads the number n.
func steps(ctx context.Context, tx org.Tx, n int) error {
	o, err := tx.Organization(ctx, "acme")
	if err != nil {
		return err
	}
	o.Name = fmt.Sprint(n)
	p, err := tx.Provider(ctx, "okta")
	if err != nil {
		return err
	}
	p.IdPEntityID = fmt.Sprint(n)
	r, err := tx.Record(ctx, "okta", "han")
	if err != nil {
		return err
	}
	r.DisplayName = fmt.Sprint(n)
	return errors.Join(tx.SaveOrganization(ctx, o), tx.SaveProvider(ctx, p), tx.SaveRecord(ctx, r))
}

// TestOneStateInATransaction has readers look while a writer changes: each of their
// transactions sees one state and no mixture, whatever it asks for first.
func TestOneStateInATransaction(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("han")) })
		do(t, s, func(tx org.Tx) error { return steps(t.Context(), tx, 0) })
		done := make(chan struct{})
		var readers sync.WaitGroup
		for i := range 3 {
			readers.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-done:
						return
					default:
					}
					var before, after string
					err := s.View(t.Context(), func(tx org.Tx) (err error) {
						if before, err = state(t.Context(), tx, (n+i)%2 == 0); err == nil {
							after, err = state(t.Context(), tx, true)
						}
						return err
					})
					var a, b, c, d, e int
					_, parsed := fmt.Sscan(before, &a, &b, &c, &d, &e)
					if err := errors.Join(err, parsed); err != nil || before != after || a != b || a != c || a != d || a != e {
						t.Errorf("saw %q, then %q: %v", before, after, err)
						return
					}
				}
			})
		}
		for n := range 60 {
			do(t, s, func(tx org.Tx) error { return steps(t.Context(), tx, n) })
			var now string
			if err := s.View(t.Context(), func(tx org.Tx) (err error) {
				now, err = state(t.Context(), tx, false)
				return err
			}); err != nil || now != fmt.Sprint(n, " ", n, " ", n, " ", n, " ", n) {
				t.Errorf("after %d: %q, %v", n, now, err)
			}
		}
		close(done)
		readers.Wait()
	})
}

// TestNothingUndoneIsRemembered: what a transaction changed is seen by itself only, and
// by nobody once it was undone.
func TestNothingUndoneIsRemembered(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		ctx, undo := t.Context(), errors.New("undo")
		err := s.Do(ctx, func(tx org.Tx) error {
			for _, name := range []string{"one", "two"} {
				o, err := tx.Organization(ctx, "acme")
				if err != nil {
					return err
				}
				o.Name = name
				if err := tx.SaveOrganization(ctx, o); err != nil {
					return err
				}
				if got, err := tx.OrganizationBySlug(ctx, "acme"); err != nil || got.Name != name {
					t.Errorf("the transaction itself sees %q, %v", got.Name, err)
				}
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		do(t, s, func(tx org.Tx) error {
			got, err := tx.Organization(ctx, "acme")
			if got.Name == "two" || got.Name == "one" {
				t.Errorf("what was undone is seen: %q", got.Name)
			}
			return err
		})
	})
}

// TestWhatIsRememberedIsNobodysToChange: an answer belongs to who asked.
func TestWhatIsRememberedIsNobodysToChange(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		do(t, s, func(tx org.Tx) error {
			o, err := tx.Organization(ctx, "acme")
			o.Flags = []string{"a", "b"}
			p, failed := tx.Provider(ctx, "okta")
			p.IdPCerts = [][]byte{{1}, {2}}
			return errors.Join(err, failed, tx.SaveOrganization(ctx, o), tx.SaveProvider(ctx, p),
				tx.AddTeam(ctx, org.Team{ID: "zealots", Organization: "acme", Slug: "zealots", DefaultRole: org.TeamMember}))
		})
		for range 3 {
			do(t, s, func(tx org.Tx) error {
				o, err := tx.Organization(ctx, "acme")
				bySlug, failed := tx.OrganizationBySlug(ctx, "acme")
				err = errors.Join(err, failed)
				p, failed := tx.Provider(ctx, "okta")
				err = errors.Join(err, failed)
				all, failed := tx.Providers(ctx, "acme")
				err = errors.Join(err, failed)
				teams, failed := tx.Teams(ctx, "acme")
				if err := errors.Join(err, failed); err != nil {
					return err
				}
				got := fmt.Sprint(o.Flags, bySlug.Flags, p.IdPCerts, all[0].IdPCerts, len(all), teams[len(teams)-1].Slug)
				if want := fmt.Sprint([]string{"a", "b"}, []string{"a", "b"}, [][]byte{{1}, {2}}, [][]byte{{1}, {2}}, len(all), "zealots"); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				o.Flags[0], bySlug.Flags[1], p.IdPCerts[0], all[0].IdPCerts[1] = "x", "y", nil, nil
				slices.Reverse(all)
				teams[len(teams)-1].Slug = "spoilt"
				return nil
			})
		}
	})
}

// TestEndedIsEnded: what is remembered is told to nobody whose transaction is over or
// whose patience has ended.
func TestEndedIsEnded(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		var kept org.Tx
		err := s.View(t.Context(), func(tx org.Tx) error {
			kept = tx
			if _, err := tx.Organization(ctx, "acme"); err != nil {
				t.Error(err)
			}
			cancel()
			_, err := tx.Organization(ctx, "acme")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after the end of the context: %v", err)
		}
		if _, err := kept.Organization(t.Context(), "acme"); err == nil {
			t.Error("a transaction that is over still answers")
		}
	})
}
