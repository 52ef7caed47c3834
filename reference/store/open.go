package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Options say what to open.
type Options struct {
	// Path of the data file, made when it is not there; or the address of a PostgreSQL
	// database, as postgres://user@host:5432/database, with a schema of its own as
	// ?search_path=. Empty: a file in a temporary directory, in memory where there is
	// plenty, that is removed when the store is closed.
	Path string
	// Scratch has a PostgreSQL database keep nothing: the store gets a schema of its own
	// there, which is removed when the store is closed.
	Scratch bool
	// Extra is SQL run after the migrations, in one transaction, at every opening:
	// how a defect takes a constraint out. In a named file its effect stays.
	Extra []string
}

// settings hold for every connection to a named file. (Transactions of this process
// queue before they get here.)
var settings = []string{
	"_pragma", patient,
	"_pragma", "foreign_keys(1)",
	"_pragma", "synchronous(NORMAL)",
	"_pragma", inMemoryMeanwhile,
	"_pragma", cache,
}

// cache is how much of the data a connection keeps at hand, in KB: the pages to which
// one of some ten thousand users may be added.
const cache = "cache_size(-8000)"

// inMemoryMeanwhile has what SQLite notes for the length of a transaction stay in
// memory: how to undo one statement of several would else go to a file of its own once
// it is more than 64 KB, which creating one user comes to.
const inMemoryMeanwhile = "temp_store(MEMORY)"

// patient is how long to wait for a transaction of another process, in milliseconds,
// opening the file included: SQLite keeps no queue, so that among busy processes a
// newcomer misses its turn several times.
const patient = "busy_timeout(5000)"

// Open opens the data file or the database, making it or bringing it to this version
// as needed. One that cannot be used is refused with one of this package's errors and
// left as it was. The password in an address appears in none.
func Open(ctx context.Context, options Options) (*Store, error) {
	if isAddress(options.Path) {
		return openPostgres(ctx, options)
	}
	path, dir := options.Path, ""
	var err error
	if path == "" {
		path, dir, err = makeEphemeral()
	} else {
		err = prepare(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	s, err := connect(path, dir)
	if err != nil {
		return nil, errors.Join(refusal(path, err), removeDir(dir))
	}
	if err := s.apply(ctx, options.Extra); err != nil {
		return nil, errors.Join(refusal(path, err), s.Close())
	}
	return s, nil
}

// prepare sees to it that path is a data file of the newest version.
func prepare(ctx context.Context, path string) error {
	found, err := inspect(ctx, path)
	if err != nil {
		return err
	}
	switch found {
	case absent:
		return place(ctx, path)
	case older:
		if err := upgrade(ctx, path, "FULL"); err != nil {
			return refusal(path, err)
		}
	}
	return nil
}

// place puts a blank data file at path all at once: a process that is killed leaves
// no half of it, and of two processes one wins and both use the same file. Where the
// file system has no hard links, the migrations make it step by step.
func place(ctx context.Context, path string) error {
	content, err := blank()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".rollcall-*")
	if err != nil {
		return fmt.Errorf("store: make %s: %w: %w: its directory must exist and be writable", path, ErrUnreadable, cause(err))
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return fmt.Errorf("store: make %s: %w", path, cause(err))
	}
	err = os.Link(file.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err := upgrade(ctx, path, "FULL"); err != nil {
		return refusal(path, err)
	}
	return nil
}

// connect makes the store of the data file that is at path now. Nothing is opened
// before it is needed.
func connect(path, dir string) (*Store, error) {
	with := settings
	if dir != "" {
		with = ephemeral()
	}
	open, err := opener("sqlite", source(path, with...))
	if err != nil {
		return nil, err
	}
	s := &Store{
		writer:  newPool(open, 1, "", "BEGIN IMMEDIATE"),
		readers: newPool(open, max(4, runtime.GOMAXPROCS(0)), "PRAGMA query_only = 1", "BEGIN"),
		opening: []string{"BEGIN IMMEDIATE"},
		recall:  newRecall(dir == ""),
		tidy:    func() error { return removeDir(dir) },
		closed:  make(chan struct{}),
	}
	s.closing = s.shut()
	return s, nil
}

// apply runs the extra statements in one transaction. Without any, it still begins
// one and ends it: only asking for the lock tells whether the file can be written.
func (s *Store) apply(ctx context.Context, extra []string) error {
	c, err := s.writer.take(ctx, s.closed)
	if err != nil {
		return err
	}
	t := &tx{from: s.writer, connection: c}
	for _, statement := range s.opening {
		if err := c.run(ctx, statement); err != nil {
			s.writer.drop(c)
			return err
		}
	}
	defer t.end()
	for _, statement := range extra {
		if err := c.runOnce(ctx, statement); err != nil {
			return fmt.Errorf("run %q: %w", statement, err)
		}
	}
	return t.commit(ctx)
}

// source is the name by which the driver opens the file at path, with the
// parameters given as names and values in turn.
func source(path string, parameters ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		values.Add(parameters[i], parameters[i+1])
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return "file:" + escaped + "?" + values.Encode()
}

// refusal words what SQLite says of a file that it cannot use.
func refusal(path string, err error) error {
	switch codeOf(err) & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("store: open %s: %w: end that process or name another file", path, ErrLocked)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("store: open %s: %w: name a file that this program made, or one that is not there yet", path, ErrNotDataFile)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("store: open %s: %w: make it writable or name another file", path, ErrReadOnly)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return fmt.Errorf("store: open %s: %w: it and its directory must be readable and writable", path, ErrUnreadable)
	}
	return fmt.Errorf("store: open %s: %w", path, err)
}

// cause is what went wrong without the path, which our messages give themselves.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
