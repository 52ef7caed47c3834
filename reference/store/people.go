package store

import (
	"context"

	"rollcall.example/reference/org"
)

const accountColumns = "id, email, name, created"

func scanAccount(r row) (a org.Account, err error) {
	err = r.Scan(&a.ID, &a.Email, &a.Name, moment{&a.Created})
	return a, err
}

// AddAccount implements [org.Tx].
func (t *tx) AddAccount(ctx context.Context, a org.Account) error {
	return t.add(ctx, "add an account",
		"INSERT INTO accounts ("+accountColumns+", email_key, name_key) VALUES ($1, $2, $3, $4, $5, $6)",
		a.ID, a.Email, a.Name, at(a.Created), org.Key(a.Email), org.Key(a.Name))
}

// SaveAccount implements [org.Tx].
func (t *tx) SaveAccount(ctx context.Context, a org.Account) error {
	return t.change(ctx, "save an account",
		"UPDATE accounts SET email = $2, name = $3, created = $4, email_key = $5, name_key = $6 WHERE id = $1",
		a.ID, a.Email, a.Name, at(a.Created), org.Key(a.Email), org.Key(a.Name))
}

// Account implements [org.Tx].
func (t *tx) Account(ctx context.Context, id string) (org.Account, error) {
	return one(ctx, t, "look up an account", scanAccount,
		"SELECT "+accountColumns+" FROM accounts WHERE id = $1", id)
}

// AccountByEmail implements [org.Tx].
func (t *tx) AccountByEmail(ctx context.Context, email string) (org.Account, error) {
	return one(ctx, t, "look up an account", scanAccount,
		"SELECT "+accountColumns+" FROM accounts WHERE email_key = $1 ORDER BY created, id LIMIT 1", org.Key(email))
}

// AccountsByEmail implements [org.Tx]; they come in the order of their creation.
func (t *tx) AccountsByEmail(ctx context.Context, email string) ([]org.Account, error) {
	return list(ctx, t, "look up accounts", scanAccount,
		"SELECT "+accountColumns+" FROM accounts WHERE email_key = $1 ORDER BY created, id", org.Key(email))
}

// AccountByNameID implements [org.Tx].
func (t *tx) AccountByNameID(ctx context.Context, provider, nameID string) (org.Account, error) {
	return one(ctx, t, "look up an account", scanAccount,
		`SELECT a.id, a.email, a.name, a.created FROM name_ids n JOIN accounts a ON a.id = n.account
			WHERE n.provider = $1 AND n.name_id_key = $2 ORDER BY a.created, a.id LIMIT 1`, provider, org.Key(nameID))
}

// LinkNameID implements [org.Tx]. Linking what is linked already does nothing;
// linking it to another account is a conflict.
func (t *tx) LinkNameID(ctx context.Context, provider, nameID, account string) error {
	key := org.Key(nameID)
	linked, err := list(ctx, t, "link a NameID", single[string],
		"SELECT account FROM name_ids WHERE provider = $1 AND name_id_key = $2 AND account = $3", provider, key, account)
	if err != nil || len(linked) > 0 {
		return err
	}
	return t.add(ctx, "link a NameID",
		"INSERT INTO name_ids (provider, name_id, name_id_key, account) VALUES ($1, $2, $3, $4)",
		provider, nameID, key, account)
}

// NameIDs implements [org.Tx].
func (t *tx) NameIDs(ctx context.Context, provider, account string) ([]string, error) {
	return list(ctx, t, "list NameIDs", single[string],
		"SELECT name_id FROM name_ids WHERE provider = $1 AND account = $2 ORDER BY name_id", provider, account)
}

const membershipColumns = "id, organization, account, role, created"

func scanMembership(r row) (m org.Membership, err error) {
	err = r.Scan(&m.ID, &m.Organization, &m.Account, &m.Role, moment{&m.Created})
	return m, err
}

// AddMembership implements [org.Tx].
func (t *tx) AddMembership(ctx context.Context, m org.Membership) error {
	return t.add(ctx, "add a membership",
		"INSERT INTO memberships ("+membershipColumns+") VALUES ($1, $2, $3, $4, $5)",
		m.ID, m.Organization, m.Account, string(m.Role), at(m.Created))
}

// SaveMembership implements [org.Tx].
func (t *tx) SaveMembership(ctx context.Context, m org.Membership) error {
	return t.change(ctx, "save a membership",
		"UPDATE memberships SET organization = $2, account = $3, role = $4, created = $5 WHERE id = $1",
		m.ID, m.Organization, m.Account, string(m.Role), at(m.Created))
}

// DeleteMembership implements [org.Tx]. That it was there is remembered: see
// Departed.
func (t *tx) DeleteMembership(ctx context.Context, id string) error {
	err := t.add(ctx, "note a departure",
		`INSERT INTO departures (organization, account)
			SELECT organization, account FROM memberships WHERE id = $1 ON CONFLICT DO NOTHING`, id)
	if err != nil {
		return err
	}
	return t.change(ctx, "delete a membership", "DELETE FROM memberships WHERE id = $1", id)
}

// Membership implements [org.Tx].
func (t *tx) Membership(ctx context.Context, organization, account string) (org.Membership, error) {
	return one(ctx, t, "look up a membership", scanMembership,
		"SELECT "+membershipColumns+" FROM memberships WHERE organization = $1 AND account = $2 ORDER BY created, id LIMIT 1",
		organization, account)
}

// Memberships implements [org.Tx]; they come in the order of their creation.
func (t *tx) Memberships(ctx context.Context, organization string) ([]org.Membership, error) {
	return list(ctx, t, "list the memberships", scanMembership,
		"SELECT "+membershipColumns+" FROM memberships WHERE organization = $1 ORDER BY created, id", organization)
}

// MembershipsOf implements [org.Tx]; they come in the order of their creation.
func (t *tx) MembershipsOf(ctx context.Context, account string) ([]org.Membership, error) {
	return list(ctx, t, "list an account's memberships", scanMembership,
		"SELECT "+membershipColumns+" FROM memberships WHERE account = $1 ORDER BY created, id", account)
}

// CountAdmins implements [org.Tx].
func (t *tx) CountAdmins(ctx context.Context, organization string) (int, error) {
	return one(ctx, t, "count the administrators", single[int],
		"SELECT count(*) FROM memberships WHERE organization = $1 AND role = $2", organization, string(org.Admin))
}

// Departed implements [org.Tx].
func (t *tx) Departed(ctx context.Context, organization, account string) (bool, error) {
	return one(ctx, t, "look up a departure", single[bool],
		"SELECT count(*) FROM departures WHERE organization = $1 AND account = $2", organization, account)
}
