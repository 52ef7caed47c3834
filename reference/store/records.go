package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"rollcall.example/reference/org"
)

const recordColumns = `id, organization, provider, user_name, external_id, given_name, family_name,
	display_name, emails, active, account, version, created, modified, attributes`

func scanRecord(r row) (record org.Record, err error) {
	err = r.Scan(recordCells(&record)...)
	return record, err
}

// recordCells are where the columns of a record go.
func recordCells(record *org.Record) []any {
	return []any{&record.ID, &record.Organization, &record.Provider, &record.UserName, &record.ExternalID,
		&record.GivenName, &record.FamilyName, &record.DisplayName, unpackedEmails{&record.Emails},
		&record.Active, referred{&record.Account}, &record.Version, moment{&record.Created}, moment{&record.Modified},
		unpackedObject{&record.Attributes}}
}

// placedColumns are those of a record in a list.
const placedColumns = recordColumns + ", place"

func scanPlaced(r row) (record org.Record, err error) {
	err = r.Scan(append(recordCells(&record), &record.Place)...)
	return record, err
}

func recordValues(r org.Record) []any {
	return []any{r.ID, r.Organization, r.Provider, r.UserName, r.ExternalID, r.GivenName, r.FamilyName,
		r.DisplayName, packedEmails(r.Emails), bit(r.Active), reference(r.Account), int64(r.Version),
		at(r.Created), at(r.Modified), packedObject(r.Attributes), org.Key(r.UserName), org.Key(r.FullName())}
}

// AddRecord implements [org.Tx]. The record takes the last place in the list of its
// provider.
func (t *tx) AddRecord(ctx context.Context, r org.Record) error {
	values := recordValues(r)
	if err := t.add(ctx, "add a record", insertRecord, values...); err != nil {
		return err
	}
	t.noted = stored(values)
	return nil
}

var insertRecord = "INSERT INTO records (" + recordColumns + ", user_name_key, name_key, place) VALUES " +
	"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, " + lastPlaceOf(recordList, 3) + " + 1)"

// DeleteRecord implements [org.Tx].
func (t *tx) DeleteRecord(ctx context.Context, id string) error {
	const doing = "delete a record"
	t.noted = nil
	var provider string
	place, err := one(ctx, t, doing, func(r row) (place int64, err error) {
		err = r.Scan(&provider, &place)
		return place, err
	}, "DELETE FROM records WHERE id = $1 RETURNING provider, place", id)
	if err != nil {
		return err
	}
	return t.freed(ctx, recordList, provider, place)
}

// Record implements [org.Tx].
func (t *tx) Record(ctx context.Context, provider, id string) (org.Record, error) {
	return one(ctx, t, "look up a record", t.noting(scanRecord),
		"SELECT "+recordColumns+" FROM records WHERE id = $1 AND provider = $2", id, provider)
}

// RecordByUserName implements [org.Tx]. It is mostly asked where nobody is to have the
// name, which the id alone tells: a row of many columns takes long to prepare for.
func (t *tx) RecordByUserName(ctx context.Context, provider, userName string) (org.Record, error) {
	id, err := one(ctx, t, "look up a record", single[string],
		"SELECT id FROM records WHERE provider = $1 AND user_name_key = $2 ORDER BY created, id LIMIT 1",
		provider, org.Key(userName))
	if err != nil {
		return org.Record{}, err
	}
	return t.Record(ctx, provider, id)
}

// RecordsOf implements [org.Tx]; they come in the order of their creation.
func (t *tx) RecordsOf(ctx context.Context, organization, account string) ([]org.Record, error) {
	return list(ctx, t, "list an account's records", scanRecord,
		"SELECT "+recordColumns+" FROM records WHERE organization = $1 AND account = $2 ORDER BY created, id",
		organization, account)
}

// ofOrganization narrows what belongs to a provider to an organization, argument 1.
const ofOrganization = "provider IN (SELECT id FROM providers WHERE organization = $1)"

// RecordsIn implements [org.Tx].
func (t *tx) RecordsIn(ctx context.Context, organization string) ([]org.Record, error) {
	return list(ctx, t, "list the records", scanRecord,
		"SELECT "+recordColumns+" FROM records WHERE "+ofOrganization+" ORDER BY user_name_key, created, id", organization)
}

