//go:build unix

package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// childRole is the variable that makes the test binary a child process: it names
// one of children.
const childRole = "ROLLCALL_STORE_TEST_CHILD"

// children are the programs that this binary can be besides a test.
var children = map[string]func(ctx context.Context, path string) error{
	"hold":  holdLock,
	"write": writeMany,
	"work":  workUntilKilled,
	"rival": actAmongRivals,
}

func TestMain(m *testing.M) {
	role := os.Getenv(childRole)
	if role == "" {
		status := m.Run()
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
			status = 1
		}
		os.Exit(status)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	if err := children[role](ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
	stop()
}

// child is a process of this binary, running on a data file.
type child struct {
	t      testing.TB
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr strings.Builder
	stdin  io.Closer
}

func start(t testing.TB, role, path string, variables ...string) *child {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.CommandContext(t.Context(), binary, path)}
	c.cmd.Env = append(append(os.Environ(), childRole+"="+role), variables...)
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	return c
}

// expect waits for a line.
func (c *child) expect(line string) {
	c.t.Helper()
	if !c.lines.Scan() || c.lines.Text() != line {
		err := c.cmd.Wait()
		c.t.Fatalf("the child said %q, not %q: %v: %s", c.lines.Text(), line, err, c.stderr.String())
	}
}

// finish lets the child come to its end.
func (c *child) finish() {
	c.t.Helper()
	_ = c.stdin.Close()
	for c.lines.Scan() {
		continue
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("the child failed: %v: %s", err, c.stderr.String())
	}
}

// killed waits for the end and fails unless it was the kill.
func (c *child) killed() {
	c.t.Helper()
	_ = c.cmd.Wait()
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		c.t.Fatalf("the child was not killed but ended by itself: %v: %s", c.cmd.ProcessState, c.stderr.String())
	}
}

// holdLock keeps a writing transaction open until its input ends.
func holdLock(ctx context.Context, path string) error {
	s, err := store.Open(ctx, store.Options{Path: path})
	if err != nil {
		return err
	}
	err = s.Do(ctx, func(org.Tx) error {
		fmt.Println("locked")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
	if err != nil {
		return err
	}
	return s.Close()
}

// writes is how many records a writing process adds.
const writes = 200

// writeMany adds records, each in a transaction of its own, and counts up a shared
// one in each.
func writeMany(ctx context.Context, path string) error {
	s, err := store.Open(ctx, store.Options{Path: path})
	if err != nil {
		return err
	}
	for i := range writes {
		err := s.Do(ctx, func(tx org.Tx) error {
			if err := tx.AddRecord(ctx, record(fmt.Sprintf("p%d-%d", os.Getpid(), i))); err != nil {
				return err
			}
			return countUp(ctx, tx)
		})
		if err != nil {
			return err
		}
	}
	return s.Close()
}

func countUp(ctx context.Context, tx org.Tx) error {
	shared, err := tx.Record(ctx, "okta", "shared")
	if err != nil {
		return err
	}
	shared.Version++
	return tx.SaveRecord(ctx, shared)
}
