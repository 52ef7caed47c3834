package org_test

import (
	"reflect"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/reference/org"
)

func TestTheTwoLayerProfileIsTheStandard(t *testing.T) {
	t.Parallel()
	profile, err := fixtures.ReadProfile("two-layer")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := org.RulesFrom(profile.Keys)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(rules, org.Standard()) {
		t.Errorf("two-layer\n%+v\nstandard\n%+v", rules, org.Standard())
	}
}

func TestRulesFrom(t *testing.T) {
	t.Parallel()
	rules, err := org.RulesFrom(map[string]any{
		"jit": "off", "tokens_resurrect": true, "default_teams_survive": "false", "deactivate_without_record": 404,
		"login_overwrites":          []any{"teams"},
		"missing_attribute":         map[string]any{"admin": "keep"},
		"empty_attribute.teams":     "keep",
		"sees_preexisting_accounts": false,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := org.Standard()
	want.JIT, want.TokensResurrect, want.DefaultTeamsSurvive = "off", true, false
	want.LoginOverwrites, want.MissingAdmin, want.EmptyTeams = []string{"teams"}, "keep", "keep"
	if !reflect.DeepEqual(rules, want) {
		t.Errorf("%+v\nwant\n%+v", rules, want)
	}
}

func TestRulesFromRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys map[string]any
		says []string
	}{
		"unknown key":      {map[string]any{"jitt": "on"}, []string{"jitt", "login_overwrites"}},
		"unknown nested":   {map[string]any{"missing_attribute": map[string]any{"phone": "keep"}}, []string{"missing_attribute.phone"}},
		"unknown value":    {map[string]any{"jit": "sometimes"}, []string{"jit", "sometimes", "on, off, record_required"}},
		"not ours":         {map[string]any{"scim_create": "pending_member"}, []string{"scim_create", "pending_member", "tracking, invitation, account"}},
		"another name":     {map[string]any{"audit_events": map[string]any{"SEAT_STARTED": "seat.added"}}, []string{"audit_events", "SEAT_STARTED"}},
		"seat too early":   {map[string]any{"billing_starts": "scim_create"}, []string{"only beside scim_create: account"}},
		"nobody invited":   {map[string]any{"billing_starts": "invite_accepted"}, []string{"only beside scim_create: invitation"}},
		"suspended, gone":  {map[string]any{"deactivate": "suspend", "record_after_deactivate": "gone"}, []string{"only beside record_after_deactivate: inactive"}},
		"suspended and in": {map[string]any{"deactivate": "suspend", "login_when_record_inactive": "rejit"}, []string{"only beside login_when_record_inactive: reject"}},
		"truth for a word": {map[string]any{"jit": true}, []string{"jit", "true"}},
		"word for a truth": {map[string]any{"tokens_resurrect": "maybe"}, []string{"tokens_resurrect", "maybe"}},
		"word for a list":  {map[string]any{"login_overwrites": "admin"}, []string{"login_overwrites", "a list of"}},
		"list for a word":  {map[string]any{"jit": []any{"on"}}, []string{"jit", "one of"}},
		"unknown in list":  {map[string]any{"login_overwrites": []string{"admin", "phone"}}, []string{"login_overwrites", "phone"}},
		"null":             {map[string]any{"jit": nil}, []string{"jit"}},
	} {
		_, err := org.RulesFrom(c.keys)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, part := range c.says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", name, err, part)
			}
		}
	}
}

// Every rule can be set through a profile, to every value that its comment names.
func TestEveryRuleHasItsKey(t *testing.T) {
	t.Parallel()
	fields := reflect.TypeFor[org.Rules]()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("yaml")
		standard := reflect.ValueOf(org.Standard()).Field(i).Interface()
		if _, err := org.RulesFrom(map[string]any{key: standard}); err != nil {
			t.Errorf("%s: its standard value is refused: %v", fields.Field(i).Name, err)
		}
	}
}
