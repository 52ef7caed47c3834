package selftest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/selftest"
)

func TestMain(m *testing.M) {
	selftest.Work()
	os.Exit(m.Run())
}

// One defect of each spec package is caught, and nothing else is found. That all of
// them are is what rollcall selftest shows; it takes longer than a test should.
func TestOneDefectOfEachPackageIsCaught(t *testing.T) {
	var sample []fixtures.Defect
	seen := map[string]bool{}
	for _, d := range fixtures.Defects() {
		if named, _, _ := strings.Cut(d.Area, "."); !seen[named] {
			seen[named] = true
			sample = append(sample, d)
		}
	}
	result, err := selftest.Run(context.Background(), selftest.Options{Defects: sample, Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Total != len(seen) {
		_ = result.Table(os.Stderr, false)
		t.Errorf("%d of %d defects caught", result.Caught, result.Total)
	}
}

func TestRegistryAndBuildersAgree(t *testing.T) {
	var registered []string
	for _, d := range fixtures.Defects() {
		registered = append(registered, d.Name)
	}
	for _, name := range bundled.Defects() {
		if !slices.Contains(registered, name) {
			t.Errorf("%s can be built, and fixtures/defects does not say who has to notice", name)
		}
	}
	for _, name := range registered {
		if !slices.Contains(bundled.Defects(), name) {
			t.Errorf("%s is in fixtures/defects, and nothing builds it", name)
		}
	}
}

// lie is a registry that is wrong about what a defect breaks: seats start too
// early, and it says that passwords leak.
var lie = fixtures.Defect{Name: "seat-at-create", Area: "tracking", Summary: "-", Catches: []string{"tracking.password-stays-secret"}, Also: []string{"tracking.no-seat-for-many"}}

func TestWrongExpectationsAreNoticed(t *testing.T) {
	for _, workers := range []int{0, 1, 3} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) { checkLie(t, workers) })
	}
}

func checkLie(t *testing.T, workers int) {
	var shown []string
	result, err := selftest.Run(context.Background(), selftest.Options{
		Defects:  []fixtures.Defect{lie},
		Workers:  workers,
		Progress: func(p report.Progress) { shown = append(shown, p.Doing) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if result.OK() || result.Exit() != report.ExitNot || result.Caught != 0 || result.Total != 1 {
		t.Errorf("ok %v, exit %d, %d of %d caught", result.OK(), result.Exit(), result.Caught, result.Total)
	}
	met := result.Defects[0]
	if !slices.Equal(met.Missed, []string{"tracking.password-stays-secret"}) || len(met.CaughtBy) > 0 {
		t.Errorf("missed %v, caught by %v", met.Missed, met.CaughtBy)
	}
	if !slices.Contains(met.Unexpected, "tracking.no-seat") || slices.Contains(met.Unexpected, "tracking.no-seat-for-many") {
		t.Errorf("unexpected %v", met.Unexpected)
	}
	if !slices.Equal(shown, []string{"seat-at-create"}) {
		t.Errorf("progress showed %v", shown)
	}
	var table bytes.Buffer
	if err := result.Table(&table, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"× seat-at-create", "missed by: tracking.password-stays-secret", "unexpected: ", "0 of 1 defects caught"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &table)
		}
	}
}

func TestJSON(t *testing.T) {
	result := selftest.Result{Defects: []selftest.Defect{{Name: "a", Area: "b", Catches: []string{"b.c"}, CaughtBy: []string{"b.c"}, Untestable: []string{}, Unexpected: []string{}}}, Caught: 1, Total: 1, Toothless: []string{}}
	var text bytes.Buffer
	if err := result.JSON(&text); err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	const shape = `{"defects":[{"name":"a","area":"b","catches":["b.c"],"caught_by":["b.c"],"untestable":[],"unexpected":[]}],"caught":1,"total":1,"toothless":[]}`
	if err := json.Unmarshal([]byte(shape), &want); err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(got)
	after, _ := json.Marshal(want)
	if !bytes.Equal(before, after) {
		t.Errorf("got %s, want %s", before, after)
	}
}

func TestExit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result selftest.Result
		exit   int
	}{
		"all caught":        {selftest.Result{Caught: 2, Total: 2}, 0},
		"one got away":      {selftest.Result{Caught: 1, Total: 2}, 1},
		"a toothless spec":  {selftest.Result{Caught: 2, Total: 2, Toothless: []string{"a.b"}}, 1},
		"an unexpected one": {selftest.Result{Caught: 1, Total: 1, Defects: []selftest.Defect{{Unexpected: []string{"a.b"}}}}, 1},
		"the reference":     {selftest.Result{Reference: []string{"a.b: failed"}}, 1},
		"interrupted":       {selftest.Result{Caught: 1, Total: 2, Interrupted: true}, 130},
	} {
		if got := c.result.Exit(); got != c.exit {
			t.Errorf("%s: exit %d, want %d", name, got, c.exit)
		}
	}
}

func TestRegistryThatNamesNothing(t *testing.T) {
	for want, d := range map[string]fixtures.Defect{
		"nothing builds":      {Name: "no-such-defect", Area: "tracking", Catches: []string{"tracking.no-seat"}},
		"no spec proves that": {Name: "seat-at-create", Area: "tracking", Catches: []string{"tracking.no-such-thing"}},
	} {
		_, err := selftest.Run(context.Background(), selftest.Options{Defects: []fixtures.Defect{d}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// A defect that the suite cannot be run against is not caught, and does not stop
// the others from being tried.
func TestDefectThatCannotBeTried(t *testing.T) {
	nowhere := lie
	nowhere.Area, nowhere.Catches, nowhere.Also = "nowhere", nil, nil
	for _, workers := range []int{0, 2} {
		result, err := selftest.Run(context.Background(), selftest.Options{Defects: []fixtures.Defect{nowhere, lie}, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Defects) != 2 || result.Interrupted || result.Caught != 0 {
			t.Fatalf("%d workers: %+v", workers, result)
		}
		if !strings.Contains(result.Defects[0].Error, "nothing is selected") || result.Defects[1].Error != "" {
			t.Errorf("%d workers: errors %q and %q", workers, result.Defects[0].Error, result.Defects[1].Error)
		}
	}
}

func TestCancelledSelfTest(t *testing.T) {
	for _, workers := range []int{0, 1} {
		ctx, cancel := context.WithCancel(context.Background())
		result, err := selftest.Run(ctx, selftest.Options{
			Defects:  slices.Repeat([]fixtures.Defect{lie}, 3),
			Workers:  workers,
			Progress: func(report.Progress) { cancel() },
		})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if !result.Interrupted || result.Exit() != report.ExitInterrupted || len(result.Defects) != 1 {
			t.Errorf("%d workers: interrupted %v, exit %d, %d defects tried", workers, result.Interrupted, result.Exit(), len(result.Defects))
		}
	}
}
