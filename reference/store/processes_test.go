//go:build unix

package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func TestProcessesShareAPlace(t *testing.T) { onEachNamed(t, testProcessesShareAPlace) }

func testProcessesShareAPlace(t *testing.T, path string) {
	s := open(t, store.Options{Path: path})
	found(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("shared")) })
	children := []*child{start(t, "write", path), start(t, "write", path)}
	for range writes {
		do(t, s, func(tx org.Tx) error { return countUp(t.Context(), tx) })
	}
	for _, c := range children {
		c.finish()
	}
	same(t, s, "the number of changes to the shared record", 1+3*writes, func(ctx context.Context, tx org.Tx) (int, error) {
		r, err := tx.Record(ctx, "okta", "shared")
		return r.Version, err
	})
	same(t, s, "the number of records", 1+2*writes, func(ctx context.Context, tx org.Tx) (int, error) {
		_, total, err := tx.FindRecords(ctx, "okta", org.RecordMatch{}, 0, 0)
		return total, err
	})
}

func TestProcessesMakeAPlaceTogether(t *testing.T) { onEachNamed(t, testProcessesMakeAPlaceTogether) }

func testProcessesMakeAPlaceTogether(t *testing.T, path string) {
	// Nobody founded what they write to, so each ends with an error; but it is that
	// one, and the file is whole.
	children := []*child{start(t, "write", path), start(t, "write", path), start(t, "write", path)}
	for _, c := range children {
		if err := c.cmd.Wait(); err == nil {
			t.Error("a record was added to no organization")
		} else if got := c.stderr.String(); !strings.HasPrefix(got, "store: add a record: ") || !strings.Contains(strings.ToLower(got), "foreign key") {
			t.Errorf("the child failed otherwise: %s", got)
		}
	}
	found(t, open(t, store.Options{Path: path}))
}

func TestLockedPlaceIsRefused(t *testing.T) { onEachNamed(t, testLockedPlaceIsRefused) }

func testLockedPlaceIsRefused(t *testing.T, path string) {
	found(t, open(t, store.Options{Path: path}))
	holder := start(t, "hold", path)
	holder.expect("locked")
	_, err := store.Open(t.Context(), store.Options{Path: path})
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("got %v, want %v", err, store.ErrLocked)
	}
	holder.finish()
	s := open(t, store.Options{Path: path})
	same(t, s, "what was there", account("han"), func(ctx context.Context, tx org.Tx) (org.Account, error) {
		return tx.Account(ctx, "han")
	})
}
