package org

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// permitted lists what each key of a profile may be. A key with a field in
// [Rules] decides something here; the others belong to the profile too, and this
// product knows only the one answer to them.
var permitted = map[string][]string{
	"create_on_inactive":          {"conflict", "reactivate"},
	"create_for_existing_member":  {"link", "conflict"},
	"link_key":                    {"name_id_or_email", "email"},
	"jit":                         {"on", "off", "record_required"},
	"unsolicited":                 {"accept", "refuse"},
	"signed_part":                 {"either", "assertion", "response", "both"},
	"confirmation_address":        {"ignore", "enforce"},
	"login_when_record_inactive":  {"reject", "rejit"},
	"login_after_manual_removal":  {"rejit", "reject"},
	"reactivate":                  {"record_only", "restore", "unsupported"},
	"deactivate_without_record":   {"404", "noop"},
	"deactivate_last_admin":       {"refuse", "apply"},
	"demote_last_admin":           {"skip", "apply", "reject_login"},
	"delete_verb":                 {"deactivate_then_drop", "405"},
	"revoke_sessions":             {"immediate", "never"},
	"revoke_tokens":               {"immediate", "never"},
	"tokens_resurrect":            {"false", "true"},
	"seat_released":               {"on_removal", "never"},
	"login_overwrites":            {"admin", "teams", "name", "email"},
	"missing_attribute.admin":     {"clear", "keep"},
	"missing_attribute.teams":     {"keep", "clear"},
	"missing_attribute.name":      {"keep", "clear"},
	"missing_attribute.email":     {"name_id", "reject"},
	"empty_attribute.admin":       {"clear", "keep"},
	"empty_attribute.teams":       {"clear", "keep"},
	"teams_mode":                  {"replace", "replace_managed", "add_only", "ignore"},
	"default_teams":               {"join_at_first_login", "none"},
	"default_teams_survive":       {"true", "false"},
	"bare_team_role":              {"team_default", "member"},
	"unknown_team":                {"ignore", "reject"},
	"unknown_role":                {"member", "ignore_entry", "reject", "default"},
	"duplicate_team":              {"highest", "first", "last", "reject"},
	"multi_value":                 {"join", "first"},
	"scim_when_provider_disabled": {"reject", "deactivate_only"},
	"scim_create":                 {"tracking", "invitation", "account"},
	"sees_preexisting_accounts":   {"false", "true"},
	"billing_starts":              {"first_login", "scim_create", "invite_accepted", "membership"},
	"deactivate":                  {"remove_membership", "suspend"},
	"record_after_deactivate":     {"inactive", "gone"},
	"roles_after_return":          {"from_assertion", "previous", "default"},
	"role_source":                 {"saml", "scim_over_saml"},
	"scim_profile_update":         {"record_only", "account", "frozen_when_inactive"},
	"scim_groups":                 {"unsupported", "push"},
	"token_rotation":              {"overlap", "replace"},

	"email_match":       {"ci"},
	"admin_value":       {"boolean_any_case"},
	"team_ref":          {"uuid"},
	"entry_sep":         {","},
	"role_sep":          {"/"},
	"protected_roles":   {},
	"scim_scope":        {"provider"},
	"token_lifetime":    {"static", "max_age"},
	"after_downgrade":   {"keep"},
	"gates":             {"plan=enterprise", "provider=enabled", "flag(custom_saml)"},
	"propagation_bound": {"0", "0s"},
}

// RulesFrom reads the rules out of a profile: flat keys as Rules names them, or
// nested ("missing_attribute": {"admin": …}). What is left out is as in
// [Standard]. A key or a value that this product does not have is an error.
func RulesFrom(keys map[string]any) (Rules, error) {
	rules := Standard()
	flat := flatten("", keys)
	names := make([]string, 0, len(flat))
	for name := range flat {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := rules.set(name, flat[name]); err != nil {
			return Rules{}, err
		}
	}
	return rules, rules.check()
}

// flatten joins the names of nested keys with dots.
func flatten(prefix string, keys map[string]any) map[string]any {
	flat := map[string]any{}
	for name, value := range keys {
		if inner, nested := value.(map[string]any); nested {
			for path, leaf := range flatten(prefix+name+".", inner) {
				flat[path] = leaf
			}
			continue
		}
		flat[prefix+name] = value
	}
	return flat
}

// set puts the value of one key in its place.
func (r *Rules) set(name string, value any) error {
	values, known := permitted[name]
	if event, named := strings.CutPrefix(name, "audit_events."); named {
		return fmt.Errorf("profile: audit_events: the reference calls %s only that", event)
	}
	if !known {
		return fmt.Errorf("profile: unknown key %q; known are %s", name, strings.Join(knownKeys(), ", "))
	}
	given, err := words(name, value)
	if err != nil {
		return err
	}
	for _, word := range given {
		if !slices.Contains(values, word) {
			return fmt.Errorf("profile: %s: the reference does not do %q; permitted: %s", name, word, strings.Join(values, ", "))
		}
	}
	field, has := r.field(name)
	if !has {
		return nil
	}
	switch field.Kind() {
	case reflect.Slice:
		field.Set(reflect.ValueOf(given))
	case reflect.Bool:
		field.SetBool(given[0] == "true")
	default:
		field.SetString(given[0])
	}
	return nil
}

func knownKeys() []string {
	names := make([]string, 0, len(permitted))
	for name := range permitted {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// isList tells the keys whose value is a list.
func isList(name string) bool {
	return name == "login_overwrites" || name == "protected_roles" || name == "gates"
}

// words spells a value as YAML or JSON may give it: text, truth, number, list.
func words(name string, value any) ([]string, error) {
	if list, ok := value.([]string); ok {
		value = anys(list)
	}
	list, ok := value.([]any)
	if ok != isList(name) {
		return nil, fmt.Errorf("profile: %s: %v has the wrong form; permitted: %s", name, value, form(name))
	}
	if !ok {
		list = []any{value}
	}
	given := make([]string, 0, len(list))
	for _, v := range list {
		given = append(given, fmt.Sprint(v))
	}
	return given, nil
}

func form(name string) string {
	values := strings.Join(permitted[name], ", ")
	if isList(name) {
		return "a list of " + values
	}
	return "one of " + values
}

func anys(list []string) []any {
	all := make([]any, len(list))
	for i, v := range list {
		all[i] = v
	}
	return all
}

// field finds the field of a key by its yaml name.
func (r *Rules) field(name string) (reflect.Value, bool) {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == name {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}
