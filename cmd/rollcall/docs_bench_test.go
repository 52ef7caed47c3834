package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
)

// recipe is how a command of the documentation is run.
type recipe struct {
	exit   int    // with which status it ends
	before string // what is run first, as the reader has done by then
	add    string // what is put behind the command's name, to make it end soon
	lasts  bool   // it runs until it is interrupted
	absent bool   // it needs what a test has not got, and is not run
}

// recipes say it for each command. A run of verify that chooses no specs is narrowed
// by ROLLCALL_ONLY, and so is one of the specs under go test or ginkgo by a filter.
var recipes = map[string]recipe{
	"rollcall":                 {},
	"rollcall ci":              {},
	"rollcall completion":      {},
	"rollcall doctor":          {},
	"rollcall forge":           {},
	"rollcall forge list":      {},
	"rollcall idp init":        {before: "rm -r idp"},
	"rollcall idp logout":      {},
	"rollcall idp metadata":    {},
	"rollcall idp rotate":      {},
	"rollcall init":            {before: "rm rollcall.yaml"},
	"rollcall load":            {},
	"rollcall probe check":     {},
	"rollcall probe contract":  {},
	"rollcall profile keys":    {},
	"rollcall profile list":    {},
	"rollcall profile show":    {},
	"rollcall report convert":  {},
	"rollcall report diff":     {},
	"rollcall report schema":   {},
	"rollcall requirements":    {},
	"rollcall selftest":        {add: "--defect seat-at-create"},
	"rollcall selftest --area": {}, // two defects
	"rollcall serve":           {lasts: true},
	"rollcall sweep":           {},
	"rollcall verify":          {},
	"rollcall version":         {},
	"go test ./suites":         {add: "./suites -args -ginkgo.label-filter=req:tracking.no-seat"},
	"go tool ginkgo":           {add: "--label-filter=req:tracking.no-seat ./suites"},
	"make":                     {add: "--dry-run"},
	"docker build":             {absent: true},
	"docker run":               {absent: true},
}

// exceptions are the commands that end otherwise, or need something else, than others
// like them.
var exceptions = map[string]recipe{
	"rollcall verify --defect seat-at-create":                                      {exit: 1},
	"go run ./cmd/rollcall verify --defect seat-at-create --only tracking.no-seat": {exit: 1},
	"rollcall idp rotate ./idp --finish":                                           {before: "rollcall idp rotate ./idp"},
	"rollcall doctor --target acme.yaml --i-own-this":                              {before: "cp rollcall.yaml acme.yaml"},
	"rollcall serve --store postgres://rollcall@localhost:5432/rollcall":           {absent: true}, // a database of the reader's; TestServeKeepsItsData has one
}

// bench is where the commands of the documentation are run: a reference that answers
// where the documentation says acme.test, and the files that it speaks of.
type bench struct {
	files       string // the directory that each command gets a copy of
	environment []string
	addresses   *strings.Replacer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	product, err := bundled.Start(context.Background(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = product.Close() })
	c := product.Target.Connection()
	tools := fakeTools(t)
	b := &bench{
		files: t.TempDir(),
		environment: []string{
			"PATH=" + tools + string(filepath.ListSeparator) + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "ROLLCALL_ONLY=tracking.no-seat,tracking.record-created",
			"ACME_SCIM_TOKEN=" + c.SCIM.Token, "REFERENCE_TOKEN=" + c.SCIM.Token, "REFERENCE_PROBE_TOKEN=" + product.Target.Probe.HTTP.Token,
			"GITHUB_STEP_SUMMARY=summary.md",
		},
		addresses: strings.NewReplacer(
			"https://acme.test/scim/v2", c.SCIM.BaseURL, "https://acme.test/saml/metadata", c.SAML.Metadata, "https://acme.test/saml/acs", c.SAML.ACS,
			"https://acme.test/sso/acme", c.SAML.SignIn, "https://acme.test/sso", c.SAML.SignIn, "https://acme.test/api/me", c.Doors.WhoAmI,
			"127.0.0.1:8080", "127.0.0.1:0", "127.0.0.1:8081", "127.0.0.1:0",
		),
	}
	b.lay(t, "rollcall.yaml", described(product.Target))
	b.lay(t, "waivers.yaml", marked(t, "README.md", "waivers.yaml"))
	b.lay(t, "acme.yaml", blocks(read(t, filepath.Join(project, "fixtures/profile/README.md")), "yaml")[0])
	said, err := b.shell(b.files, `mkdir -p .github/workflows
rollcall idp init ./idp
rollcall verify --target rollcall.yaml --json report.json
for report in last-week last-release main branch; do cp report.json "$report.json"; done`)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return b
}

