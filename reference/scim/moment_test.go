package scim

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMoments holds what is written by hand to what package time writes.
func TestMoments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-70_000_000_000_000_000, 300_000_000_000_000_000).Draw(t, "microseconds"))
		at = at.In(time.FixedZone("", rapid.IntRange(-50_000, 50_000).Draw(t, "zone")))
		if got, want := moment(at), at.UTC().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("%v is written %s, want %s", at, got, want)
		}
	})
	for _, at := range []time.Time{{}, time.UnixMicro(-1), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)} {
		if got, want := moment(at), at.UTC().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Errorf("%v is written %s, want %s", at, got, want)
		}
	}
}
