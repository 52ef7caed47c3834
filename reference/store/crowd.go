package store

import (
	"context"
	"fmt"
	"strings"

	"rollcall.example/reference/org"
)

// among words which accounts a query is about, as what stands after IN: these, or
// with nil the members of the organization, which is argument 1 of the query.
// Arguments are numbered from 2 on.
//
// The list is filled up with its last id to one of few lengths, so that few
// statements have to be prepared.
func among(organization string, accounts []string) (in string, args []any) {
	args = []any{organization}
	if accounts == nil {
		return "(SELECT account FROM memberships WHERE organization = $1)", args
	}
	return listed(args, accounts)
}

// lengths are multiples of this, but for a list of one.
const lengths = 50

// listed adds a list of ids, which must not be empty, to the arguments of a query.
func listed(args []any, ids []string) (in string, all []any) {
	length := len(ids)
	if length > 1 {
		length = (length + lengths - 1) / lengths * lengths
	}
	var b strings.Builder
	for i := range length {
		args = append(args, ids[min(i, len(ids)-1)])
		_, _ = fmt.Fprintf(&b, ", $%d", len(args))
	}
	return "(" + b.String()[len(", "):] + ")", args
}

// nobody says whether a list names accounts, and is empty.
func nobody(accounts []string) bool { return accounts != nil && len(accounts) == 0 }

// AccountsAmong implements [org.Tx].
func (t *tx) AccountsAmong(ctx context.Context, organization string, accounts []string) ([]org.Account, error) {
	if nobody(accounts) {
		return nil, nil
	}
	in, args := among(organization, accounts)
	if accounts != nil {
		in, args = listed(nil, accounts) // an account is in no organization
	}
	return list(ctx, t, "list accounts", scanAccount,
		"SELECT "+accountColumns+" FROM accounts WHERE id IN "+in+" ORDER BY created, id", args...)
}

// MembershipsAmong implements [org.Tx].
func (t *tx) MembershipsAmong(ctx context.Context, organization string, accounts []string) ([]org.Membership, error) {
	if nobody(accounts) {
		return nil, nil
	}
	if accounts == nil {
		return t.Memberships(ctx, organization)
	}
	in, args := among(organization, accounts)
	return list(ctx, t, "list memberships", scanMembership,
		"SELECT "+membershipColumns+" FROM memberships WHERE organization = $1 AND account IN "+in+" ORDER BY created, id", args...)
}

func scanPlaceOf(r row) (p org.PlaceOf, err error) {
	team := &p.Team
	err = r.Scan(&p.Account, &p.Role, &p.Source,
		&team.ID, &team.Organization, &team.Slug, &team.Name, &team.Default, &team.DefaultRole)
	return p, err
}

// PlacesAmong implements [org.Tx].
func (t *tx) PlacesAmong(ctx context.Context, organization string, accounts []string) ([]org.PlaceOf, error) {
	if nobody(accounts) {
		return nil, nil
	}
	in, args := among(organization, accounts)
	return list(ctx, t, "list places in teams", scanPlaceOf,
		`SELECT p.account, p.role, p.source, t.id, t.organization, t.slug, t.name, t.is_default, t.default_role
			FROM `+placesFirst+" AND t.organization = $1 AND p.account IN "+in+" ORDER BY t.slug, t.id, p.account", args...)
}

// SeatsAmong implements [org.Tx].
func (t *tx) SeatsAmong(ctx context.Context, organization string, accounts []string) ([]org.Seat, error) {
	if nobody(accounts) {
		return nil, nil
	}
	in, args := among(organization, accounts)
	return list(ctx, t, "list seats", scanSeat,
		"SELECT "+seatColumns+" FROM seats WHERE organization = $1 AND account IN "+in+" ORDER BY started, id", args...)
}

// RecordsAmong implements [org.Tx]; they come in the order of their creation.
func (t *tx) RecordsAmong(ctx context.Context, organization string, accounts []string) ([]org.Record, error) {
	if nobody(accounts) {
		return nil, nil
	}
	in, args := among(organization, accounts)
	return list(ctx, t, "list linked records", scanRecord,
		"SELECT "+recordColumns+" FROM records WHERE organization = $1 AND account IN "+in+" ORDER BY created, id", args...)
}

// RecordsByID implements [org.Tx]; they come in the order of their creation.
func (t *tx) RecordsByID(ctx context.Context, organization string, ids []string) ([]org.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := listed([]any{organization}, ids)
	return list(ctx, t, "list records", scanRecord,
		"SELECT "+recordColumns+" FROM records WHERE organization = $1 AND id IN "+in+" ORDER BY created, id", args...)
}

// Teammates implements [org.Tx].
func (t *tx) Teammates(ctx context.Context, team string) ([]org.Teammate, error) {
	return list(ctx, t, "list a team's members", func(r row) (m org.Teammate, err error) {
		err = r.Scan(&m.Account.ID, &m.Account.Email, &m.Account.Name, moment{&m.Account.Created}, &m.Role, &m.Source)
		return m, err
	}, `SELECT a.id, a.email, a.name, a.created, p.role, p.source FROM team_places p JOIN accounts a ON a.id = p.account
			WHERE p.team = $1 ORDER BY coalesce(nullif(a.name_key, ''), a.email_key), a.email_key, a.id`, team)
}
