package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// known puts people into the small world: name by name, as "han member", "leia
// left" (an account with an inactive record), "luke invited", "lando barred".
func known(t *testing.T, s *store.Store, people ...string) {
	t.Helper()
	ctx := t.Context()
	for i, who := range people {
		name, what, _ := strings.Cut(who, " ")
		r := record(name)
		r.Active = what == "member" || what == "invited"
		if what == "member" || what == "left" {
			r.Account = name
		}
		do(t, s, func(tx org.Tx) error {
			if _, err := tx.Account(ctx, name); r.Account != "" && err != nil {
				if err := tx.AddAccount(ctx, account(name)); err != nil {
					return err
				}
			}
			if what == "member" {
				err := tx.AddMembership(ctx, org.Membership{ID: name, Organization: "acme", Account: name, Role: org.Member, Created: noon.Add(time.Duration(i))})
				if err != nil {
					return err
				}
			}
			return tx.AddRecord(ctx, r)
		})
	}
}

// find lists a page of the directory, by name alone.
func find(t *testing.T, s *store.Store, search string, offset, limit int) (names []string, matching int) {
	t.Helper()
	err := s.View(t.Context(), func(tx org.Tx) error {
		found, n, err := tx.FindPeople(t.Context(), "acme", search, offset, limit)
		for _, f := range found {
			names = append(names, f.Account+f.Record)
		}
		matching = n
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, matching
}

func TestPeopleAreFound(t *testing.T) { onEach(t, testPeopleAreFound) }

func testPeopleAreFound(t *testing.T, fresh store.Options) {
	s := open(t, fresh)
	found(t, s)
	known(t, s, "leia member", "han member", "lando left", "boba barred", "rey invited", "bb_8 invited", "ÉMILE member")
	do(t, s, func(tx org.Tx) error {
		ctx := t.Context()
		renamed := record("lando")
		renamed.ID, renamed.UserName, renamed.Account, renamed.GivenName = "second", "baron@bespin.example", "han", "Baron"
		return all(
			func() error { return tx.AddRecord(ctx, renamed) },
			func() error {
				return tx.AddMembership(ctx, org.Membership{ID: "x", Organization: "globex", Account: "lando", Role: org.Admin, Created: noon})
			},
		)
	})
	for _, c := range []struct {
		search        string
		offset, limit int
		want          string
		matching      int
	}{
		{"", 0, 50, "han leia ÉMILE bb_8 rey boba lando", 7},
		{"", 0, 2, "han leia", 7},
		{"", 2, 2, "ÉMILE bb_8", 7},
		{"", 6, 2, "lando", 7},
		{"", 7, 2, "", 7},
		{"", -1, -1, "", 7},
		{" LEIA ", 0, 50, "leia", 1},
		{"@ACME.example", 0, 3, "han leia ÉMILE", 7},
		{"émile", 0, 50, "ÉMILE", 1},
		{"bespin", 0, 50, "han", 1}, // by the record, which has another address
		{"baron", 0, 50, "han", 1},
		{"%", 0, 50, "", 0},
		{"_", 0, 50, "bb_8", 1},
		{`\`, 0, 50, "", 0},
		{"' OR 1=1 --", 0, 50, "", 0},
		{"\x00", 0, 50, "", 0},
	} {
		names, matching := find(t, s, c.search, c.offset, c.limit)
		if got := strings.Join(names, " "); got != c.want || matching != c.matching {
			t.Errorf("%q from %d, %d at most: %q of %d, want %q of %d", c.search, c.offset, c.limit, got, matching, c.want, c.matching)
		}
	}
	same(t, s, "the headcount", org.Headcount{Records: 8, ActiveRecords: 6, Members: 3},
		func(ctx context.Context, tx org.Tx) (org.Headcount, error) { return tx.CountPeople(ctx, "acme") })
	same(t, s, "the headcount elsewhere", org.Headcount{Members: 1, Admins: 1},
		func(ctx context.Context, tx org.Tx) (org.Headcount, error) { return tx.CountPeople(ctx, "globex") })
}

// TestManyAtOnce asks about lists of every length around those that the queries are
// prepared for, and about everybody.
func TestManyAtOnce(t *testing.T) { onEach(t, testManyAtOnce) }

func testManyAtOnce(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	const everybody = 103
	var names []string
	for i := range everybody {
		names = append(names, fmt.Sprintf("trooper%03d", i))
		known(t, s, names[i]+" member")
		do(t, s, func(tx org.Tx) error {
			return all(
				func() error {
					return tx.AddSeat(ctx, org.Seat{ID: names[i], Organization: "acme", Account: names[i], Started: noon.Add(time.Duration(i) * time.Second)})
				},
				func() error {
					return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: names[i], Role: org.TeamMaintainer, Source: org.ByHand})
				},
			)
		})
	}
	for _, length := range []int{0, 1, 2, 49, 50, 51, 100, 101, everybody} {
		holds(t, s, names[:length], names[:length])
	}
	holds(t, s, append([]string{"nobody"}, names[7]), names[7:8])
	holds(t, s, nil, names)
}

// holds fails unless a question about the accounts is answered about want, in all
// that people have.
func holds(t *testing.T, s *store.Store, accounts, want []string) {
	t.Helper()
	ctx := t.Context()
	got := map[string][]string{}
	err := s.View(ctx, func(tx org.Tx) error {
		found, err1 := tx.AccountsAmong(ctx, "acme", accounts)
		for _, a := range found {
			got["accounts"] = append(got["accounts"], a.ID)
		}
		memberships, err2 := tx.MembershipsAmong(ctx, "acme", accounts)
		for _, m := range memberships {
			got["memberships"] = append(got["memberships"], m.Account)
		}
		places, err3 := tx.PlacesAmong(ctx, "acme", accounts)
		for _, p := range places {
			if p.Team.Slug != "pilots" || p.Role != org.TeamMaintainer || p.Source != org.ByHand {
				t.Errorf("place %+v", p)
			}
			got["places"] = append(got["places"], p.Account)
		}
		seats, err4 := tx.SeatsAmong(ctx, "acme", accounts)
		for _, seat := range seats {
			got["seats"] = append(got["seats"], seat.Account)
		}
		records, err5 := tx.RecordsAmong(ctx, "acme", accounts)
		for _, r := range records {
			got["records"] = append(got["records"], r.Account)
		}
		var err6 error
		if accounts != nil {
			records, err6 = tx.RecordsByID(ctx, "acme", accounts)
			for _, r := range records {
				got["records by id"] = append(got["records by id"], r.ID)
			}
		}
		for _, err := range []error{err1, err2, err3, err4, err5, err6} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, names := range got {
		if slices.Sort(names); !slices.Equal(names, want) {
			t.Errorf("about %d accounts, %s of %v, want %v", len(accounts), what, names, want)
		}
	}
	if len(want) > 0 && len(got) < 5 {
		t.Errorf("about %d accounts: only %v", len(accounts), got)
	}
	none := func(ctx context.Context, tx org.Tx) ([]org.PlaceOf, error) {
		return tx.PlacesAmong(ctx, "globex", accounts)
	}
	same(t, s, "places elsewhere", nil, none)
}

func TestTeammatesComeByName(t *testing.T) { onEach(t, testTeammatesComeByName) }

func testTeammatesComeByName(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	nameless := org.Account{ID: "x", Email: "K2SO@acme.example", Created: noon}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddAccount(ctx, nameless) },
			func() error {
				return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: "leia", Role: org.TeamMember, Source: org.ByHand})
			},
			func() error {
				return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: "x", Role: org.TeamMember, Source: org.ByDefault})
			},
			func() error {
				return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: "han", Role: org.TeamMaintainer, Source: org.ByAssertion})
			},
		)
	})
	same(t, s, "the team", []org.Teammate{
		{Account: account("han"), Role: org.TeamMaintainer, Source: org.ByAssertion},
		{Account: nameless, Role: org.TeamMember, Source: org.ByDefault},
		{Account: account("leia"), Role: org.TeamMember, Source: org.ByHand},
	}, func(ctx context.Context, tx org.Tx) ([]org.Teammate, error) { return tx.Teammates(ctx, "pilots") })
}

func TestRecentEventsComeNewestFirst(t *testing.T) { onEach(t, testRecentEventsComeNewestFirst) }

func testRecentEventsComeNewestFirst(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	for _, e := range []org.Event{
		{Organization: "acme", Action: org.MemberCreated, Subject: "1", SubjectName: "rey@acme.test"},
		{Organization: "acme", Action: org.MemberCreated, Subject: "2", SubjectName: "han@acme.test"},
		{Organization: "acme", Action: org.MemberUpdated, Subject: "1", SubjectName: "REY.Skywalker@acme.test"},
		{Organization: "acme", Action: org.SignInDenied, SubjectName: "rey.skywalker@acme.test"},
		{Organization: "acme", Action: org.SeatStarted, Subject: "1"},
		{Organization: "acme", Action: org.SignInDenied},
		{Organization: "globex", Action: org.MemberCreated, Subject: "1", SubjectName: "rey@acme.test"},
	} {
		e.At, e.Actor = noon, org.BySystem
		do(t, s, func(tx org.Tx) error { return tx.Audit(ctx, e) })
	}
	for _, c := range []struct {
		person        string
		offset, limit int
		want          string
	}{
		{"", 0, 0, "[6 5 4 3 2 1]"},
		{"", 0, 2, "[6 5]"},
		{"", 2, 3, "[4 3 2]"},
		{"", 6, 3, "[]"},
		{" REY.skywalker@acme.test", 0, 0, "[5 4 3 1]"},
		{"REY.skywalker@acme.test", 1, 2, "[4 3]"},
		{"rey@acme.test", 0, 0, "[5 3 1]"},
		{"nobody@acme.test", 0, 0, "[]"},
	} {
		numbers := func(ctx context.Context, tx org.Tx) (string, error) {
			events, err := tx.RecentEvents(ctx, "acme", c.person, c.offset, c.limit)
			seqs := []int64{}
			for _, e := range events {
				seqs = append(seqs, e.Seq)
			}
			return fmt.Sprint(seqs), err
		}
		same(t, s, fmt.Sprintf("%q from %d, %d at most", c.person, c.offset, c.limit), c.want, numbers)
	}
	last := func(subject string, actions ...org.Action) func(context.Context, org.Tx) (org.Event, error) {
		return func(ctx context.Context, tx org.Tx) (org.Event, error) {
			return tx.LastEvent(ctx, "acme", subject, actions...)
		}
	}
	updated := org.Event{Seq: 3, Organization: "acme", At: noon, Action: org.MemberUpdated, Actor: org.BySystem, Subject: "1", SubjectName: "REY.Skywalker@acme.test"}
	same(t, s, "the last of two", updated, last("1", org.MemberCreated, org.MemberUpdated))
	same(t, s, "the last of one", updated, last("1", org.MemberUpdated))
	missing(t, s, "the last of none", last("2", org.MemberUpdated))
	missing(t, s, "the last of no action", last("1"))
}
