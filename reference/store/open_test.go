package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// contents are all files of a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			files[entry.Name()] = "a directory"
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

// refused fails unless Open refuses path in one clear line that names it, and leaves
// its directory as it was.
func refused(t *testing.T, path string, want error) {
	t.Helper()
	before := contents(t, filepath.Dir(path))
	s, err := store.Open(t.Context(), store.Options{Path: path})
	if err == nil {
		_ = s.Close()
		t.Fatalf("opened %s", filepath.Base(path))
	}
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
		t.Errorf("not one line that names the file: %q", err)
	}
	after := contents(t, filepath.Dir(path))
	if !maps.Equal(before, after) {
		t.Errorf("the directory was touched: %v before, %v after",
			slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
	}
}

// made is a data file that was made and closed.
func made(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.db")
	s := open(t, store.Options{Path: path})
	found(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// raw gives the data file, or the database, to f as any program may open it.
func raw(t *testing.T, path string, f func(db *sql.DB)) {
	t.Helper()
	driver := "sqlite"
	if isPostgres(path) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, path)
	if err != nil {
		t.Fatal(err)
	}
	f(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

const fromTheFuture = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"

func TestNewerVersionIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	path := made(t)
	raw(t, path, func(db *sql.DB) { run(t, db, fromTheFuture) })
	refused(t, path, store.ErrNewerVersion)
}

// TestNewerVersionIsSeenInTheLog has a newer program killed before what it wrote
// reached the file itself: the version stands in the write-ahead log only.
func TestNewerVersionIsSeenInTheLog(t *testing.T) {
	t.Parallel()
	path := made(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "data.db")
	raw(t, path, func(db *sql.DB) {
		run(t, db, "PRAGMA wal_autocheckpoint = 0", fromTheFuture)
		for _, suffix := range []string{"", "-wal", "-shm"} {
			content, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if suffix == "" && !bytes.Equal(content, before) {
				t.Fatal("the version reached the file itself: this test shows nothing")
			}
			if err := os.WriteFile(killed+suffix, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	_, err = store.Open(t.Context(), store.Options{Path: killed})
	if !errors.Is(err, store.ErrNewerVersion) {
		t.Errorf("got %v, want %v", err, store.ErrNewerVersion)
	}
	after, err := os.ReadFile(killed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(after, before) {
		t.Error("the file was touched")
	}
}

func TestWhatIsNoDataFileIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"text":                   []byte("this is not a database\n"),
		"a byte":                 {0},
		"zeros":                  make([]byte, 8192),
		"noise":                  bytes.Repeat([]byte("\xde\xad\xbe\xef"), 5000),
		"a header and no more":   []byte("SQLite format 3\x00"),
		"a header and then text": append([]byte("SQLite format 3\x00"), bytes.Repeat([]byte("text "), 2000)...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, path, store.ErrNotDataFile)
		})
	}
}

func TestDamagedDataFileIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	path := made(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content[:5000], 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, path, store.ErrNotDataFile)
}

func TestAnotherProgramsDatabaseIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"a table":               {"CREATE TABLE notes (text TEXT)"},
		"one with migrations":   {"CREATE TABLE goose_db_version (version_id INTEGER, is_applied INTEGER)"},
		"a mark and no table":   {"PRAGMA application_id = 42", "CREATE TABLE t (x)", "DROP TABLE t"},
		"a database in WAL too": {"PRAGMA journal_mode = WAL", "CREATE TABLE organizations (id TEXT)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data.db")
			raw(t, path, func(db *sql.DB) { run(t, db, statements...) })
			refused(t, path, store.ErrNotDataFile)
		})
	}
}

func TestPlacesThatHoldNoFile(t *testing.T) {
	t.Parallel()
	t.Run("a directory", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "data.db")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		refused(t, path, store.ErrDirectory)
	})
	t.Run("a directory that is not there", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "no", "such", "data.db")
		_, err := store.Open(t.Context(), store.Options{Path: path})
		if !errors.Is(err, store.ErrUnreadable) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file in place of a directory", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(made(t), "data.db")
		_, err := store.Open(t.Context(), store.Options{Path: path})
		if !errors.Is(err, store.ErrUnreadable) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("got %v", err)
		}
	})
}

func TestFilesThatMayNotBeUsed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mode os.FileMode
		want error
	}{
		"read-only":  {0o400, store.ErrReadOnly},
		"unreadable": {0o200, store.ErrUnreadable},
		"closed":     {0, store.ErrUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := made(t)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.mode); err != nil {
				t.Fatal(err)
			}
			_, err = store.Open(t.Context(), store.Options{Path: path})
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
			if after := contents(t, filepath.Dir(path)); len(after) != 1 || after["data.db"] != string(before) {
				t.Errorf("the directory was touched: %v", slices.Sorted(maps.Keys(after)))
			}
		})
	}
}

func TestEmptyAndUnfinishedFilesAreFilled(t *testing.T) {
	t.Parallel()
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "data.db")
		if err := os.WriteFile(path, nil, 0o640); err != nil {
			t.Fatal(err)
		}
		found(t, open(t, store.Options{Path: path}))
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("the file is another one now: %v, %v", info, err)
		}
	})
}

