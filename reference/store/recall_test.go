package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// anyKind runs a test on an ephemeral store, which is of one process, and on a named file
// and a database, which others may change.
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
	c, failed := tx.CredentialByToken(ctx, "token")
	err = errors.Join(err, failed)
	if !recordFirst {
		r, failed = tx.Record(ctx, "okta", "han")
		err = errors.Join(err, failed)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprint(o.Name, " ", bySlug.Name, " ", p.IdPEntityID, " ", all[0].IdPEntityID, " ", c.Expires.Unix(), " ", r.DisplayName), nil
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
	c := org.Credential{ID: "c", Provider: "okta", Token: "token", Created: noon, Expires: time.Unix(int64(n), 0)}
	return errors.Join(tx.SaveOrganization(ctx, o), tx.SaveProvider(ctx, p), tx.SaveCredential(ctx, c), tx.SaveRecord(ctx, r))
}

// begun adds what [steps] changes.
func begun(t *testing.T, s *store.Store) {
	t.Helper()
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(t.Context(), record("han")) },
			func() error {
				return tx.AddCredential(t.Context(), org.Credential{ID: "c", Provider: "okta", Token: "token", Created: noon})
			},
			func() error { return steps(t.Context(), tx, 0) },
		)
	})
}

// TestOneStateInATransaction has readers look while a writer changes: each of their
// transactions sees one state and no mixture, whatever it asks for first.
func TestOneStateInATransaction(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		begun(t, s)
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
					if numbers := strings.Fields(before); err != nil || before != after || len(slices.Compact(numbers)) != 1 {
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
			}); err != nil || now != fmt.Sprint(n, " ", n, " ", n, " ", n, " ", n, " ", n) {
				t.Errorf("after %d: %q, %v", n, now, err)
			}
		}
		close(done)
		readers.Wait()
	})
}

// TestNoMixtureOfTwoStates has something change between what a reader is told from memory
// and what it asks the database for.
func TestNoMixtureOfTwoStates(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		begun(t, s)
		for n := 1; n < 4; n++ {
			if err := s.View(t.Context(), func(tx org.Tx) error { _, err := state(t.Context(), tx, false); return err }); err != nil {
				t.Fatal(err)
			}
			unmixed(t, s, s, n)
		}
	})
}

// unmixed has a transaction read one thing before and one after another one, of the same
// process or of a second, changes both from n-1 to n: it sees the one state or the other.
func unmixed(t *testing.T, reads, changes *store.Store, n int) {
	t.Helper()
	var seen string
	changed := false
	err := reads.View(t.Context(), func(tx org.Tx) error {
		c, err := tx.CredentialByToken(t.Context(), "token")
		if err != nil {
			return err
		}
		if !changed {
			do(t, changes, func(tx org.Tx) error { return steps(t.Context(), tx, n) })
		}
		changed = true
		r, err := tx.Record(t.Context(), "okta", "han")
		seen = fmt.Sprint(c.Expires.Unix(), " ", r.DisplayName)
		return err
	})
	if err != nil || seen != fmt.Sprint(n, " ", n) && seen != fmt.Sprint(n-1, " ", n-1) {
		t.Errorf("changing to %d: saw %q, %v", n, seen, err)
	}
}

// TestNoCredentialOutlivesItself: a token opens nothing once its credential is deleted or
// has another.
func TestNoCredentialOutlivesItself(t *testing.T) {
	t.Parallel()
	anyKind(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		opens := func(token string) bool {
			err := s.View(ctx, func(tx org.Tx) error { _, err := tx.CredentialByToken(ctx, token); return err })
			if err != nil && !errors.Is(err, org.ErrNotFound) {
				t.Error(err)
			}
			return err == nil
		}
		for _, step := range []struct {
			deed     func(org.Tx) error
			one, two bool
		}{
			{func(org.Tx) error { return nil }, false, false},
			{func(tx org.Tx) error {
				return tx.AddCredential(ctx, org.Credential{ID: "c", Provider: "okta", Token: "one"})
			}, true, false},
			{func(tx org.Tx) error {
				return tx.SaveCredential(ctx, org.Credential{ID: "c", Provider: "okta", Token: "two"})
			}, false, true},
			{func(tx org.Tx) error { return tx.DeleteCredential(ctx, "c") }, false, false},
		} {
			do(t, s, step.deed)
			for range 2 {
				if one, two := opens("one"), opens("two"); one != step.one || two != step.two {
					t.Errorf("the tokens open: %v, %v, want %v, %v", one, two, step.one, step.two)
				}
			}
		}
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

// TestOthersChangeWhatIsRemembered: what another process, or somebody by hand, changes is
// seen at once.
func TestOthersChangeWhatIsRemembered(t *testing.T) {
	onEachNamed(t, func(t *testing.T, path string) {
		one := open(t, store.Options{Path: path})
		found(t, one)
		begun(t, one)
		two := open(t, store.Options{Path: path})
		expect := func(n int) {
			t.Helper()
			for _, s := range []*store.Store{one, two, one} {
				for i, in := range []func(context.Context, func(org.Tx) error) error{s.View, s.Do, s.View} {
					var seen string
					err := in(t.Context(), func(tx org.Tx) (err error) {
						seen, err = state(t.Context(), tx, i == 2)
						return err
					})
					if err != nil || seen != fmt.Sprint(n, " ", n, " ", n, " ", n, " ", n, " ", n) {
						t.Errorf("after %d: %q, %v", n, seen, err)
					}
				}
			}
		}
		expect(0)
		for n := 1; n < 4; n++ {
			do(t, []*store.Store{one, two}[n%2], func(tx org.Tx) error { return steps(t.Context(), tx, n) })
			expect(n)
		}
		raw(t, path, func(db *sql.DB) {
			run(t, db, "UPDATE organizations SET name = '9'", "UPDATE providers SET idp_entity_id = '9'",
				"UPDATE credentials SET expires = 9000000", "UPDATE records SET display_name = '9'")
		})
		expect(9)
		raw(t, path, func(db *sql.DB) { run(t, db, "DELETE FROM credentials") })
		for _, s := range []*store.Store{one, two} {
			err := s.View(t.Context(), func(tx org.Tx) error { _, err := tx.CredentialByToken(t.Context(), "token"); return err })
			if !errors.Is(err, org.ErrNotFound) {
				t.Errorf("a token that was taken away: %v", err)
			}
		}
	})
}

// TestAToldStateIsNotMixed: a reader that was told of one state, from memory, does not go
// on in another that a second process made in the meantime.
func TestAToldStateIsNotMixed(t *testing.T) {
	onEachNamed(t, func(t *testing.T, path string) {
		one := open(t, store.Options{Path: path})
		found(t, one)
		begun(t, one)
		two := open(t, store.Options{Path: path})
		for n := 1; n < 4; n++ {
			unmixed(t, one, two, n)
		}
	})
}
