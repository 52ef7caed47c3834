// Package defect builds the reference wrong on purpose, one named bug at a time.
//
// A defect never shows as a condition in the reference's own code. It takes out,
// replaces or wraps a step of a domain event, a check of the SAML verification or
// a reading of a value, changes a rule, or stands in front of the HTTP edge, all
// before the App is put together:
//
//	var _ = register(defects{
//		"seat-at-create": func(p *reference.Parts) {
//			org.After(&p.Events.Provision, "record", openSeat)
//		},
//	})
//
// At the edge it says which requests it is about, and what of them is heard or answered
// otherwise (edge.go for bytes and forms, scim.go for resources):
//
//	"okta-group-id-refused": func(p *reference.Parts) {
//		refuse(p, saying(patchingGroups, `"id":"`), http.StatusBadRequest, "invalidValue", "id is read-only")
//	},
//
// This package knows names only. What each defect breaks, and which requirements
// have to notice, stands in fixtures/defects.
package defect

import (
	"slices"

	"rollcall.example/reference"
)

// registry is filled while the package is initialized and only read afterwards.
var registry = map[string]Defect{}

// Defect is one way to be wrong; it implements reference.Defect.
type Defect struct {
	Name    string
	install install
}

// install makes the reference that is built from parts wrong.
type install func(parts *reference.Parts)

// defects are a table of them by name. Each file has one, or one for each of its subjects.
type defects map[string]install

// Install makes the reference that is built from parts wrong.
func (d Defect) Install(parts *reference.Parts) { d.install(parts) }

// register adds a table to the registry.
func register(table defects) bool { //nolint:unparam // what returns nothing cannot stand outside of a function
	for name, install := range table {
		if _, twice := registry[name]; twice {
			panic("defect: " + name + " is registered twice")
		}
		registry[name] = Defect{name, install}
	}
	return true
}

// Find returns the defect with the given name.
func Find(name string) (Defect, bool) {
	d, ok := registry[name]
	return d, ok
}

// Names lists every defect that can be built, sorted.
func Names() []string {
	names := make([]string, 0, len(registry))
	for name := range registry {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