// firstVersion is a data file as the first migration alone made it, with a few records
// in it: they were created in the order of their numbers, three at one moment.
func firstVersion(t *testing.T, path string) {
	t.Helper()
	layers, err := os.ReadFile(filepath.Join("migrations", "0001_layers.sql"))
	if err != nil {
		t.Fatal(err)
	}
	mark := "PRAGMA application_id = 1383033964"
	versions := "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))"
	if isPostgres(path) {
		mark = ""
		versions = "CREATE TABLE goose_db_version (id SERIAL PRIMARY KEY, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP DEFAULT now())"
	}
	raw(t, path, func(db *sql.DB) {
		run(t, db, mark, string(layers), versions,
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true)",
			"INSERT INTO organizations VALUES ('acme', 'acme', '', 'pro', '[]', 0, 0)",
			"INSERT INTO providers VALUES ('okta', 'acme', 'okta', 'enabled', 1, '', '', '[]', 0)")
		for i := 9; i >= 0; i-- {
			_, err := db.ExecContext(t.Context(), `INSERT INTO records VALUES ($1, 'acme', 'okta', $1, $1, '', '', '', '', '', '[]', 1, NULL, 1, $2, 0)`,
				fmt.Sprint("r", i), min(i, 7))
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOlderVersionIsBroughtUp(t *testing.T) { onEachNamed(t, testOlderVersionIsBroughtUp) }

func testOlderVersionIsBroughtUp(t *testing.T, path string) {
	firstVersion(t, path)
	s := open(t, store.Options{Path: path})
	same(t, s, "a page of what was there", "r7 r8 r9 of 10", func(ctx context.Context, tx org.Tx) (string, error) {
		page, total, err := tx.FindRecords(ctx, "okta", org.RecordMatch{}, 7, 3)
		if len(page) != 3 {
			return fmt.Sprint(len(page)), err
		}
		return fmt.Sprint(page[0].ID, " ", page[1].ID, " ", page[2].ID, " of ", total), err
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, path, func(db *sql.DB) {
		of := "sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
		if isPostgres(path) {
			of = "pg_trigger WHERE tgrelid = 'audit'::regclass"
		}
		var triggers int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+of).Scan(&triggers); err != nil || triggers != 3 {
			t.Errorf("%d triggers, %v", triggers, err)
		}
		expectCounts(t, db)
	})
}

// TestHolesAreFoundInOlderData: until version 8, the places that were taken were counted.
func TestHolesAreFoundInOlderData(t *testing.T) { onEachNamed(t, testHolesAreFoundInOlderData) }

func testHolesAreFoundInOlderData(t *testing.T, path string) {
	s := open(t, store.Options{Path: path})
	found(t, s)
	all := fill(t, s, 100)
	do(t, s, func(tx org.Tx) error {
		for _, id := range append(append([]string{all[0]}, all[30:70]...), all[90:]...) {
			if err := tx.DeleteRecord(t.Context(), id); err != nil {
				return err
			}
		}
		return tx.Audit(t.Context(), org.Event{Organization: "acme", At: noon, Action: org.SeatStarted, Actor: org.BySSO})
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, path, func(db *sql.DB) {
		uncount(t, path, db)
		run(t, db, "DROP TABLE list_holes", "DROP TABLE list_ends", "CREATE TABLE list_counts (provider TEXT)",
			"CREATE INDEX records_organization ON records (organization, user_name_key)",
			"CREATE INDEX sessions_through ON sessions (provider, started, id) WHERE ended IS NULL", "DELETE FROM goose_db_version WHERE version_id >= 8")
	})
	s = open(t, store.Options{Path: path})
	do(t, s, func(tx org.Tx) error {
		left := append(slices.Clone(all[1:30]), all[70:90]...)
		for offset := range len(left) + 1 {
			expectPage(t.Context(), t, tx, left, offset, 3)
		}
		events, err := tx.Events(t.Context(), "acme", 0, 0)
		if len(events) != 1 || events[0].Seq != 1 {
			t.Errorf("the log holds %v", events)
		}
		return err
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, path, func(db *sql.DB) { expectCounts(t, db) })
}

// uncount undoes version 11, in which changes began to be counted.
func uncount(t *testing.T, path string, db *sql.DB) {
	t.Helper()
	if isPostgres(path) {
		run(t, db, "DROP FUNCTION count_generation() CASCADE")
	} else {
		for _, table := range []string{"organizations", "providers", "credentials", "teams"} {
			for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
				run(t, db, fmt.Sprintf("DROP TRIGGER %s_count_%s", table, change))
			}
		}
	}
	run(t, db, "DROP TABLE generations")
}

func TestTwoStoresOnOnePlace(t *testing.T) { onEachNamed(t, testTwoStoresOnOnePlace) }

func testTwoStoresOnOnePlace(t *testing.T, path string) {
	one := open(t, store.Options{Path: path})
	found(t, one)
	two := open(t, store.Options{Path: path})
	do(t, two, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("han")) })
	expectRecords(t, one, "han")
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	expectRecords(t, two, "han")
}
