package org_test

import (
	"fmt"
	"testing"

	"rollcall.example/reference/org"
)

// More people than are read at a time come by once each, in the order of their creation,
// also when somebody is made meanwhile.
func TestEachRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many = 1003
	w.ok(w.store.Do(w.ctx, func(tx org.Tx) error {
		for i := range many {
			r := org.Record{ID: fmt.Sprintf("r%04d", i), Organization: w.org.ID, Provider: w.okta.ID, UserName: fmt.Sprintf("u%d", i), Active: i%3 == 0, Version: 1}
			if err := tx.AddRecord(w.ctx, r); err != nil {
				return err
			}
		}
		return nil
	}))
	yes, nobody := true, "nobody"
	for _, test := range []struct {
		name  string
		match org.RecordMatch
		every int // which of them match
		want  int
	}{
		{"some", org.RecordMatch{Active: &yes}, 3, 335}, {"none", org.RecordMatch{UserName: &nobody}, 1, 0}, {"all", org.RecordMatch{}, 1, many},
	} {
		var seen []string
		w.ok(w.svc.EachRecord(w.ctx, w.caller, test.match, func(r org.Record, groups []org.Group) {
			if want := fmt.Sprintf("r%04d", len(seen)*test.every); r.ID != want || groups != nil {
				t.Fatalf("%s: %s with %v came by, want %s", test.name, r.ID, groups, want)
			}
			seen = append(seen, r.ID)
			if test.name == "all" && len(seen) == 100 {
				w.assign(han)
			}
		}))
		if len(seen) != test.want {
			t.Errorf("%s: %d came by, want %d", test.name, len(seen), test.want)
		}
	}
	other := w.found("Empire", "vader@empire.test")
	w.ok(w.svc.EachRecord(w.ctx, org.Caller{Organization: other.Organization, Provider: other.Provider}, org.RecordMatch{}, func(r org.Record, _ []org.Group) {
		t.Errorf("another provider sees %s", r.ID)
	}))
}
