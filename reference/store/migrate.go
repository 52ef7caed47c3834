package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newest is the version of the data file that this program writes: the number of
// the last migration.
var newest = lastMigration()

func lastMigration() int {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		panic(fmt.Sprintf("store: read the migrations: %v", err))
	}
	last, err := goose.NumericComponent(files[len(files)-1].Name())
	if err != nil {
		panic(fmt.Sprintf("store: read the migrations: %v", err))
	}
	return int(max(last, appendOnlySince, oneTreeSince, countedSince, clusteredSince, comparedSince))
}

// applicationID marks a SQLite file as one of ours ("Roll" in ASCII), in the
// header field that SQLite keeps for the purpose.
const applicationID = 0x526f6c6c

// appendOnlySince is the number of the migration in which appendOnly is run.
const appendOnlySince = 2

// appendOnly refuses every change of what the audit log says; INSERT OR REPLACE is
// one too, and calls no DELETE trigger. Triggers are the one thing that each
// database spells its own way, hence a migration in Go.
const appendOnly = `
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_overwrite BEFORE INSERT ON audit WHEN NEW.seq <= (SELECT max(seq) FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;`

// oneTreeSince is the number of the migration in which auditInOneTree is run.
const oneTreeSince = 9

// auditInOneTree has SQLite keep the audit log by its numbers. A table whose key is a
// BIGINT is one tree by the order of writing and another by the key; INTEGER alone
// stands for the first, and is as wide in SQLite. What writes a row then changes a page
// less. In PostgreSQL, where INTEGER is too narrow, every key is a tree of its own.
const auditInOneTree = `
CREATE TABLE audit_by_number (
    seq          INTEGER NOT NULL PRIMARY KEY,
    organization TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    action       TEXT    NOT NULL CHECK (action <> ''),
    actor        TEXT    NOT NULL CHECK (actor IN ('scim', 'sso', 'member', 'system')),
    actor_name   TEXT    NOT NULL,
    provider     TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    subject_name TEXT    NOT NULL,
    subject_key  TEXT    NOT NULL,
    value_before TEXT    NOT NULL,
    value_after  TEXT    NOT NULL,
    cause        TEXT    NOT NULL
);
INSERT INTO audit_by_number SELECT seq, organization, at, action, actor, actor_name, provider, subject,
    subject_name, subject_key, value_before, value_after, cause FROM audit ORDER BY seq;
DROP TABLE audit;
ALTER TABLE audit_by_number RENAME TO audit;
CREATE INDEX audit_organization ON audit (organization, seq);
CREATE INDEX audit_subject ON audit (organization, subject, action, seq);
CREATE INDEX audit_subject_name ON audit (organization, subject_key, subject, seq);` + appendOnly

// dialect is what differs between the databases when they are migrated.
type dialect struct {
	name       goose.Dialect
	appendOnly string
	oneTree    string // empty where there is nothing to do
	counted    string
	clustered  string // empty where there is nothing to do
	compared   string // empty where there is nothing to do
	spell      func(statements []byte) []byte
}

var onSQLite = dialect{
	goose.DialectSQLite3, appendOnly, auditInOneTree, counted, clustered, auditCompared,
	func(statements []byte) []byte { return statements },
}

// migrate brings the data that db has open to the newest version.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(d.name, db, spelt{files, d.spell},
		goose.WithGoMigrations(executing(appendOnlySince, d.appendOnly), executing(oneTreeSince, d.oneTree),
			executing(countedSince, d.counted), executing(clusteredSince, d.clustered),
			executing(comparedSince, d.compared)),
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("prepare the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// executing is the migration of that number that runs the statements.
func executing(number int64, statements string) *goose.Migration {
	return goose.NewGoMigration(number, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statements)
		return err
	}}, nil)
}

// blank is the content of a data file that was migrated and holds nothing. It is
// made once in a process: copying it takes a tenth of the time that migrating does.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "rollcall-")
	if err != nil {
		return nil, fmt.Errorf("make a blank data file: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "blank.db")
	// Only this process reads it, and only now: nothing to save from a power failure.
	if err := upgrade(context.Background(), path, "OFF"); err != nil {
		return nil, fmt.Errorf("make a blank data file: %w", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("make a blank data file: %w", err)
	}
	return content, nil
})

// upgrade makes the file at path a data file of the newest version, from an empty
// file or an older version, and leaves nothing beside it. synchronous says how much
// of a power failure it has to survive.
func upgrade(ctx context.Context, path, synchronous string) (err error) {
	db, err := sql.Open("sqlite", source(path, "_pragma", patient,
		"_pragma", "journal_mode(WAL)", "_pragma", "synchronous("+synchronous+")"))
	if err != nil {
		return err
	}
	defer func() {
		if closing := db.Close(); err == nil {
			err = closing
		}
	}()
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	return migrate(ctx, db, onSQLite)
}
