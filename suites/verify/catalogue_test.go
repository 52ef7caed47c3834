package verify_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/verify"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A clause that is added, renamed or gone changes what conformance means, so it
// has to show in a review.
func TestClausesAreTheGoldenOnes(t *testing.T) {
	const file = "../testdata/clauses.golden"
	var lines []string
	for _, l := range verify.List() {
		lines = append(lines, l.Key())
	}
	for _, r := range fixtures.Requirements() {
		if r.Untested != "" {
			lines = append(lines, r.ID+" (untested)")
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
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
		t.Errorf("clauses were added, renamed or taken away; if that is meant: go test ./suites/verify -run Clauses -update\n%s", difference(strings.Split(string(want), "\n"), lines))
	}
}

func difference(before, after []string) string {
	var text strings.Builder
	for _, line := range before {
		if line != "" && !slices.Contains(after, line) {
			text.WriteString("- " + line + "\n")
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			text.WriteString("+ " + line + "\n")
		}
	}
	return text.String()
}

func TestEveryRequirementHasASpec(t *testing.T) {
	proved := map[string]bool{}
	for _, l := range verify.List() {
		proved[l.ID] = true
	}
	for _, r := range fixtures.Requirements() {
		if !proved[r.ID] && r.Untested == "" {
			t.Errorf("%s: no spec proves it, and untested gives no reason", r.ID)
		}
	}
}

func TestKeysAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, l := range verify.List() {
		title := l.Section + ": " + l.Title
		if other, twice := seen[l.Key()]; twice {
			t.Errorf("%s is the key of two specs, %q and %q: name a variant with Clause(…).In(…)", l.Key(), other, title)
		}
		seen[l.Key()] = title
	}
}

func TestEveryRowOfTheResearchIsCoveredOrExcused(t *testing.T) {
	research, catalogue := fixtures.ReadResearch(), fixtures.Requirements()
	if open := research.Uncovered(catalogue); len(open) > 0 {
		t.Errorf("no requirement covers %s, and neither fixtures/excused.yaml nor fixtures/rows gives a reason", strings.Join(open, ", "))
	}
	for _, wrong := range research.Contradicted(catalogue) {
		t.Errorf("rows of the research: %s", wrong)
	}
}

func TestSpecsStandWhereTheirAreaSays(t *testing.T) {
	for _, l := range verify.List() {
		if !slices.Contains(l.Labels, "area:"+l.Area()) {
			t.Errorf("%s has no label of its area", l.Key())
		}
	}
}
