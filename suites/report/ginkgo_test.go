package report_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/journal"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// catalogue is a small one, with one requirement of each sort.
var catalogue = fixtures.Catalogue{
	{ID: "door.open", Level: fixtures.Must, Basis: fixtures.Documented, Text: "A door can be opened.", Source: fixtures.Source{Document: "RFC 1", Section: "2.1", Link: "https://example.test/1"}},
	{ID: "door.shut", Level: fixtures.Must, Basis: fixtures.Documented, Text: "A door can be shut.", Source: fixtures.Source{Document: "RFC 1"}},
	{ID: "door.quiet", Level: fixtures.Should, Basis: fixtures.Documented, Text: "A door makes no noise.", Source: fixtures.Source{Document: "RFC 1"}},
	{ID: "door.stated", Level: fixtures.Must, Basis: fixtures.Choice, Profile: "paint=red", Text: "A door is red.", Source: fixtures.Source{Document: "profile"}},
	{ID: "door.unstated", Level: fixtures.Must, Basis: fixtures.Choice, Profile: "hinges=left", Text: "Hinges are left.", Source: fixtures.Source{Document: "profile"}},
	{ID: "door.new", Level: fixtures.Must, Basis: fixtures.Documented, Status: "provisional", Text: "A door is new.", Source: fixtures.Source{Document: "RFC 1"}},
	{ID: "door.soul", Level: fixtures.Must, Basis: fixtures.Documented, Text: "A door is kind.", Untested: "kindness cannot be measured", Source: fixtures.Source{Document: "RFC 1"}},
}

var declared = target.Target{
	Name:        "a house",
	Connections: []target.Connection{{SCIM: target.SCIM{BaseURL: "https://house.test/scim", Token: "top-secret"}}},
	Profile:     fixtures.Profile{Name: "house", Keys: map[string]any{"paint": "red"}},
	Features:    []string{target.SCIMUsers},
	Dialects:    []string{"oin"},
}

// ran is one spec that Ginkgo ran; change says how it went.
func ran(id string, change func(*types.SpecReport)) types.SpecReport {
	r := types.SpecReport{
		LeafNodeType:             types.NodeTypeIt,
		LeafNodeText:             "does what " + id + " says",
		LeafNodeLabels:           []string{"req:" + id, "area:door"},
		ContainerHierarchyTexts:  []string{"A door"},
		ContainerHierarchyLabels: [][]string{nil},
		State:                    types.SpecStatePassed,
		StartTime:                began,
		EndTime:                  began.Add(time.Millisecond),
		RunTime:                  time.Millisecond,
	}
	if change != nil {
		change(&r)
	}
	return r
}

var began = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func run(specs ...types.SpecReport) types.Report {
	return types.Report{
		StartTime: began, RunTime: 20 * time.Millisecond,
		SuiteConfig: types.SuiteConfig{RandomSeed: 42},
		PreRunStats: types.PreRunStats{SpecsThatWillRun: len(specs)},
		SpecReports: specs,
	}
}

func variant(name string, change func(*types.SpecReport)) func(*types.SpecReport) {
	return func(r *types.SpecReport) {
		r.LeafNodeLabels = append(r.LeafNodeLabels, "variant:"+name)
		r.ContainerHierarchyTexts = append(r.ContainerHierarchyTexts, "dialect "+name)
		r.ContainerHierarchyLabels = append(r.ContainerHierarchyLabels, []string{"dialect:" + name})
		if change != nil {
			change(r)
		}
	}
}

func state(s types.SpecState, message string) func(*types.SpecReport) {
	return func(r *types.SpecReport) {
		r.State = s
		r.Failure = types.Failure{
			Message: message, FailureNodeContext: types.FailureNodeIsLeafNode,
			TimelineLocation: types.TimelineLocation{Order: 10},
		}
	}
}

