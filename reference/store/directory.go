package store

import (
	"context"
	"fmt"
	"strings"

	"rollcall.example/reference/org"
)

// people are all whom an organization knows of, each once: its members, those who
// have an account and a record but no membership, and the records without account.
// standing puts members first and those who would be refused last.
const people = `WITH people (standing, name, address, account, record) AS (
	SELECT 0, a.name_key, a.email_key, a.id, '' FROM memberships m JOIN accounts a ON a.id = m.account
		WHERE m.organization = $1
	UNION ALL
	SELECT 2 - max(r.active), a.name_key, a.email_key, a.id, '' FROM records r JOIN accounts a ON a.id = r.account
		WHERE r.` + ofOrganization + ` AND NOT EXISTS (
			SELECT 1 FROM memberships m WHERE m.organization = $1 AND m.account = r.account)
		GROUP BY a.id, a.name_key, a.email_key
	UNION ALL
	SELECT 2 - r.active, r.name_key, r.user_name_key, '', r.id FROM records r
		WHERE r.` + ofOrganization + ` AND r.account IS NULL
)
SELECT `

// called narrows people to those who have $2 in a name or an address; who has an
// account is found by the record's as well, for the two may differ.
const called = `
WHERE name LIKE $2 ESCAPE '\' OR address LIKE $2 ESCAPE '\' OR account <> '' AND EXISTS (
	SELECT 1 FROM records r WHERE r.organization = $1 AND r.account = people.account
		AND (r.name_key LIKE $2 ESCAPE '\' OR r.user_name_key LIKE $2 ESCAPE '\'))`

const onePage = `
ORDER BY standing, coalesce(nullif(name, ''), address), address, account, record LIMIT 0 + $%d OFFSET $%d`

// literally takes from a text what LIKE would make of it.
var literally = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// FindPeople implements [org.Tx]. People are counted only where the page itself does
// not tell how many there are.
func (t *tx) FindPeople(ctx context.Context, organization, search string, offset, limit int) ([]org.Found, int, error) {
	offset, limit = max(offset, 0), max(limit, 0)
	key, where, args := org.Key(search), "", []any{organization}
	if strings.ContainsRune(key, 0) {
		return nil, 0, nil // LIKE ends there, and would find too many
	}
	if key != "" {
		where, args = called, append(args, "%"+literally.Replace(key)+"%")
	}
	found, err := list(ctx, t, "look people up", func(r row) (f org.Found, err error) {
		err = r.Scan(&f.Account, &f.Record)
		return f, err
	}, people+"account, record FROM people"+where+fmt.Sprintf(onePage, len(args)+1, len(args)+2),
		append(args[:len(args):len(args)], limit, offset)...)
	if err != nil || (len(found) < limit && (len(found) > 0 || offset == 0)) {
		return found, offset + len(found), err
	}
	matching, err := one(ctx, t, "count people", single[int], people+"count(*) FROM people"+where, args...)
	return found, matching, err
}

// CountPeople implements [org.Tx].
func (t *tx) CountPeople(ctx context.Context, organization string) (org.Headcount, error) {
	return one(ctx, t, "count people", func(r row) (n org.Headcount, err error) {
		err = r.Scan(&n.Records, &n.ActiveRecords, &n.Members, &n.Admins, &n.OpenSeats)
		return n, err
	}, `SELECT
		(SELECT count(*) FROM records WHERE `+ofOrganization+`),
		(SELECT count(*) FROM records WHERE `+ofOrganization+` AND active = 1),
		(SELECT count(*) FROM memberships WHERE organization = $1),
		(SELECT count(*) FROM memberships WHERE organization = $1 AND role = 'admin'),
		(SELECT count(*) FROM seats WHERE organization = $1 AND ended IS NULL)`, organization)
}
