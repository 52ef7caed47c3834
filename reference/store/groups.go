package store

import (
	"context"
	"fmt"
	"strings"

	"rollcall.example/reference/org"
)

const groupColumns = `id, organization, provider, display_name, external_id, attributes,
	team, team_made, team_role, version, created, modified`

func scanGroup(r row) (g org.Group, err error) {
	err = r.Scan(groupCells(&g)...)
	return g, err
}

// groupCells are where the columns of a group go.
func groupCells(g *org.Group) []any {
	return []any{&g.ID, &g.Organization, &g.Provider, &g.DisplayName, &g.ExternalID, unpackedObject{&g.Attributes},
		referred{&g.Team}, &g.TeamMade, &g.Role, &g.Version, moment{&g.Created}, moment{&g.Modified}}
}

// placedGroupColumns are those of a group in a list.
const placedGroupColumns = groupColumns + ", place"

func scanPlacedGroup(r row) (g org.Group, err error) {
	err = r.Scan(append(groupCells(&g), &g.Place)...)
	return g, err
}

func groupValues(g org.Group) []any {
	return []any{g.ID, g.Organization, g.Provider, g.DisplayName, g.ExternalID, packedObject(g.Attributes),
		reference(g.Team), bit(g.TeamMade), string(g.Role), int64(g.Version), at(g.Created), at(g.Modified),
		org.Key(g.DisplayName)}
}

const groupList kind = "groups"

// AddGroup implements [org.Tx]. The group takes the last place in the list of its
// provider.
func (t *tx) AddGroup(ctx context.Context, g org.Group) error {
	return t.add(ctx, "add a group", insertGroup, groupValues(g)...)
}

var insertGroup = "INSERT INTO groups (" + groupColumns + ", display_name_key, place) VALUES " +
	"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, " + lastPlaceOf(groupList, 3) + " + 1)"

// SaveGroup implements [org.Tx]. A group stays with its provider, and keeps its place
// there.
func (t *tx) SaveGroup(ctx context.Context, g org.Group) error {
	return t.change(ctx, "save a group",
		`UPDATE groups SET organization = $2, display_name = $4, external_id = $5, attributes = $6,
			team = $7, team_made = $8, team_role = $9, version = $10, created = $11, modified = $12,
			display_name_key = $13 WHERE id = $1 AND provider = $3`,
		groupValues(g)...)
}

// DeleteGroup implements [org.Tx].
func (t *tx) DeleteGroup(ctx context.Context, id string) error {
	const doing = "delete a group"
	var provider string
	place, err := one(ctx, t, doing, func(r row) (place int64, err error) {
		err = r.Scan(&provider, &place)
		return place, err
	}, "DELETE FROM groups WHERE id = $1 RETURNING provider, place", id)
	if err != nil {
		return err
	}
	return t.freed(ctx, groupList, provider, place)
}

// Group implements [org.Tx].
func (t *tx) Group(ctx context.Context, provider, id string) (org.Group, error) {
	return one(ctx, t, "look up a group", scanGroup,
		"SELECT "+groupColumns+" FROM groups WHERE id = $1 AND provider = $2", id, provider)
}

// GroupsIn implements [org.Tx].
func (t *tx) GroupsIn(ctx context.Context, organization string) ([]org.Group, error) {
	return list(ctx, t, "list the groups", scanGroup,
		"SELECT "+groupColumns+" FROM groups WHERE organization = $1 ORDER BY display_name_key, created, id", organization)
}

// FindGroups implements [org.Tx]. As with records, groups are counted only where the
// page itself does not tell how many there are.
func (t *tx) FindGroups(ctx context.Context, provider string, match org.GroupMatch, offset, limit int) ([]org.Group, int, error) {
	offset, limit = max(offset, 0), max(limit, 0)
	where, args := narrowGroups(provider, match)
	var page []org.Group
	var err error
	switch {
	case limit == 0:
	case match == org.GroupMatch{}:
		page, err = t.groupsFrom(ctx, provider, offset, limit)
	default:
		page, err = list(ctx, t, "find groups", scanPlacedGroup,
			fmt.Sprintf("SELECT %s FROM groups WHERE %s ORDER BY place LIMIT 0 + $%d OFFSET $%d", placedGroupColumns, where, len(args)+1, len(args)+2),
			append(args[:len(args):len(args)], limit, offset)...)
	}
	if err != nil {
		return nil, 0, err
	}
	if len(page) < limit && (len(page) > 0 || offset == 0) || match.After > 0 {
		return page, offset + len(page), nil
	}
	if match == (org.GroupMatch{}) {
		total, err := t.length(ctx, groupList, provider)
		return page, total, err
	}
	total, err := one(ctx, t, "count groups", single[int], "SELECT count(*) FROM groups WHERE "+where, args...)
	return page, total, err
}

// groupsFrom is a page of all groups of a provider.
func (t *tx) groupsFrom(ctx context.Context, provider string, offset, limit int) ([]org.Group, error) {
	from, skip := int64(0), 0
	if offset > 0 {
		var err error
		if from, skip, err = t.seek(ctx, groupList, provider, offset); err != nil {
			return nil, err
		}
	}
	return list(ctx, t, "find groups", scanPlacedGroup, "SELECT "+placedGroupColumns+
		" FROM groups WHERE provider = $1 AND place >= $2 ORDER BY place LIMIT 0 + $3 OFFSET $4", provider, from, limit, skip)
}

// narrowGroups words the match as a condition with its values.
func narrowGroups(provider string, match org.GroupMatch) (where string, args []any) {
	args = []any{provider}
	conditions := []string{"provider = $1"}
	for _, c := range []struct {
		condition string
		value     *string
	}{
		{"id = $%d", match.ID},
		{"display_name_key = $%d", keyOf(match.DisplayName)},
		{"external_id = $%d", match.ExternalID},
		{"id IN (SELECT holder FROM group_members WHERE record = $%[1]d UNION SELECT holder FROM group_members WHERE nested = $%[1]d)", match.Member},
	} {
		if c.value != nil {
			args = append(args, *c.value)
			conditions = append(conditions, fmt.Sprintf(c.condition, len(args)))
		}
	}
	if match.After > 0 {
		args = append(args, match.After)
		conditions = append(conditions, fmt.Sprintf("place > $%d", len(args)))
	}
	return strings.Join(conditions, " AND "), args
}

func keyOf(name *string) *string {
	if name == nil {
		return nil
	}
	key := org.Key(*name)
	return &key
}

// GroupsOfAccount implements [org.Tx]. It is asked at every sign-in, and mostly there are
// none, which the ids alone tell: see RecordByUserName.
func (t *tx) GroupsOfAccount(ctx context.Context, organization, account string) ([]org.Group, error) {
	const doing = "list an account's groups"
	held, err := list(ctx, t, doing, single[string], "SELECT m.holder"+heldByAccount+" LIMIT 1", organization, account)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	return list(ctx, t, doing, scanGroup,
		"SELECT "+groupColumns+" FROM groups WHERE id IN (SELECT m.holder"+heldByAccount+") ORDER BY display_name_key, created, id",
		organization, account)
}

const heldByAccount = ` FROM records r JOIN group_members m ON m.record = r.id
	WHERE r.organization = $1 AND r.account = $2 AND r.active = 1`
