package org_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

const (
	uuidA = "3f0c1f7e-0000-4000-8000-00000000000a"
	uuidB = "3f0c1f7e-0000-4000-8000-00000000000b"
)

func TestGrammarBool(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values       []string
		value, sound bool
	}{
		{[]string{"true"}, true, true},
		{[]string{"TRUE"}, true, true},
		{[]string{" True\n"}, true, true},
		{[]string{"1"}, true, true},
		{[]string{"false"}, false, true},
		{[]string{"False"}, false, true},
		{[]string{"0"}, false, true},
		{[]string{"true", "true"}, true, true},
		{[]string{"true", "false"}, false, true},
		{[]string{"false", "true"}, false, true},
		{[]string{"true", "maybe"}, false, false},
		{[]string{"yes"}, false, false},
		{[]string{"on"}, false, false},
		{[]string{"admin"}, false, false},
		{[]string{"t"}, false, false},
		{[]string{"11"}, false, false},
		{[]string{""}, false, false},
		{nil, false, true},
	} {
		value, sound := org.StandardGrammar().Bool(c.values)
		if value != c.value || sound != c.sound {
			t.Errorf("Bool(%q) is %t, sound %t; want %t, %t", c.values, value, sound, c.value, c.sound)
		}
	}
}

func TestGrammarTeams(t *testing.T) {
	t.Parallel()
	const bad = "not a team UUID"
	entry := func(team, role, raw string) org.TeamEntry { return org.TeamEntry{Team: team, Role: role, Raw: raw} }
	upper := strings.ToUpper(uuidA)
	for _, c := range []struct {
		name   string
		values []string
		want   []org.TeamEntry
	}{
		{"nothing sent", nil, nil},
		{"empty", []string{""}, nil},
		{"only commas", []string{" , ,, "}, nil},
		{"one bare", []string{uuidA}, []org.TeamEntry{entry(uuidA, "", uuidA)}},
		{"no spaces", []string{uuidA + "," + uuidB}, []org.TeamEntry{entry(uuidA, "", uuidA), entry(uuidB, "", uuidB)}},
		{"as documented", []string{uuidA + "/member, " + uuidB + "/maintainer"}, []org.TeamEntry{
			entry(uuidA, "member", uuidA+"/member"), entry(uuidB, "maintainer", uuidB+"/maintainer")}},
		{"space, newline and a comma at the end", []string{"  " + uuidA + " ,\n\t" + uuidB + "/member , "}, []org.TeamEntry{
			entry(uuidA, "", uuidA), entry(uuidB, "member", uuidB+"/member")}},
		{"several values", []string{uuidA, uuidB + "/member"}, []org.TeamEntry{entry(uuidA, "", uuidA), entry(uuidB, "member", uuidB+"/member")}},
		{"upper case", []string{upper + "/MAINTAINER"}, []org.TeamEntry{entry(uuidA, "maintainer", upper+"/MAINTAINER")}},
		{"space around the slash", []string{uuidA + " / member"}, []org.TeamEntry{entry(uuidA, "member", uuidA+" / member")}},
		{"slash without a role", []string{uuidA + "/"}, []org.TeamEntry{entry(uuidA, "", uuidA+"/")}},
		{"unknown role", []string{uuidA + "/owner"}, []org.TeamEntry{entry(uuidA, "owner", uuidA+"/owner")}},
		{"two slashes", []string{uuidA + "/member/maintainer"}, []org.TeamEntry{entry(uuidA, "member/maintainer", uuidA+"/member/maintainer")}},
		{"twice", []string{uuidA + "," + uuidA + "/maintainer"}, []org.TeamEntry{entry(uuidA, "", uuidA), entry(uuidA, "maintainer", uuidA+"/maintainer")}},
		{"slug beside a UUID", []string{"core," + uuidA}, []org.TeamEntry{{Raw: "core", Reason: bad}, entry(uuidA, "", uuidA)}},
		{"semicolon is no separator", []string{uuidA + ";" + uuidB}, []org.TeamEntry{{Raw: uuidA + ";" + uuidB, Reason: bad}}},
		{"space is no separator", []string{uuidA + " " + uuidB}, []org.TeamEntry{{Raw: uuidA + " " + uuidB, Reason: bad}}},
		{"braces", []string{"{" + uuidA + "}"}, []org.TeamEntry{{Raw: "{" + uuidA + "}", Reason: bad}}},
		{"urn", []string{"urn:uuid:" + uuidA}, []org.TeamEntry{{Raw: "urn:uuid:" + uuidA, Reason: bad}}},
		{"without hyphens", []string{strings.ReplaceAll(uuidA, "-", "")}, []org.TeamEntry{{Raw: strings.ReplaceAll(uuidA, "-", ""), Reason: bad}}},
		{"role without a team", []string{"/maintainer"}, []org.TeamEntry{{Raw: "/maintainer", Reason: bad}}},
	} {
		if got := org.StandardGrammar().Teams(c.values); !slices.Equal(got, c.want) {
			t.Errorf("%s: Teams(%q)\n got %+v\nwant %+v", c.name, c.values, got, c.want)
		}
	}
}

func FuzzGrammarTeams(f *testing.F) {
	for _, s := range []string{"", uuidA, uuidA + "/maintainer, " + uuidB, ",/,", "\xff/member"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range org.StandardGrammar().Teams([]string{s}) {
			if (e.Team == "") == (e.Reason == "") {
				t.Errorf("%q: entry %+v is neither read nor refused", s, e)
			}
			if !strings.Contains(s, e.Raw) || e.Raw == "" {
				t.Errorf("%q: %q is no part of it", s, e.Raw)
			}
			if strings.Contains(e.Role, ",") || strings.Contains(e.Team, "/") {
				t.Errorf("%q: the parts of %+v run together", s, e)
			}
		}
	})
}
