package match_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/match"
	"rollcall.example/suites/target"
)

var (
	began  = time.Date(2026, 1, 5, 10, 4, 5, 0, time.UTC)
	rebels = target.Team{ID: "7F3A", Slug: "rebels"}
	pilots = target.Team{ID: "9C10", Slug: "pilots"}
)

// person is somebody who is all there: one of everything.
func person() target.View {
	return target.View{
		Records:  []target.Record{{ID: "r1", UserName: "han@x.test", Name: "Han Solo", Email: "han@x.test", Active: true, AccountID: "a1"}},
		Accounts: []target.Account{{ID: "a1", Email: "han@x.test", Name: "Han Solo"}},
		Memberships: []target.Membership{{ID: "m1", AccountID: "a1", Role: "member", Teams: []target.TeamPlace{
			{ID: "1", Slug: "everyone", Role: "member", Default: true},
			{ID: "7f3a", Slug: "rebels", Role: "maintainer"},
		}}},
		Seats:    []target.Seat{{ID: "s1", AccountID: "a1", Started: began, Cause: "first sign-in"}},
		Sessions: []target.Session{{ID: "w1", AccountID: "a1", Started: began}},
		Tokens:   []target.Token{{ID: "t1", AccountID: "a1", Name: "ci"}},
	}
}

const (
	present = "1 record (Han Solo <han@x.test>, active); 1 account (Han Solo <han@x.test>); " +
		"1 membership (member in everyone/member, rebels/maintainer); 1 seat (open since 2026-01-05T10:04:05Z: first sign-in); " +
		"1 live session; 1 live token"
	absent = "no record; no account; no membership; no seat; no live session; no live token"
)

// but is a person with something changed.
func but(change func(*target.View)) target.View {
	v := person()
	change(&v)
	return v
}

func nobody() target.View {
	return target.View{
		Records: []target.Record{}, Accounts: []target.Account{}, Memberships: []target.Membership{},
		Seats: []target.Seat{}, Sessions: []target.Session{}, Tokens: []target.Token{},
	}
}

func inactive(v *target.View) { v.Records[0].Active = false }

func gone(v *target.View) {
	end := began.Add(time.Hour)
	v.Seats[0].Ended, v.Seats[0].EndCause = &end, "removed"
	v.Sessions[0].Ended, v.Tokens[0].Revoked = &end, &end
	v.Memberships = []target.Membership{}
}

func TestMatchersOfRecords(t *testing.T) {
	t.Parallel()
	unlinked := but(func(v *target.View) { v.Records[0].AccountID = "" })
	runAll(t, []judged{
		{name: "HaveRecord", matcher: match.HaveRecord(), holds: person(), fails: nobody(), expected: "one tracking record", actual: absent},
		{name: "HaveNoRecord", matcher: match.HaveNoRecord(), holds: nobody(), fails: person(), expected: "no tracking record", actual: present},
		{name: "HaveActiveRecord", matcher: match.HaveActiveRecord(), holds: person(), fails: nobody(), expected: "one active tracking record", actual: absent},
		{name: "HaveInactiveRecord", matcher: match.HaveInactiveRecord(), holds: but(inactive), fails: person(), expected: "one inactive tracking record", actual: present},
		{name: "HaveRecordOf a name", matcher: match.HaveRecordOf("Han Solo", ""), holds: person(), fails: nobody(), expected: "one tracking record of Han Solo", actual: absent},
		{name: "HaveRecordOf an address", matcher: match.HaveRecordOf("", "leia@x.test"), holds: but(func(v *target.View) { v.Records[0].Email = "leia@x.test" }), fails: person(), expected: "one tracking record of <leia@x.test>", actual: present},
		{name: "HaveRecordOf an address of its own", matcher: match.HaveRecordOf("", "han@x.test"), holds: person(), fails: target.View{Records: []target.Record{{UserName: "han", Email: "leia@x.test"}}}, expected: "one tracking record of <han@x.test>", actual: "1 record (<han>, address leia@x.test, inactive); accounts not shown; memberships not shown; seats not shown; live sessions not shown; live tokens not shown"},
		{name: "HaveRecordOf both", matcher: match.HaveRecordOf("Leia", "han@x.test"), holds: but(func(v *target.View) { v.Records[0].Name = "Leia" }), fails: person(), expected: "one tracking record of Leia <han@x.test>", actual: present},
		{name: "HaveLinkedRecord", matcher: match.HaveLinkedRecord(), holds: person(), fails: nobody(), expected: "one tracking record linked to the account", actual: absent},
		{name: "HaveNoLinkedRecord", matcher: match.HaveNoLinkedRecord(), holds: unlinked, fails: person(), expected: "a tracking record linked to no account", actual: present},
	})
}

