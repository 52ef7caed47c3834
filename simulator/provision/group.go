package provision

import "encoding/json"

// Group is a group as it is pushed: its name, and those of its members whom the
// product knows.
type Group struct {
	DisplayName string
	Members     []GroupMember
}

// GroupMember is somebody in a pushed group (RFC 7643 §4.2). Okta sends neither type
// nor $ref.
type GroupMember struct {
	// Value is the product's id of the person.
	Value string `json:"value"`
	// Display is the application user name.
	Display string `json:"display,omitempty"`
}

// GroupStyle are the ways in which groups are pushed that differ between versions and
// integrations, or that no document settles. The zero value is what is seen most.
type GroupStyle struct {
	// InlineMembers creates a group with its members in it. Otherwise it is created
	// empty, and they are added after.
	InlineMembers bool
	// Batch is how many members one PATCH changes; 0 is all of them.
	Batch int
	// Pathless writes a full push as one value without a path, with the members in it.
	Pathless bool
	// OmitID leaves the id out of a group that is PUT.
	OmitID bool
	// ReadFirst reads a group before it is PUT.
	ReadFirst bool
}

// wholeGroup is a group as it is created or PUT, its members in Okta's order.
type wholeGroup struct {
	Schemas     []string      `json:"schemas"`
	ID          string        `json:"id,omitempty"`
	DisplayName string        `json:"displayName"`
	Members     []GroupMember `json:"members"`
}

func (g Group) whole(id string) wholeGroup {
	return wholeGroup{Schemas: []string{groupSchema}, ID: id, DisplayName: g.DisplayName, Members: listed(g.Members)}
}

// listed makes an empty list of no list, which JSON would call null.
func listed(members []GroupMember) []GroupMember {
	if members == nil {
		return []GroupMember{}
	}
	return members
}

// rename is the operation that Okta sends before every other change of a group: with
// the id in the value, which RFC 7643 §3.1 lets nobody change.
func (g Group) rename(id string) operation {
	return operation{Op: "replace"}.with(struct {
		ID          string `json:"id"`
		DisplayName string `json:"displayName"`
	}{id, g.DisplayName})
}

// change are the operations that take members out and put others in, those first.
func change(removed, added []GroupMember) []operation {
	var operations []operation
	for _, member := range removed {
		quoted, err := marshal(member.Value)
		operations = append(operations, operation{Op: "remove", Path: "members[value eq " + string(quoted) + "]", wrong: err})
	}
	if len(added) > 0 {
		operations = append(operations, operation{Op: "add", Path: "members"}.with(added))
	}
	return operations
}

// replacement is the operation of a full push.
func (g Group) replacement(id string, style GroupStyle) operation {
	if style.Pathless {
		return operation{Op: "replace"}.with(struct {
			Members     []GroupMember `json:"members"`
			ID          string        `json:"id"`
			DisplayName string        `json:"displayName"`
		}{listed(g.Members), id, g.DisplayName})
	}
	return operation{Op: "replace", Path: "members"}.with(listed(g.Members))
}

// membersOf reads the members of a group that the product gave.
func membersOf(group *Object) []GroupMember {
	var members []GroupMember
	if json.Unmarshal(group.Raw("members"), &members) != nil {
		return nil
	}
	return members
}
