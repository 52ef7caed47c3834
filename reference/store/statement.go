package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// statement is a prepared statement. It speaks to the driver without [database/sql] in
// between: a connection here is in one pair of hands anyway, and what that package does
// around a statement takes as long as many of ours do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// compile prepares a statement on a connection of a driver.
func compile(ctx context.Context, on driver.Conn, query string) (statement, error) {
	preparer, ok := on.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("the driver's %T prepares no statements", on)
	}
	made, err := preparer.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := made.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T cannot be run", made), made.Close())
	}
	return able, nil
}

// opener gives connections to what the registered driver knows under a name.
func opener(registered, name string) (func(context.Context) (driver.Conn, error), error) {
	db, err := sql.Open(registered, name) // this opens nothing yet
	if err != nil {
		return nil, err
	}
	return func(context.Context) (driver.Conn, error) { return db.Driver().Open(name) }, db.Close()
}

// keepable says whether every database takes all of the arguments.
func keepable(args []any) bool {
	for _, arg := range args {
		if text, ok := arg.(string); ok && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			return false
		}
	}
	return true
}

// values are arguments as drivers take them. They are good until the next call.
func (c *connection) values(args []any) ([]driver.NamedValue, error) {
	if len(args) > cap(c.args) {
		c.args = make([]driver.NamedValue, len(args))
	}
	named := c.args[:len(args)]
	for i, arg := range args {
		named[i].Ordinal = i + 1
		switch arg := arg.(type) {
		case string, int64, nil:
			named[i].Value = arg
		default:
			value, err := driver.DefaultParameterConverter.ConvertValue(arg)
			if err != nil {
				return nil, fmt.Errorf("argument %d: %w", i+1, err)
			}
			named[i].Value = value
		}
	}
	return named, nil
}

// next reads the next row of an answer, nil after the last one.
func next(rows driver.Rows, into cells) (cells, error) {
	err := rows.Next(into)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return into, err
}
