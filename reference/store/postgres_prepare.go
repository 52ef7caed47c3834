package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// appendOnlyPostgres is [appendOnly] as PostgreSQL spells it. There it takes more to
// overwrite a row than an INSERT.
const appendOnlyPostgres = `
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END';
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_overwrite BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();`

// onPostgres is how PostgreSQL is migrated. Texts are ordered by their bytes there too,
// whatever the language of the database.
var onPostgres = dialect{
	name: goose.DialectPostgres, appendOnly: appendOnlyPostgres, counted: countedPostgres,
	spell: func(statements []byte) []byte { return textType.ReplaceAll(statements, []byte(`TEXT COLLATE "C"`)) },
}

var textType = regexp.MustCompile(`\bTEXT\b`)

// migrating is held by the process that makes or changes the tables.
var migrating = fmt.Sprintf("SELECT pg_advisory_lock(%d, hashtext(current_schema()))", applicationID+1)

// prepare sees to it that the database has our tables, of the newest version. Of
// several processes one does it and the others wait.
func (d database) prepare(ctx context.Context) (err error) {
	db := stdlib.OpenDB(*d.config)
	defer func() {
		if closing := db.Close(); err == nil {
			err = closing
		}
	}()
	found, err := d.inspect(ctx, db)
	if err != nil || found == current {
		return err
	}
	held, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	// The lock ends with the connection, which db.Close ends.
	defer func() { _ = held.Close() }()
	if _, err := held.ExecContext(ctx, migrating); err != nil {
		return err
	}
	if found, err = d.inspect(ctx, db); err != nil || found == current {
		return err
	}
	return migrate(ctx, db, onPostgres)
}

// inspect looks what the schema holds, changes nothing and refuses what cannot be used.
func (d database) inspect(ctx context.Context, db *sql.DB) (found, error) {
	var schema sql.NullString
	var tables, versions, ours, at int
	err := db.QueryRowContext(ctx, `SELECT current_schema(), count(*),
			count(*) FILTER (WHERE tablename = 'goose_db_version'),
			count(*) FILTER (WHERE tablename IN ('organizations', 'audit'))
		FROM pg_tables WHERE schemaname = current_schema()`).Scan(&schema, &tables, &versions, &ours)
	switch {
	case err != nil:
		return absent, err
	case !schema.Valid:
		return absent, fmt.Errorf("store: open %s: %w: its search_path names no schema that is there", d, ErrUnusable)
	case versions == tables:
		return older, nil // empty, or a start that came no further
	case versions == 0 || ours != 2:
		return absent, fmt.Errorf("store: open %s: %w: the schema %s holds another program's tables: name another database, or a schema with ?search_path=", d, ErrUnusable, schema.String)
	}
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&at)
	switch {
	case err != nil:
		return absent, err
	case at > newest:
		return absent, fmt.Errorf("store: open %s: %w (%d, this one knows %d): use that version or name another database", d, ErrNewerVersion, at, newest)
	case at < newest:
		return older, nil
	}
	return current, nil
}

// spelt is the migrations with each file as a database wants it.
type spelt struct {
	fs.FS
	spell func(statements []byte) []byte
}

// Open implements [fs.FS].
func (s spelt) Open(name string) (fs.File, error) {
	file, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return file, err
	}
	content, err := fs.ReadFile(s.FS, name)
	return speltFile{file, bytes.NewReader(s.spell(content))}, err
}

// speltFile is a file that reads otherwise than it is.
type speltFile struct {
	fs.File
	content *bytes.Reader
}

// Read implements [fs.File].
func (f speltFile) Read(into []byte) (int, error) { return f.content.Read(into) }
