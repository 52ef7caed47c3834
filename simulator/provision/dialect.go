// Package provision is the SCIM half of the fake Okta: a client that sends what
// Okta sends, and the jobs that Okta runs with it.
//
// A job is a short script of requests. To assign a person Okta looks the user
// name up, creates the user or links the one it found, and activates it; to
// unassign, it sets active to false. What the script looks like depends on the
// Dialect, of which Okta has three: apps built with its wizard always PUT whole
// resources, apps from its network PATCH what can be patched.
//
// A job knows what Okta makes of each answer. A refusal by the product is not an
// error of the job: it comes back as a Problem, with the text that an Okta admin
// would read in the list of tasks. Only a broken wire is an error.
package provision

import (
	"fmt"
	"strings"
)

// Dialect is which of Okta's clients is speaking.
type Dialect string

// The three clients.
const (
	// AIW is an app made with the App Integration Wizard: PUT for everything, groups too.
	AIW Dialect = "aiw"
	// OIN is an app from the Okta Integration Network: PUT for profiles, PATCH for
	// activation, passwords and groups.
	OIN Dialect = "oin"
	// OINPatchUser is one whose entry in the network declares PATCH for users:
	// profiles are patched as well.
	OINPatchUser Dialect = "oin-patch-user"
)

// Dialects returns all dialects, the default first.
func Dialects() []Dialect { return []Dialect{OIN, AIW, OINPatchUser} }

// ParseDialect returns the dialect with that name; empty is OIN.
func ParseDialect(name string) (Dialect, error) {
	if name == "" {
		return OIN, nil
	}
	var names []string
	for _, dialect := range Dialects() {
		if string(dialect) == name {
			return dialect, nil
		}
		names = append(names, string(dialect))
	}
	return "", fmt.Errorf("there is no dialect %q; choose one of %s", name, strings.Join(names, ", "))
}

// patchesState tells whether activation and passwords travel by PATCH.
func (d Dialect) patchesState() bool { return d != AIW }

// putsGroups tells whether every change of a group is a PUT of all of it.
func (d Dialect) putsGroups() bool { return d == AIW }

// patchesProfile tells whether profiles do.
func (d Dialect) patchesProfile() bool { return d == OINPatchUser }
