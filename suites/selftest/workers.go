package selftest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"rollcall.example/suites/verify"
	"rollcall.example/suites/workers"
)

// Work turns the process into a worker, and ends it, where a self-test started
// it as one. Otherwise it does nothing. A program that runs self-tests with
// several workers calls it before anything else.
func Work() {
	verify.Work() // the reference without a defect is judged by several as well
	workers.Serve("selftest", serveTrials)
}

// garbage is by how many percent a worker lets its memory grow before it collects: what
// a trial leaves is small, and most of it dies with the trial.
const garbage = 400

// serveTrials reads trials and writes what came of each, as JSON, until there are
// no more.
func serveTrials(ctx context.Context, trials *json.Decoder, findings *json.Encoder) error {
	debug.SetGCPercent(garbage)
	for {
		var t trial
		if err := trials.Decode(&t); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := findings.Encode(t.try(ctx)); err != nil {
			return err
		}
	}
}

// tryAll tries every defect, in this process or spread over workers. found is
// called for each, one at a time, with the place of the trial; its first error
// ends the rest.
func tryAll(ctx context.Context, trials []trial, workers int, found func(int, finding) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(trials) || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	tell := func(i int, f finding) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return // what is cut short by the end of another says nothing
		}
		if err := found(i, f); err != nil {
			cancel(err)
		}
	}
	if workers < 1 {
		for i, more := take(); more; i, more = take() {
			tell(i, trials[i].try(ctx))
		}
		return context.Cause(ctx)
	}
	var group sync.WaitGroup
	for range min(workers, len(trials)) {
		group.Go(func() {
			if err := employ(ctx, trials, take, tell); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// employ starts one worker and gives it a trial whenever it is done with the last.
func employ(ctx context.Context, trials []trial, take func() (int, bool), tell func(int, finding)) error {
	worker, err := workers.Start(ctx, "selftest")
	if err != nil {
		return err
	}
	for i, more := take(); more; i, more = take() {
		var f finding
		if err := errors.Join(worker.Give(trials[i]), worker.Take(&f)); err != nil {
			return errors.Join(fmt.Errorf("a worker died at the defect %s: %w", trials[i].Defect.Name, err), worker.Close())
		}
		tell(i, f)
	}
	return worker.Close()
}
