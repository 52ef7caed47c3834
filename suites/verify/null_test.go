package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// representative are specs of every kind: a record, a look inside, a sign-in, a
// refusal, an organization of its own. They stand for all where a server is slow.
var representative = []string{
	"tracking.record-created[oin]", "tracking.no-seat", "deactivation.keeps-record-inactive[aiw]",
	"jit.creates-account", "jit.signature-required[unsigned]", "setup.new-token-works",
}

// shownByProbe are specs about what happens by hand and is seen by the probe alone.
// They still pass when nothing but the probe is left of a product.
var shownByProbe = []string{
	"audit.settings-told[disabled]", "audit.settings-told[enabled]", "audit.settings-told[plan]", "audit.settings-told[token]",
	"setup.rotation-keeps-base-url", "saml.met.nothing-fetched",
}

// A product that dies during a run passes nothing from then on, breaks nothing and
// holds nobody up. It is well until the first spec has ended, so that neither
// reaching it nor the bystander spares a spec from meeting it.
func TestNullServersPassNothing(t *testing.T) {
	for i, null := range nullServers {
		t.Run(null.name, func(t *testing.T) {
			for _, s := range sidesFor(null) {
				t.Run(s.name, func(t *testing.T) { s.dies(t, null, s.specs(t, null, i)) })
			}
		})
	}
}

// side is how much of the product is known, and how much of it dies.
type side struct {
	name   string
	whole  bool // every side of it is known; otherwise SCIM alone
	probed bool // the probe outlives the rest
	exit   func(nullServer) int
}

func sidesFor(null nullServer) []side {
	own := func(n nullServer) int { return n.exit }
	alone := side{name: "SCIM alone", exit: own}
	silent := side{name: "all sides", whole: true, exit: func(nullServer) int { return report.ExitCouldNotRun }}
	probed := side{name: "all but the probe", whole: true, probed: true, exit: own}
	if null.slow {
		return []side{probed}
	}
	return []side{alone, silent, probed}
}

// specs chooses which ones meet the server, nil for all. All meet the one that says yes
// to everything; the others divide them among themselves, each spec meeting several.
func (s side) specs(t *testing.T, null nullServer, number int) []string {
	switch {
	case s.few(null):
		return representative
	case null.yes:
		return nil
	}
	return append(share(t, number, 8), representative...)
}

// few says whether a few specs are enough: all of them end in the same way.
func (s side) few(null nullServer) bool {
	switch {
	case null.slow, null.alike && s.whole:
		return true
	case s.whole && !s.probed:
		return !null.object
	}
	return false
}

