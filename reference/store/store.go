// Package store keeps what package org decides, in SQLite or PostgreSQL.
//
// Both have the same tables and are asked in the same words; what differs stands in
// the files named after them. With SQLite one file holds everything. A store without a path makes its own in a temporary
// directory, and that goes when the store is closed. The file is in WAL mode, a named
// one with synchronous NORMAL: a process that is killed loses no transaction it was
// told had been committed; a machine that loses power may lose the last few, and never
// half of one.
//
// Writing transactions run one after the other, reading ones beside them on the
// state that was committed when they first looked. Several processes may share a
// file or a database. Calling Do within Do waits for itself until its context ends.
//
// The database holds the layers together by itself, not trusting the code above
// it: names of people are unique by [org.Key], there is one membership and one
// open seat for an account in an organization, the audit log refuses changes. What
// violates uniqueness is an [org.Error] of kind Conflict. Saving or deleting what
// is not there is [org.ErrNotFound], as is looking it up. Secrets of sessions and
// tokens are kept as SHA-256 digests only.
//
// A text is UTF-8 without the character NUL, since PostgreSQL keeps no other: adding or
// saving one is an [org.Error] of kind Invalid, looking for one finds nothing.
//
// Moments are kept in microseconds and come back in UTC; an empty list comes
// back nil.
package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"

	"rollcall.example/reference/org"
)

// Store is an open data file. It implements [org.Store] and may be used by many
// goroutines at once.
type Store struct {
	writer  *pool
	readers *pool
	opening []string // what begins the first transaction, that of [Store.apply]
	recall  *recall
	tidy    func() error // removes what ends with the store
	closed  chan struct{}
	closing func() error
}

var _ org.Store = (*Store)(nil)

// Do runs f in a transaction that may write: what f did is kept when f returns nil
// and ctx has not ended, and undone when f returns an error or panics.
func (s *Store) Do(ctx context.Context, f func(org.Tx) error) error {
	return s.transact(ctx, s.writer, f)
}

// View runs f in a transaction that only reads; an attempt to write is an error. It may
// run f again from the start, before the database answered anything.
func (s *Store) View(ctx context.Context, f func(org.Tx) error) error {
	if err := s.view(ctx, f); !errors.Is(err, errMoved) {
		return err
	}
	return s.transact(ctx, s.readers, f)
}

func (s *Store) transact(ctx context.Context, from *pool, f func(org.Tx) error) error {
	t := &tx{from: from, closed: s.closed, settled: from == s.writer}
	if err := t.begin(ctx); err != nil {
		return err
	}
	t.remember(s.recall)
	if err := t.look(ctx); err != nil {
		t.end()
		return err
	}
	return t.through(ctx, f)
}

// through runs f in the transaction and ends it.
func (t *tx) through(ctx context.Context, f func(org.Tx) error) error {
	defer t.end()
	if err := f(t); err != nil {
		return err
	}
	return t.commit(ctx)
}

// tx is a transaction under way on a connection that is its own. Its statements run
// without the caller's cancellation, which is looked at between them: SQLite would
// undo a transaction behind our back when a statement in it is interrupted, and
// what follows would then be kept one by one.
type tx struct {
	from       *pool
	writer     *pool // for one that reads; nil where it does not matter
	closed     <-chan struct{}
	connection *connection // nil before it is begun
	over       bool        // committed or undone
	broken     error       // after this nothing may be kept

	noted []driver.Value // the row of the record that was read or written last

	recall  *recall // nil where nothing is remembered
	since   uint64  // the generation when it began
	dated   bool    // since is known
	changed bool    // something of what is remembered
	told    bool    // something of what is remembered
	settled bool    // the state that it sees is settled
}

// begin begins the transaction in the database, once.
func (t *tx) begin(ctx context.Context) error {
	if t.connection != nil {
		return nil
	}
	c, err := t.from.enter(ctx, t.closed)
	if err != nil {
		if locked(err) {
			err = ErrLocked
		}
		return fmt.Errorf("store: begin a transaction: %w", err)
	}
	t.connection = c
	return t.begunLate(ctx)
}

// ready says whether the next statement may run.
func (t *tx) ready(ctx context.Context) error {
	switch {
	case t.over:
		return errOver
	case t.broken != nil:
		return t.broken
	}
	return ctx.Err()
}

func (t *tx) commit(ctx context.Context) error {
	err := t.ready(ctx)
	if err == nil {
		err = t.keep(ctx)
	}
	if err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	t.over = true
	return nil
}

func (t *tx) keep(ctx context.Context) error {
	if t.connection == nil {
		return nil
	}
	commit := func() error { return t.connection.run(context.WithoutCancel(ctx), "COMMIT") }
	if t.changed {
		return t.recall.change(commit)
	}
	return commit()
}

