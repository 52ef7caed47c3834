package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// found is what a path holds, as far as [Open] minds.
type found int

const (
	absent  found = iota
	older         // empty, or of a version that can be brought up to this one
	current       // ready to use
)

// smallest is the size of the smallest page, so of the smallest database, in bytes.
// SQLite takes a file of one byte for an empty one and would write over it.
const smallest = 512

// inspect looks at the file at path without changing it or leaving anything beside
// it, and refuses what cannot be used.
func inspect(ctx context.Context, path string) (found, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absent, nil
	case err != nil:
		return absent, fmt.Errorf("store: open %s: %w: %w", path, ErrUnreadable, cause(err))
	case info.IsDir():
		return absent, fmt.Errorf("store: open %s: %w: name a file", path, ErrDirectory)
	case !info.Mode().IsRegular():
		return absent, fmt.Errorf("store: open %s: %w: name an ordinary file", path, ErrNotDataFile)
	}
	if size := info.Size(); size > 0 && size < smallest {
		return absent, fmt.Errorf("store: open %s: %w: name a file that this program made, or one that is not there yet", path, ErrNotDataFile)
	}
	inUse := exists(path+"-wal") || exists(path+"-shm")
	if err := permitted(path, info, inUse); err != nil {
		return absent, err
	}
	return version(ctx, path, inUse)
}

// permitted checks that the file may be read and written. A file that SQLite may
// have open in this process is not opened here: closing it again would drop the
// locks that SQLite holds on it.
func permitted(path string, info fs.FileInfo, inUse bool) error {
	if info.Mode().Perm()&0o444 == 0 {
		return fmt.Errorf("store: open %s: %w: make it readable", path, ErrUnreadable)
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("store: open %s: %w: make it writable or name another file", path, ErrReadOnly)
	}
	if inUse {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: open %s: %w: %w", path, ErrUnreadable, cause(err))
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("store: open %s: %w: %w", path, ErrUnreadable, cause(err))
	}
	file, err = os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("store: open %s: %w: make it writable or name another file", path, ErrReadOnly)
	}
	return file.Close()
}

// version reads which version the file is of. A file that nobody uses is read as one
// that cannot change, so that SQLite makes no files beside it; where its companions
// are there already, what they hold counts too.
func version(ctx context.Context, path string, inUse bool) (_ found, err error) {
	mode := []string{"mode", "ro", "_pragma", patient}
	if !inUse {
		mode = append(mode, "immutable", "1")
	}
	db, err := sql.Open("sqlite", source(path, mode...))
	if err != nil {
		return absent, refusal(path, err)
	}
	defer func() {
		if closing := db.Close(); err == nil && closing != nil {
			err = refusal(path, closing)
		}
	}()
	var things, id, at int
	err = db.QueryRowContext(ctx, "SELECT count(*), (SELECT application_id FROM pragma_application_id) FROM sqlite_master").Scan(&things, &id)
	switch {
	case err != nil:
		return absent, refusal(path, err)
	case things == 0 && (id == 0 || id == applicationID):
		return older, nil
	case id != applicationID:
		return absent, fmt.Errorf("store: open %s: %w but another program's database: name another file", path, ErrNotDataFile)
	}
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1").Scan(&at)
	switch {
	case err != nil:
		return absent, refusal(path, err)
	case at > newest:
		return absent, fmt.Errorf("store: open %s: %w (%d, this one knows %d): use that version or name another file", path, ErrNewerVersion, at, newest)
	case at < newest:
		return older, nil
	}
	return current, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
