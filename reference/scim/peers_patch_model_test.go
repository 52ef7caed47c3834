package scim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/scim"
)

// changes draws operations of which scim-patch and we must make the same: it chooses
// among what the user has, for what is not there the table is about, and what it adds is
// new. Each of its methods is about attributes of its own, so that operations of one
// request do not depend on each other, except where one writes what another one wrote.
type changes struct {
	t    *rapid.T
	user map[string]any
	made int // values so far that nobody had before
}

// request draws operations.
func (c *changes) request() string {
	parts := rapid.Permutation([]func() string{c.text, c.text, c.name, c.members, c.extension, c.emails, c.addresses, c.areas}).Draw(c.t, "parts")
	operations := make([]string, rapid.IntRange(1, 4).Draw(c.t, "operations"))
	for i := range operations {
		operations[i] = parts[i]()
	}
	return "[" + strings.Join(operations, ",") + "]"
}

func (c *changes) of(choices ...string) string { return rapid.SampledFrom(choices).Draw(c.t, "choice") }

// fresh is a text that nobody had before.
func (c *changes) fresh() string {
	c.made++
	return fmt.Sprintf("v%d", c.made)
}

// simple sets or removes a text.
func (c *changes) simple(path string) string {
	op := c.of("add", "replace", "Replace", "remove")
	if op == "remove" {
		return written(op, path, nil)
	}
	return written(op, path, c.of("a", "b", ""))
}

func (c *changes) text() string {
	return c.simple(c.of("title", "nickName", scim.UserSchema+":displayName", "name.givenName", "name.familyName"))
}

func (c *changes) extension() string {
	return c.simple(scim.EnterpriseSchema + ":" + c.of("department", "costCenter", "manager.value"))
}

// name lays parts over the name.
func (c *changes) name() string {
	parts := map[string]any{}
	for _, part := range []string{"givenName", "familyName", "middleName"} {
		if value := c.of("a", "b", "", "left out"); value != "left out" {
			parts[part] = value
		}
	}
	return written(c.of("add", "replace"), "name", parts)
}

// members sets attributes without a path.
func (c *changes) members() string {
	value := map[string]any{}
	for _, name := range []string{"title", "name.givenName", scim.EnterpriseSchema + ":department"} {
		if rapid.Bool().Draw(c.t, "member") {
			value[name] = c.of("a", "b")
		}
	}
	value["active"] = rapid.Bool().Draw(c.t, "active")
	return fmt.Sprintf(`{"op":%q,"value":%s}`, c.of("add", "Add", "replace"), asJSON(value))
}

// email is an address that nobody had before.
func (c *changes) email() map[string]any {
	entry := map[string]any{"value": c.fresh()}
	if kind := c.of("work", "home", ""); kind != "" {
		entry["type"] = kind
	}
	return entry
}

// emails changes the addresses: all, one that is there, or those of a kind.
func (c *changes) emails() string {
	held, _ := c.user["emails"].([]any)
	form := rapid.IntRange(0, 9).Draw(c.t, "form")
	switch {
	case form == 0:
		return written("remove", "emails", nil)
	case form == 1:
		first := c.email()
		first["primary"] = true
		return written("replace", "emails", []any{first, c.email()})
	case form <= 4 || len(held) == 0:
		added := []any{c.email(), c.email()}
		if len(held) > 0 && rapid.Bool().Draw(c.t, "again") {
			added[0] = rapid.SampledFrom(held).Draw(c.t, "held")
		}
		return written("add", "emails", added)
	case form == 5:
		return written("add", fmt.Sprintf("emails[type eq %q].value", c.fresh()), c.fresh())
	}
	one := rapid.SampledFrom(held).Draw(c.t, "held").(map[string]any)
	is := fmt.Sprintf("emails[%s eq %q]", "value", one["value"])
	switch form {
	case 6:
		return written("remove", "emails", []any{one})
	case 7:
		return written("replace", is+".value", c.fresh())
	case 8:
		return written(c.of("add", "replace"), is+"."+c.of("type", "display"), c.of("work", "home"))
	}
	return written("remove", c.choice(one, is), nil)
}

// choice draws a path that chooses one of the addresses at least, as a whole or a part.
func (c *changes) choice(one map[string]any, is string) string {
	if kind, ok := one["type"].(string); ok {
		ending := c.of(`value pr`, `value sw "v"`, `value ew "1"`, `not (value ew "1")`, `(primary eq true or value co "2")`)
		return c.of(is, is+".type", fmt.Sprintf("emails[type eq %q]", kind), fmt.Sprintf("emails[type eq %q and %s]", kind, ending))
	}
	return is
}

// addresses changes the address of a kind, of which there is one at most.
func (c *changes) addresses() string {
	kind := c.of("work", "home", "other")
	path := fmt.Sprintf("addresses[type eq %q]", kind)
	held, _ := c.user["addresses"].([]any)
	there := slices.ContainsFunc(held, func(e any) bool { return e.(map[string]any)["type"] == kind })
	part := path + "." + c.of("locality", "region", "country")
	switch op := c.of("add", "replace", "remove", "remove all"); {
	case op == "add" || !there:
		return written("add", part, c.of("GB", "FR"))
	case op == "replace":
		return written(op, part, c.of("GB", "FR"))
	case op == "remove":
		return written(op, part, nil)
	}
	return written("remove", path, nil)
}

// areas changes a list of texts.
func (c *changes) areas() string {
	badge, _ := c.user[scim.BadgeSchema].(map[string]any)
	held, _ := badge["areas"].([]any)
	some := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 1, 2, rapid.ID).Draw(c.t, "areas")
	op := c.of("add", "replace", "remove", "remove some")
	switch {
	case op == "remove":
		return written(op, badgePath+"areas", nil)
	case op == "remove some" && len(held) > 0:
		return written("remove", badgePath+"areas", some)
	case op == "remove some":
		op = "add"
	}
	return written(op, badgePath+"areas", some)
}

// On common ground operations make the same of a user, request after request.
func TestPeersPatchTheSame(t *testing.T) {
	t.Parallel()
	others := startPeers(t)
	rapid.Check(t, func(t *rapid.T) {
		c := newClient(t)
		c.seed(`"userName":"x"`)
		drawn := changes{t: t}
		for range rapid.IntRange(1, 6).Draw(t, "requests") {
			drawn.user = c.somebody()
			operations := drawn.request()
			theirs := others.patched(t, operations, drawn.user)
			if ours := c.patched(operations); ours != theirs {
				t.Fatalf("%s of %s: ours makes it\n%s, scim-patch\n%s", operations, essence(drawn.user), ours, theirs)
			}
		}
	})
}
