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

func TestAreasChooseDefectsAndSpecs(t *testing.T) {
	t.Parallel()
	defects := []fixtures.Defect{
		{Name: "of the area", Area: "scim.patch"},
		{Name: "of the whole", Area: "scim"},
		{Name: "of a sibling", Area: "scim.paging"},
		{Name: "of another, caught here", Area: "setup", Catches: []string{"scim.patch.add"}},
		{Name: "of a longer name", Area: "scim.patching"},
	}
	for area, want := range map[string][]string{
		"":           {"of the area", "of the whole", "of a sibling", "of another, caught here", "of a longer name"},
		"scim":       {"of the area", "of the whole", "of a sibling", "of another, caught here", "of a longer name"},
		"scim.patch": {"of the area", "of the whole", "of another, caught here"},
		"jit":        nil,
	} {
		o := Options{Defects: defects, Areas: []string{area}}
		if area == "" {
			o.Areas = nil
		}
		var got []string
		for _, trial := range o.trials() {
			got = append(got, trial.Defect.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("area %q: tries %q, want %q", area, got, want)
		}
	}
	got := Options{Areas: []string{"scim.patch"}}.asked([]string{"scim.patch.add[oin]", "scim.patching.x", "jit.first", "scim.delete.x"})
	if !slices.Equal(got, []string{"scim.patch.add[oin]"}) {
		t.Errorf("specs of scim.patch: %q", got)
	}
}
