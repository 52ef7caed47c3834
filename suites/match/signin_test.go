package match_test

import (
	"testing"

	"rollcall.example/suites/match"
)

// visited is what came of somebody's way through sign-in.
type visited struct{ person, as string }

func (v visited) Person() string { return v.person }
func (v visited) As() string     { return v.as }
func (v visited) Ended() string  { return "the door answered 200 OK" }

// door is the HTTP status that a door answered.
type door int

func (d door) Answered() (name string, status int) { return "the team's page", int(d) }

func TestMatchersOfVisits(t *testing.T) {
	t.Parallel()
	himself, another, stopped := visited{"han@x.test", "Han@x.test"}, visited{"han@x.test", "leia@x.test"}, visited{"han@x.test", ""}
	const (
		asLeia   = "signed in as leia@x.test; the door answered 200 OK"
		asNobody = "signed in as nobody; the door answered 200 OK"
	)
	runAll(t, []judged{
		{name: "BeSignedIn", matcher: match.BeSignedIn(), holds: himself, fails: another, expected: "signed in as the person signed for", actual: asLeia},
		{name: "BeSignedIn, as nobody", matcher: match.BeSignedIn(), holds: himself, fails: stopped, expected: "signed in as the person signed for", actual: asNobody},
		{name: "BeSignedIn, for nobody", matcher: match.BeSignedIn(), holds: himself, fails: visited{}, expected: "signed in as the person signed for", actual: asNobody},
		{name: "BeSignedInAs", matcher: match.BeSignedInAs("LEIA@x.test"), holds: another, fails: stopped, expected: "signed in as LEIA@x.test", actual: asNobody},
		{name: "BeRefused", matcher: match.BeRefused(), holds: stopped, fails: another, expected: "refused", actual: asLeia},
	})
}

func TestMatchersOfDoors(t *testing.T) {
	t.Parallel()
	runAll(t, []judged{
		{name: "BeOpen", matcher: match.BeOpen(), holds: door(200), fails: door(403), expected: "the door open (200)", actual: "the team's page answered 403 Forbidden"},
		{name: "BeShut", matcher: match.BeShut(), holds: door(404), fails: door(200), expected: "the door shut (401, 403, 404 or a redirect)", actual: "the team's page answered 200 OK"},
	})
	for status, want := range map[door][2]bool{ // open, shut
		200: {true, false}, 204: {}, 302: {false, true}, 303: {false, true}, 400: {}, 401: {false, true},
		403: {false, true}, 404: {false, true}, 429: {}, 500: {}, 503: {},
	} {
		open, _ := match.BeOpen().Match(status)
		shut, _ := match.BeShut().Match(status)
		if want != [2]bool{open, shut} {
			t.Errorf("%d: open %v, shut %v", status, open, shut)
		}
	}
}
