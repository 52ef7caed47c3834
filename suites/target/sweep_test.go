package target_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

// abandon ends the run as a kill would: nothing is cleared away, and its lock is gone.
func (g *guarded) abandon() {
	g.t.Helper()
	g.live.Close()
	g.begun.Abandon()
}

func (g *guarded) sweep() ([]string, []target.Left, error) {
	g.t.Helper()
	var told []string
	at := g.begun.Target
	at.Run = target.Run{}
	left, err := target.Sweep(g.t.Context(), g.ledger, at, func(thing target.Thing, err error) {
		if err == nil {
			told = append(told, thing.String())
		}
	})
	return told, left, err
}

func TestSweep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(t *testing.T, text string) string
		swept   int
		damaged bool
	}{
		"as it was left":          {func(_ *testing.T, text string) string { return text }, 2, false},
		"its last line broke off": {func(_ *testing.T, text string) string { return text + `{"entry":"x.1","kind":"per` }, 2, false},
		"killed before an answer": {func(t *testing.T, text string) string {
			lines := strings.SplitAfter(text, "\n")
			at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"record"`) })
			if at < 0 {
				t.Fatalf("no line tells of a record: %s", text)
			}
			return strings.Join(slices.Delete(lines, at, at+1), "")
		}, 2, false},
		"one is done": {func(_ *testing.T, text string) string {
			return text + `{"entry":` + entryOf(text) + `,"done":true}` + "\n"
		}, 1, false},
		"a line is no line":  {func(_ *testing.T, text string) string { return text + "garbage\n" }, 2, true},
		"a line of no entry": {func(_ *testing.T, text string) string { return text + `{"entry":"nobody.1","done":true}` + "\n" }, 2, true},
		"the same entry anew": {func(_ *testing.T, text string) string {
			return text + `{"entry":` + entryOf(text) + `,"kind":"person"}` + "\n"
		}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			g.make("han")
			g.next = "10"
			g.make("leia")
			g.abandon()
			if err := os.WriteFile(g.ledger, []byte(c.change(t, g.written())), 0o600); err != nil {
				t.Fatal(err)
			}
			told, left, err := g.sweep()
			if len(told) != c.swept || len(left) > 0 || (err != nil) != c.damaged {
				t.Errorf("told %v, left %v, %v", told, left, err)
			}
			if _, there := os.Stat(g.ledger); (there == nil) != c.damaged {
				t.Errorf("the ledger: %v", there)
			}
			if len(g.users) != 4-c.swept || g.users["/Users/1"] == "" || g.users["/Users/2"] == "" {
				t.Errorf("there are %v", g.users)
			}
			if c.damaged {
				if told, left, err := g.sweep(); len(told)+len(left) > 0 || err == nil {
					t.Errorf("again: told %v, left %v, %v", told, left, err)
				}
			}
		})
	}
}

// entryOf is the first entry in a ledger, as JSON.
func entryOf(text string) string {
	_, after, _ := strings.Cut(text, `"entry":`)
	entry, _, _ := strings.Cut(after, ",")
	return entry
}

func TestARunUnderWayIsNotSwept(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.make("han")
	if told, _, err := g.sweep(); !errors.Is(err, target.ErrUnderWay) || len(told) > 0 {
		t.Errorf("told %v, %v", told, err)
	}
	if _, err := target.Remaining(g.ledger); !errors.Is(err, target.ErrUnderWay) {
		t.Error(err)
	}
	// A worker alone keeps its run alive.
	g.begun.Abandon()
	if _, _, err := g.sweep(); !errors.Is(err, target.ErrUnderWay) {
		t.Error(err)
	}
	g.live.Close()
	remainder, err := target.Remaining(g.ledger)
	if err != nil || remainder.Run != g.live.Tag() || len(remainder.Things) != 1 || remainder.Target != "a house" {
		t.Errorf("%+v, %v", remainder, err)
	}
}

// Of two runs that begin at once with one ledger, the second is told so, and the ledger
// of the first stays where it is.
func TestALedgerIsOfOneRun(t *testing.T) {
	t.Parallel()
	begin := func(ledger string) (*target.Begun, error) {
		ours := at("http://127.0.0.1:1", target.Network{})
		ours.Disposable = false
		return target.Begin(t.Context(), ours, target.BeginOptions{Ledger: ledger})
	}
	for range 20 {
		ledger := filepath.Join(t.TempDir(), "one.jsonl")
		errs := make(chan error, 2)
		for range cap(errs) {
			go func() {
				begun, err := begin(ledger)
				if err == nil {
					t.Cleanup(begun.Abandon)
				}
				errs <- err
			}()
		}
		first, second := <-errs, <-errs
		if first == nil {
			first, second = second, first
		}
		if second != nil || first == nil || !strings.Contains(first.Error(), "is another run's, which is still under way: name another file") {
			t.Fatalf("%v; %v", first, second)
		}
		if beside, _ := os.ReadDir(filepath.Dir(ledger)); len(beside) != 1 {
			t.Fatalf("left beside the ledger: %v", beside)
		}
	}
	if _, err := begin(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no ledger; name another file") {
		t.Error(err)
	}
}

func TestALedgerIsSweptAtItsOwnTarget(t *testing.T) {
	t.Parallel()
	g, other := guard(t), guard(t)
	g.make("han")
	g.abandon()
	if _, err := target.Sweep(t.Context(), g.ledger, withoutOrganization(other.begun.Target), nil); !errors.Is(err, target.ErrElsewhere) {
		t.Error(err)
	}
	if len(other.asked) > 0 {
		t.Errorf("the other house was asked %v", other.asked)
	}
}

func withoutOrganization(t target.Target) target.Target {
	t.Connections = slices.Clone(t.Connections)
	t.Connections[0].Organization = ""
	return t
}

func TestABrokenEndOfARunKeepsItsLedger(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.make("han")
	g.stubborn = true
	if left := g.live.ClearAway(t.Context()); len(left) != 1 || !strings.Contains(left[0].String(), "answered 500") {
		t.Errorf("left %v", left)
	}
	g.live.Close()
	left, err := g.begun.End(t.Context())
	if err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
	g.stubborn = false
	if told, left, err := g.sweep(); len(told) != 1 || len(left) > 0 || err != nil {
		t.Errorf("told %v, left %v, %v", told, left, err)
	}
}

func TestARunInWhichNothingIsLeftHasNoLedger(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.make("han")
	if left := g.live.ClearAway(t.Context()); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	g.live.Close()
	if left, err := g.begun.End(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := os.Stat(g.ledger); err == nil {
		t.Error("the ledger is still there")
	}
}

// A product that hangs takes no more time than is its due.
func TestClearingAwayIsBounded(t *testing.T) {
	t.Parallel()
	g := guard(t)
	g.make("han")
	g.live.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	g.hang = make(chan struct{})
	defer close(g.hang)
	began := time.Now()
	left, err := g.begun.End(ctx)
	if err != nil || len(left) != 1 || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: left %v, %v", time.Since(began), left, err)
	}
}

// What a product shows late is looked for again when it has had its time.
func TestWhatIsShownLateIsClearedAway(t *testing.T) {
	t.Parallel()
	g := guard(t)
	at := g.begun.Target
	at.Propagation = 300 * time.Millisecond
	live, err := target.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	g.live = live
	g.make("han")
	late := g.users["/Users/9"]
	delete(g.users, "/Users/9")
	if left := live.ClearAway(t.Context()); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	live.Close()
	g.users["/Users/9"] = late
	g.begun.Target = at
	if left, err := g.begun.End(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if len(g.users) != 2 {
		t.Errorf("there are %v", g.users)
	}
}

// An id that is a number is against the standard, and no reason to leave anybody behind:
// neither whom the run knows by the answer, nor whom only a look-up brings to light.
func TestWhoHasANumberIsClearedAway(t *testing.T) {
	t.Parallel()
	for name, pretended := range map[string]string{"told when made": "", "found by name": "0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guard(t)
			g.numbers, g.pretend = true, pretended
			g.make("han")
			if left, err := g.begun.End(t.Context()); err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
			if len(g.users) != 2 {
				t.Errorf("there are %v", g.users)
			}
		})
	}
}

func TestWhoseMachineItIs(t *testing.T) {
	t.Parallel()
	for address, here := range map[string]bool{
		"http://127.0.0.1:1": true, "http://127.9.9.9": true, "http://[::1]:1": true, "http://[::ffff:127.0.0.1]": true, "http://localhost:1": true,
		"http://0.0.0.0": false, "http://192.0.2.1": false, "http://[2001:db8::1]": false, "https://nowhere.invalid": false,
	} {
		for side, c := range map[string]target.Connection{
			"SCIM":    {SCIM: target.SCIM{BaseURL: address + "/scim"}},
			"sign-in": {SAML: target.SAML{SignIn: address + "/sso", ACS: address + "/acs"}},
			"door":    {SCIM: target.SCIM{BaseURL: "http://127.0.0.1/scim"}, Doors: target.Doors{Admin: address + "/admin"}},
			"oracle": {SCIM: target.SCIM{BaseURL: "http://127.0.0.1/scim"}, SAML: target.SAML{
				SignedIn: &target.SignedIn{Status: &target.ByStatus{URL: address + "/home"}},
			}},
		} {
			begin := func(owned bool) error {
				begun, err := target.Begin(t.Context(), target.Target{Connections: []target.Connection{c}},
					target.BeginOptions{Ledger: filepath.Join(t.TempDir(), "ledger.jsonl"), Owned: owned})
				if err == nil {
					begun.Abandon()
				}
				return err
			}
			var foreign *target.NotOwned
			if err := begin(false); errors.As(err, &foreign) == here || err != nil && !strings.Contains(address, foreign.Host) {
				t.Errorf("%s at %s: %v", side, address, err)
			}
			if err := begin(true); err != nil {
				t.Errorf("%s at %s, owned: %v", side, address, err)
			}
		}
	}
}
