package selftest_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
)

// companions are what must be declared beside a value for it to make sense.
var companions = map[string]fixtures.Variant{
	"billing_starts=scim_create":     {Extends: "account-at-create"},
	"billing_starts=invite_accepted": {Extends: "invitation"},
}

// unproved are values that the reference keeps and that no requirement is about.
var unproved = map[string]string{
	"scim_groups=push":       "groups are proved under every profile, in organizations that are founded with them",
	"token_lifetime=max_age": "how long a token is good for is said when it is made, whatever is declared",
}

// A value that the reference can be set to is no empty word: a requirement is about it,
// and a defect under a profile that declares it proves that the spec can fail.
func TestEveryValueThatTheReferenceKeepsIsProved(t *testing.T) {
	t.Parallel()
	for _, key := range fixtures.ProfileKeys() {
		if key.Kind != fixtures.Word && key.Kind != fixtures.Boolean {
			continue
		}
		for _, value := range key.Values {
			stated := fixtures.Condition{Key: key.Name, Value: value.Name}
			if stated.Usual() || !kept(t, stated) {
				continue
			}
			name := stated.String()
			if _, excused := unproved[name]; excused != !proved(t, stated) {
				t.Errorf("%s: excused %v, proved %v", name, excused, !excused)
			}
		}
	}
}

// kept says whether the reference can be set to the value.
func kept(t *testing.T, stated fixtures.Condition) bool {
	t.Helper()
	declared := companions[stated.String()]
	declared.Keys = maps.Clone(declared.Keys)
	if declared.Keys == nil {
		declared.Keys = map[string]any{}
	}
	declared.Keys[stated.Key] = stated.Value
	if stated.Value == "true" || stated.Value == "false" {
		declared.Keys[stated.Key] = stated.Value == "true"
	}
	profile, err := declared.Profile()
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundled.Start(context.Background(), bundled.Options{Profile: profile})
	if err != nil {
		return false
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	return true
}

// proved says whether a defect, under a profile that states the value, breaks a
// requirement that asks for it.
func proved(t *testing.T, stated fixtures.Condition) bool {
	t.Helper()
	return slices.ContainsFunc(fixtures.Defects(), func(d fixtures.Defect) bool {
		profile, err := d.Variant.Profile()
		if err != nil {
			t.Fatal(err)
		}
		holds, _ := stated.Holds(profile)
		return holds && slices.ContainsFunc(d.Catches, func(id string) bool {
			r, _ := fixtures.Requirements().Find(id)
			return asksFor(r, stated)
		})
	})
}

// asksFor says whether the requirement is about products that state this, or about a few
// of which they are some: what it says of the key, this meets, and the usual value does not.
func asksFor(r fixtures.Requirement, stated fixtures.Condition) bool {
	about := slices.DeleteFunc(r.Conditions(), func(c fixtures.Condition) bool { return c.Key != stated.Key })
	value := fixtures.Profile{Keys: map[string]any{stated.Key: stated.Value}}
	met := !slices.ContainsFunc(about, func(c fixtures.Condition) bool { holds, _ := c.Holds(value); return !holds })
	return met && slices.ContainsFunc(about, func(c fixtures.Condition) bool { return !c.Usual() })
}
