package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/load"
	"rollcall.example/suites/target"
)

// Ctrl-C ends a load at once, with the figures until then; nobody stays at the
// product. The process is a real one: signals are what is tested.
func TestInterruptedLoad(t *testing.T) {
	t.Parallel()
	product, err := bundled.Start(context.Background(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = product.Close() })
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "load.json")
	c := product.Target.Connection()
	command := exec.Command("rollcall", "load", "--scim-url", c.SCIM.BaseURL, "--scim-token-env", "TOKEN", "--users", "100000", "--json", file)
	command.Env = append(os.Environ(), "TOKEN="+c.SCIM.Token, "XDG_STATE_HOME="+state)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for records(t, c.SCIM) < 20 {
		if time.Now().After(deadline) {
			_ = command.Process.Kill()
			t.Fatal("twenty people were not made within a minute")
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = command.Wait()
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != load.ExitInterrupted {
		t.Errorf("ended with %v, want exit status 130; stderr: %s", err, &stderr)
	}
	if !strings.Contains(stdout.String(), "\ninterrupted: these are the figures until then\n") || stderr.Len() > 0 {
		t.Errorf("stdout: %s\nstderr: %s", &stdout, &stderr)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), `"interrupted": true`) {
		t.Errorf("%v, %s", err, text)
	}
	if left := records(t, c.SCIM); left > 0 {
		t.Errorf("%d records are left", left)
	}
	if ledgers, _ := filepath.Glob(filepath.Join(state, "rollcall", "ledgers", "*")); len(ledgers) > 0 {
		t.Errorf("there are ledgers: %v", ledgers)
	}
}

// records is how many people the product has records of.
func records(t *testing.T, at target.SCIM) int {
	t.Helper()
	client, err := provision.NewClient(provision.Options{BaseURL: at.BaseURL, Token: at.Token})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.List(context.Background(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	list, err := answer.List()
	if err != nil {
		t.Fatal(err)
	}
	return list.TotalResults
}
