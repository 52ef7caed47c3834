package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rollcall": main})
}

// The scripts meet three endpoints: NULL_URL answers {} to everything, REFUSING_URL
// does not know the token, and nothing listens at GONE_URL. ELSEWHERE_URL does not
// say that it is on this machine.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: serveEndpoints,
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "empty": empty},
	})
}

func serveEndpoints(env *testscript.Env) error {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, handler := range map[string]http.HandlerFunc{
		"NULL_URL":     answerNothing,
		"REFUSING_URL": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	} {
		server := httptest.NewServer(handler)
		env.Defer(server.Close)
		env.Setenv(name, server.URL+"/scim/v2")
	}
	env.Setenv("GONE_URL", gone.URL+"/scim/v2")
	// The same endpoint by an address that does not say that it is this machine.
	env.Setenv("ELSEWHERE_URL", strings.Replace(env.Getenv("NULL_URL"), "127.0.0.1", "0.0.0.0", 1))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("TOKEN", "token-that-nobody-may-see")
	return nil
}

func answerNothing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	_, _ = w.Write([]byte("{}"))
}

// exits runs a command and checks the status with which it ends: exits 2 rollcall …
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exited *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exited) {
		got = exited.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// empty checks that a directory holds nothing.
func empty(ts *testscript.TestScript, neg bool, args []string) {
	found, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	if (len(names) == 0) == neg {
		ts.Fatalf("%s holds %q", args[0], names)
	}
}
