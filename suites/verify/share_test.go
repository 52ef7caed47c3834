package verify_test

import (
	"flag"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/verify"
)

// whole has a test that runs the suite many times over run all of it each time.
var whole = flag.Bool("whole", false, "run every spec where a share of them is enough for every day")

// long are the areas of which a product made by others meets a third in a day, the whole
// of it in three: with all of them every time, these products would take longer than
// everything else together.
var long = map[string]bool{"saml": true, "scim": true}

// today are the specs that a product made by others meets today, by key. All of them are
// met where -whole says so, and where verdicts are written anew.
func today() map[string]bool {
	const days = 3
	day := time.Now().UTC().YearDay()
	met := map[string]bool{}
	for i, listed := range verify.List() {
		area, _, _ := strings.Cut(listed.ID, ".")
		if *whole || *update || !long[area] || i%days == day%days {
			met[listed.Key()] = true
		}
	}
	return met
}

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