// FindRecords implements [org.Tx]. Records are counted only where the page itself
// does not tell how many there are.
func (t *tx) FindRecords(ctx context.Context, provider string, match org.RecordMatch, offset, limit int) ([]org.Record, int, error) {
	offset, limit = max(offset, 0), max(limit, 0)
	where, args := narrow(provider, match)
	var page []org.Record
	var err error
	switch {
	case limit == 0:
	case match == org.RecordMatch{}:
		page, err = t.recordsFrom(ctx, provider, offset, limit)
	default:
		page, err = list(ctx, t, "find records", scanPlaced, onePageOf(match, where, len(args)), append(args[:len(args):len(args)], limit, offset)...)
	}
	if err != nil {
		return nil, 0, err
	}
	if len(page) < limit && (len(page) > 0 || offset == 0) || match.After > 0 {
		return page, offset + len(page), nil
	}
	if match == (org.RecordMatch{}) {
		total, err := t.length(ctx, recordList, provider)
		return page, total, err
	}
	total, err := one(ctx, t, "count records", single[int], "SELECT count(*) FROM records WHERE "+where, args...)
	return page, total, err
}

// recordsFrom is a page of all records of a provider. It takes as long wherever in the
// list it lies, and however long the list is.
func (t *tx) recordsFrom(ctx context.Context, provider string, offset, limit int) ([]org.Record, error) {
	from, skip := int64(0), 0
	if offset > 0 {
		var err error
		if from, skip, err = t.seek(ctx, recordList, provider, offset); err != nil {
			return nil, err
		}
	}
	return list(ctx, t, "find records", scanPlaced, "SELECT "+placedColumns+
		" FROM records WHERE provider = $1 AND place >= $2 ORDER BY place LIMIT 0 + $3 OFFSET $4", provider, from, limit, skip)
}

// onePageOf is the query for a page of what matches; limit and offset are arguments
// after the given number of others. SQLite plans a query for the value of a limit that
// is a bare argument, so it would prepare the statement anew each time: hence the sum,
// here and wherever else a limit is an argument.
func onePageOf(match org.RecordMatch, where string, given int) string {
	query := fmt.Sprintf("SELECT %%s FROM records WHERE %s ORDER BY place LIMIT 0 + $%d OFFSET $%d", where, given+1, given+2)
	if match.ID != nil || match.UserName != nil || match.ExternalID != nil {
		return fmt.Sprintf(query, placedColumns)
	}
	if match.UserNameStart != nil {
		// Mostly few: sorting them is less than going through the list for them.
		query = strings.Replace(query, "ORDER BY place", "ORDER BY place + 0", 1)
	}
	// Many match: the ids of the page are found in an index; only its own rows are read.
	return fmt.Sprintf("SELECT %s FROM records WHERE id IN ("+query+") ORDER BY place", placedColumns, "id")
}

// narrow words the match as a condition with its values.
func narrow(provider string, match org.RecordMatch) (where string, args []any) {
	var conditions []string
	compare := func(what string, value any) {
		args = append(args, value)
		conditions = append(conditions, fmt.Sprintf("%s $%d", what, len(args)))
	}
	add := func(column string, value any) { compare(column+" =", value) }
	add("provider", provider)
	if match.ID != nil {
		add("id", *match.ID)
	}
	if match.UserName != nil {
		add("user_name_key", org.Key(*match.UserName))
	}
	if match.UserNameStart != nil {
		key := org.Key(*match.UserNameStart)
		compare("user_name_key >=", key)
		if beyond := beyond(key); beyond != "" {
			compare("user_name_key <", beyond)
		}
	}
	if match.ExternalID != nil {
		add("external_id", *match.ExternalID)
	}
	if match.Active != nil {
		add("active", bit(*match.Active))
	}
	if match.After > 0 {
		compare("place >", match.After)
	}
	return strings.Join(conditions, " AND "), args
}

// beyond is the least text, in the order of bytes, that is greater than all that begin
// with the given one; empty where there is none.
func beyond(start string) string {
	runes := []rune(start)
	for len(runes) > 0 {
		last := &runes[len(runes)-1]
		switch {
		case *last == 0xD7FF:
			*last = 0xE000 // what lies between are halves of characters
			return string(runes)
		case *last < utf8.MaxRune:
			*last++
			return string(runes)
		}
		runes = runes[:len(runes)-1]
	}
	return ""
}
