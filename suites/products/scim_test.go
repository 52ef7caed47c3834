package products_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// Real products, made by others, are judged as any vendor's would be. What is said of
// each is written down in its verdicts.yaml: a failure there is a true one, with the
// reason why, and whatever else fails is a defect of the suite.
func TestProducts(t *testing.T) {
	for name, c := range map[string]struct {
		dialects []string
		parts    []string // labels of specs that meet a server of their own
	}{
		// Its memory adapter copies everything that it holds for every request, and keeps
		// the accounts of whoever is deleted: few people at a time are a tenth of the work.
		"better-auth": {[]string{"oin"}, []string{
			"!area:scim", "area:scim && /area:scim.[a-d]/", "area:scim && /area:scim.[e-o]/", "area:scim && /area:scim.[p-z]/",
		}},
		// It keeps a list as if it were somebody, and whoever lists people meets it.
		"jackson": {[]string{"oin"}, []string{"!/variant:is-a-list/", "/variant:is-a-list/"}},
		"scimmy":  {[]string{"oin", "aiw", "oin-patch-user"}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			directory := filepath.Join("testdata", name)
			judged, met := judgement{}, today()
			for i, dialect := range c.dialects {
				judged[dialect] = map[string]report.Verdict{}
				for _, part := range c.parts {
					if i > 0 { // what Okta's dialects do not change is judged once
						part = "!area:scim && !area:entra"
					}
					maps.Copy(judged[dialect], judgeNode(t, directory, dialect, part, met))
				}
			}
			judged.hold(t, filepath.Join(directory, "verdicts.yaml"), met)
		})
	}
}

// judgeNode starts a product that is written for Node.js and runs the specs with these
// labels against it, driven in this dialect.
func judgeNode(t *testing.T, directory, dialect, labels string, met map[string]bool) map[string]report.Verdict {
	t.Helper()
	t.Setenv("SCIM_TOKEN", rand.Text())
	at := startNode(t, directory)
	if own := at["token"]; own != "" {
		t.Setenv("SCIM_TOKEN", own)
	}
	product := load(t, filepath.Join(directory, "target.yaml"))
	product.Connections[0].SCIM.BaseURL = at["scim"]
	product.Dialects = []string{dialect}
	return judge(t, product, labels, met, 1)
}

// load reads a product's target file as a vendor's is read.
func load(t *testing.T, file string) target.Target {
	t.Helper()
	product, err := target.Load(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	return product
}

// judge runs those of the specs that have these labels, every one for "", against the
// product and returns the verdicts of those that could say something of it. A variant runs
// with what has its requirement's name alone, and has no verdict for that. So many
// processes drive the product at a time.
func judge(t *testing.T, product target.Target, labels string, met map[string]bool, procs int) map[string]report.Verdict {
	t.Helper()
	r, err := verify.Run(context.Background(), verify.Options{
		Target: product, Only: slices.Collect(maps.Keys(met)), LabelFilter: labels, Timeout: 5 * time.Minute, Procs: procs,
	})
	if labels != "" && errors.Is(err, verify.ErrNothing) {
		return nil // the part has none of today's specs
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.Partial {
		t.Fatal(r.Summary.Headline)
	}
	said := map[string]report.Verdict{}
	for _, s := range r.Specs {
		if met[s.Key()] && s.Verdict != report.Unobserved && s.Verdict != report.Unsupported {
			said[s.Key()] = s.Verdict
		}
	}
	return said
}

// startNode starts the server of a product that is written for Node.js, and returns
// what it says of itself in its first line.
func startNode(t *testing.T, directory string, environment ...string) map[string]string {
	t.Helper()
	return startProduct(t, directory, environment, node(t, directory), "server.mjs")
}

// node is the interpreter of a product that is written for Node.js, once its modules are
// there.
func node(t *testing.T, directory string) string {
	t.Helper()
	interpreter, modules := machine.Tool(t, "node"), filepath.Join(directory, "node_modules")
	if _, err := os.Stat(modules); err != nil {
		machine.Lacks(t, modules)
	}
	return interpreter
}

// startProduct starts a product, which says in its first line of output, as JSON, where
// it is, and ends with its input.
func startProduct(t *testing.T, directory string, environment []string, command ...string) map[string]string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	running := exec.CommandContext(ctx, command[0], command[1:]...)
	running.Dir, running.Env = directory, append(os.Environ(), environment...)
	running.Stderr = os.Stderr
	said, err := running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// Held open until the test ends: a product that sees its end goes too, even if this
	// process was killed.
	if _, err := running.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = running.Wait()
	})
	tooLate := time.AfterFunc(30*time.Second, stop)
	defer tooLate.Stop()
	line, err := bufio.NewReader(said).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s did not start: %v", directory, err)
	}
	at := map[string]string{}
	if err := json.Unmarshal(line, &at); err != nil {
		t.Fatalf("%s says where it is in other words: %v: %s", directory, err, line)
	}
	return at
}