// lay puts a file where the commands are run.
func (b *bench) lay(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.files, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// marked is the block of a page that says in its first line that it is this file.
func marked(t *testing.T, page, file string) string {
	t.Helper()
	for _, block := range blocks(read(t, filepath.Join(project, page)), "yaml") {
		if strings.HasPrefix(block, "# "+file+"\n") {
			return block
		}
	}
	t.Fatalf("%s has no yaml block that begins with \"# %s\"", page, file)
	return ""
}

// fakeTools are the programs of others that commands hand their output to, each of
// which reads it to its end.
func fakeTools(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"jq", "buildkite-agent"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ntest -n \"$(cat)\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a command, in a directory of its own, and says where it ended otherwise
// than its recipe has it.
func (b *bench) run(t *testing.T, line string) error {
	t.Helper()
	name, r, known := recipeOf(line)
	switch {
	case !known:
		return errors.New("nothing says how to run it: add a recipe")
	case r.absent:
		return nil
	}
	line = strings.Replace(b.addresses.Replace(line), "go run ./cmd/rollcall", "rollcall", 1)
	if strings.Contains(line, "acme.test") {
		return errors.New("nobody answers at this address of acme.test: add it to the bench")
	}
	if strings.HasPrefix(name, "go ") || name == "make" {
		return inProject(line, r)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(b.files)); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(dir, "idp", "key-1.pem"), 0o600); err != nil {
		return err
	}
	if r.before != "" {
		if said, err := b.shell(dir, r.before); err != nil {
			return fmt.Errorf("beforehand: %w\n%s", err, said)
		}
	}
	if r.lasts {
		return b.until(dir, line)
	}
	if r.add != "" && !strings.Contains(line, strings.Fields(r.add)[0]) {
		line = strings.Replace(line, name, name+" "+r.add, 1)
	}
	return expect(r.exit)(b.shell(dir, line))
}

// recipeOf finds the recipe of the longest name that the line begins with.
func recipeOf(line string) (name string, r recipe, known bool) {
	short := strings.Replace(line, "go run ./cmd/rollcall", "rollcall", 1) + " "
	for candidate, found := range recipes {
		if strings.HasPrefix(short, candidate+" ") && len(candidate) >= len(name) {
			name, r, known = candidate, found, true
		}
	}
	if name == "rollcall" && strings.TrimSpace(short) != "rollcall" {
		return "", r, false
	}
	if special, found := exceptions[line]; found {
		special.add = r.add
		return name, special, true
	}
	return name, r, known
}

// expect holds a command to its exit status.
func expect(status int) func(said string, err error) error {
	return func(said string, err error) error {
		got := 0
		var exited *exec.ExitError
		switch {
		case errors.As(err, &exited):
			got = exited.ExitCode()
		case err != nil:
			return err
		}
		if got != status {
			return fmt.Errorf("exit status %d, want %d\n%s", got, status, said)
		}
		return nil
	}
}

func (b *bench) command(ctx context.Context, dir, line string) *exec.Cmd {
	c := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", line)
	c.Dir, c.Env = dir, append([]string{"HOME=" + dir}, b.environment...)
	return c
}

// shell runs a line as a reader does who copied it, and returns what it printed.
func (b *bench) shell(dir, line string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	said, err := b.command(ctx, dir, line).CombinedOutput()
	return string(said), err
}

// until runs a command that lasts until it is ready, and interrupts it then.
func (b *bench) until(dir, line string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	ready := regexp.MustCompile(`--ready-file (\S+)`).FindStringSubmatch(line)
	if ready == nil {
		ready = []string{"", "ready.json"}
		line += " --ready-file ready.json"
	}
	c := b.command(ctx, dir, "exec "+line)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		return err
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, err := os.Stat(filepath.Join(dir, ready[1])); err == nil {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	err := c.Wait()
	return expect(0)(said.String(), err)
}

// ginkgo is held by whoever runs the ginkgo command, which builds a program of one name in
// the folder of the specs and takes it away again.
var ginkgo sync.Mutex

// inProject runs a command of a developer's where the project is, narrowed.
func inProject(line string, r recipe) error {
	if strings.Contains(line, "go tool ginkgo") {
		ginkgo.Lock()
		defer ginkgo.Unlock()
	}
	if flag, _, _ := strings.Cut(r.add, "="); !strings.Contains(line, flag) {
		line = strings.Replace(line, " ./suites", "", 1) + " " + r.add
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", line)
	c.Dir = project
	said, err := c.CombinedOutput()
	return expect(r.exit)(string(said), err)
}
