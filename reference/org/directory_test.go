package org_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

// spellPerson says what a row of the directory has of somebody.
func spellPerson(p org.Person) string {
	var parts []string
	if p.Account != nil {
		parts = append(parts, p.Account.Email)
	} else {
		parts = append(parts, p.Records[0].UserName, "no account")
	}
	for _, r := range p.Records {
		parts = append(parts, fmt.Sprintf("record active=%t", r.Active))
	}
	if p.Membership != nil {
		parts = append(parts, string(p.Membership.Role), fmt.Sprintf("teams=%d", len(p.Teams)))
	}
	if p.Seat != nil {
		parts = append(parts, fmt.Sprintf("seat open=%t", p.Seat.Ended.IsZero()))
	}
	return strings.Join(parts, " ")
}

func (w *world) directory(search string, offset, limit int) (org.Directory, []string) {
	w.Helper()
	d, err := w.svc.Directory(w.ctx, w.org.ID, search, offset, limit)
	w.ok(err)
	var rows []string
	for _, p := range d.People {
		rows = append(rows, spellPerson(p))
	}
	return d, rows
}

func TestTheDirectoryShowsAllLayers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign("zeb@rebels.test")                                    // not yet signed in
	w.ok(w.setActive(w.assign("alexsandr@empire.test").ID, false)) // never will
	w.assign(han)
	w.signIn(han, "teams", w.core.ID+"/member")
	left := w.assign("lando@rebels.test")
	w.signIn("lando@rebels.test")
	w.ok(w.setActive(left.ID, false))
	w.assign("finn@rebels.test")
	in := w.signIn("finn@rebels.test")
	w.ok(w.svc.RemoveMember(w.ctx, "leia@rebels.test", w.org.ID, in.Account.ID))
	back := w.assign("ahsoka@rebels.test")
	w.signIn("ahsoka@rebels.test")
	w.ok(w.setActive(back.ID, false))
	w.ok(w.setActive(back.ID, true))
	w.signIn("ahsoka@rebels.test")

	d, rows := w.directory("", 0, 50)
	want := []string{
		"ahsoka@rebels.test record active=true member teams=1 seat open=true",
		"han@rebels.test record active=true member teams=2 seat open=true",
		"leia@rebels.test admin teams=1 seat open=true",
		"finn@rebels.test record active=true seat open=false",
		"zeb@rebels.test no account record active=true",
		"alexsandr@empire.test no account record active=false",
		"lando@rebels.test record active=false seat open=false",
	}
	if got := strings.Join(rows, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("the directory is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if d.Matching != len(want) || d.Headcount != (org.Headcount{Records: 6, ActiveRecords: 4, Members: 3, Admins: 1, OpenSeats: 3}) {
		t.Errorf("matching %d of %+v", d.Matching, d.Headcount)
	}
	if _, empty := w.directory("", 50, 50); empty != nil {
		t.Errorf("behind the last page there are %v", empty)
	}
}

// single notices who asks about one person at a time.
type single struct {
	org.Store
	asked *int
}

func (s single) View(ctx context.Context, f func(org.Tx) error) error {
	return s.Store.View(ctx, func(tx org.Tx) error { return f(singleTx{tx, s.asked}) })
}

// singleTx counts every look-up that is not for many at once.
type singleTx struct {
	org.Tx
	asked *int
}

func (t singleTx) Account(ctx context.Context, id string) (org.Account, error) {
	*t.asked++
	return t.Tx.Account(ctx, id)
}

func (t singleTx) Membership(ctx context.Context, organization, account string) (org.Membership, error) {
	*t.asked++
	return t.Tx.Membership(ctx, organization, account)
}

func (t singleTx) OpenSeat(ctx context.Context, organization, account string) (org.Seat, error) {
	*t.asked++
	return t.Tx.OpenSeat(ctx, organization, account)
}

func (t singleTx) SeatsOf(ctx context.Context, organization, account string) ([]org.Seat, error) {
	*t.asked++
	return t.Tx.SeatsOf(ctx, organization, account)
}

func (t singleTx) RecordsOf(ctx context.Context, organization, account string) ([]org.Record, error) {
	*t.asked++
	return t.Tx.RecordsOf(ctx, organization, account)
}

