package verify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
)

// ErrNothing says that no spec is chosen.
var ErrNothing = errors.New("nothing is selected: no spec matches")

// matching returns the keys that the patterns name: an id, id[variant], or either
// with * and ? as wildcards. No pattern at all means everything, a nil map.
func matching(all []Listed, patterns []string) (map[string]bool, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	keys := map[string]bool{}
	for _, pattern := range patterns {
		found := false
		matches := report.Glob(pattern)
		for _, l := range all {
			if matches(l.ID) || matches(l.Key()) {
				keys[l.Key()], found = true, true
			}
		}
		if !found {
			return nil, unmatched(all, pattern)
		}
	}
	return keys, nil
}

func unmatched(all []Listed, pattern string) error {
	if q, ok := fixtures.Requirements().Find(pattern); ok && q.Untested != "" {
		return fmt.Errorf("no spec can show %s: %s", pattern, q.Untested)
	}
	known := map[string]bool{}
	for _, l := range all {
		known[l.ID], known[l.Key()] = true, true
		for _, area := range fixtures.Areas(l.ID) {
			known[area+".*"] = true
		}
	}
	return NewUnknown("requirement", pattern, slices.Sorted(maps.Keys(known)))
}

// filterFor writes the choice as a label filter of Ginkgo's.
func filterFor(all []Listed, keys map[string]bool, o Options) (string, error) {
	var parts []string
	if keys != nil {
		parts = append(parts, "("+filterOfKeys(all, keys)+")")
	}
	if len(o.Areas) > 0 {
		parts = append(parts, "area: containsAny {"+strings.Join(o.Areas, ", ")+"}")
	}
	if o.LabelFilter != "" {
		if _, err := types.ParseLabelFilter(o.LabelFilter); err != nil {
			return "", badFilter(o.LabelFilter)
		}
		parts = append(parts, "("+o.LabelFilter+")")
	}
	if others := o.forOthers(); len(others) > 0 {
		parts = append(parts, "!(req: containsAny {"+strings.Join(others, ", ")+"})")
	}
	return strings.Join(parts, " && "), nil
}

// forOthers are the requirements about an unusual behaviour that the target does not
// declare: it would only be told, dozens of times, that it is not somebody else. One
// that was asked for by its name is run, and says why it is none for the target.
func (o Options) forOthers() []string {
	if len(o.Target.Profile.Keys) == 0 {
		return nil
	}
	var ids []string
	for _, r := range fixtures.Requirements() {
		if r.Untested == "" && r.Unusual() && r.Excluded(o.Target.Profile) != "" && !o.names(r) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// names says whether the options ask for the requirement without a wildcard.
func (o Options) names(r fixtures.Requirement) bool {
	return slices.ContainsFunc(o.Only, func(pattern string) bool {
		id, _, _ := strings.Cut(pattern, "[")
		return id == r.ID
	})
}

// filterOfKeys names requirements whose specs are all chosen by their id, the
// others by id and variant.
func filterOfKeys(all []Listed, keys map[string]bool) string {
	variants := map[string][]string{}
	partly := map[string]bool{}
	for _, l := range all {
		if keys[l.Key()] {
			variants[l.ID] = append(variants[l.ID], l.Variant)
		} else {
			partly[l.ID] = true
		}
	}
	var whole, terms []string
	for _, id := range slices.Sorted(maps.Keys(variants)) {
		if !partly[id] {
			whole = append(whole, id)
			continue
		}
		for _, variant := range variants[id] {
			terms = append(terms, "(req:"+id+" && "+variantTerm(variant)+")")
		}
	}
	if len(whole) > 0 {
		terms = append(terms, "req: containsAny {"+strings.Join(whole, ", ")+"}")
	}
	return strings.Join(terms, " || ")
}

func variantTerm(variant string) string {
	if variant == "" {
		return "variant: isEmpty"
	}
	return "variant:" + variant
}

func badFilter(filter string) error {
	return fmt.Errorf("the label filter %q is not in Ginkgo's syntax, as 'area:jit && !level:MAY'", filter)
}
