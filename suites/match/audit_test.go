package match_test

import (
	"strings"
	"testing"

	"rollcall.example/suites/match"
	"rollcall.example/suites/target"
)

func TestMatchersOfLogs(t *testing.T) {
	t.Parallel()
	joined := target.Event{
		Seq: 1, Action: target.MemberCreated, Actor: "sso", ActorName: "Okta", Subject: "m1", SubjectName: "han@x.test",
		After: "role member", Cause: "first sign-in through Okta", Provider: "p1",
	}
	seated := target.Event{Seq: 2, Action: target.SeatStarted, Subject: "s1"}
	ignored := target.Event{Action: target.AttributeIgnored, Before: "teams: smugglers", Cause: "not a team"}
	log := []target.Event{joined, seated}
	const said = "ORGANIZATION_MEMBER_CREATED of han@x.test to role member by sso Okta because: first sign-in through Okta; SEAT_STARTED of s1"
	runAll(t, []judged{
		{name: "HaveOneEvent", matcher: match.HaveOneEvent(target.Event{Action: target.MemberCreated, Cause: "first sign-in"}), holds: log, fails: []target.Event{}, expected: "exactly one event like ORGANIZATION_MEMBER_CREATED because: first sign-in", actual: "no event"},
		{name: "HaveOneEvent, another actor", matcher: match.HaveOneEvent(target.Event{Action: target.MemberCreated, Actor: "scim"}), holds: []target.Event{{Action: target.MemberCreated, Actor: "scim"}}, fails: log, expected: "exactly one event like ORGANIZATION_MEMBER_CREATED by scim", actual: said},
		{name: "HaveNoEventOf", matcher: match.HaveNoEventOf(target.SeatReleased, target.SeatStarted), holds: []target.Event{joined}, fails: log, expected: "no event of SEAT_RELEASED, SEAT_STARTED", actual: said},
		{name: "HaveReasonFor", matcher: match.HaveReasonFor(target.MemberCreated, "han@x.test"), holds: log, fails: []target.Event(nil), expected: `one ORGANIZATION_MEMBER_CREATED that mentions "han@x.test" and says why`, actual: "no event"},
		{name: "HaveReasonFor, no reason", matcher: match.HaveReasonFor(target.SeatStarted, ""), holds: []target.Event{{Action: target.SeatStarted, Cause: "first sign-in"}}, fails: log, expected: `one SEAT_STARTED that mentions "" and says why`, actual: said},
		{name: "HaveReasonFor, the sign-in is none", matcher: match.HaveReasonFor(target.AttributeIgnored, "smugglers"), holds: []target.Event{ignored, {Action: target.SignInSucceeded, Cause: "sign-in"}}, fails: []target.Event{ignored, {Action: target.SignInSucceeded, Cause: ignored.Cause}}, expected: `one SSO_ATTRIBUTE_IGNORED that mentions "smugglers" and says why`, actual: `SSO_ATTRIBUTE_IGNORED from teams: smugglers because: not a team; SSO_LOGIN_SUCCEEDED because: not a team`},
	})

	for name, like := range map[string]target.Event{
		"action": {Action: target.SeatStarted, SubjectName: "han@x.test"}, "actor": {Actor: "ss"}, "actor's name": {ActorName: "Okt"},
		"subject": {Subject: "m"}, "subject's name": {SubjectName: "han"}, "provider": {Provider: "p"},
		"before": {Before: "role"}, "after": {After: "role admin"}, "cause": {Cause: "by hand"},
	} {
		if ok, err := match.HaveOneEvent(like).Match(log); ok || err != nil {
			t.Errorf("an event that differs in its %s: %v, %v", name, ok, err)
		}
	}
	twice := []target.Event{joined, joined}
	if ok, _ := match.HaveOneEvent(joined).Match(twice); ok {
		t.Error("two events count as one")
	}
	if ok, _ := match.HaveReasonFor(joined.Action, "han@x.test").Match(twice); ok {
		t.Error("two reasons count as one")
	}
}

func TestSeatTotals(t *testing.T) {
	t.Parallel()
	before := target.SeatTotal{Open: 2, Started: 3, Released: 1}
	runAll(t, []judged{{
		name: "StayAt", matcher: match.StayAt(before), holds: before, fails: target.SeatTotal{Open: 2, Started: 4, Released: 2},
		expected: "2 open seats (3 started, 1 released), as before", actual: "2 open seats (4 started, 2 released)",
		negated: "another total than 2 open seats (3 started, 1 released)",
	}})
}

func TestATokenStaysOutOfTheMessage(t *testing.T) {
	t.Parallel()
	issued, none := target.Connection{SCIM: target.SCIM{Token: "very-secret"}}, target.Connection{}
	m := match.HaveSCIMToken()
	if ok, err := m.Match(issued); !ok || err != nil {
		t.Errorf("issued: %v, %v", ok, err)
	}
	if ok, err := m.Match(none); ok || err != nil {
		t.Errorf("none: %v, %v", ok, err)
	}
	if got := m.FailureMessage(none); got != "expected: a SCIM token\nactual:   none is issued" {
		t.Error(got)
	}
	if got := m.NegatedFailureMessage(issued); got != "expected: no SCIM token\nactual:   one is issued" || strings.Contains(got, "very-secret") {
		t.Error(got)
	}
}
