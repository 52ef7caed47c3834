package report_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
)

// outcomes are how a spec may go, by the first letters of its verdict.
var outcomes = map[report.Verdict]func(*types.SpecReport){
	report.Passed:      nil,
	report.Failed:      state(types.SpecStateFailed, "expected: open\nactual:   shut"),
	report.Untestable:  concluding(types.SpecStateFailed, spec.EntryUntestable, "no door", 9),
	report.Unobserved:  concluding(types.SpecStateSkipped, spec.EntryUnobserved, "too dark", 9),
	report.Unsupported: concluding(types.SpecStateSkipped, spec.EntryUnsupported, "no hinges", 9),
	report.Error:       concluding(types.SpecStateFailed, spec.EntryError, "no answer", 9),
	report.Warned:      concluding(types.SpecStateSkipped, spec.EntryWarned, "expected: a\nactual:   b", 9),
}

// went is a report in which door.open and, so that something is judged, another
// spec ended so; the empty verdict is a spec that did not run.
func went(verdict report.Verdict) report.Report {
	specs := []types.SpecReport{ran("door.stated", nil)}
	if verdict != "" {
		specs = append(specs, ran("door.open", outcomes[verdict]))
	}
	return report.FromGinkgo(run(specs...), catalogue, report.Meta{Target: declared})
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after report.Verdict
		kind          report.ChangeKind
		worse         bool
		exit          int // of a run with the older one as its baseline
	}{
		{report.Passed, report.Passed, "", false, 0},
		{report.Passed, report.Failed, report.NewFailure, true, 1},
		{report.Passed, report.Untestable, report.NewFailure, true, 1},
		{report.Passed, report.Error, report.NewFailure, true, 2},
		{report.Passed, report.Warned, report.OtherChange, false, 0},
		{report.Passed, report.Unobserved, report.Unseen, true, 1},
		{report.Passed, report.Unsupported, report.Unseen, true, 1},
		{report.Passed, "", report.Vanished, true, 1},
		{report.Failed, report.Failed, report.KnownFailure, false, 0},
		{report.Failed, report.Untestable, report.KnownFailure, false, 0},
		{report.Failed, report.Passed, report.Fixed, false, 0},
		{report.Failed, report.Unobserved, report.Unseen, true, 1},
		{report.Failed, "", report.Vanished, true, 1},
		{report.Unobserved, report.Failed, report.NewFailure, true, 1},
		{report.Unobserved, report.Passed, report.OtherChange, false, 0},
		{report.Unobserved, report.Unobserved, "", false, 0},
		{report.Warned, report.Failed, report.NewFailure, true, 1},
		{report.Error, report.Failed, report.NewFailure, true, 1},
		{report.Error, report.Error, report.KnownFailure, false, 2},
		{report.Error, report.Passed, report.Fixed, false, 0},
		{"", report.Failed, report.NewFailure, true, 1},
		{"", report.Passed, "", false, 0},
	} {
		name := string(c.before) + " then " + string(c.after)
		got, err := report.Compare(went(c.before), went(c.after))
		if err != nil {
			t.Fatal(err)
		}
		var kind report.ChangeKind
		if len(got.Changes) > 0 {
			kind = got.Changes[0].Kind
		}
		if kind != c.kind || got.Worse() != c.worse {
			t.Errorf("%s: %q, worse %v; want %q, %v", name, kind, got.Worse(), c.kind, c.worse)
		}
		gated, err := went(c.after).Against(went(c.before))
		if err != nil {
			t.Fatal(err)
		}
		if gated.Exit() != c.exit {
			t.Errorf("%s: exit %d (%s), want %d", name, gated.Exit(), gated.Summary.Headline, c.exit)
		}
		follows(t, name, gated)
	}
}

func TestBaselineSaysSo(t *testing.T) {
	t.Parallel()
	for headline, pair := range map[string][2]report.Verdict{
		"not conformant, nothing worse than the baseline": {report.Failed, report.Failed},
		"not conformant, worse than the baseline":         {report.Passed, report.Failed},
		"conformant, worse than the baseline":             {report.Passed, ""},
		"conformant":                                      {report.Failed, report.Passed},
	} {
		r, err := went(pair[1]).Against(went(pair[0]))
		if err != nil {
			t.Fatal(err)
		}
		if r.Summary.Headline != headline {
			t.Errorf("%v: %q, want %q", pair, r.Summary.Headline, headline)
		}
	}
	r, err := went(report.Failed).Against(went(report.Failed))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Console(&text, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nKnown failures\n  × door.open  A door: ", "\nagainst the baseline: 1 known failure, 0 new, 0 fixed\n", "nothing worse than the baseline\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the console lacks %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "\nFailures\n") {
		t.Error("what is known stands among the failures")
	}
	text.Reset()
	if err := r.JUnit(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), `failures="0"`) || !strings.Contains(text.String(), "known, in the baseline too") {
		t.Errorf("JUnit fails on what is known:\n%s", &text)
	}
}

func TestComparedWithAnotherSelection(t *testing.T) {
	t.Parallel()
	older, newer := went(report.Passed), went("")
	newer.Configuration.Only = []string{"door.stated"}
	if c, err := report.Compare(older, newer); err != nil || c.Vanished > 0 {
		t.Errorf("what was left out has vanished: %+v, %v", c, err)
	}
	newer.Configuration.Only = []string{"door.o*"}
	if c, err := report.Compare(older, newer); err != nil || c.Vanished != 1 {
		t.Errorf("what was asked for has not vanished: %+v, %v", c, err)
	}
	newer.Configuration = report.Configuration{LabelFilter: "level:MUST"}
	if c, err := report.Compare(older, newer); err != nil || c.Vanished > 0 {
		t.Errorf("what a filter left out has vanished: %+v, %v", c, err)
	}
}

func TestReportsThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	other := went(report.Passed)
	other.Suite.Version = "0"
	if _, err := report.Compare(other, went(report.Passed)); err == nil || err.Error() != "it is of suite 0 and this is suite 1: what they ask is not the same" {
		t.Errorf("another suite: %v", err)
	}
	other = went(report.Passed)
	other.Profile = "invitation"
	if _, err := went(report.Passed).Against(other); err == nil || !strings.HasPrefix(err.Error(), "it is of profile invitation and this is profile house") {
		t.Errorf("another profile: %v", err)
	}
}

// What another product fails excuses nothing. A product without a name goes by its host.
func TestABaselineIsOfTheSameProduct(t *testing.T) {
	t.Parallel()
	of := func(name, scim string) report.Report {
		r := went(report.Failed)
		r.Target.Name, r.Target.Connections = name, []report.Connection{{SCIM: scim}}
		return r
	}
	for _, c := range []struct {
		older, newer report.Report
		want         string
	}{
		{of("Acme", "https://pr-1.acme.test/scim"), of("Acme", "https://pr-2.acme.test/scim"), ""},
		{of("127.0.0.1:4001", "http://127.0.0.1:4001/scim"), of("127.0.0.1:4002", "http://127.0.0.1:4002/scim"), ""},
		{of("acme.test", "https://acme.test/scim"), of("other.test", "https://other.test/scim"), "it is of the product acme.test and this is other.test: what one fails excuses nothing of the other"},
		{of("Acme", "https://acme.test/scim"), of("Other", "https://acme.test/scim"), "it is of the product Acme and this is Other: what one fails excuses nothing of the other"},
	} {
		_, err := c.newer.Against(c.older)
		if got := fmt.Sprint(err); got != cmp.Or(c.want, "<nil>") {
			t.Errorf("%s, then %s: %v, want %q", c.older.Target.Name, c.newer.Target.Name, err, c.want)
		}
		if _, err := report.Compare(c.older, c.newer); err != nil {
			t.Errorf("%s cannot be looked at beside %s: %v", c.older.Target.Name, c.newer.Target.Name, err)
		}
	}
}

// Runs that were made otherwise have other verdicts for it: the comparison says so.
func TestHowTheRunsDiffer(t *testing.T) {
	t.Parallel()
	older, newer := went(report.Passed), went(report.Failed)
	if c, err := report.Compare(older, newer); err != nil || len(c.Differs) > 0 {
		t.Errorf("two runs of a kind: %q, %v", c.Differs, err)
	}
	older.Target = report.Target{Name: "Acme", Dialects: []string{"oin", "aiw"}, Connections: []report.Connection{{SCIM: "https://a.test/scim"}}, Features: []string{}, Probe: "https://a.test/probe"}
	newer.Target = report.Target{Name: "Acme", Dialects: []string{"oin"}, Features: []string{}, Connections: []report.Connection{{SCIM: "https://b.test/scim"}}}
	older.Configuration.Heavy, newer.Configuration.ReadOnly = true, true
	r, err := newer.Against(older)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"at a.test before, at b.test now", "in aiw, oin before, in oin now", "with --heavy before, without --heavy now",
		"with a probe before, without a probe now", "without --read-only before, with --read-only now",
	}
	if !slices.Equal(r.Baseline.Differs, want) {
		t.Errorf("%q\nwant\n%q", r.Baseline.Differs, want)
	}
	follows(t, "runs that differ", r)
	for name, render := range map[string]func(io.Writer) error{
		"console":  func(w io.Writer) error { return r.Console(w, false) },
		"markdown": r.Markdown, "HTML": r.HTML,
		"diff":             func(w io.Writer) error { return r.Baseline.Text(w, older, newer, false) },
		"diff in markdown": func(w io.Writer) error { return r.Baseline.Markdown(w, older, newer) },
	} {
		var text bytes.Buffer
		if err := render(&text); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), "the two runs differ, so verdicts may: at a") {
			t.Errorf("%s does not say it:\n%s", name, &text)
		}
	}
}

func TestLostCoreFeature(t *testing.T) {
	t.Parallel()
	older, newer := went(report.Passed), went(report.Passed)
	newer.Summary.MissingCore = []string{"scim.users"}
	gated, err := newer.Against(older)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(gated.Baseline.Lacking, []string{"scim.users"}) || gated.Exit() != 1 {
		t.Errorf("lacking %q, exit %d", gated.Baseline.Lacking, gated.Exit())
	}
	if again, err := newer.Against(newer); err != nil || again.Exit() != 0 {
		t.Errorf("a feature that was lacking before: exit %d, %v", again.Exit(), err)
	}
}

func TestDiffRenderings(t *testing.T) {
	t.Parallel()
	older, newer := everything(), breaking()
	older.Specs = slices.DeleteFunc(older.Specs, func(s report.Spec) bool { return s.Key() == "door.open[oin]" })
	c, err := report.Compare(older, newer)
	if err != nil {
		t.Fatal(err)
	}
	var text, colour, markdown bytes.Buffer
	for _, err := range []error{c.Text(&text, older, newer, false), c.Text(&colour, older, newer, true), c.Markdown(&markdown, older, newer)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "diff.golden", text.Bytes())
	golden(t, "diff.golden.md", markdown.Bytes())
	if !strings.Contains(colour.String(), "\x1b[31mworse\x1b[0m") || strings.Contains(text.String(), "\x1b") {
		t.Error("colours")
	}
}
