package selftest

import (
	"slices"
	"strings"
	"sync"

	"rollcall.example/fixtures"
)

// kin are the specs that defects concern, as what they have in common: they are of an
// area, or they need a feature. Ginkgo chooses them by their labels.
type kin struct {
	Areas []string `json:"areas"` // of one of these areas, or of a part of one
	// Telling are features of which they need one.
	Telling []string `json:"telling"`
}

// filter is the kin as a label filter of Ginkgo's; empty, and so everything, where
// nothing is said.
func (k kin) filter() string {
	var any []string
	for _, set := range []struct {
		says  string
		names []string
	}{
		{"area: containsAny", k.Areas},
		{"feature: containsAny", k.Telling},
	} {
		if len(set.names) > 0 {
			any = append(any, set.says+" {"+strings.Join(set.names, ", ")+"}")
		}
	}
	return strings.Join(any, " || ")
}

// with is both kins together.
func (k kin) with(other kin) kin {
	return kin{
		Areas:   distinct(slices.Concat(k.Areas, other.Areas)),
		Telling: distinct(slices.Concat(k.Telling, other.Telling)),
	}
}

// areas are the defect's own and those of the requirements that it breaks.
func areas(d fixtures.Defect) []string {
	all := []string{d.Area}
	for _, id := range d.Catches {
		all = append(all, fixtures.AreaOf(unvaried(id)))
	}
	return distinct(all)
}

// shared are the features of the requirements that the defect breaks by which other specs
// are its kin: those that tell something.
func shared(d fixtures.Defect) (telling []string) {
	for _, id := range d.Catches {
		r, _ := fixtures.Requirements().Find(unvaried(id))
		for _, feature := range r.Needs {
			if !slices.Contains(everyday(), feature) {
				telling = append(telling, feature)
			}
		}
	}
	return distinct(telling)
}

// everyday are the features that more than a tenth of all requirements need, as that
// there are users and that one can sign in: it says nothing that two have them in common.
var everyday = sync.OnceValue(func() (common []string) {
	needing, tested := map[string]int{}, 0
	for _, r := range fixtures.Requirements() {
		if r.Untested != "" {
			continue
		}
		tested++
		for _, f := range r.Needs {
			needing[f]++
		}
	}
	for f, n := range needing {
		if 10*n > tested {
			common = append(common, f)
		}
	}
	return distinct(common)
})

// unvaried is the id of a requirement without the variant of a spec.
func unvaried(key string) string {
	id, _, _ := strings.Cut(key, "[")
	return id
}

// distinct sorts the names and leaves each once.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
