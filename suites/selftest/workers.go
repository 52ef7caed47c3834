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
	q := &queue{trials: trials, found: found, cancel: cancel}
	if workers < 1 {
		for i, more := q.take(ctx); more; i, more = q.take(ctx) {
			q.tell(ctx, i, trials[i].try(ctx))
		}
		return context.Cause(ctx)
	}
	var group sync.WaitGroup
	for range min(workers, len(trials)) {
		group.Go(func() {
			if err := q.employ(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// queue hands trials out to whoever is free, and passes on what they find.
type queue struct {
	trials []trial
	found  func(int, finding) error
	cancel context.CancelCauseFunc

	mu   sync.Mutex
	next int
}

// take is the place of the next trial, while there are more.
func (q *queue) take(ctx context.Context) (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == len(q.trials) || ctx.Err() != nil {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

func (q *queue) tell(ctx context.Context, i int, f finding) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil {
		return // what is cut short by the end of another says nothing
	}
	if err := q.found(i, f); err != nil {
		q.cancel(err)
	}
}

// employ starts one worker and gives it a trial whenever it is done with the last.
func (q *queue) employ(ctx context.Context) error {
	worker, err := workers.Start(ctx, "selftest")
	if err != nil {
		return err
	}
	for i, more := q.take(ctx); more; i, more = q.take(ctx) {
		var f finding
		if err := errors.Join(worker.Give(q.trials[i]), worker.Take(&f)); err != nil {
			return errors.Join(fmt.Errorf("a worker died at the defect %s: %w", q.trials[i].Defect.Name, err), worker.Close())
		}
		q.tell(ctx, i, f)
	}
	return worker.Close()
}