func (t singleTx) TeamPlaces(ctx context.Context, organization, account string) ([]org.TeamPlace, error) {
	*t.asked++
	return t.Tx.TeamPlaces(ctx, organization, account)
}

func (t singleTx) PlacesAmong(ctx context.Context, organization string, accounts []string) ([]org.PlaceOf, error) {
	if len(accounts) == 1 {
		*t.asked++
	}
	return t.Tx.PlacesAmong(ctx, organization, accounts)
}

func TestListsOfPeopleAskForAllAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 60 {
		address := fmt.Sprintf("trooper%02d@rebels.test", i)
		w.assign(address)
		if i < 55 {
			w.signIn(address, "teams", w.core.ID+"/member")
		}
	}
	asked := 0
	svc := org.New(single{w.store, &asked}, org.NewBehaviour(org.Standard()), nil)
	d, err := svc.Directory(w.ctx, w.org.ID, "", 0, 50)
	w.ok(err)
	rest, err := svc.Directory(w.ctx, w.org.ID, "", 50, 50)
	w.ok(err)
	members, err := svc.Members(w.ctx, w.org.ID)
	w.ok(err)
	roster, err := svc.Roster(w.ctx, w.core.ID)
	w.ok(err)
	if len(d.People) != 50 || len(rest.People) != 11 || len(members) != 56 || len(roster) != 55 {
		t.Errorf("%d and %d people, %d members, %d in the team", len(d.People), len(rest.People), len(members), len(roster))
	}
	if asked > 0 {
		t.Errorf("one person at a time was asked for %d times", asked)
	}
	if p := d.People[49]; p.Account == nil || len(p.Records) != 1 || len(p.Teams) != 2 || p.Seat == nil || p.Membership == nil {
		t.Errorf("the last of the page is %+v", p)
	}
	// Whoever founded the organization came at the same moment, and has no record.
	at := slices.IndexFunc(members, func(m org.MemberRow) bool { return m.Account.ID != w.admin.ID })
	if m := members[at]; len(m.Records) != 1 || len(m.Teams) != 2 || m.Seat == nil || m.Account.Email == "" {
		t.Errorf("the last member is %+v", m)
	}
}

func TestWhatOneHasOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	first := w.signIn(han)
	second := w.signIn(han, "admin", "true")
	w.signIn("lando@rebels.test")
	w.ok(w.svc.SignOut(w.ctx, first.Secret))
	kept, _, err := w.svc.IssueToken(w.ctx, han, w.org.ID, first.Account.ID, "ci")
	w.ok(err)
	gone, _, err := w.svc.IssueToken(w.ctx, han, w.org.ID, first.Account.ID, "old")
	w.ok(err)
	w.ok(w.svc.RevokeToken(w.ctx, han, w.org.ID, first.Account.ID, gone.ID))
	third := w.signIn(han, "admin", "true")

	v, err := w.svc.Session(w.ctx, third.Secret)
	w.ok(err)
	own, err := w.svc.Belongings(w.ctx, v)
	w.ok(err)
	if len(own.Sessions) != 2 || len(own.Tokens) != 1 || own.Tokens[0].ID != kept.ID || len(own.Records) != 1 || own.Seat == nil {
		t.Errorf("%+v", own)
	}
	for _, session := range own.Sessions {
		if session.ID != second.Session.ID && session.ID != third.Session.ID {
			t.Errorf("session %+v is not live, or not their own", session)
		}
	}
	if own.RoleGiven == nil || own.RoleGiven.After != "admin" || own.RoleGiven.Cause != "sign-in through Okta" {
		t.Errorf("the role is said to come from %+v", own.RoleGiven)
	}
	w.ok(w.svc.AdvanceClock(w.ctx, "", w.org.ID, org.SessionLifetime))
	v.Organization, err = w.svc.Organization(w.ctx, w.org.ID)
	w.ok(err)
	if own, err = w.svc.Belongings(w.ctx, v); err != nil || len(own.Sessions) != 0 {
		t.Errorf("sessions that expired: %+v %v", own.Sessions, err)
	}
}
