package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"rollcall.example/reference/org"
)

// recordParts are what of a record changes together: the columns, and which of
// [recordValues] they take. The first part is what every change changes.
var recordParts = []struct {
	columns []string
	take    []int
}{
	{[]string{"active", "version", "modified"}, []int{9, 11, 13}},
	{[]string{"account"}, []int{10}},
	{[]string{"organization", "created"}, []int{1, 12}},
	{[]string{"user_name", "user_name_key"}, []int{3, 15}},
	{[]string{"external_id"}, []int{4}},
	{[]string{"given_name", "family_name", "display_name", "name_key"}, []int{5, 6, 7, 16}},
	{[]string{"emails", "attributes"}, []int{8, 14}},
}

// recordUpdate writes some of the parts. Take are the arguments, of [recordValues].
type recordUpdate struct {
	query string
	take  []int
}

// recordUpdates are all of them: bit i says whether part i is written.
var recordUpdates = func() []recordUpdate {
	updates := make([]recordUpdate, 1<<len(recordParts))
	for parts := range updates {
		updates[parts] = updateOf(parts)
	}
	return updates
}()

func updateOf(parts int) recordUpdate {
	var set []string
	take := []int{0, 2} // id and provider
	for i, part := range recordParts {
		if parts&(1<<i) == 0 {
			continue
		}
		for j, column := range part.columns {
			take = append(take, part.take[j])
			set = append(set, fmt.Sprintf("%s = $%d", column, len(take)))
		}
	}
	return recordUpdate{"UPDATE records SET " + strings.Join(set, ", ") + " WHERE id = $1 AND provider = $2", take}
}

// SaveRecord implements [org.Tx]. A record stays with its provider, and keeps its
// place there. Only what differs from what the transaction has read or written of it is
// written: a column that is written again costs a change of every index that it is in,
// and mostly a flag is all that differs.
func (t *tx) SaveRecord(ctx context.Context, r org.Record) error {
	values := recordValues(r)
	update := recordUpdates[1|differing(t.noted, values)]
	args := make([]any, len(update.take))
	for i, at := range update.take {
		args[i] = values[at]
	}
	t.noted = nil
	err := t.change(ctx, "save a record", update.query, args...)
	if err == nil {
		t.noted = stored(values)
	}
	return err
}

// differing are the parts in which a record is to differ from what is known of it: all
// of them where that is another record, or none.
func differing(known []driver.Value, values []any) int {
	if known == nil || known[0] != values[0] || known[2] != values[2] {
		return len(recordUpdates) - 1
	}
	parts := 0
	for i, part := range recordParts {
		if slices.ContainsFunc(part.take, func(at int) bool { return at < len(known) && known[at] != values[at] }) {
			parts |= 1 << i
		}
	}
	return parts
}

// stored are the values of a record as they come back: without the keys, which follow
// from the names.
func stored(values []any) []driver.Value {
	known := make([]driver.Value, storedColumns)
	for i := range known {
		known[i] = values[i]
	}
	return known
}

const storedColumns = 15

// noting has a transaction note the row of a record that it reads.
func (t *tx) noting(scan func(row) (org.Record, error)) func(row) (org.Record, error) {
	return func(r row) (org.Record, error) {
		if line, ok := r.(cells); ok {
			t.noted = slices.Clone(line)
		}
		return scan(r)
	}
}