// concluding is a spec that ended itself with a note, order saying when.
func concluding(s types.SpecState, entry, reason string, order int) func(*types.SpecReport) {
	return func(r *types.SpecReport) {
		state(s, "some text that nothing reads")(r)
		r.ReportEntries = append(r.ReportEntries, types.ReportEntry{
			Name: entry, Value: types.WrapEntryValue(spec.Note{Reason: reason}),
			TimelineLocation: types.TimelineLocation{Order: order},
		})
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const message = "expected: open\nactual:   shut"
	for name, c := range map[string]struct {
		id      string
		how     func(*types.SpecReport)
		verdict report.Verdict
		reason  string
		exit    int
	}{
		"passed": {"door.open", nil, report.Passed, "", 0},
		"failed": {"door.open", state(types.SpecStateFailed, message), report.Failed, "", 1},
		"panicked": {"door.open", func(r *types.SpecReport) {
			state(types.SpecStatePanicked, "Test Panicked")(r)
			r.Failure.ForwardedPanic = "nil map"
		}, report.Error, "the spec panicked: nil map", 2},
		"timed out":                 {"door.open", state(types.SpecStateTimedout, "spec timeout"), report.Error, "the spec ran out of time", 2},
		"pending":                   {"door.open", func(r *types.SpecReport) { r.State = types.SpecStatePending }, report.Error, "the spec did not run: pending", 2},
		"skipped without a verdict": {"door.open", state(types.SpecStateSkipped, "not today"), report.Error, "the spec skipped itself and gave no verdict: not today", 2},
		"set-up failed": {"door.open", func(r *types.SpecReport) {
			state(types.SpecStateFailed, "no hammer")(r)
			r.Failure.FailureNodeContext = types.FailureNodeInContainer
		}, report.Error, "setting up or clearing away failed: no hammer", 2},
		"warned":                      {"door.quiet", concluding(types.SpecStateSkipped, spec.EntryWarned, message, 9), report.Warned, "", 0},
		"unsupported":                 {"door.open", concluding(types.SpecStateSkipped, spec.EntryUnsupported, "no hinges", 9), report.Unsupported, "no hinges", 2},
		"unobserved":                  {"door.open", concluding(types.SpecStateSkipped, spec.EntryUnobserved, "too dark", 9), report.Unobserved, "too dark", 2},
		"untestable MUST":             {"door.open", concluding(types.SpecStateFailed, spec.EntryUntestable, "no door", 9), report.Untestable, "no door", 1},
		"untestable SHOULD":           {"door.quiet", concluding(types.SpecStateSkipped, spec.EntryUntestable, "no door", 9), report.Untestable, "no door", 0},
		"untestable choice, stated":   {"door.stated", concluding(types.SpecStateFailed, spec.EntryUntestable, "no door", 9), report.Untestable, "no door", 1},
		"untestable choice, unstated": {"door.unstated", concluding(types.SpecStateFailed, spec.EntryUntestable, "no door", 9), report.Untestable, "no door", 0},
		"untestable provisional":      {"door.new", concluding(types.SpecStateFailed, spec.EntryUntestable, "no door", 9), report.Untestable, "no door", 0},
		"error":                       {"door.open", concluding(types.SpecStateFailed, spec.EntryError, "no answer", 9), report.Error, "no answer", 2},
		"failed, then cleaning broke": {"door.open", concluding(types.SpecStateFailed, spec.EntryError, "no answer", 11), report.Failed, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			straight := run(ran(c.id, c.how))
			for way, ginkgo := range map[string]types.Report{"in process": straight, "through JSON": throughJSON(t, straight)} {
				r := report.FromGinkgo(ginkgo, catalogue, report.Meta{Target: declared})
				if len(r.Specs) != 1 {
					t.Fatalf("%s: %d specs, want 1", way, len(r.Specs))
				}
				if s := r.Specs[0]; s.Verdict != c.verdict || s.Reason != c.reason {
					t.Errorf("%s: %s (%s), want %s (%s)", way, s.Verdict, s.Reason, c.verdict, c.reason)
				}
				if r.Exit() != c.exit {
					t.Errorf("%s: exit %d (%s), want %d", way, r.Exit(), r.Summary.Headline, c.exit)
				}
			}
		})
	}
}

