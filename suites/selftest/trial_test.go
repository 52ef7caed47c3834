package selftest

import (
	"slices"
	"testing"

	"rollcall.example/fixtures"
)

func TestWhatATrialRuns(t *testing.T) {
	t.Parallel()
	ids := func(keep func(fixtures.Requirement) bool) string {
		for _, r := range fixtures.Requirements() {
			if keep(r) {
				return r.ID
			}
		}
		t.Fatal("the catalogue has no such requirement")
		return ""
	}
	onlyUsers := ids(func(r fixtures.Requirement) bool { return slices.Equal(r.Needs, []string{"scim.users"}) })
	patching := ids(func(r fixtures.Requirement) bool { return slices.Equal(r.Needs, []string{"scim.users", "scim.patch"}) })
	seats := ids(func(r fixtures.Requirement) bool {
		return slices.Equal(r.Needs, []string{"scim.users", "look.records", "look.seats"})
	})
	for name, c := range map[string]struct {
		defect fixtures.Defect
		full   bool
		want   choice
	}{
		"by area, its own and those it breaks": {fixtures.Defect{Area: "setup", Catches: []string{"scim.patch.x", "jit.x"}}, false, choice{areas: []string{"jit", "scim.patch", "setup"}}},
		"in full, what shares a feature":       {fixtures.Defect{Catches: []string{patching, seats}}, true, choice{filter: "feature: containsAny {look.records, look.seats, scim.patch}"}},
		"in full, of users alone":              {fixtures.Defect{Catches: []string{patching, onlyUsers}}, true, choice{}},
	} {
		got := trialOf(c.defect, c.full).choice()
		if !slices.Equal(got.areas, c.want.areas) || got.filter != c.want.filter {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
