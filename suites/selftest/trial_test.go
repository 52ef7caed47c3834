package selftest

import (
	"slices"
	"strings"
	"testing"

	"rollcall.example/fixtures"
)

func TestWhatATrialRuns(t *testing.T) {
	t.Parallel()
	needing := func(features ...string) string {
		for _, r := range fixtures.Requirements() {
			if slices.Equal(r.Needs, features) {
				return r.ID
			}
		}
		t.Fatalf("no requirement needs just %q", features)
		return ""
	}
	var (
		users    = needing("scim.users")
		patching = needing("scim.users", "scim.patch")
		seats    = needing("scim.users", "look.records", "look.seats")
	)
	for name, c := range map[string]struct {
		defect fixtures.Defect
		full   bool
		want   string
	}{
		"by area, its own and those it breaks": {
			fixtures.Defect{Area: "setup", Catches: []string{"scim.patch.x", "jit.x[a.b]"}}, false,
			"area: containsAny {jit, scim.patch, setup}",
		},
		"in full, what shares a feature that tells something": {
			fixtures.Defect{Area: "audit", Catches: []string{patching + "[oin]", seats}}, true,
			"area: containsAny {" + strings.Join(distinct([]string{"audit", fixtures.AreaOf(patching), fixtures.AreaOf(seats)}), ", ") +
				"} || feature: containsAny {look.records, look.seats, scim.patch}",
		},
		"in full, and where none tells anything, its areas": {
			fixtures.Defect{Area: fixtures.AreaOf(users), Catches: []string{users}}, true,
			"area: containsAny {" + fixtures.AreaOf(users) + "}",
		},
	} {
		if got := trialOf(c.defect, c.full).filter(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := (kin{}).filter(); got != "" {
		t.Errorf("with nothing said: %s, want all", got)
	}
}

func TestAProfilesPackages(t *testing.T) {
	t.Parallel()
	got := around(fixtures.Variant{Keys: map[string]any{"signed_part": "both"}})
	if want := []string{"saml"}; !slices.Equal(got.Areas, want) {
		t.Errorf("packages about what is signed: %q, want %q", got.Areas, want)
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

// Specs that no defect is held against are toothless, also where there is no such defect
// in the whole of the area that is asked for.
func TestAnAreaWithoutDefectsIsToothless(t *testing.T) {
	t.Parallel()
	o := Options{Areas: []string{"okta.password"}}
	if got := o.variants(o.trials()); len(got) != 1 || !got[0].Usual() {
		t.Errorf("profiles to run the reference under: %v, want the default one", got)
	}
}
