// Package suites names the spec packages, and hands all their specs to a Ginkgo
// suite of your own:
//
//	var _ = suites.Register(acme) // beside your own Describe
//
//	func TestAcme(t *testing.T) {
//		RegisterFailHandler(Fail)
//		RunSpecs(t, "Acme")
//	}
//
// They run among your own specs, under your flags: ginkgo -p, --label-filter,
// --junit-report. What a spec cannot say with pass and fail it says by skipping with
// a reason: unsupported, unobserved, warned. For verdicts, waivers and reports run
// them with package verify instead.
package suites

import (
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"

	_ "rollcall.example/suites/attributes"
	_ "rollcall.example/suites/audit"
	_ "rollcall.example/suites/deactivation"
	_ "rollcall.example/suites/entra"
	_ "rollcall.example/suites/jit"
	_ "rollcall.example/suites/offboarding"
	_ "rollcall.example/suites/okta"
	_ "rollcall.example/suites/permissions"
	_ "rollcall.example/suites/resync"
	_ "rollcall.example/suites/saml"
	_ "rollcall.example/suites/scim"
	_ "rollcall.example/suites/setup"
	_ "rollcall.example/suites/tracking"
)

// Register hands every spec to the Ginkgo suite that is being built, to be run
// against the target, and returns true, so that it can stand in a var declaration.
// A target that is known only once the suite runs, as when a first process starts
// it for all, is given by function to [spec.Register] instead.
func Register(t target.Target) bool {
	spec.Register(func() target.Target { return t })
	return true
}
