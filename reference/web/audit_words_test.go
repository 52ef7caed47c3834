package web

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"rollcall.example/reference/org"
)

func TestEventsInWords(t *testing.T) {
	t.Parallel()
	const through = "sign-in through Okta"
	for want, e := range map[string]org.Event{
		"role admin → member: sign-in through Okta": {
			Action: org.MemberUpdated, Before: "admin", After: "member", Cause: through},
		"joined the organization as member: sign-in through Okta": {
			Action: org.MemberCreated, After: "member", Cause: through},
		"left team core (maintainer): sign-in through Okta": {
			Action: org.TeamMemberDeleted, Before: "core/maintainer", Cause: through},
		"role in team core (member) → core (maintainer): changed by ben@acme.test": {
			Action: org.TeamMemberUpdated, Before: "core/member", After: "core/maintainer", Cause: "changed by ben@acme.test"},
		"tracking record active → inactive: deactivated over SCIM": {
			Action: org.RecordDeactivated, Before: "active", After: "inactive", Cause: "deactivated over SCIM"},
		"account changed email a@acme.test → b@acme.test, name none → Rey: sign-in through Okta": {
			Action: org.AccountUpdated, Before: `{"email":"a@acme.test","name":""}`, After: `{"email":"b@acme.test","name":"Rey"}`, Cause: through},
		"tracking record created: created over SCIM": {
			Action: org.RecordCreated, After: `{"active":true}`, Cause: "created over SCIM"},
		"seat started":      {Action: org.SeatStarted, After: "an id"},
		"something unheard": {Action: "SOMETHING_UNHEARD"},
	} {
		if got := describe(e); got != want {
			t.Errorf("%s reads\n%q, want\n%q", e.Action, got, want)
		}
	}
}

func TestAHistoryFollowsAChangeOfAddress(t *testing.T) {
	t.Parallel()
	events := []org.Event{
		{Seq: 1, Subject: "1", SubjectName: "rey@acme.test"},
		{Seq: 2, Subject: "2", SubjectName: "han@acme.test"},
		{Seq: 3, Subject: "1", SubjectName: "REY.Skywalker@acme.test"},
		{Seq: 4, SubjectName: "rey.skywalker@acme.test"},
		{Seq: 5},
	}
	for person, want := range map[string][]int64{
		"":                        {1, 2, 3, 4, 5},
		"REY.skywalker@acme.test": {1, 3, 4},
		"rey@acme.test":           {1, 3},
		"nobody@acme.test":        nil,
	} {
		var got []int64
		for _, e := range concerning(slices.Clone(events), person) {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: rows %v, want %v", person, got, want)
		}
	}
}

func TestPeopleAreGatheredFromAllLayers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	g := newGathering([]org.Seat{
		{Account: "left", Started: at, Ended: at.Add(time.Hour), EndCause: "deactivated over SCIM"},
		{Account: "back", Started: at.Add(time.Hour)},
		{Account: "back", Started: at, Ended: at.Add(time.Minute)},
	})
	g.addMember(org.MemberRow{Account: org.Account{ID: "back", Email: "back@acme.test", Name: "Back"}, Membership: org.Membership{Role: org.Admin}})
	g.addRecord(org.Record{UserName: "back@acme.test", Account: "back", Active: true})
	g.addRecord(org.Record{UserName: "left@acme.test", Account: "left"})
	g.addRecord(org.Record{UserName: "new@acme.test", Active: true})
	g.addRecord(org.Record{UserName: "New.Too@acme.test", Active: true})
	body := g.body()
	if sums := fmt.Sprint(body.Records, body.ActiveRecords, body.Members, body.Admins, body.OpenSeats); sums != "4 3 1 1 1" {
		t.Errorf("sums %s", sums)
	}
	want := []string{
		"back@acme.test records 1 member true left false refused false seat true",
		"New.Too@acme.test records 1 member false left false refused false seat false",
		"new@acme.test records 1 member false left false refused false seat false",
		"left@acme.test records 1 member false left true refused true seat false",
	}
	for i, p := range body.People {
		got := fmt.Sprintf("%s records %d member %v left %v refused %v seat %v",
			p.Email, len(p.Records), p.Member != nil, p.Left(), p.Refused(), p.Seat != nil && p.Seat.Open)
		if i >= len(want) || got != want[i] {
			t.Errorf("row %d is %q", i, got)
		}
	}
}
