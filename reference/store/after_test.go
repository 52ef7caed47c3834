package store_test

import (
	"slices"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// A list that is gone through from place to place shows everybody once, though others
// come and go in between.
func TestListGoesOnBehindAPlace(t *testing.T) {
	onEachNamed(t, func(t *testing.T, path string) {
		s := open(t, store.Options{Path: path})
		found(t, s)
		all := fill(t, s, 100)
		active := true
		for _, match := range []org.RecordMatch{{}, {Active: &active}} {
			name, everybody := "all", match == (org.RecordMatch{})
			if !everybody {
				name = "active"
			}
			var seen, late []string
			for page := 0; ; page++ {
				var records []org.Record
				do(t, s, func(tx org.Tx) (err error) {
					var n int
					records, n, err = tx.FindRecords(t.Context(), "okta", match, 0, 7)
					if match.After > 0 && n != len(records) {
						t.Errorf("%s: a page of %d is counted as %d", name, len(records), n)
					}
					return err
				})
				if len(records) == 0 {
					break
				}
				for _, r := range records {
					if r.Place <= match.After {
						t.Fatalf("%s: %s is at place %d, not behind %d", name, r.ID, r.Place, match.After)
					}
					seen, match.After = append(seen, r.ID), r.Place
				}
				if page > 100 {
					t.Fatalf("%s: the list does not end", name)
				}
				if page >= 20 {
					continue // nobody comes any more, so it has to end
				}
				do(t, s, func(tx org.Tx) error {
					if err := tx.DeleteRecord(t.Context(), seen[len(seen)-1]); err != nil {
						return err
					}
					late = append(late, name+seen[len(seen)-1])
					return tx.AddRecord(t.Context(), record(late[len(late)-1]))
				})
			}
			if everybody && !slices.Equal(seen, append(all, late...)) {
				t.Errorf("%s: seen are %q", name, seen)
			}
		}
	})
}
