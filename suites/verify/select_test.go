package verify_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"rollcall.example/suites/verify"
)

func TestSelect(t *testing.T) {
	all := verify.List()
	for name, c := range map[string]struct {
		options verify.Options
		want    func(verify.Listed) bool
	}{
		"everything":      {verify.Options{}, func(verify.Listed) bool { return true }},
		"an id":           {verify.Options{Only: []string{"tracking.no-seat"}}, func(l verify.Listed) bool { return l.ID == "tracking.no-seat" }},
		"all variants":    {verify.Options{Only: []string{"tracking.record-created"}}, func(l verify.Listed) bool { return l.ID == "tracking.record-created" }},
		"one variant":     {verify.Options{Only: []string{"tracking.record-created[oin]"}}, func(l verify.Listed) bool { return l.Key() == "tracking.record-created[oin]" }},
		"a wildcard":      {verify.Options{Only: []string{"tracking.no-*"}}, func(l verify.Listed) bool { return strings.HasPrefix(l.ID, "tracking.no-") }},
		"variants by *":   {verify.Options{Only: []string{"*[aiw]"}}, func(l verify.Listed) bool { return l.Variant == "aiw" }},
		"one letter by ?": {verify.Options{Only: []string{"tracking.no-sea?"}}, func(l verify.Listed) bool { return l.ID == "tracking.no-seat" }},
		"several": {verify.Options{Only: []string{"tracking.no-seat", "tracking.record-created[aiw]"}}, func(l verify.Listed) bool {
			return l.ID == "tracking.no-seat" || l.Key() == "tracking.record-created[aiw]"
		}},
		"an area":          {verify.Options{Areas: []string{"tracking"}}, func(l verify.Listed) bool { return l.Area() == "tracking" }},
		"a label":          {verify.Options{LabelFilter: "level:MUST"}, func(l verify.Listed) bool { return l.Level == "MUST" }},
		"label and id":     {verify.Options{Only: []string{"tracking.record-created"}, LabelFilter: "!dialect:oin || level:MAY"}, func(l verify.Listed) bool { return l.ID == "tracking.record-created" && l.Variant != "oin" }},
		"the plain one of": {verify.Options{Only: []string{"tracking.lookup-ignores-case[create]"}}, func(l verify.Listed) bool { return l.Key() == "tracking.lookup-ignores-case[create]" }},
	} {
		chosen, err := verify.Select(c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got, want []string
		for _, l := range chosen {
			got = append(got, l.Key())
		}
		for _, l := range all {
			if c.want(l) {
				want = append(want, l.Key())
			}
		}
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestSelectRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		options verify.Options
		want    string
	}{
		"a slip":           {verify.Options{Only: []string{"tracking.no-saet"}}, "tracking.no-seat"},
		"half an id":       {verify.Options{Only: []string{"no-seat"}}, "tracking.no-seat"},
		"an area alone":    {verify.Options{Only: []string{"tracking"}}, "tracking.*"},
		"a wrong variant":  {verify.Options{Only: []string{"tracking.record-created[oim]"}}, "tracking.record-created[oin]"},
		"a lost wildcard":  {verify.Options{Only: []string{"nothing.*"}}, ""},
		"one of two wrong": {verify.Options{Only: []string{"tracking.no-seat", "tracking.no-saet"}}, "tracking.no-seat"},
	} {
		_, err := verify.Select(c.options)
		var unknown *verify.Unknown
		if !errors.As(err, &unknown) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.want != "" && !slices.Contains(unknown.Near, c.want) || c.want == "" && len(unknown.Near) > 0 {
			t.Errorf("%s: near is %q, want %s", name, unknown.Near, c.want)
		}
	}
	if _, err := verify.Select(verify.Options{LabelFilter: "level:MUST &&"}); err == nil || errors.Is(err, verify.ErrNothing) {
		t.Errorf("a broken filter: %v", err)
	}
	if _, err := verify.Select(verify.Options{LabelFilter: "level:NEVER"}); !errors.Is(err, verify.ErrNothing) {
		t.Errorf("nothing selected: %v", err)
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"veryfi": "did you mean verify?",
		"tes":    "did you mean test or tests?",
		"zzzzzz": "did you mean verify, test or tests?",
	} {
		if got := verify.NewUnknown("command", name, []string{"verify", "test", "tests"}).Hint(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	many := []string{"one", "two", "three", "four", "five", "six"}
	if got := verify.NewUnknown("number", "zzzzzz", many).Hint(); got != "" {
		t.Errorf("far from everything: %q", got)
	}
}
