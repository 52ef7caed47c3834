package match_test

import (
	"strings"
	"testing"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/match"
)

// visited is what came of somebody's way through sign-in.
type visited struct {
	person, as string
	lost       bool
}

func (v visited) Person() string { return v.person }
func (v visited) In() bool       { return v.as != "" }
func (v visited) As() string     { return v.as }
func (v visited) Control() bool  { return false }
func (v visited) MustTell(bool)  {}
func (v visited) Arrived() bool  { return !v.lost }
func (v visited) Ended() string  { return "the door answered 200 OK" }

// dim is a visit of which nothing tells more than in from out. What it was asked to
// tell is kept.
type dim struct {
	in, control bool
	asked       *[]bool
}

func (d dim) Person() string    { return "han@x.test" }
func (d dim) In() bool          { return d.in }
func (d dim) As() string        { return "" }
func (d dim) Control() bool     { return d.control }
func (d dim) MustTell(who bool) { *d.asked = append(*d.asked, who) }
func (d dim) Arrived() bool     { return true }
func (d dim) Ended() string     { return "it ended" }

// door is the HTTP status that a door answered.
type door int

func (d door) Answered() (name string, status int) { return "the team's page", int(d) }

func TestMatchersOfVisits(t *testing.T) {
	t.Parallel()
	himself, another, stopped := visited{"han@x.test", "Han@x.test", false}, visited{"han@x.test", "leia@x.test", false}, visited{"han@x.test", "", false}
	const (
		asLeia   = "signed in as leia@x.test; the door answered 200 OK"
		asNobody = "signed in as nobody; the door answered 200 OK"
	)
	runAll(t, []judged{
		{name: "BeSignedIn", matcher: match.BeSignedIn(), holds: himself, fails: another, expected: "signed in as the person signed for", actual: asLeia},
		{name: "BeSignedIn, as nobody", matcher: match.BeSignedIn(), holds: himself, fails: stopped, expected: "signed in as the person signed for", actual: asNobody},
		{name: "BeSignedIn, and nowhere", matcher: match.BeSignedIn(), holds: himself, fails: visited{"han@x.test", "han@x.test", true}, expected: "signed in as the person signed for", actual: "signed in as han@x.test; the door answered 200 OK"},
		{name: "BeRefused, and nowhere", matcher: match.BeRefused(), holds: visited{"han@x.test", "", true}, fails: visited{"han@x.test", "leia@x.test", true}, expected: "refused", actual: asLeia},
		{name: "BeSignedIn, for nobody", matcher: match.BeSignedIn(), holds: himself, fails: visited{}, expected: "signed in as the person signed for", actual: asNobody},
		{name: "BeSignedInAs", matcher: match.BeSignedInAs("LEIA@x.test"), holds: another, fails: stopped, expected: "signed in as LEIA@x.test", actual: asNobody},
		{name: "BeSignedInAs, a look-alike", matcher: match.BeSignedInAs("leia@x.te\u017ft"), holds: visited{"han@x.test", "LEIA@x.te\u017ft", false}, fails: another, expected: "signed in as leia@x.te\u017ft", actual: asLeia},
		{name: "BeRefused", matcher: match.BeRefused(), holds: stopped, fails: another, expected: "refused", actual: asLeia},
	})
}

// Each matcher says what it has to know before it judges: who is in, or only whether.
func TestMatchersSayWhatTheyMustKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		matcher types.GomegaMatcher
		visit   dim
		who     bool
		holds   bool
	}{
		"the claim to be in":   {match.BeSignedIn(), dim{in: true}, true, true},
		"the control":          {match.BeSignedIn(), dim{in: true, control: true}, false, true},
		"the control, out":     {match.BeSignedIn(), dim{control: true}, false, false},
		"in as somebody":       {match.BeSignedInAs("han@x.test"), dim{in: true}, true, false},
		"a control as who":     {match.BeSignedInAs("han@x.test"), dim{in: true, control: true}, true, false},
		"refused":              {match.BeRefused(), dim{}, false, true},
		"refused, and is in":   {match.BeRefused(), dim{in: true}, false, false},
		"in as nobody we know": {match.BeSignedIn(), dim{}, true, false},
	} {
		var asked []bool
		c.visit.asked = &asked
		holds, err := c.matcher.Match(c.visit)
		if err != nil || holds != c.holds || len(asked) != 1 || asked[0] != c.who {
			t.Errorf("%s: %v, %v, asked %v", name, holds, err, asked)
		}
	}
	if said := match.BeRefused().FailureMessage(dim{in: true}); !strings.Contains(said, "signed in, and nothing tells as whom; it ended") {
		t.Errorf("%s", said)
	}
}

// guarded is a door that tells by something else than its status.
type guarded struct{ in, told bool }

func (g guarded) Answered() (string, int) { return "who am I", 200 }
func (g guarded) Lets() (in, told bool)   { return g.in, g.told }

func TestDoorsThatTellOtherwise(t *testing.T) {
	t.Parallel()
	for door, want := range map[guarded][2]bool{ // open, shut
		{false, false}: {true, false}, {true, true}: {true, false}, {false, true}: {false, true},
	} {
		open, _ := match.BeOpen().Match(door)
		shut, _ := match.BeShut().Match(door)
		if want != [2]bool{open, shut} {
			t.Errorf("%+v: open %v, shut %v", door, open, shut)
		}
	}
	if said := match.BeOpen().FailureMessage(guarded{false, true}); !strings.Contains(said, "who am I answered 200 OK, and nobody is in") {
		t.Errorf("%s", said)
	}
	if said := match.BeShut().FailureMessage(guarded{true, true}); !strings.Contains(said, "and somebody is in") {
		t.Errorf("%s", said)
	}
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
