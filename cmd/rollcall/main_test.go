package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

func TestMain(m *testing.M) {
	verify.Work()
	testscript.Main(m, map[string]func(){"rollcall": main, "run-to-be-killed": runToBeKilled})
}

// The scripts meet endpoints: NULL_URL answers {} to everything, PAGE_URL a page for
// people, LOGIN_URL sends everybody to one; REFUSING_URL does not know the token,
// NOWHERE_URL knows no address,
// FAILING_URL and TIRED_URL answer a look whether they are there, and then 500 and 429, BUSY_URL no time to answer, and nothing listens at
// GONE_URL. ELSEWHERE_URL does not say that it
// is on this machine. They meet the reference too, by targets/reference.yaml.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: serveEndpoints,
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "empty": empty, "grows": grows},
	})
}

func serveEndpoints(env *testscript.Env) error {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, handler := range map[string]http.HandlerFunc{
		"NULL_URL":     answerNothing,
		"REFUSING_URL": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"PAGE_URL":     answerPage,
		"LOGIN_URL": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/login?next=/scim", http.StatusFound)
		},
		"NOWHERE_URL": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"FAILING_URL": afterALook(func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }),
		"TIRED_URL": afterALook(func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}),
		"TOLL_URL": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) },
		"HANG_URL": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"BUSY_URL": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	} {
		server := httptest.NewServer(handler)
		env.Defer(server.Close)
		env.Setenv(name, server.URL+"/scim/v2")
	}
	env.Setenv("GONE_URL", gone.URL+"/scim/v2")
	// The same endpoint by an address that does not say that it is this machine.
	env.Setenv("ELSEWHERE_URL", strings.Replace(env.Getenv("NULL_URL"), "127.0.0.1", "0.0.0.0", 1))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	if err := serveReference(env); err != nil {
		return err
	}
	if err := describeBroken(env); err != nil {
		return err
	}
	env.Setenv("LINE_END", "\n")
	env.Setenv("TOKEN", "token-that-nobody-may-see")
	return nil
}

// serveReference starts a reference and describes it in a target file, as somebody
// else's product.
func serveReference(env *testscript.Env) error {
	b, err := bundled.Start(context.Background(), bundled.Options{})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = b.Close() })
	c := b.Target.Connections[0]
	env.Setenv("REFERENCE_SCIM_URL", c.SCIM.BaseURL)
	env.Setenv("REFERENCE_METADATA", c.SAML.Metadata)
	env.Setenv("REFERENCE_SIGN_IN", c.SAML.SignIn)
	env.Setenv("REFERENCE_WHOAMI", c.Doors.WhoAmI)
	env.Setenv("REFERENCE_TOKEN", c.SCIM.Token)
	env.Setenv("REFERENCE_PROBE_TOKEN", b.Target.Probe.HTTP.Token)
	dir := filepath.Join(env.WorkDir, "targets")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "reference.yaml"), []byte(described(b.Target)), 0o600)
}

// described is the target file of a reference, with its tokens in REFERENCE_TOKEN and
// REFERENCE_PROBE_TOKEN.
func described(t target.Target) string {
	c := t.Connection()
	text := fmt.Sprintf(`version: 1
name: the reference, by its file
connections:
  - organization: %s
    scim:
      base_url: %s
      auth: {bearer: {env: REFERENCE_TOKEN}}
    saml: {sp_metadata: %s, entity_id: %s, acs: %s, sign_in: %s}
    doors: {whoami: %s, admin: %s, settings: %s, team: "%s"}
    teams:
`, c.Organization, c.SCIM.BaseURL, c.SAML.Metadata, c.SAML.EntityID, c.SAML.ACS, c.SAML.SignIn,
		c.Doors.WhoAmI, c.Doors.Admin, c.Doors.Settings, c.Doors.Team)
	for _, team := range c.Teams {
		text += fmt.Sprintf("      - {id: %s, slug: %s, default: %v, default_role: %s}\n", team.ID, team.Slug, team.Default, team.DefaultRole)
	}
	return text + fmt.Sprintf(`probe: {http: {url: %s, auth: {bearer: {env: REFERENCE_PROBE_TOKEN}}}}
features: [scim.patch, scim.delete, saml.idp-initiated]
dialects: [oin, aiw, oin-patch-user]
`, t.Probe.HTTP.URL)
}

// describeBroken writes target files of products that do not work.
func describeBroken(env *testscript.Env) error {
	hanging := fmt.Sprintf("version: 1\nconnections: [{scim: {base_url: %s, auth: {bearer: {env: TOKEN}}}}]\nnetwork: {timeout: 200ms}\n", env.Getenv("HANG_URL"))
	page := strings.TrimSuffix(env.Getenv("PAGE_URL"), "/scim/v2")
	elsewhere := fmt.Sprintf("version: 1\nconnections: [{saml: {entity_id: urn:acme, acs: %[1]s/acs, sign_in: %[1]s/sso, signed_in: {status: {url: %[1]s/home}}}}]\n", page)
	return errors.Join(
		os.WriteFile(filepath.Join(env.WorkDir, "hang.yaml"), []byte(hanging), 0o600),
		os.WriteFile(filepath.Join(env.WorkDir, "elsewhere.yaml"), []byte(elsewhere), 0o600),
	)
}

func answerPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!doctype html><title>Sign in &amp; go</title><h1>Sign in</h1>"))
}

func answerNothing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	_, _ = w.Write([]byte("{}"))
}

// afterALook answers a look whether anybody is there, and everything else by answer.
func afterALook(answer func(w http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("count") != "1" {
			answer(w)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`))
	}
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

// grows waits until a file has so many lines: grows FILE LINES.
func grows(ts *testscript.TestScript, _ bool, args []string) {
	lines, err := strconv.Atoi(args[1])
	ts.Check(err)
	tick, deadline := time.NewTicker(time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Count(string(text), "\n") >= lines {
				return
			}
		case <-deadline:
			ts.Fatalf("%s does not have %d lines after a minute", args[0], lines)
		}
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
