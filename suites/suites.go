// Package suites names the spec packages. Importing it registers every spec.
package suites

import (
	_ "rollcall.example/suites/attributes"
	_ "rollcall.example/suites/audit"
	_ "rollcall.example/suites/deactivation"
	_ "rollcall.example/suites/jit"
	_ "rollcall.example/suites/offboarding"
	_ "rollcall.example/suites/permissions"
	_ "rollcall.example/suites/resync"
	_ "rollcall.example/suites/setup"
	_ "rollcall.example/suites/tracking"
)
