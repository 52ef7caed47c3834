package store

import (
	"context"

	"rollcall.example/reference/org"
)

// PutMember implements [org.Tx].
func (t *tx) PutMember(ctx context.Context, group string, m org.GroupMember) error {
	query := "INSERT INTO group_members (holder, record) VALUES ($1, $2)"
	if m.Group {
		query = "INSERT INTO group_members (holder, nested) VALUES ($1, $2)"
	}
	return t.add(ctx, "put somebody into a group", query, group, m.ID)
}

// DropMember implements [org.Tx].
func (t *tx) DropMember(ctx context.Context, group, member string) error {
	return t.change(ctx, "take somebody out of a group",
		"DELETE FROM group_members WHERE holder = $1 AND (record = $2 OR nested = $2)", group, member)
}

func scanMember(r row) (m org.GroupMember, err error) {
	err = r.Scan(&m.ID, &m.Group, &m.Display)
	return m, err
}

// GroupMembers implements [org.Tx].
func (t *tx) GroupMembers(ctx context.Context, group string) ([]org.GroupMember, error) {
	people, err := list(ctx, t, "list a group's people", scanMember,
		`SELECT r.id, 0, coalesce(nullif(r.display_name, ''), r.user_name) FROM group_members m JOIN records r ON r.id = m.record
			WHERE m.holder = $1 AND m.record IS NOT NULL ORDER BY m.record`, group)
	if err != nil {
		return nil, err
	}
	nested, err := list(ctx, t, "list a group's groups", scanMember,
		`SELECT g.id, 1, g.display_name FROM group_members m JOIN groups g ON g.id = m.nested
			WHERE m.holder = $1 AND m.nested IS NOT NULL ORDER BY m.nested`, group)
	return append(people, nested...), err
}

// GroupSizes implements [org.Tx].
func (t *tx) GroupSizes(ctx context.Context, organization string) (map[string]int, error) {
	sizes := map[string]int{}
	err := t.each(ctx, "count members of groups", `SELECT m.holder, count(*) FROM group_members m
			JOIN groups g ON g.id = m.holder WHERE g.organization = $1 GROUP BY m.holder`, []any{organization},
		func(r row) (bool, error) {
			var group string
			var size int
			err := r.Scan(&group, &size)
			sizes[group] = size
			return false, err
		})
	if err != nil {
		return nil, err
	}
	return sizes, nil
}

// most is how many ids one query may ask for.
const most = 1000

// inParts asks for some ids at a time, none for none.
func inParts(ids []string, ask func(part []string) error) error {
	for len(ids) > 0 {
		part := ids[:min(most, len(ids))]
		if err := ask(part); err != nil {
			return err
		}
		ids = ids[len(part):]
	}
	return nil
}

// HeldAmong implements [org.Tx].
func (t *tx) HeldAmong(ctx context.Context, group string, ids []string) ([]string, error) {
	var held []string
	err := inParts(ids, func(part []string) error {
		in, args := listed([]any{group}, part)
		found, err := list(ctx, t, "look for members of a group", single[string],
			"SELECT record FROM group_members WHERE holder = $1 AND record IN "+in+
				" UNION ALL SELECT nested FROM group_members WHERE holder = $1 AND nested IN "+in, args...)
		held = append(held, found...)
		return err
	})
	return held, err
}

// Nominees implements [org.Tx].
func (t *tx) Nominees(ctx context.Context, provider string, ids []string) ([]org.Nominee, error) {
	found := make(map[string]org.Nominee, len(ids))
	err := inParts(ids, func(part []string) error {
		in, args := listed([]any{provider}, part)
		return t.each(ctx, "look for people and groups",
			`SELECT id, 0, coalesce(nullif(display_name, ''), user_name), user_name, account, active
				FROM records WHERE provider = $1 AND id IN `+in+`
			UNION ALL SELECT id, 1, display_name, display_name, NULL, 0 FROM groups WHERE provider = $1 AND id IN `+in, args,
			func(r row) (bool, error) {
				var n org.Nominee
				err := r.Scan(&n.ID, &n.Group, &n.Display, &n.Name, referred{&n.Account}, &n.Active)
				found[n.ID] = n
				return false, err
			})
	})
	if err != nil {
		return nil, err
	}
	var nominees []org.Nominee
	for _, id := range ids {
		if n, known := found[id]; known {
			nominees = append(nominees, n)
		}
	}
	return nominees, nil
}

// GroupsWith implements [org.Tx].
func (t *tx) GroupsWith(ctx context.Context, members []string) (map[string][]org.Group, error) {
	held := map[string][]org.Group{}
	err := inParts(members, func(part []string) error {
		in, args := listed(nil, part)
		const groups = ` AS member, g.id, g.organization, g.provider, g.display_name, g.external_id, g.attributes, g.team, g.team_made,
			g.team_role, g.version, g.created, g.modified, g.display_name_key FROM group_members m JOIN groups g ON g.id = m.holder WHERE `
		return t.each(ctx, "list the groups that hold somebody",
			"SELECT member, "+groupColumns+" FROM (SELECT m.record"+groups+"m.record IN "+in+
				" UNION ALL SELECT m.nested"+groups+"m.nested IN "+in+") AS held ORDER BY display_name_key, created, id", args,
			func(r row) (bool, error) {
				var member string
				var g org.Group
				err := r.Scan(append([]any{&member}, groupCells(&g)...)...)
				held[member] = append(held[member], g)
				return false, err
			})
	})
	if err != nil {
		return nil, err
	}
	return held, nil
}
