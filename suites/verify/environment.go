package verify

import (
	"slices"
	"strings"

	"rollcall.example/fixtures"
)

// OurVariables is what the names of all environment variables of Rollcall begin with.
const OurVariables = "ROLLCALL_"

// Unread looks through an environment, as [os.Environ] has it, for variables that are
// called as ours are and that are none of those known: mostly one is misspelt, and what
// it was to say goes unsaid. They are sorted by name; of what may have been meant each
// has the nearest, if any is near. A variable without a value says nothing anyway.
func Unread(environ, known []string) []*Unknown {
	var short []string
	for _, name := range known {
		short = append(short, strings.TrimPrefix(name, OurVariables))
	}
	var found []*Unknown
	for _, set := range environ {
		name, value, _ := strings.Cut(set, "=")
		ours, isOurs := strings.CutPrefix(name, OurVariables)
		if !isOurs || value == "" || slices.Contains(known, name) {
			continue
		}
		u := &Unknown{Kind: "environment variable", Name: name}
		if near := fixtures.Nearest(ours, short); len(near) > 0 {
			u.Near = []string{OurVariables + near[0]}
		}
		found = append(found, u)
	}
	slices.SortFunc(found, func(a, b *Unknown) int { return strings.Compare(a.Name, b.Name) })
	return found
}
