package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/scim"
)

// The tests of this file apply random operations to a user, and the same to a plain
// model: what GET would show, changed as RFC 7644 section 3.5.2 says in words.

// deed is an operation as JSON, with what it makes of the model; a reason refuses it.
type deed struct {
	operation string
	do        func(user map[string]any) (reason string)
}

func asJSON(value any) string {
	written, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(written)
}

func written(op, path string, value any) string {
	if op == "remove" && value == nil {
		return fmt.Sprintf(`{"op":"remove","path":%s}`, asJSON(path))
	}
	return fmt.Sprintf(`{"op":%q,"path":%s,"value":%s}`, op, asJSON(path), asJSON(value))
}

// deeds draws an operation.
func deeds(t *rapid.T) deed {
	op := rapid.SampledFrom([]string{"add", "replace", "remove"}).Draw(t, "op")
	switch rapid.IntRange(0, 6).Draw(t, "deed") {
	case 0:
		return texts(t, op, rapid.SampledFrom([]string{"title", "nickName"}).Draw(t, "text"))
	case 1:
		return texts(t, op, "name."+rapid.SampledFrom([]string{"givenName", "familyName", "middleName"}).Draw(t, "part"))
	case 2:
		return texts(t, op, scim.EnterpriseSchema+":"+rapid.SampledFrom([]string{"department", "manager.value"}).Draw(t, "attribute"))
	case 3:
		return names(t, op)
	case 4:
		return areas(t, op)
	case 5:
		return lists(t, op)
	}
	return choices(t, op)
}

// texts sets or removes a text somewhere.
func texts(t *rapid.T, op, path string) deed {
	value := rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "value")
	if op == "remove" {
		return deed{written(op, path, nil), func(user map[string]any) string { put(user, path, ""); return "" }}
	}
	return deed{written(op, path, value), func(user map[string]any) string { put(user, path, value); return "" }}
}

// put sets what a path leads to, or takes it away together with what it leaves empty.
func put(user map[string]any, path, value string) {
	if urn := scim.EnterpriseSchema + ":"; strings.HasPrefix(path, urn) {
		inner, _ := user[scim.EnterpriseSchema].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
		}
		put(inner, strings.TrimPrefix(path, urn), value)
		hold(user, scim.EnterpriseSchema, inner)
		return
	}
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		if user[name] = value; value == "" {
			delete(user, name)
		}
		return
	}
	inner, _ := user[name].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
	}
	put(inner, rest, value)
	hold(user, name, inner)
}

func hold(user map[string]any, name string, object map[string]any) {
	if user[name] = object; len(object) == 0 {
		delete(user, name)
	}
}

// names lays parts over the name, or takes all of it away.
func names(t *rapid.T, op string) deed {
	if op == "remove" {
		return deed{written(op, "name", nil), func(user map[string]any) string { delete(user, "name"); return "" }}
	}
	value := rapid.MapOf(rapid.SampledFrom([]string{"givenName", "familyName", "middleName"}), rapid.SampledFrom([]string{"a", "b", ""})).Draw(t, "name")
	return deed{written(op, "name", value), func(user map[string]any) string {
		for part, text := range value {
			put(user, "name."+part, text)
		}
		return ""
	}}
}

// areas changes a list of plain texts.
func areas(t *rapid.T, op string) deed {
	value := rapid.SliceOfN(rapid.SampledFrom([]string{"x", "X", "y", "z"}), 0, 3).Draw(t, "areas")
	path, all := badgePath+"areas", op == "remove" && rapid.Bool().Draw(t, "all")
	text := written(op, path, value)
	if all {
		text = written(op, path, nil)
	}
	return deed{text, func(user map[string]any) string {
		badge, _ := user[scim.BadgeSchema].(map[string]any)
		if badge == nil {
			badge = map[string]any{}
		}
		held, _ := badge["areas"].([]any)
		is := func(a any) func(string) bool {
			return func(b string) bool { return strings.EqualFold(a.(string), b) }
		}
		switch {
		case all, op == "replace":
			held = nil
		case op == "remove":
			held = slices.DeleteFunc(slices.Clone(held), func(a any) bool { return slices.ContainsFunc(value, is(a)) })
		}
		for _, v := range value {
			if op != "remove" && !slices.ContainsFunc(held, func(a any) bool { return is(a)(v) }) {
				held = append(slices.Clone(held), any(v))
			}
		}
		if badge["areas"] = held; len(held) == 0 {
			delete(badge, "areas")
		}
		delete(badge, "initials")
		hold(user, scim.BadgeSchema, badge)
		return ""
	}}
}

// address draws an e-mail address.
func address(t *rapid.T) map[string]any {
	entry := map[string]any{"value": rapid.SampledFrom([]string{"a@x", "A@x", "b@x", "c@x"}).Draw(t, "value")}
	if kind := rapid.SampledFrom([]string{"work", "home", "Work", ""}).Draw(t, "type"); kind != "" {
		entry["type"] = kind
	}
	if rapid.Bool().Draw(t, "primary") {
		entry["primary"] = true
	}
	return entry
}

func sameAddress(a, b map[string]any) bool {
	text := func(v any) string { s, _ := v.(string); return strings.ToLower(s) }
	return text(a["value"]) == text(b["value"]) && text(a["type"]) == text(b["type"])
}

