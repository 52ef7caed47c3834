package verify_test

import (
	"flag"
	"testing"

	"rollcall.example/suites/verify"
)

// whole has a test that runs the suite many times over run all of it each time.
var whole = flag.Bool("whole", false, "run every spec where a share of them is enough for every day")

// share deals the specs out: of so many shares the one of that number, as patterns for
// [verify.Options].Only. All shares together are every spec there is.
func share(t *testing.T, number, shares int) []string {
	t.Helper()
	if *whole {
		return nil
	}
	var dealt []string
	for i, listed := range verify.List() {
		if i%shares == number%shares {
			dealt = append(dealt, listed.Key())
		}
	}
	return dealt
}
