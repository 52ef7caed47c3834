package store_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
	"rollcall.example/reference/store/pgserver"
)

// tablesOf lists the tables of the schema that an address leads to.
func tablesOf(t *testing.T, address string) string {
	t.Helper()
	var names string
	raw(t, address, func(db *sql.DB) {
		err := db.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(tablename, ' ' ORDER BY tablename), '') FROM pg_tables WHERE schemaname = current_schema()").Scan(&names)
		if err != nil {
			t.Fatal(err)
		}
	})
	return names
}

func TestDatabaseThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	server := running(t)
	with := func(statements ...string) string {
		address := onPostgres(t).Path
		raw(t, address, func(db *sql.DB) { run(t, db, statements...) })
		return address
	}
	newer := onPostgres(t).Path
	if err := open(t, store.Options{Path: newer}).Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, newer, func(db *sql.DB) {
		run(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	})
	const secret = "pass-wort"
	for name, test := range map[string]struct {
		address string
		want    error
		says    string
	}{
		"a port that is none":        {"postgres://han:" + secret + "@localhost:port/db", store.ErrNotAddress, "postgres://user@host"},
		"a password not escaped":     {"postgres://han:" + secret + "/%zz@localhost/db", store.ErrNotAddress, "%2F"},
		"a wrong password":           {server.URLOf(pgserver.Guarded, secret), store.ErrDenied, "password"},
		"no password":                {server.URLOf(pgserver.Guarded, ""), store.ErrDenied, "password"},
		"no such socket":             {"postgres://han:" + secret + "@/db?host=/nowhere", store.ErrUnreachable, "no such file"},
		"nobody listens":             {"postgres://han:" + secret + "@127.0.0.1:1/db", store.ErrUnreachable, "refused"},
		"no such database":           {strings.Replace(server.URL(), "/postgres?", "/nothing?", 1), store.ErrUnusable, "createdb"},
		"no such schema":             {server.URL() + "&search_path=nothing", store.ErrUnusable, "search_path"},
		"a schema of somebody else":  {with("CREATE TABLE notes (text TEXT)"), store.ErrUnusable, "another program"},
		"another program's versions": {with("CREATE TABLE goose_db_version (version_id INTEGER)", "CREATE TABLE notes (text TEXT)"), store.ErrUnusable, "another program"},
		"a newer version":            {newer, store.ErrNewerVersion, "99"},
		"no right to make tables":    {server.URLOf(pgserver.Guarded, pgserver.Password), store.ErrDenied, "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reachable := errors.Is(test.want, store.ErrUnusable) || errors.Is(test.want, store.ErrNewerVersion)
			before := ""
			if reachable && name != "no such database" {
				before = tablesOf(t, test.address)
			}
			s, err := store.Open(t.Context(), store.Options{Path: test.address})
			if err == nil {
				_ = s.Close()
				t.Fatal("it opened")
			}
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %q, want %q with %q", err, test.want, test.says)
			}
			if said := err.Error(); strings.Contains(said, "\n") || strings.Contains(said, secret) || strings.Contains(said, pgserver.Password) {
				t.Errorf("more than one line, or a secret: %q", said)
			}
			if reachable && name != "no such database" {
				if after := tablesOf(t, test.address); after != before {
					t.Errorf("the schema was touched: %s before, %s after", before, after)
				}
			}
		})
	}
}

func TestScratchSchemaGoes(t *testing.T) {
	t.Parallel()
	address := running(t).URL()
	own := func() (names string) {
		raw(t, address, func(db *sql.DB) {
			err := db.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(nspname, ' '), '') FROM pg_namespace WHERE nspname LIKE 'rollcall%'").Scan(&names)
			if err != nil {
				t.Fatal(err)
			}
		})
		return names
	}
	one := open(t, store.Options{Path: address, Scratch: true})
	found(t, one)
	first := own()
	other := open(t, store.Options{Path: address, Scratch: true})
	found(t, other)
	if both := strings.Fields(own()); first == "" || len(both) != 2 {
		t.Errorf("one store has the schema %s, two have %v", first, both)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if left := own(); left == "" || strings.Contains(left, first) {
		t.Errorf("%s was one's own, and %s is left behind", first, left)
	}
	do(t, other, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("han")) })
}

// TestServerEndsConnections: connections that ended while nobody used them, as when the
// server is started again, are replaced; a transaction in which one ends is undone.
func TestServerEndsConnections(t *testing.T) {
	t.Parallel()
	address := onPostgres(t).Path
	s := open(t, store.Options{Path: address})
	found(t, s)
	cut := func() {
		raw(t, address, func(db *sql.DB) {
			run(t, db, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
				WHERE pid <> pg_backend_pid() AND application_name = 'cut-me'`)
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, store.Options{Path: address + "&application_name=cut-me"})
	expectRecords(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("before")) })
	cut()
	expectRecords(t, s, "before")
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("after")) })
	err := s.Do(t.Context(), func(tx org.Tx) error {
		if err := tx.AddRecord(t.Context(), record("undone")); err != nil {
			return err
		}
		cut()
		_, _ = tx.Record(t.Context(), "okta", "undone")
		return nil
	})
	if err == nil {
		t.Error("a transaction was kept whose connection had ended")
	}
	same(t, s, "what is there", 2, func(ctx context.Context, tx org.Tx) (int, error) {
		_, total, err := tx.FindRecords(ctx, "okta", org.RecordMatch{}, 0, 0)
		return total, err
	})
}

// TestOrderIsThatOfBytes: PostgreSQL sorts as SQLite does, in whatever language its
// database is.
func TestOrderIsThatOfBytes(t *testing.T) {
	t.Parallel()
	address := onPostgres(t).Path
	open(t, store.Options{Path: address})
	raw(t, address, func(db *sql.DB) {
		var texts, other int
		err := db.QueryRowContext(t.Context(), `SELECT count(*), count(*) FILTER (WHERE collation_name IS DISTINCT FROM 'C')
			FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text'`).Scan(&texts, &other)
		if err != nil || texts < 50 || other > 0 {
			t.Errorf("%d of %d columns of text are sorted otherwise, %v", other, texts, err)
		}
	})
}
