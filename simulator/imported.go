package simulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"rollcall.example/simulator/provision"
)

// ImportedUsers returns whom the last import left known in the product, in order of
// user name.
func (a *App) ImportedUsers() []ImportedUser {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	return slices.SortedFunc(maps.Values(a.imported().users), func(one, other ImportedUser) int {
		return strings.Compare(one.UserName+one.ExternalID, other.UserName+other.ExternalID)
	})
}

// ImportedGroups returns the groups that the last import found, in order of name.
func (a *App) ImportedGroups() []ImportedGroup {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	return slices.SortedFunc(maps.Values(a.imported().groups), func(one, other ImportedGroup) int {
		return strings.Compare(one.Name+one.ExternalID, other.Name+other.ExternalID)
	})
}

func importedGroup(object *provision.Object) ImportedGroup {
	group := ImportedGroup{ExternalID: object.Text("id"), Name: object.Text("displayName")}
	var members []provision.GroupMember
	if json.Unmarshal(object.Raw("members"), &members) == nil {
		for _, member := range members {
			group.Members = append(group.Members, member.Value)
		}
	}
	slices.Sort(group.Members)
	return group
}

// primaryAddress is the address that the product calls primary, or its first one.
func primaryAddress(user *provision.Object) string {
	var addresses []struct {
		Value   string
		Primary bool
	}
	if json.Unmarshal(user.Raw("emails"), &addresses) != nil || len(addresses) == 0 {
		return ""
	}
	for _, address := range addresses {
		if address.Primary {
			return address.Value
		}
	}
	return addresses[0].Value
}
