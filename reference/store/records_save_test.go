package store_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// changesOfRecord are one for each thing that a record holds, and some together.
var changesOfRecord = map[string]func(*org.Record){
	"nothing":           func(*org.Record) {},
	"activity":          func(r *org.Record) { r.Active, r.Version, r.Modified = !r.Active, r.Version+1, noon.Add(time.Hour) },
	"a link":            func(r *org.Record) { r.Account = "han" },
	"no link":           func(r *org.Record) { r.Account = "" },
	"a user name":       func(r *org.Record) { r.UserName = "Solo@acme.example" },
	"an external id":    func(r *org.Record) { r.ExternalID = "00u1" },
	"a given name":      func(r *org.Record) { r.GivenName = "Han" },
	"a family name":     func(r *org.Record) { r.FamilyName = "Solo" },
	"a display name":    func(r *org.Record) { r.DisplayName = "Captain" },
	"addresses":         func(r *org.Record) { r.Emails = []org.Email{{Value: "solo@acme.example", Primary: true}} },
	"no addresses":      func(r *org.Record) { r.Emails = nil },
	"other attributes":  func(r *org.Record) { r.Attributes = map[string]any{"title": "Captain"} },
	"none of those":     func(r *org.Record) { r.Attributes = nil },
	"an organization":   func(r *org.Record) { r.Organization = "globex" },
	"a birthday":        func(r *org.Record) { r.Created = noon.Add(-time.Hour) },
	"name and activity": func(r *org.Record) { r.UserName, r.Active, r.Version = "chewie@acme.example", false, 7 },
}

// TestSavingWritesWhatChanged saves records after everything that a transaction may know
// of them, which decides what is written.
func TestSavingWritesWhatChanged(t *testing.T) { onEach(t, testSavingWritesWhatChanged) }

func testSavingWritesWhatChanged(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(ctx, record("one")) },
			func() error { return tx.AddRecord(ctx, record("another")) },
		)
	})
	is := record("one")
	read := func(id string) func(org.Tx) error {
		return func(tx org.Tx) error { _, err := tx.Record(ctx, "okta", id); return err }
	}
	rewritten := func(tx org.Tx) error {
		r := is
		r.UserName, r.Active, r.Account, r.GivenName = "else@acme.example", !r.Active, "leia", "Else"
		return tx.SaveRecord(ctx, r)
	}
	refused := func(tx org.Tx) error {
		if s := fresh.Path; s != "" {
			return nil // PostgreSQL undoes the whole transaction
		}
		r := is
		r.UserName, r.GivenName = "another@acme.example", "Refused"
		if err := tx.SaveRecord(ctx, r); org.KindOf(err) != org.Conflict {
			t.Errorf("a name that is taken: got %v", err)
		}
		return nil
	}
	for knowing, before := range map[string][]func(org.Tx) error{
		"nothing":                  nil,
		"the record":               {read("one")},
		"another one":              {read("another")},
		"what it wrote":            {read("one"), rewritten},
		"what it wrote unread":     {rewritten},
		"that it was refused":      {read("one"), refused},
		"one and then another one": {read("one"), read("another")},
	} {
		for name, change := range changesOfRecord {
			want := is
			change(&want)
			do(t, s, func(tx org.Tx) error {
				for _, deed := range before {
					if err := deed(tx); err != nil {
						return err
					}
				}
				return tx.SaveRecord(ctx, want)
			})
			expectRecord(t, s, "knowing "+knowing+", changing "+name, want)
			is = want
		}
	}
}

// expectRecord checks how a record is read and found.
func expectRecord(t *testing.T, s *store.Store, what string, want org.Record) {
	t.Helper()
	err := s.View(t.Context(), func(tx org.Tx) error {
		for by, look := range map[string]func(context.Context) (org.Record, error){
			"by id":   func(ctx context.Context) (org.Record, error) { return tx.Record(ctx, "okta", want.ID) },
			"by name": func(ctx context.Context) (org.Record, error) { return tx.RecordByUserName(ctx, "okta", want.UserName) },
		} {
			got, err := look(t.Context())
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s: got %+v, want %+v", what, by, got, want)
			}
		}
		if want.Account != "" {
			return nil
		}
		// Whose it is says its provider, whatever is written beside.
		provider, err := tx.Provider(t.Context(), want.Provider)
		if err != nil {
			return err
		}
		people, _, err := tx.FindPeople(t.Context(), provider.Organization, want.FullName(), 0, 10)
		if err == nil && len(people) == 0 {
			t.Errorf("%s: nobody is called %q", what, want.FullName())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
