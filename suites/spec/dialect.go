package spec

import "rollcall.example/simulator/provision"

// EachDialect builds the specs in body once for each way in which Okta speaks
// SCIM. The dialect is the variant of their clauses.
func EachDialect(body func()) {
	var names []string
	for _, dialect := range provision.Dialects() {
		names = append(names, string(dialect))
	}
	eachVariant("dialect", names, body)
}
