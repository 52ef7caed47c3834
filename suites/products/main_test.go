package products_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/suites/verify"
)

var (
	whole  = flag.Bool("whole", false, "meet every spec, not only those whose turn it is today")
	update = flag.Bool("update", false, "write the verdicts anew, after examining each")
)

func TestMain(m *testing.M) {
	verify.Work()
	os.Exit(machine.RunElsewhere(m))
}

// long are the areas of which a product made by others meets an eighth in a day, the whole
// of it in eight: with all of them every time, these products would take longer than
// everything else together.
var long = map[string]bool{"saml": true, "scim": true}

// today are the specs that a product made by others meets today, by key. All of them are
// met where -whole says so, and where verdicts are written anew.
func today() map[string]bool {
	const days = 8
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
