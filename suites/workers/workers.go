// Package workers lets a program do its work in several processes, which are this
// same program again.
//
// Ginkgo runs one suite to a process, so whoever wants two at a time needs two
// processes. They are started from the program's own file: one static binary does
// it all. A worker is told what to do over its standard input and answers on its
// standard output, one JSON value after another, so that nothing secret is ever in
// its arguments, its environment or a file.
//
//	func main() {
//		workers.Serve("sums", func(ctx context.Context, in *json.Decoder, out *json.Encoder) error { … })
//		…
//	}
//
// A program that starts workers calls [Serve] first thing in its main. Otherwise a
// worker would be just the program once more; [Start] notices, and refuses to
// start workers of workers.
package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// env marks a process as a worker, by the name of its work.
const env = "ROLLCALL_WORKER"

// hello is the first thing that a worker says.
const hello = "rollcall.worker/1"

// patience is how long a worker may take to end once it was told to.
const patience = 5 * time.Second

// Serve turns the process into a worker, and ends it, where it was started as one
// for this work. Otherwise it does nothing. The work ends at the end of its input, and
// its context when the worker is interrupted.
func Serve(name string, work func(ctx context.Context, in *json.Decoder, out *json.Encoder) error) {
	if os.Getenv(env) != name {
		return
	}
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	out := json.NewEncoder(os.Stdout)
	err := out.Encode(hello)
	if err == nil {
		err = work(ctx, json.NewDecoder(os.Stdin), out)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Worker is one process that works for this one. Its methods are not safe for
// concurrent use.
type Worker struct {
	process *exec.Cmd
	in      io.Closer
	give    *json.Encoder
	take    *json.Decoder
}

// Start starts a worker for the named work. It is interrupted, and some seconds
// later killed, when the context ends.
func Start(ctx context.Context, name string) (*Worker, error) {
	if os.Getenv(env) != "" {
		return nil, fmt.Errorf("starting a worker: this is one itself: the program does not serve %s first thing in its main", name)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	process := exec.CommandContext(ctx, self)
	process.Args[0] = os.Args[0] // programs that go by the name they are called by
	process.Env = append(os.Environ(), env+"="+name)
	process.Stderr = os.Stderr
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) }
	process.WaitDelay = patience
	alone(process)
	in, err := process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	w := &Worker{process: process, in: in, give: json.NewEncoder(in), take: json.NewDecoder(out)}
	var said string
	if err := w.take.Decode(&said); err != nil || said != hello {
		w.kill()
		return nil, fmt.Errorf("starting a worker: the program does not serve %s first thing in its main", name)
	}
	return w, nil
}

// Give sends the worker something to do.
func (w *Worker) Give(work any) error { return w.give.Encode(work) }

// Take receives what the worker says next.
func (w *Worker) Take(answer any) error { return w.take.Decode(answer) }

// Close ends the worker's input and waits for it to end.
func (w *Worker) Close() error {
	return errors.Join(w.in.Close(), w.process.Wait())
}

func (w *Worker) kill() {
	_ = w.process.Process.Kill()
	_ = w.in.Close()
	_ = w.process.Wait() // that it was killed is no news
}
