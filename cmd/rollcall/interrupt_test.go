package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/report"
)

// Ctrl-C stops a run at once; what there is of a report is written and says so.
// The process is a real one: signals are what is tested.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, procs := range []string{"1", "2"} {
		t.Run(procs+" processes", func(t *testing.T) { interruptWith(t, procs) })
	}
}

// stopWithin is how long a stop may take against a product that does not answer: two
// seconds for the spec to clear away, two for the run, and some for a busy machine.
const stopWithin = 8 * time.Second

func interruptWith(t *testing.T, procs string) {
	t.Parallel()
	begun := make(chan struct{}, 1000)
	server := httptest.NewServer(keepWaiting(begun))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "report.json")
	command := exec.Command("rollcall", "verify", "--scim-url", server.URL, "--scim-token-env", "TOKEN", "--procs", procs, "--json", file)
	command.Env = append(os.Environ(), "TOKEN=x1y2z3", "XDG_STATE_HOME="+t.TempDir())
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-begun:
	case <-time.After(20 * time.Second):
		_ = command.Process.Kill()
		t.Fatal("no spec began within 20 seconds")
	}
	interrupted := time.Now()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	if took := time.Since(interrupted); took > stopWithin {
		t.Errorf("it took %v to stop", took)
	}
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != report.ExitInterrupted {
		t.Errorf("ended with %v, want exit status 130; stderr: %s", err, &stderr)
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr: %s", &stderr)
	}
	if !strings.Contains(stdout.String(), "\ninterrupted: ") {
		t.Errorf("stdout: %s", &stdout)
	}
	checkPartial(t, file)
}

// What is interrupted while the product has not yet answered has nothing to report, and
// blames nobody for it.
func TestInterruptBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{"verify"}, {"load", "--users", "2"}} {
		t.Run(arguments[0], func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 1000)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				<-r.Context().Done()
			}))
			defer server.Close()
			command := exec.Command("rollcall", append(arguments, "--scim-url", server.URL, "--scim-token-env", "TOKEN")...)
			command.Env = append(os.Environ(), "TOKEN=x1y2z3", "XDG_STATE_HOME="+t.TempDir())
			var said bytes.Buffer
			command.Stdout, command.Stderr = &said, &said
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			<-asked
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait()
			if status := command.ProcessState.ExitCode(); status != report.ExitInterrupted || said.String() != "rollcall: interrupted before anything was judged\n" {
				t.Errorf("exit status %d: %s", status, &said)
			}
		})
	}
}

func checkPartial(t *testing.T, file string) {
	t.Helper()
	written, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = written.Close() }()
	r, err := report.Read(written)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Partial || !r.Interrupted || r.Summary.NotRun == 0 {
		t.Errorf("partial %v, interrupted %v, %d not run", r.Partial, r.Interrupted, r.Summary.NotRun)
	}
	for _, s := range r.Specs {
		if s.Verdict != report.Unsupported && s.Verdict != report.Unobserved {
			t.Errorf("%s: %s, and nothing was answered", s.Key(), s.Verdict)
		}
	}
}

// keepWaiting is an endpoint that answers what comes before the first spec, which
// is the look whether anybody is there and the bystander, and from then on leaves
// everybody waiting.
func keepWaiting(begun chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if query.Get("count") == "1" || strings.Contains(query.Get("filter"), "bystander") {
			answerNothing(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // a server sees a caller go only after the body
		begun <- struct{}{}
		<-r.Context().Done()
	}
}