// throughJSON is what becomes of a report on its way from another process.
func throughJSON(t *testing.T, r types.Report) types.Report {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back types.Report
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestWhatDidNotRunHasNoVerdict(t *testing.T) {
	t.Parallel()
	ginkgo := run(
		ran("door.open", nil),
		ran("door.shut", func(r *types.SpecReport) { r.State = types.SpecStateSkipped }), // not selected, or cut off
		ran("door.quiet", state(types.SpecStateInterrupted, "Interrupted by User")),
		ran("door.new", state(types.SpecStateAborted, "stopped")),
		types.SpecReport{LeafNodeType: types.NodeTypeSynchronizedBeforeSuite, State: types.SpecStatePassed},
		types.SpecReport{LeafNodeType: types.NodeTypeIt, LeafNodeText: "a vendor's own", State: types.SpecStateFailed},
	)
	ginkgo.PreRunStats.SpecsThatWillRun = 4
	r := report.FromGinkgo(ginkgo, catalogue, report.Meta{Target: declared, Interrupted: true})
	if len(r.Specs) != 1 || r.Specs[0].ID != "door.open" {
		t.Errorf("specs: %+v", r.Specs)
	}
	if !r.Partial || r.Summary.NotRun != 3 || r.Exit() != report.ExitInterrupted {
		t.Errorf("partial %v, %d not run, exit %d", r.Partial, r.Summary.NotRun, r.Exit())
	}
	if want := "interrupted: 1 of 4 specs ran"; r.Summary.Headline != want {
		t.Errorf("headline %q, want %q", r.Summary.Headline, want)
	}
	if _, listed := r.Requirement("door.shut"); listed {
		t.Error("a requirement of which no spec ran is listed")
	}
	if q, _ := r.Requirement("door.soul"); q.Verdict != report.Untested || q.Reason != "kindness cannot be measured" {
		t.Errorf("untested requirement: %+v", q)
	}
}

func TestWhatTheStopCutShortHasNoVerdict(t *testing.T) {
	t.Parallel()
	ginkgo := run(
		ran("door.open", nil),
		ran("door.shut", concluding(types.SpecStateFailed, spec.EntryError, "context canceled", 9)),
	)
	r := report.FromGinkgo(ginkgo, catalogue, report.Meta{Target: declared, Interrupted: true, StoppedAt: began})
	if len(r.Specs) != 1 || r.Specs[0].ID != "door.open" {
		t.Errorf("specs: %+v", r.Specs)
	}
}

func TestARequirementGetsTheWorstOfItsSpecs(t *testing.T) {
	t.Parallel()
	message := "expected: open\nactual:   shut"
	r := report.FromGinkgo(run(
		ran("door.open", variant("oin", nil)),
		ran("door.open", variant("aiw", state(types.SpecStateFailed, message))),
		ran("door.shut", variant("oin", nil)),
		ran("door.shut", variant("aiw", concluding(types.SpecStateSkipped, spec.EntryUnsupported, "not driven", 9))),
	), catalogue, report.Meta{Target: declared})
	for id, want := range map[string]report.Verdict{"door.open": report.Failed, "door.shut": report.Passed} {
		if q, _ := r.Requirement(id); q.Verdict != want {
			t.Errorf("%s: %s, want %s", id, q.Verdict, want)
		}
	}
	var keys []string
	for _, s := range r.Specs {
		keys = append(keys, s.Key()+" "+s.Title)
	}
	want := []string{
		"door.open[aiw] does what door.open says", "door.open[oin] does what door.open says",
		"door.shut[aiw] does what door.shut says", "door.shut[oin] does what door.shut says",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("keys and titles: %q", keys)
	}
}

func TestExpectedAndActual(t *testing.T) {
	t.Parallel()
	for message, want := range map[string][2]string{
		"expected: open\nactual:   shut":                       {"open", "shut"},
		"the front door\nexpected: open\nactual:   shut\nfast": {"open", "shut\nfast"},
		"Timed out after 1s.\nexpected: a\n  b\nactual: c":     {"a\n  b", "c"},
		"Expected\n    <int>: 1\nto equal\n    <int>: 2":       {"A door can be opened.", "Expected\n    <int>: 1\nto equal\n    <int>: 2"},
		"expected: without the other half":                     {"A door can be opened.", "expected: without the other half"},
	} {
		r := report.FromGinkgo(run(ran("door.open", state(types.SpecStateFailed, message))), catalogue, report.Meta{Target: declared})
		if got := [2]string{r.Specs[0].Expected, r.Specs[0].Actual}; got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	how := func(r *types.SpecReport) {
		state(types.SpecStateFailed, "expected: open\nactual:   shut")(r)
		r.ReportEntries = append(r.ReportEntries,
			types.ReportEntry{Name: spec.EntryTask, Value: types.WrapEntryValue("the product said no")},
			types.ReportEntry{Name: spec.EntryRemark, Value: types.WrapEntryValue("lingering access")},
			types.ReportEntry{Name: spec.EntryExchanges, Value: types.WrapEntryValue([]journal.Exchange{exchanged})},
		)
	}
	straight := run(ran("door.open", how))
	for way, ginkgo := range map[string]types.Report{"in process": straight, "through JSON": throughJSON(t, straight)} {
		s := report.FromGinkgo(ginkgo, catalogue, report.Meta{Target: declared}).Specs[0]
		if !slices.Equal(s.Tasks, []string{"the product said no"}) {
			t.Errorf("%s: tasks %q", way, s.Tasks)
		}
		if !slices.Equal(s.Remarks, []string{"lingering access"}) {
			t.Errorf("%s: remarks %q", way, s.Remarks)
		}
		if len(s.Exchanges) != 1 || s.Exchanges[0].URL != exchanged.Request.URL || s.Exchanges[0].Status != 200 || s.Exchanges[0].Curl == "" {
			t.Errorf("%s: exchanges %+v", way, s.Exchanges)
		}
	}
}

var exchanged = journal.Exchange{
	Seq: 1, At: began, Actor: "scim", Subject: "han@acme.test", Status: 200, Duration: 1500 * time.Microsecond,
	Request:  journal.Message{Method: "POST", URL: "https://house.test/scim/Users", Header: http.Header{"Authorization": {"Bearer [redacted]"}}, Body: `{"userName":"han@acme.test"}`},
	Response: journal.Message{Header: http.Header{"Content-Type": {"application/scim+json"}}, Body: "{}"},
}

func TestCoreFeatures(t *testing.T) {
	t.Parallel()
	core := declared
	core.Profile.Core = []string{target.SCIMUsers, target.SAMLIdPInitiated}
	r := report.FromGinkgo(run(ran("door.open", nil)), catalogue, report.Meta{Target: core})
	if r.Exit() != 0 {
		t.Errorf("a sign-in without an address is not lacking: %s", r.Summary.Headline)
	}
	core.Connections = []target.Connection{{SAML: target.SAML{SignIn: "https://house.test/sso"}}}
	r = report.FromGinkgo(run(ran("door.open", nil)), catalogue, report.Meta{Target: core})
	if r.Exit() != 1 || !slices.Equal(r.Summary.MissingCore, []string{target.SAMLIdPInitiated}) {
		t.Errorf("exit %d, missing %v", r.Exit(), r.Summary.MissingCore)
	}
}

func TestPartlyObserved(t *testing.T) {
	t.Parallel()
	ginkgo := run(
		ran("door.open", nil),
		ran("door.shut", concluding(types.SpecStateSkipped, spec.EntryUnobserved, "too dark", 9)),
		ran("door.quiet", concluding(types.SpecStateSkipped, spec.EntryUnobserved, "too dark", 9)),
	)
	for complete, exit := range map[bool]int{false: 0, true: 1} {
		meta := report.Meta{Target: declared, Configuration: report.Configuration{Complete: complete}}
		r := report.FromGinkgo(ginkgo, catalogue, meta)
		if want := "partial: 1 of 2 observed"; r.Summary.Headline != want || r.Exit() != exit {
			t.Errorf("complete %v: %q, exit %d; want %q, exit %d", complete, r.Summary.Headline, r.Exit(), want, exit)
		}
	}
}

func TestStoppedByItself(t *testing.T) {
	t.Parallel()
	ginkgo := run(ran("door.open", nil))
	ginkgo.PreRunStats.SpecsThatWillRun = 2
	r := report.FromGinkgo(ginkgo, catalogue, report.Meta{Target: declared})
	if want := "stopped at its deadline: 1 of 2 specs ran"; r.Summary.Headline != want || r.Exit() != 2 || !r.Partial {
		t.Errorf("%q, exit %d", r.Summary.Headline, r.Exit())
	}
}
