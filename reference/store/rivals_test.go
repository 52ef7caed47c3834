//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"rollcall.example/reference/org"
)

const (
	rivals      = 3   // processes that see the end
	enoughLooks = 8   // of ours, meanwhile
	enoughDeeds = 300 // that were done
)

// errNobody is what happens to somebody whom a rival has just removed.
var errNobody = errors.New("nobody has this user name")

// actAmongRivals is a child process: until its input ends it does any deed to anybody,
// whatever the others do to the same people at the time, and says how each ended. What
// the product refuses for good reason is no mistake; anything else is.
func actAmongRivals(ctx context.Context, path string) error {
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
	told := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(told)
	}()
	for {
		select {
		case <-told:
			return p.store.Close()
		default:
		}
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
	var done, refused atomic.Int64
	acting := make([]*child, 1+rivals)
	ended := make([]chan struct{}, len(acting))
	early := make(chan struct{}, len(acting)) // the victim, and whoever makes a mistake
	for i := range acting {
		acting[i] = start(t, "rival", path, childProvider+"="+w.founded.Provider.ID,
			childToken+"="+w.founded.Credential.Token, childSeed+"="+strconv.Itoa(os.Getpid()+i))
		acting[i].expect("ready")
		ended[i] = make(chan struct{})
		go func() {
			defer close(ended[i])
			acting[i].tally(&done, &refused)
			early <- struct{}{}
		}()
	}
	for looks := 0; looks < enoughLooks || done.Load() < enoughDeeds; looks++ {
		if looks == enoughLooks/2 {
			if err := acting[0].cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
		w.checkNobodyTwice(p)
		if t.Failed() || len(early) > 1 {
			break
		}
	}
	for i, c := range acting {
		_ = c.stdin.Close()
		<-ended[i]
	}
	acting[0].killed()
	for _, c := range acting[1:] {
		c.finish()
	}
	if refused.Load() == 0 {
		t.Error("no rival ever came in another's way")
	}
	w.checkNobodyTwice(p)
	w.checkLog(p)
	w.checkFile()
	t.Logf("%d deeds done, %d refused", done.Load(), refused.Load())
}

// tally counts what a child says until it ends.
func (c *child) tally(done, refused *atomic.Int64) {
	for c.lines.Scan() {
		if strings.HasPrefix(c.lines.Text(), "done ") {
			done.Add(1)
		} else {
			refused.Add(1)
		}
	}
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
