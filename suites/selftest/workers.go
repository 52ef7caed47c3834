package selftest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// workerEnv marks a process as a worker of another one.
const workerEnv = "ROLLCALL_SELFTEST_WORKER"

// Work turns the process into a worker, and ends it, where a self-test started
// it as one. Otherwise it does nothing. A program that runs self-tests with
// several workers calls it before anything else.
func Work() {
	if os.Getenv(workerEnv) == "" {
		return
	}
	if err := serveTrials(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serveTrials reads trials and writes what came of each, as JSON, until there are
// no more.
func serveTrials(ctx context.Context, in io.Reader, out io.Writer) error {
	trials, findings := json.NewDecoder(in), json.NewEncoder(out)
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
func employ(ctx context.Context, trials []trial, take func() (int, bool), tell func(int, finding)) (err error) {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	worker := exec.CommandContext(ctx, self)
	worker.Env = append(os.Environ(), workerEnv+"=1")
	worker.Stderr = os.Stderr
	worker.Cancel = func() error { return worker.Process.Signal(os.Interrupt) }
	worker.WaitDelay = 5 * time.Second
	in, err := worker.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	out, err := worker.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	if err := worker.Start(); err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	give, answers := json.NewEncoder(in), json.NewDecoder(out)
	for i, more := take(); more; i, more = take() {
		var f finding
		if err := errors.Join(give.Encode(trials[i]), answers.Decode(&f)); err != nil {
			return errors.Join(fmt.Errorf("a worker died at the defect %s: %w", trials[i].Defect.Name, err), in.Close(), worker.Wait())
		}
		tell(i, f)
	}
	return errors.Join(in.Close(), worker.Wait())
}
