package main

import (
	"context"
	"database/sql"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/reference/store/pgserver"
)

// databasePassword is a wrong one, and no output may show it all the same.
const databasePassword = "pass-wort"

// database is a PostgreSQL server for one test.
func database(t *testing.T) *pgserver.Server {
	t.Helper()
	server, err := pgserver.Start(t.Context())
	switch {
	case errors.Is(err, pgserver.ErrMissing):
		machine.Lacks(t, "postgresql")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// TestVerifyOnPostgreSQL: the reference can be judged on a database, which holds nothing
// of it afterwards.
func TestVerifyOnPostgreSQL(t *testing.T) {
	t.Parallel()
	server := database(t)
	command := exec.CommandContext(t.Context(), "rollcall", "verify", "--store", server.URL(), "--only", "tracking.*", "--only", "jit.*")
	said, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "\nconformant") {
		t.Errorf("ended with %v: %s", err, said)
	}
	db, err := sql.Open("pgx", server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var left int
	err = db.QueryRowContext(context.Background(), "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')").Scan(&left)
	if err != nil || left > 0 {
		t.Errorf("%d tables are left behind, %v", left, err)
	}
}

// TestStoreThatCannotBeUsed: each is one line and exit status 2, without the password.
func TestStoreThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	server := database(t)
	newer := server.URL()
	serve(t, "--store", newer).stop(t)
	db, err := sql.Open("pgx", newer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ address, says string }{
		"wrong password": {server.URLOf(pgserver.Guarded, databasePassword), "check user and password"},
		"newer version":  {newer, "newer version (99999"},
		"no server":      {"postgres://han:" + databasePassword + "@/db?host=/nowhere", "cannot be reached"},
	} {
		for _, of := range []string{"serve", "verify"} {
			command := exec.CommandContext(t.Context(), "rollcall", of, "--store", c.address)
			if name == "newer version" && of == "verify" {
				continue // it makes a schema of its own
			}
			said, err := command.CombinedOutput()
			var exited *exec.ExitError
			if !errors.As(err, &exited) || exited.ExitCode() != 2 {
				t.Errorf("%s, %s: ended with %v", of, name, err)
			}
			if !strings.Contains(string(said), c.says) || strings.Count(string(said), "\n") != 1 || strings.Contains(string(said), databasePassword) {
				t.Errorf("%s, %s: %q is not one line with %q", of, name, said, c.says)
			}
		}
	}
	if said, err := exec.CommandContext(t.Context(), "rollcall", "verify", "--store", newer, "--target", "mine.yaml").CombinedOutput(); err == nil ||
		!strings.Contains(string(said), "--store is for the reference") {
		t.Errorf("with somebody's product: %v, %s", err, said)
	}
}
