package products_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// judgement is the verdicts of a product's specs, by the dialect that it was driven in.
type judgement map[string]map[string]report.Verdict

// expected is the file in which the verdicts of a product are written down.
type expected struct {
	Reasons  map[string]string `yaml:"reasons"`  // of what did not pass, by key
	Verdicts judgement         `yaml:"verdicts"` // of what could be observed
}

// verdictsLine is where the part of the file begins that a test may write.
const verdictsLine = "verdicts:\n"

// hold compares the verdicts with those in the file of the specs that were met, both ways.
// Each that is no pass wants a reason, and each reason something that it is about.
func (v judgement) hold(t *testing.T, file string, met map[string]bool) {
	t.Helper()
	if *update {
		v.write(t, file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	if err := yaml.UnmarshalWithOptions(text, &want, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, change := range v.changes(want.Verdicts.of(met)) {
		t.Errorf("%s: %s; examine it by hand before -update", file, change)
	}
	broken := v.broken()
	for _, key := range broken {
		if strings.TrimSpace(want.Reasons[key]) == "" {
			t.Errorf("%s: %s did not pass, and nothing says why that is the product's failure", file, key)
		}
	}
	for key := range want.Reasons {
		if met[key] && !slices.Contains(broken, key) {
			t.Errorf("%s: a reason is given for %s, which passed", file, key)
		}
	}
}

// of are the verdicts of specs that were met. Those of specs that there are no more are
// kept, and so found.
func (v judgement) of(met map[string]bool) judgement {
	there := map[string]bool{}
	for _, listed := range verify.List() {
		there[listed.Key()] = true
	}
	left := judgement{}
	for dialect, said := range v {
		left[dialect] = maps.Clone(said)
		maps.DeleteFunc(left[dialect], func(key string, _ report.Verdict) bool { return there[key] && !met[key] })
	}
	return left
}

// changes are what is otherwise than it was wanted, in order.
func (v judgement) changes(want judgement) []string {
	var changes []string
	for _, dialect := range union(want, v) {
		for _, key := range union(want[dialect], v[dialect]) {
			if was, is := want[dialect][key], v[dialect][key]; was != is {
				changes = append(changes, fmt.Sprintf("%s: %s: %q, not %q", dialect, key, is, was))
			}
		}
	}
	return changes
}

// union are the keys of two maps, in order.
func union[V any](a, b map[string]V) []string {
	both := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(both)
	return slices.Compact(both)
}

// broken are the keys of specs that did not pass in some dialect.
func (v judgement) broken() []string {
	keys := map[string]bool{}
	for _, said := range v {
		for key, verdict := range said {
			if verdict != report.Passed {
				keys[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// write replaces the verdicts in the file and leaves everything before them alone.
func (v judgement) write(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, found := strings.Cut("\n"+string(text), "\n"+verdictsLine)
	if !found {
		t.Fatalf("%s has no line %q", file, strings.TrimSpace(verdictsLine))
	}
	var written strings.Builder
	written.WriteString(strings.TrimPrefix(kept, "\n") + "\n" + verdictsLine)
	for _, dialect := range slices.Sorted(maps.Keys(v)) {
		fmt.Fprintf(&written, "  %s:\n", dialect)
		for _, key := range slices.Sorted(maps.Keys(v[dialect])) {
			fmt.Fprintf(&written, "    %s: %s\n", key, v[dialect][key])
		}
	}
	if err := os.WriteFile(file, []byte(written.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
