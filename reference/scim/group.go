package scim

import (
	"context"
	"fmt"
	"unicode/utf8"

	"rollcall.example/reference/org"
)

// GroupSchema identifies the core Group (RFC 7643 section 4.2).
const GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"

// groups is the schema of /Groups. It is read once and never changed.
var (
	groups    = schemaOf("ResourceTypeGroup")
	membersOf = groups.attribute("members")
)

// Groups is what the server asks of the product about groups, at a provider that
// offers them.
type Groups interface {
	CreateGroup(ctx context.Context, caller org.Caller, group org.Group) (org.Group, error)

	// Group finds a group, with its members where they are asked for.
	Group(ctx context.Context, caller org.Caller, id string, members bool) (org.Group, error)

	// FindGroups lists the groups that match, in a stable order, from offset (from 0),
	// at most limit; and how many match in all.
	FindGroups(ctx context.Context, caller org.Caller, match org.GroupMatch, members bool, offset, limit int) ([]org.Group, int, error)

	// EachGroup visits the groups that match, in the same order, as they were at one
	// moment.
	EachGroup(ctx context.Context, caller org.Caller, match org.GroupMatch, members bool, visit func(org.Group)) error

	// ChangeGroup lets change edit the group within one transaction; its error undoes
	// everything and is returned.
	ChangeGroup(ctx context.Context, caller org.Caller, id string, change func(*org.GroupEdit) error) (org.Group, error)

	// DeleteGroup asks the conditions within the transaction, before anything is done.
	DeleteGroup(ctx context.Context, caller org.Caller, id string, conditions ...func(org.Group) error) error

	// GroupsOf lists which groups these records are directly in.
	GroupsOf(ctx context.Context, records ...string) (map[string][]org.Group, error)
}

// Locator gives the absolute address of a resource: of the endpoint, as "Users", and
// the id.
type Locator func(endpoint, id string) string

func (x *exchange) locator() Locator {
	return func(endpoint, id string) string { return x.location(endpoint, id) }
}

func groupVersion(g org.Group) string { return fmt.Sprintf(`W/"%d"`, g.Version) }

// renderGroup shows a group.
func renderGroup(g org.Group, at Locator) Document {
	d := groupDocument(g, at)
	d["meta"].(Document)["location"] = at("Groups", g.ID)
	return d
}

// groupDocument is a group as a Group (RFC 7643 section 4.2): what clients see, filters
// judge and PATCH works on.
func groupDocument(g org.Group, at Locator) Document {
	d := make(Document, len(g.Attributes)+6)
	for name, value := range g.Attributes {
		d[name] = value
	}
	d["id"] = g.ID
	d["meta"] = Document{
		"resourcetype": "Group",
		"created":      moment(g.Created),
		"lastmodified": moment(g.Modified),
		"version":      groupVersion(g),
	}
	setText(d, "externalid", g.ExternalID)
	setText(d, "displayname", g.DisplayName)
	if len(g.Members) > 0 {
		d["members"] = memberDocuments(g.Members, at)
	}
	groups.nameSchemas(d)
	return d
}

func memberDocuments(members []org.GroupMember, at Locator) []any {
	list := make([]any, len(members))
	for i, m := range members {
		kind, endpoint := "User", "Users"
		if m.Group {
			kind, endpoint = "Group", "Groups"
		}
		entry := Document{"value": m.ID, "type": kind}
		setText(entry, "$ref", at(endpoint, m.ID))
		setText(entry, "display", m.Display)
		list[i] = entry
	}
	return list
}

// readGroup makes the group say what the body says, its members included, of whom only
// the ids are read: who they are, the product knows.
func readGroup(c coercion, body Document, into *org.Group) error {
	d, err := c.resource(groups, body)
	if err != nil {
		return err
	}
	if problem := groups.missing(d); problem != nil {
		return problem
	}
	name := textOf(d, "displayname")
	if utf8.RuneCountInString(name) > maxUserName {
		return bad(InvalidValue, "displayName is longer than %d characters", maxUserName)
	}
	ids, err := memberIDs(d["members"])
	if err != nil {
		return err
	}
	into.DisplayName, into.ExternalID = name, textOf(d, "externalid")
	into.Members = make([]org.GroupMember, len(ids))
	for i, id := range ids {
		into.Members[i].ID = id
	}
	delete(d, "members")
	into.Attributes = rest(d)
	return nil
}

// memberIDs reads the ids out of a list of members that was coerced.
func memberIDs(value any) ([]string, error) {
	list, _ := value.([]any)
	ids := make([]string, len(list))
	for i, entry := range list {
		object, _ := entry.(map[string]any)
		if ids[i] = textOf(object, "value"); ids[i] == "" {
			return nil, bad(InvalidValue, "members: an entry has no value, which is the id of the member")
		}
	}
	return ids, nil
}

// ids are those of the members.
func ids(members []org.GroupMember) []string {
	all := make([]string, len(members))
	for i, m := range members {
		all[i] = m.ID
	}
	return all
}