func (s side) dies(t *testing.T, null nullServer, only []string) {
	f, whole, scim := startFront(t, null.answer)
	f.probed = s.probed
	product := scim
	if s.whole {
		product = whole
	}
	options := verify.Options{Target: product, Only: only, Seed: 1, Timeout: 30 * time.Second}
	if null.slow {
		options.Timeout = 2 * time.Second
	}
	var first string
	options.Progress = func(p report.Progress) {
		if first == "" {
			first = p.Doing
			f.dead.Store(true)
		}
	}
	began := time.Now()
	r, err := verify.Run(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range r.Specs {
		alive := spec.Key() == first || s.probed && slices.Contains(shownByProbe, spec.Key())
		if spec.Verdict == report.Passed && !alive {
			t.Errorf("%s passed", spec.Key())
		}
	}
	if r.Exit() != s.exit(null) {
		t.Errorf("exit %d, not %d: %s", r.Exit(), s.exit(null), r.Summary.Headline)
	}
	if took := time.Since(began); took > options.Timeout+10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What a null server looks like from the start is told in one line that a person
// understands, and mostly before any spec is run.
func TestNullServersAreNamed(t *testing.T) {
	servers := append(slices.Clone(nullServers), tlsServers...)
	said := make([]string, len(servers))
	var all sync.WaitGroup
	for i, null := range servers {
		all.Go(func() { said[i] = fromTheStart(t, null) })
	}
	all.Wait()
	var text strings.Builder
	for i, null := range servers {
		fmt.Fprintf(&text, "%s\n    %s\n", null.name, said[i])
	}
	golden(t, "testdata/null.golden", text.String())
}

// fromTheStart says how a run ends against a server that was never well.
func fromTheStart(t *testing.T, null nullServer) string {
	server := httptest.NewUnstartedServer(null.answer)
	server.Config.ErrorLog = quiet
	if null.certificate == nil {
		server.Start()
	} else {
		server.TLS = null.certificate(t)
		server.StartTLS()
	}
	defer server.Close()
	defer server.CloseClientConnections()
	product, err := verify.SCIMOnly(strings.Replace(server.URL, "https://127.0.0.1", "https://localhost", 1)+"/scim/v2", "very-secret-token-of-some-length", []string{"oin"})
	if err != nil {
		t.Error(err)
		return ""
	}
	product.Network.Timeout = 5 * time.Second
	if _, err := verify.Reach(context.Background(), product); err != nil {
		return plain(t, null, err.Error())
	}
	r, err := verify.Run(context.Background(), verify.Options{Target: product, Only: representative, Timeout: 10 * time.Second, Seed: 1})
	if err != nil {
		return plain(t, null, err.Error())
	}
	if r.Exit() == report.ExitConformant {
		t.Errorf("%s: %s", null.name, r.Summary.Headline)
	}
	for _, spec := range r.Specs {
		if spec.Verdict == report.Passed {
			t.Errorf("%s: %s passed", null.name, spec.Key())
		}
	}
	return plain(t, null, fmt.Sprintf("exit %d: %s, as %s", r.Exit(), r.Summary.Headline, example(r)))
}

// example is what the report says of a record that is made.
func example(r report.Report) string {
	for _, spec := range r.Specs {
		if spec.Key() == "tracking.record-created[oin]" {
			return strings.Join([]string{string(spec.Verdict) + ":", spec.Reason, spec.Expected, spec.Actual}, " ")
		}
	}
	return "nothing"
}

var changing = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`), "$1:1"},
	{regexp.MustCompile(`(solo|bystander)[.0-9a-z-]*@`), "$1@"},
	{regexp.MustCompile(`current time \S+ is`), "current time … is"},
	{regexp.MustCompile(`\d+ of \d+ specs`), "n of m specs"},
	{regexp.MustCompile(`\s+`), " "},
}

// plain is the message without what changes from run to run.
func plain(t *testing.T, null nullServer, message string) string {
	if strings.Contains(message, "very-secret") {
		t.Errorf("%s: the token is in the message: %s", null.name, message)
	}
	for _, c := range changing {
		message = c.found.ReplaceAllString(message, c.shown)
	}
	return strings.TrimSpace(message)
}

// golden compares a text with the one in the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what was said; if that is meant, run this test with -update\n%s", file,
			difference(strings.Split(string(want), "\n"), strings.Split(got, "\n")))
	}
}

// front stands before a reference and is null as soon as that has died.
type front struct {
	*httptest.Server
	alive  http.Handler
	null   http.HandlerFunc
	dead   atomic.Bool
	probe  string // path below which the probe answers
	probed bool   // the probe does not die
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	outlives := f.probed && strings.HasPrefix(r.URL.Path, f.probe)
	if f.dead.Load() && !outlives {
		f.null(w, r)
		return
	}
	f.alive.ServeHTTP(w, r)
}

// startFront starts a reference behind a front, and returns it as a target of which
// every side is known, and as one of which nothing but SCIM is.
func startFront(t *testing.T, null http.HandlerFunc) (f *front, whole, scim target.Target) {
	t.Helper()
	b, err := bundled.Start(context.Background(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	f = &front{alive: b.App, null: null}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ErrorLog = quiet
	f.Start()
	t.Cleanup(f.Close)
	t.Cleanup(f.CloseClientConnections)
	b.App.SetBaseURL(f.URL)
	whole = moved(t, b.Target, f.URL)
	f.probe = strings.TrimPrefix(whole.Probe.HTTP.URL, f.URL)
	endpoint := whole.Connection().SCIM
	scim, err = verify.SCIMOnly(endpoint.BaseURL, endpoint.Token, []string{"aiw", "oin", "oin-patch-user"})
	if err != nil {
		t.Fatal(err)
	}
	scim.Discover = false // it is alive while it is asked; the whole one shows what comes of every feature
	return f, whole, scim
}

var onLoopback = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// moved is the target with its addresses on another host.
func moved(t *testing.T, from target.Target, to string) target.Target {
	t.Helper()
	text, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	var there target.Target
	if err := json.Unmarshal(onLoopback.ReplaceAll(text, []byte(to)), &there); err != nil {
		t.Fatal(err)
	}
	return there
}
