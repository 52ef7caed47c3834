package scim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// Where scim-patch makes something else of a user, the table says why ours is right.
func TestOperationsAsPeersApplyThem(t *testing.T) {
	t.Parallel()
	others := startPeers(t)
	for _, row := range judgedOperations {
		c := newClient(t)
		c.seed(strings.TrimSuffix(`"userName":"x",`+abbreviated.Replace(row.has), ","))
		operations := "[" + abbreviated.Replace(row.operations) + "]"
		theirs := others.patched(t, operations, c.somebody())
		ours := c.patched(operations)
		if want := abbreviated.Replace(row.ours); ours != want {
			t.Errorf("%s of %s: ours makes it %s, want %s", row.operations, row.has, ours, want)
		}
		if alike(ours, theirs) {
			theirs = same
		}
		if want := abbreviated.Replace(row.theirs); theirs != want {
			t.Errorf("%s of %s: scim-patch makes it %s, the table has %s", row.operations, row.has, theirs, want)
		}
		if (row.theirs == same) != (row.why == agreed) {
			t.Errorf("%s of %s: the table says %q", row.operations, row.has, row.why)
		}
	}
}

// alike says that ours and theirs make the same of a user, or both refuse.
func alike(ours, theirs string) bool {
	return theirs == ours || theirs == refused && !strings.HasPrefix(ours, "{")
}

// somebody is the only user, as the server shows it, without initials, which follow from
// the name.
func (c *client) somebody() map[string]any {
	c.t.Helper()
	user := numbered(c.t, c.do("GET", "/Users/id-001", "").want(c.t, http.StatusOK).body)
	if badge, ok := user[scim.BadgeSchema].(map[string]any); ok {
		delete(badge, "initials")
	}
	return user
}

// patched says what operations make of the only user, or why they are refused.
func (c *client) patched(operations string) string {
	c.t.Helper()
	if a := c.patch("id-001", operations); a.status != http.StatusOK {
		reason, _ := a.object["scimType"].(string)
		a.refused(c.t, http.StatusBadRequest, reason)
		return reason
	}
	return essence(c.somebody())
}

// patched says what operations make of a user, as scim-patch has it.
func (p *peers) patched(t tester, operations string, user map[string]any) string {
	t.Helper()
	said := p.ask(t, "scim-patch", map[string]any{"operations": json.RawMessage(operations), "resource": user})
	if said.Refused != "" {
		return refused
	}
	return essence(said.Resource)
}

// essence is what operations may have changed, as JSON, without what is empty, which is
// the same as unset (RFC 7643 section 2.5), and without what everybody has.
func essence(user map[string]any) string {
	user = maps.Clone(user)
	for _, name := range []string{"meta", "schemas"} {
		delete(user, name)
	}
	for name, value := range map[string]any{"id": "id-001", "userName": "x", "active": true} {
		if user[name] == value {
			delete(user, name)
		}
	}
	rest, _ := withoutEmpty(user).(map[string]any)
	if rest == nil {
		return "{}"
	}
	return asJSON(rest)
}

// withoutEmpty is a value without members that are unset; nil when nothing is left.
func withoutEmpty(value any) any {
	switch v := value.(type) {
	case map[string]any:
		rest := map[string]any{}
		for name, member := range v {
			if member = withoutEmpty(member); member != nil {
				rest[name] = member
			}
		}
		if len(rest) > 0 {
			return rest
		}
		return nil
	case []any:
		var rest []any
		for _, entry := range v {
			if entry = withoutEmpty(entry); entry != nil {
				rest = append(rest, entry)
			}
		}
		if len(rest) > 0 {
			return rest
		}
		return nil
	case string:
		if v == "" {
			return nil
		}
	}
	return value
}
