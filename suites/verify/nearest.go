package verify

import (
	"fmt"
	"strings"

	"rollcall.example/fixtures"
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
	near := fixtures.Nearest(name, known)
	near = near[:min(3, len(near))]
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
