//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"rollcall.example/reference/org"
)

const (
	rivals     = 3   // processes at once
	rivalDeeds = 120 // of each
)

// errNobody is what happens to somebody whom a rival has just removed.
var errNobody = errors.New("nobody has this user name")

// actAmongRivals is a child process that does a number of deeds, actUntilKilled one that
// goes on for ever.
func actAmongRivals(ctx context.Context, path string) error { return act(ctx, path, rivalDeeds) }
func actUntilKilled(ctx context.Context, path string) error { return act(ctx, path, math.MaxInt) }

// act is a child process: it does any deed to anybody, whatever the others
// do to the same people at the time, and says how each ended. What the product refuses
// for good reason is no mistake; anything else is.
func act(ctx context.Context, path string, deeds int) error {
	p, err := enter(ctx, path, os.Getenv(childProvider), os.Getenv(childToken))
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 1))
	fmt.Println("ready")
	all := []deed{provision, provision, signIn, signIn, signIn, deactivate, reactivate, reactivate, remove, issueToken, joinGroup, leaveGroup}
	for range deeds {
		who, what := address(0, random.IntN(people)), all[random.IntN(len(all))]
		if random.IntN(2) == 0 {
			who = strings.ToUpper(who)
		}
		err := p.happen(ctx, who, what)
		if err != nil && !foreseen(what, err) {
			return fmt.Errorf("%s %s: %w", what, who, err)
		}
		if err == nil {
			err = say("done", who, what)
		} else {
			err = say("refused", who, what)
		}
		if err != nil {
			return err
		}
	}
	return p.store.Close()
}

// foreseen says whether a rival can have made a deed impossible. That two came at once
// is never a reason by itself: only a second record has something to collide with.
func foreseen(what deed, err error) bool {
	if errors.Is(err, errNobody) {
		return true
	}
	switch org.KindOf(err) {
	case org.Conflict:
		return what == provision
	case org.Invalid:
		return what == joinGroup // of a record that is gone
	case org.NotFound, org.Forbidden, org.Immutable, org.Unauthenticated:
		return true
	}
	return false
}

// TestRivalProcesses has processes of their own provision, sign in, deactivate and
// remove the same people on one file or database, and kills one in the midst. While
// they do and afterwards, nobody is there twice and every invariant holds.
func TestRivalProcesses(t *testing.T) { onEachNamed(t, testRivalProcesses) }

func testRivalProcesses(t *testing.T, path string) {
	w := foundWitness(t, path)
	p, err := enter(t.Context(), path, w.founded.Provider.ID, w.founded.Credential.Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	seed := uint64(os.Getpid())
	begin := func(role string) *child {
		seed++
		c := start(t, role, path, childProvider+"="+w.founded.Provider.ID,
			childToken+"="+w.founded.Credential.Token, childSeed+"="+strconv.FormatUint(seed, 10))
		c.expect("ready")
		return c
	}
	victim := begin("victim")
	acting := make([]*child, rivals)
	for i := range acting {
		acting[i] = begin("rival")
	}
	ended := make(chan map[string]int, rivals)
	for _, c := range acting {
		go func() { ended <- c.tally() }()
	}
	for range rivalDeeds / 4 {
		victim.lines.Scan()
	}
	if err := victim.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	victim.killed()
	looks, done := 0, map[string]int{}
	for left := rivals; left > 0; {
		select {
		case told := <-ended:
			left--
			for what, n := range told {
				done[what] += n
			}
		default:
			w.checkNobodyTwice(p)
			looks++
		}
	}
	for _, c := range acting {
		c.finish()
	}
	w.checkNobodyTwice(p)
	w.checkLog(p)
	w.checkFile()
	if looks < 3 || done["done"] < rivalDeeds/2 || done["refused"] == 0 {
		t.Errorf("%d looks while there was %v: too little to prove anything", looks, done)
	}
	t.Logf("%v, %d looks", done, looks)
}

// tally counts what a child says, by the first word, until it ends.
func (c *child) tally() map[string]int {
	told := map[string]int{}
	for c.lines.Scan() {
		how, _, _ := strings.Cut(c.lines.Text(), " ")
		told[how]++
	}
	return told
}

// checkNobodyTwice takes down how everybody stands, and holds the whole organization to
// its invariants.
func (w *witness) checkNobodyTwice(p *product) {
	w.t.Helper()
	wrong, err := p.service.CheckInvariants(w.t.Context(), w.founded.Organization.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, violation := range wrong {
		w.t.Error(violation)
	}
	for person := range people {
		who := address(0, person)
		stands, err := p.stand(w.t.Context(), who)
		if err != nil && !errors.Is(err, org.ErrNotFound) {
			w.t.Fatal(err)
		}
		if stands.OpenSeats > 1 {
			w.t.Errorf("%s has %d open seats", who, stands.OpenSeats)
		}
		w.stands[who] = stands
	}
}
