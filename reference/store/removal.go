package store

import "context"

// DeleteTeam implements [org.Tx]. The groups that are mapped to the team are mapped to
// none then.
func (t *tx) DeleteTeam(ctx context.Context, id string) error {
	const doing = "delete a team"
	t.changes()
	if _, err := t.execute(ctx, doing, "UPDATE groups SET team = NULL, team_made = 0 WHERE team = $1", id); err != nil {
		return err
	}
	return t.change(ctx, doing, "DELETE FROM teams WHERE id = $1", id)
}

// emptied is what an organization holds, in the order in which it can be deleted: what
// refers to something goes before it.
var emptied = []string{
	"DELETE FROM group_members WHERE holder IN (SELECT id FROM groups WHERE organization = $1)",
	"DELETE FROM groups WHERE organization = $1",
	"DELETE FROM team_places WHERE team IN (SELECT id FROM teams WHERE organization = $1)",
	"DELETE FROM teams WHERE organization = $1",
	"DELETE FROM sessions WHERE organization = $1",
	"DELETE FROM tokens WHERE organization = $1",
	"DELETE FROM seats WHERE organization = $1",
	"DELETE FROM memberships WHERE organization = $1",
	"DELETE FROM departures WHERE organization = $1",
	"DELETE FROM records WHERE " + ofOrganization,
	"DELETE FROM list_holes WHERE " + ofOrganization,
	"DELETE FROM list_ends WHERE " + ofOrganization,
	"DELETE FROM name_ids WHERE " + ofOrganization,
	"DELETE FROM requests WHERE " + ofOrganization,
	"DELETE FROM logouts WHERE " + ofOrganization,
	"DELETE FROM credentials WHERE " + ofOrganization,
	"DELETE FROM providers WHERE organization = $1",
}

// knownIn lists the accounts that an organization knows in any way.
const knownIn = `SELECT account FROM memberships WHERE organization = $1
	UNION SELECT account FROM seats WHERE organization = $1
	UNION SELECT account FROM departures WHERE organization = $1
	UNION SELECT account FROM sessions WHERE organization = $1
	UNION SELECT account FROM tokens WHERE organization = $1
	UNION SELECT account FROM records WHERE ` + ofOrganization + ` AND account IS NOT NULL
	UNION SELECT account FROM name_ids WHERE ` + ofOrganization

// unknown deletes an account that no organization knows any more.
const unknown = `DELETE FROM accounts WHERE id = $1
	AND NOT EXISTS (SELECT 1 FROM memberships WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM seats WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM departures WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM sessions WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM tokens WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM records WHERE account = $1)
	AND NOT EXISTS (SELECT 1 FROM name_ids WHERE account = $1)`

// DeleteOrganization implements [org.Tx].
func (t *tx) DeleteOrganization(ctx context.Context, id string) error {
	const doing = "delete an organization"
	t.changes()
	accounts, err := list(ctx, t, doing, single[string], knownIn, id)
	if err != nil {
		return err
	}
	for _, query := range emptied {
		if _, err := t.execute(ctx, doing, query, id); err != nil {
			return err
		}
	}
	for _, account := range accounts {
		if _, err := t.execute(ctx, doing, unknown, account); err != nil {
			return err
		}
	}
	return t.change(ctx, doing, "DELETE FROM organizations WHERE id = $1", id)
}
