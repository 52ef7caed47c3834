package forge

import (
	"slices"
	"strings"
)

// families are filled while the package is initialized and only read afterwards.
var families = map[string][]Attack{}

// register adds attacks to a family. It panics on a name that is taken.
func register(family string, attacks ...Attack) {
	for _, a := range attacks {
		if _, taken := Find(a.Name); taken {
			panic("forge: two attacks are named " + a.Name)
		}
		a.family = family
		families[family] = append(families[family], a)
	}
}

// Family lists the attacks of one family, as sig, in the order of their rows.
func Family(name string) []Attack {
	attacks := slices.Clone(families[name])
	slices.SortStableFunc(attacks, func(a, b Attack) int { return strings.Compare(a.Row, b.Row) })
	return attacks
}

// Families lists the families, sorted.
func Families() []string {
	names := make([]string, 0, len(families))
	for name := range families {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// All lists every attack, those of one family together.
func All() []Attack {
	var all []Attack
	for _, name := range Families() {
		all = append(all, Family(name)...)
	}
	return all
}

// Find returns the attack with the given name.
func Find(name string) (Attack, bool) {
	for _, attacks := range families {
		for _, a := range attacks {
			if a.Name == name {
				return a, true
			}
		}
	}
	return Attack{}, false
}
