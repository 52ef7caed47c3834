package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
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

// prepared is a statement that is kept, and which argument, from 0, each of its parameters
// takes; nil: they take them in order.
type prepared struct {
	statement
	takes []int
}

var numbers = regexp.MustCompile(`\$[0-9]+`)

// unnumbered is a query with a plain ? for each $1, and which argument each takes; nil when
// it is the next one every time. SQLite's driver looks up the name of every parameter that
// has one, whenever the statement runs.
func unnumbered(query string) (string, []int) {
	var takes []int
	ordered := true
	plain := numbers.ReplaceAllStringFunc(query, func(number string) string {
		n, _ := strconv.Atoi(number[1:]) // digits only
		ordered = ordered && n == len(takes)+1
		takes = append(takes, n-1)
		return "?"
	})
	if ordered {
		return plain, nil
	}
	return plain, takes
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

// values are arguments as drivers take them, in the order in which a statement takes them.
// They are good until the next call.
func (c *connection) values(args []any, takes []int) ([]driver.NamedValue, error) {
	length := len(args)
	if takes != nil {
		length = len(takes)
	}
	if length > cap(c.args) {
		c.args = make([]driver.NamedValue, length)
	}
	named := c.args[:length]
	for i := range named {
		arg := i
		if takes != nil {
			arg = takes[i]
		}
		value, err := valueOf(args[arg])
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", arg+1, err)
		}
		named[i].Ordinal, named[i].Value = i+1, value
	}
	return named, nil
}

func valueOf(arg any) (driver.Value, error) {
	switch arg.(type) {
	case string, int64, nil:
		return arg, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(arg)
}

// next reads the next row of an answer, nil after the last one.
func next(rows driver.Rows, into cells) (cells, error) {
	err := rows.Next(into)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return into, err
}