func TestMatchersOfAccountsAndMemberships(t *testing.T) {
	t.Parallel()
	loner := but(func(v *target.View) { v.Memberships[0].Teams = []target.TeamPlace{} })
	runAll(t, []judged{
		{name: "HaveAccount", matcher: match.HaveAccount(), holds: person(), fails: nobody(), expected: "one account", actual: absent},
		{name: "HaveNoAccount", matcher: match.HaveNoAccount(), holds: nobody(), fails: person(), expected: "no account", actual: present},
		{name: "HaveAccountOf", matcher: match.HaveAccountOf("Leia", "HAN@x.test"), holds: but(func(v *target.View) { v.Accounts[0].Name = "Leia" }), fails: person(), expected: "one account of Leia <HAN@x.test>", actual: present},
		{name: "BeMember", matcher: match.BeMember(), holds: person(), fails: nobody(), expected: "one membership", actual: absent},
		{name: "BeNoMember", matcher: match.BeNoMember(), holds: but(gone), fails: person(), expected: "no membership", actual: present},
		{name: "HaveRole", matcher: match.HaveRole("admin"), holds: but(func(v *target.View) { v.Memberships[0].Role = "admin" }), fails: person(), expected: "one membership with role admin", actual: present},
		{name: "BeInTeam in any role", matcher: match.BeInTeam(rebels, ""), holds: person(), fails: nobody(), expected: "in team rebels", actual: absent},
		{name: "BeInTeam in a role", matcher: match.BeInTeam(rebels, "member"), holds: but(func(v *target.View) { v.Memberships[0].Teams[1].Role = "member" }), fails: person(), expected: "in team rebels as member", actual: present},
		{name: "BeOutOfTeam", matcher: match.BeOutOfTeam(rebels), holds: loner, fails: person(), expected: "a member outside team rebels", actual: present},
		{name: "BeOutOfTeam is for members", matcher: match.BeOutOfTeam(rebels), holds: loner, fails: nobody(), expected: "a member outside team rebels", actual: absent},
		{name: "HaveTeams", matcher: match.HaveTeams(rebels), holds: person(), fails: nobody(), expected: "a member in exactly rebels", actual: absent},
		{name: "HaveTeams, one more", matcher: match.HaveTeams(pilots, rebels), holds: but(func(v *target.View) {
			v.Memberships[0].Teams = append(v.Memberships[0].Teams, target.TeamPlace{ID: "9C10", Slug: "pilots"})
		}), fails: person(), expected: "a member in exactly pilots, rebels", actual: present},
		{name: "HaveTeams, none", matcher: match.HaveTeams(), holds: loner, fails: person(), expected: "a member in no team", actual: present},
	})
}

func TestMatchersOfSeatsSessionsAndTokens(t *testing.T) {
	t.Parallel()
	runAll(t, []judged{
		{name: "HaveSeat", matcher: match.HaveSeat(), holds: person(), fails: nobody(), expected: "one open seat", actual: absent},
		{name: "HaveNoSeat", matcher: match.HaveNoSeat(), holds: but(gone), fails: person(), expected: "no open seat", actual: present},
		{name: "HaveBeenSeated", matcher: match.HaveBeenSeated(1), holds: but(gone), fails: nobody(), expected: "1 seats ever started", actual: absent},
		{name: "HaveSession", matcher: match.HaveSession(), holds: person(), fails: nobody(), expected: "a live session", actual: absent},
		{name: "HaveNoSession", matcher: match.HaveNoSession(), holds: but(gone), fails: person(), expected: "no live session", actual: present},
		{name: "HaveToken", matcher: match.HaveToken(), holds: person(), fails: nobody(), expected: "a live API token", actual: absent},
		{name: "HaveNoToken", matcher: match.HaveNoToken(), holds: but(gone), fails: person(), expected: "no live API token", actual: present},
		{name: "BeSeatedSince", matcher: match.BeSeatedSince(began.Add(time.Minute)), holds: person(), fails: nobody(), expected: "one open seat since 2026-01-05T10:05:05Z, give or take 1m0s", actual: absent},
		{name: "BeSeatedSince long ago", matcher: match.BeSeatedSince(began.Add(-2 * time.Minute)), holds: but(func(v *target.View) { v.Seats[0].Started = began.Add(-3 * time.Minute) }), fails: person(), expected: "one open seat since 2026-01-05T10:02:05Z, give or take 1m0s", actual: present},
		{name: "HaveSeatWithCause", matcher: match.HaveSeatWithCause(), holds: person(), fails: nobody(), expected: "one open seat that says what started it", actual: absent},
	})
}

