package verify

import (
	"fmt"
	"slices"
	"strings"
)

// Unknown says that a name stands for nothing, and which names come near it.
type Unknown struct {
	Kind string   // what was named, as "requirement" or "defect"
	Name string   // what was given
	Near []string // what may have been meant, best first; at most three
}

// NewUnknown looks for the names that come near. Where none does and there are
// only few, it offers all.
func NewUnknown(kind, name string, known []string) *Unknown {
	near := nearest(name, known)
	if len(near) == 0 && len(known) <= 5 {
		near = known
	}
	return &Unknown{Kind: kind, Name: name, Near: near}
}

func (u *Unknown) Error() string { return fmt.Sprintf("there is no %s %q", u.Kind, u.Name) }

// Hint names what may have been meant; empty where nothing comes near.
func (u *Unknown) Hint() string {
	switch len(u.Near) {
	case 0:
		return ""
	case 1:
		return "did you mean " + u.Near[0] + "?"
	}
	last := len(u.Near) - 1
	return "did you mean " + strings.Join(u.Near[:last], ", ") + " or " + u.Near[last] + "?"
}

// nearest returns up to three known names that begin with or contain the name, or
// that few typing mistakes turn it into.
func nearest(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	lower := strings.ToLower(name)
	for _, k := range known {
		d := distance(lower, strings.ToLower(k))
		if lower != "" && strings.Contains(strings.ToLower(k), lower) {
			d = min(d, 1)
		}
		if d <= max(1, len(name)/3) {
			candidates = append(candidates, candidate{k, d})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range candidates[:min(3, len(candidates))] {
		names = append(names, c.name)
	}
	return names
}

// distance is Levenshtein's: how many letters to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
