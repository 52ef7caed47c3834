package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// remembered are the tables of what [recall] remembers.
var remembered = []string{"organizations", "providers", "credentials", "teams"}

// countedSince is the number of the migration in which counted is run.
const countedSince = 11

// counted has SQLite count, in one row of a table of its own, the changes of what is
// remembered, within the transactions that make them: whoever they are of, and be it by
// hand.
var counted = func() string {
	const trigger = `
CREATE TRIGGER %[1]s_count_%[2]s AFTER %[2]s ON %[1]s BEGIN UPDATE generations SET generation = generation + 1; END;`
	var all strings.Builder
	all.WriteString(generations)
	for _, table := range remembered {
		for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
			_, _ = fmt.Fprintf(&all, trigger, table, change)
		}
	}
	return all.String()
}()

const generations = `
CREATE TABLE generations (generation BIGINT NOT NULL);
INSERT INTO generations (generation) VALUES (0);`

// countedPostgres is [counted] as PostgreSQL spells it.
var countedPostgres = func() string {
	const trigger = `
CREATE TRIGGER %[1]s_count AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %[1]s FOR EACH STATEMENT EXECUTE FUNCTION count_generation();`
	var all strings.Builder
	all.WriteString(generations + `
CREATE FUNCTION count_generation() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN UPDATE generations SET generation = generation + 1; RETURN NULL; END';`)
	for _, table := range remembered {
		_, _ = fmt.Fprintf(&all, trigger, table)
	}
	return all.String()
}()

// date finds out the generation, where that is still to be asked: in the transaction, or
// before it is begun, which it mostly need not be then.
func (t *tx) date(ctx context.Context) error {
	if t.dated {
		return nil
	}
	if t.connection == nil {
		if now, err := t.generationBefore(ctx); err == nil {
			t.belong(now)
			return nil
		}
		if err := t.begin(ctx); err != nil { // on another connection, if that was the matter
			return err
		}
	}
	now, err := generationOn(ctx, t.connection)
	if err != nil {
		return t.failed("look up the generation", err)
	}
	t.belong(now)
	return nil
}

// belong has the transaction be of a generation.
func (t *tx) belong(generation uint64) {
	t.since, t.dated = generation, true
	t.recall.reach(generation)
}

// begunLate goes after the beginning of a transaction: one that knows its generation from
// before may see a later one now. errMoved says that it was told of the earlier.
func (t *tx) begunLate(ctx context.Context) error {
	if !t.dated || !t.recall.shared {
		return nil
	}
	now, err := generationOn(ctx, t.connection)
	switch {
	case err != nil:
		return t.failed("look up the generation", err)
	case now != t.since && t.told:
		t.broken = errMoved
		return errMoved
	}
	t.belong(now)
	return nil
}

// generationBefore asks for the generation without a transaction. The connection that
// writes knows soonest, if nobody has it: all others have first to read again what it
// wrote.
func (t *tx) generationBefore(ctx context.Context) (uint64, error) {
	from := t.writer
	c := from.spare()
	if c == nil {
		var err error
		from = t.from
		if c, err = from.take(ctx, t.closed); err != nil {
			return 0, err
		}
	}
	now, err := generationOn(ctx, c)
	if err != nil {
		from.drop(c)
		return 0, err
	}
	from.give(c)
	return now, nil
}

func generationOn(ctx context.Context, c *connection) (now uint64, err error) {
	ctx = context.WithoutCancel(ctx)
	statement, err := c.statement(ctx, "SELECT generation FROM generations")
	if err != nil {
		return 0, err
	}
	rows, err := statement.QueryContext(ctx, nil)
	if err != nil {
		return 0, err
	}
	line, err := next(rows, make(cells, 1))
	if err == nil && line == nil {
		err = errors.New("the table generations is empty")
	}
	if err == nil {
		var number int64
		err = line.Scan(&number)
		now = uint64(number)
	}
	if closing := rows.Close(); err == nil {
		err = closing
	}
	return now, err
}
