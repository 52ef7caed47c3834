package match

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// BeUnchangedSince holds where these lists ("accounts", "seats", …) show exactly
// what they showed before, ids included.
func BeUnchangedSince(before target.View, lists ...string) types.GomegaMatcher {
	expected := strings.Join(lists, " and ") + " as before: " + describe(before)
	return lacking{sight{lists, expected, func(now target.View) bool {
		for _, list := range lists {
			if spelled(before.Latest(), list) != spelled(now, list) {
				return false
			}
		}
		return true
	}}}
}

// spelled writes one list of a view out, in the order of the probe's answer.
func spelled(v target.View, list string) string {
	all := map[string]any{
		"records": v.Records, "accounts": v.Accounts, "memberships": v.Memberships,
		"seats": v.Seats, "sessions": v.Sessions, "tokens": v.Tokens,
	}
	written, err := json.Marshal(all[list])
	if err != nil {
		return err.Error()
	}
	return string(written)
}

// clockSlack is how far the product's clock may be from Okta's.
const clockSlack = time.Minute

// BeSeatedSince holds for exactly one open seat, which started at that time, give
// or take a minute.
func BeSeatedSince(at time.Time) types.GomegaMatcher {
	expected := fmt.Sprintf("one open seat since %s, give or take %s", at.UTC().Format(time.RFC3339), clockSlack)
	return sight{[]string{"seats"}, expected, func(v target.View) bool {
		open := v.OpenSeats()
		return len(open) == 1 && open[0].Started.Sub(at).Abs() <= clockSlack
	}}
}

// HaveSeatWithCause holds for exactly one open seat, which says what started it.
func HaveSeatWithCause() types.GomegaMatcher {
	return sight{[]string{"seats"}, "one open seat that says what started it", func(v target.View) bool {
		open := v.OpenSeats()
		return len(open) == 1 && strings.TrimSpace(open[0].Cause) != ""
	}}
}