// end undoes what was not committed and gives the connection back, if there is one and
// it is fit for another transaction.
func (t *tx) end() {
	over, c := t.over, t.connection
	t.over = true
	if c == nil {
		return
	}
	if !over && c.run(context.Background(), "ROLLBACK") != nil {
		_ = c.close()
		c = nil
	}
	t.from.give(c)
}

// failed notes an error after which the transaction cannot go on.
func (t *tx) failed(doing string, err error) error {
	explained := explain(doing, err)
	if !harmless(err) && t.broken == nil {
		t.broken = explained
	}
	return explained
}

// execute runs a statement and says how many rows it touched.
func (t *tx) execute(ctx context.Context, doing, query string, args ...any) (int64, error) {
	if err := t.ready(ctx); err != nil {
		return 0, fmt.Errorf("store: %s: %w", doing, err)
	}
	ctx = context.WithoutCancel(ctx)
	if !keepable(args) {
		return 0, unkeepable()
	}
	if err := t.begin(ctx); err != nil {
		return 0, err
	}
	statement, err := t.connection.statement(ctx, query)
	if err != nil {
		return 0, t.failed(doing, err)
	}
	given, err := t.connection.values(args, statement.takes)
	if err != nil {
		return 0, t.failed(doing, err)
	}
	result, err := statement.ExecContext(ctx, given)
	if err != nil {
		return 0, t.failed(doing, err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return 0, t.failed(doing, err)
	}
	return rows, nil
}

// add runs a statement that adds something.
func (t *tx) add(ctx context.Context, doing, query string, args ...any) error {
	_, err := t.execute(ctx, doing, query, args...)
	return err
}

// change runs a statement that is about one thing which has to be there.
func (t *tx) change(ctx context.Context, doing, query string, args ...any) error {
	rows, err := t.execute(ctx, doing, query, args...)
	if err == nil && rows == 0 {
		return org.ErrNotFound
	}
	return err
}

// each runs a query and calls scan at every row until scan says that it has enough.
func (t *tx) each(ctx context.Context, doing, query string, args []any, scan func(row) (enough bool, err error)) (err error) {
	if err := t.ready(ctx); err != nil {
		return fmt.Errorf("store: %s: %w", doing, err)
	}
	if !keepable(args) {
		if strings.HasPrefix(query, "INSERT") {
			return unkeepable()
		}
		return nil // nothing is there that would be like it
	}
	if err := t.begin(ctx); err != nil {
		return err
	}
	sending := context.WithoutCancel(ctx)
	statement, err := t.connection.statement(sending, query)
	if err != nil {
		return t.failed(doing, err)
	}
	given, err := t.connection.values(args, statement.takes)
	if err != nil {
		return t.failed(doing, err)
	}
	rows, err := statement.QueryContext(sending, given)
	if err != nil {
		return t.failed(doing, err)
	}
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = t.failed(doing, closing)
		}
	}()
	if err := t.settle(); err != nil {
		return err
	}
	return t.read(ctx, doing, rows, scan)
}

// read is the second half of each.
func (t *tx) read(ctx context.Context, doing string, rows driver.Rows, scan func(row) (enough bool, err error)) error {
	line := make(cells, len(rows.Columns()))
	for {
		current, err := next(rows, line)
		if err != nil {
			return t.failed(doing, err)
		}
		if current == nil {
			return nil
		}
		enough, err := scan(current)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("store: %s: %w", doing, err)
		}
		if enough {
			return nil
		}
	}
}

// one gives the first thing that a query finds.
func one[T any](ctx context.Context, t *tx, doing string, scan func(row) (T, error), query string, args ...any) (T, error) {
	var found T
	err := error(org.ErrNotFound)
	broken := t.each(ctx, doing, query, args, func(r row) (bool, error) {
		found, err = scan(r)
		return true, err
	})
	if broken != nil {
		err = broken
	}
	return found, err
}

// list gives everything that a query finds, nil when that is nothing.
func list[T any](ctx context.Context, t *tx, doing string, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var found []T
	err := t.each(ctx, doing, query, args, func(r row) (bool, error) {
		next, err := scan(r)
		found = append(found, next)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// single reads a row of one column.
func single[T any](r row) (T, error) {
	var value T
	err := r.Scan(&value)
	return value, err
}

// Close waits for running transactions, closes the data file and leaves nothing
// beside it; an ephemeral one is removed. Closing again does nothing.
func (s *Store) Close() error { return s.closing() }

// shut is what Close does, once.
func (s *Store) shut() func() error {
	return sync.OnceValue(func() error {
		close(s.closed)
		err := errors.Join(s.readers.drain(), s.writer.drain(), s.tidy())
		if err != nil {
			return fmt.Errorf("store: close: %w", err)
		}
		return nil
	})
}