// entries are the addresses of the model.
func entries(user map[string]any) []map[string]any {
	list, _ := user["emails"].([]any)
	held := make([]map[string]any, len(list))
	for i, e := range list {
		held[i] = overlaid(e.(map[string]any), nil)
	}
	return held
}

// keep stores the addresses: none twice, of which the first one's spelling stays.
func keep(user map[string]any, held []map[string]any) {
	var list []any
next:
	for _, e := range held {
		for _, earlier := range list {
			if first := earlier.(map[string]any); sameAddress(first, e) {
				if e["primary"] == true {
					first["primary"] = true
				}
				continue next
			}
		}
		if len(e) > 0 {
			list = append(list, e)
		}
	}
	if user["emails"] = list; len(list) == 0 {
		delete(user, "emails")
	}
}

// prefer takes the preference from all but those that are the same as a new one.
func prefer(held []map[string]any, fresh map[string]any) {
	for _, e := range held {
		if !sameAddress(e, fresh) {
			delete(e, "primary")
		}
	}
}

// lists adds, replaces or removes addresses.
func lists(t *rapid.T, op string) deed {
	value := make([]any, rapid.IntRange(0, 3).Draw(t, "addresses"))
	for i := range value {
		value[i] = address(t)
	}
	return deed{written(op, "emails", value), func(user map[string]any) string {
		fresh := map[string]any{}
		keep(fresh, func() (copied []map[string]any) {
			for _, v := range value {
				copied = append(copied, overlaid(v.(map[string]any), nil))
			}
			return copied
		}())
		held, arriving := entries(user), entries(fresh)
		if op == "remove" {
			keep(user, slices.DeleteFunc(held, func(e map[string]any) bool {
				return slices.ContainsFunc(arriving, func(gone map[string]any) bool {
					return sameAddress(e, gone) || gone["type"] == nil && strings.EqualFold(fmt.Sprint(e["value"]), fmt.Sprint(gone["value"]))
				})
			}))
			return ""
		}
		preferred := slices.DeleteFunc(slices.Clone(arriving), func(e map[string]any) bool { return e["primary"] != true })
		if len(preferred) > 1 {
			return "invalidValue"
		}
		if op == "replace" {
			held = nil
		} else if len(preferred) == 1 {
			prefer(held, preferred[0])
		}
		keep(user, append(held, arriving...))
		return ""
	}}
}

// choices changes the addresses of a type.
func choices(t *rapid.T, op string) deed {
	kind := rapid.SampledFrom([]string{"work", "home", "other"}).Draw(t, "type")
	path := fmt.Sprintf("emails[type eq %q]", kind)
	of := func(e map[string]any) bool { s, _ := e["type"].(string); return strings.EqualFold(s, kind) }
	if op == "remove" {
		return deed{written(op, path, nil), func(user map[string]any) string {
			keep(user, slices.DeleteFunc(entries(user), of))
			return ""
		}}
	}
	part, value := "value", any(rapid.SampledFrom([]string{"a@x", "b@x", "d@x"}).Draw(t, "value"))
	return deed{written(op, path+"."+part, value), func(user map[string]any) string {
		held, found := entries(user), false
		for _, e := range held {
			if of(e) {
				e[part], found = value, true
			}
		}
		switch {
		case !found && op == "replace":
			return "noTarget"
		case !found:
			held = append(held, map[string]any{"type": kind, part: value})
		}
		keep(user, held)
		return ""
	}}
}

// A sequence of operations does what the model does, or nothing at all; and doing it once
// more where it changed nothing leaves the version alone.
func TestOperationsMeanWhatTheyShould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newClient(t)
		c.seed(`"userName":"x"`)
		model := numbered(t, c.do("GET", "/Users/id-001", "").body)
		for range rapid.IntRange(1, 5).Draw(t, "requests") {
			after := numbered(t, asJSON(model))
			var operations []string
			reason := ""
			for range rapid.IntRange(1, 3).Draw(t, "operations") {
				d := deeds(t)
				operations = append(operations, d.operation)
				if reason == "" {
					reason = d.do(after)
				}
			}
			request := "[" + strings.Join(operations, ",") + "]"
			a := c.patch("id-001", request)
			if reason != "" {
				a.refused(t, http.StatusBadRequest, reason)
			} else {
				a.want(t, http.StatusOK)
				model = after
			}
			expect(t, c, model, request)
		}
	})
}

// expect compares the user with the model, meta, schemas and initials aside.
func expect(t *rapid.T, c *client, model map[string]any, request string) {
	t.Helper()
	got := numbered(t, c.do("GET", "/Users/id-001", "").body)
	if badge, ok := got[scim.BadgeSchema].(map[string]any); ok {
		delete(badge, "initials")
	}
	want := numbered(t, asJSON(model))
	want["meta"], want["schemas"] = got["meta"], got["schemas"]
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s leaves\n%v, want\n%v", request, got, want)
	}
	version := got["meta"].(map[string]any)["version"]
	again := c.do("PUT", "/Users/id-001", asJSON(got)).want(t, http.StatusOK)
	if again.object["meta"].(map[string]any)["version"] != version {
		t.Fatalf("after %s, writing back what was read makes it %s", request, again.body)
	}
}