func TestWhollyInOrOut(t *testing.T) {
	t.Parallel()
	const expected = "an active record with a membership, or an inactive one without"
	out := but(func(v *target.View) { inactive(v); gone(v) })
	runAll(t, []judged{
		{name: "in", matcher: match.BeWhollyInOrOut(), holds: person(), fails: nobody(), expected: expected, actual: absent},
		{name: "out", matcher: match.BeWhollyInOrOut(), holds: out, fails: but(inactive), expected: expected, actual: strings.Replace(present, "active", "inactive", 1)},
	})
	if ok, err := match.BeWhollyInOrOut().Match(but(gone)); ok || err != nil {
		t.Errorf("an active record without a membership: %v, %v", ok, err)
	}
}

// Two of a thing are never one of it.
func TestTwoAreNotOne(t *testing.T) {
	t.Parallel()
	twice := but(func(v *target.View) {
		v.Records = append(v.Records, v.Records...)
		v.Accounts = append(v.Accounts, v.Accounts...)
		v.Memberships = append(v.Memberships, v.Memberships...)
		v.Seats = append(v.Seats, v.Seats...)
	})
	for _, name := range []string{
		"HaveRecord", "HaveActiveRecord", "HaveRecordOf", "HaveLinkedRecord", "BeWhollyInOrOut", "HaveAccount", "HaveAccountOf", "BeMember", "HaveRole",
		"BeInTeam", "BeOutOfTeam", "HaveTeams", "HaveSeat", "HaveBeenSeated", "BeSeatedSince", "HaveSeatWithCause",
	} {
		if ok, err := needs()[name].matcher.Match(twice); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	want := "2 records (Han Solo <han@x.test>, inactive | Han Solo <han@x.test>, active); accounts not shown; " +
		"memberships not shown; 1 seat (released: removed); live sessions not shown; live tokens not shown"
	both := but(func(v *target.View) {
		gone(v)
		v.Records = append(v.Records, v.Records[0])
		inactive(v)
		v.Accounts, v.Memberships, v.Sessions, v.Tokens = nil, nil, nil, nil
	})
	if got := match.HaveRecord().FailureMessage(both); got != "expected: one tracking record\nactual:   "+want {
		t.Error(got)
	}
}

func TestUnchangedSince(t *testing.T) {
	t.Parallel()
	runAll(t, []judged{
		{
			name: "BeUnchangedSince", matcher: match.BeUnchangedSince(person(), "accounts", "seats"),
			holds: but(inactive), fails: but(gone),
			expected: "accounts and seats as before: " + present,
			actual: "1 record (Han Solo <han@x.test>, active); 1 account (Han Solo <han@x.test>); no membership; " +
				"1 seat (released: removed); no live session; no live token",
		},
		{
			name: "BeUnchangedSince, by id", matcher: match.BeUnchangedSince(person(), "accounts"),
			holds: person(), fails: but(func(v *target.View) { v.Accounts[0].ID = "a2" }),
			expected: "accounts as before: " + present, actual: present,
		},
	})
	for _, list := range []string{"records", "accounts", "memberships", "seats", "sessions", "tokens"} {
		same, err := match.BeUnchangedSince(person(), list).Match(person())
		if !same || err != nil {
			t.Errorf("%s: %v, %v", list, same, err)
		}
		if ok, _ := match.BeUnchangedSince(person(), list).Match(nobody()); ok {
			t.Errorf("%s were all taken away and count as unchanged", list)
		}
	}
}

// Teams that a membership leaves out are not no teams.
func TestTeamsThatAreNotShownAreNotJudged(t *testing.T) {
	t.Parallel()
	for name, matcher := range map[string]types.GomegaMatcher{
		"BeInTeam": match.BeInTeam(rebels, ""), "BeOutOfTeam": match.BeOutOfTeam(rebels), "HaveTeams": match.HaveTeams(),
	} {
		view := person()
		view.Memberships[0].Teams = nil
		var told []string
		view.Unobserved = func(list string) { told = append(told, list) }
		if ok, err := matcher.Match(view); ok || err == nil || len(told) == 0 || told[0] != "teams" {
			t.Errorf("%s: %v, %v, told %v", name, ok, err, told)
		}
	}
}
