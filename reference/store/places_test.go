package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/reference/store"
	"rollcall.example/reference/store/pgserver"
)

// server is the PostgreSQL server of these tests.
var server pgserver.Shared

// schemas counts those that were made there.
var schemas atomic.Int64

// onEach runs a test on each sort of store, told by what makes a fresh one.
func onEach(t *testing.T, test func(t *testing.T, fresh store.Options)) {
	t.Parallel()
	for name, fresh := range map[string]func(t *testing.T) store.Options{
		"sqlite":     func(*testing.T) store.Options { return store.Options{} },
		"postgresql": onPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// onEachNamed is onEach with a store that others can open too.
func onEachNamed(t *testing.T, test func(t *testing.T, path string)) {
	onEach(t, func(t *testing.T, fresh store.Options) {
		if fresh.Path == "" {
			fresh.Path = filepath.Join(t.TempDir(), "data.db")
		}
		test(t, fresh.Path)
	})
}

// isPostgres says what a path of [onEachNamed] leads to.
func isPostgres(path string) bool { return strings.HasPrefix(path, "postgres://") }

func running(t testing.TB) *pgserver.Server {
	t.Helper()
	s, err := server.Get(context.WithoutCancel(t.Context()))
	switch {
	case errors.Is(err, pgserver.ErrMissing):
		machine.Lacks(t, "postgresql")
	case err != nil:
		t.Fatal(err)
	}
	return s
}

// onPostgres is an empty schema of a PostgreSQL database.
func onPostgres(t *testing.T) store.Options {
	t.Helper()
	address := running(t).URL()
	schema := fmt.Sprint("test", schemas.Add(1))
	raw(t, address, func(db *sql.DB) { run(t, db, "CREATE SCHEMA "+schema) })
	return store.Options{Path: address + "&search_path=" + schema}
}
