package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/simulator/journal"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everything is a report with each verdict in it.
func everything() report.Report {
	failing := func(r *types.SpecReport) {
		state(types.SpecStateFailed, "expected: open\nactual:   shut <tight> & \x01 barred")(r)
		r.ReportEntries = append(r.ReportEntries,
			types.ReportEntry{Name: spec.EntryTask, Value: types.WrapEntryValue("the product said no")},
			types.ReportEntry{Name: spec.EntryExchanges, Value: types.WrapEntryValue([]journal.Exchange{exchanged, exchanged})},
		)
	}
	return report.FromGinkgo(run(
		ran("door.open", variant("oin", failing)),
		ran("door.open", variant("aiw", nil)),
		ran("door.shut", variant("oin", concluding(types.SpecStateFailed, spec.EntryUntestable, "expected: a door\nactual:   a wall", 9))),
		ran("door.shut", variant("aiw", concluding(types.SpecStateFailed, spec.EntryError, "no answer", 9))),
		ran("door.quiet", concluding(types.SpecStateSkipped, spec.EntryWarned, "expected: silence\nactual:   a squeak", 9)),
		ran("door.stated", func(r *types.SpecReport) {
			r.ContainerHierarchyTexts = []string{"Paint"}
			concluding(types.SpecStateSkipped, spec.EntryUnsupported, "the target does not declare paint", 9)(r)
		}),
		ran("door.new", concluding(types.SpecStateSkipped, spec.EntryUnobserved, "nothing shows the date", 9)),
	), catalogue, report.Meta{
		Tool: report.Tool{Name: "rollcall", Version: "1.2.3"}, Target: declared,
		Configuration: report.Configuration{Only: []string{"door.*"}, Defect: "stuck", Dialects: []string{"oin"}},
	})
}

func TestConsole(t *testing.T) {
	t.Parallel()
	for file, colour := range map[string]bool{"console.golden": false, "console-colour.golden": true} {
		var text bytes.Buffer
		if err := everything().Console(&text, colour); err != nil {
			t.Fatal(err)
		}
		golden(t, file, text.Bytes())
		if strings.Contains(text.String(), "\x1b[") != colour {
			t.Errorf("%s: escapes are there: %v", file, !colour)
		}
	}
}

func TestConsoleWhereAllIsWell(t *testing.T) {
	t.Parallel()
	r := report.FromGinkgo(run(ran("door.open", nil), ran("door.shut", nil)), catalogue, report.Meta{Target: declared})
	var text bytes.Buffer
	if err := r.Console(&text, false); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(text.String(), "\nconformant\n") || strings.Contains(text.String(), "Failures") {
		t.Errorf("got\n%s", &text)
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", file, got)
	}
}

func TestJSONHoldsNoSecretAndComesBack(t *testing.T) {
	t.Parallel()
	r := everything()
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "top-secret") {
		t.Error("the token is in the report")
	}
	back, err := report.Read(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(r)
	after, _ := json.Marshal(back)
	if !bytes.Equal(before, after) {
		t.Error("a report that was read is not the one that was written")
	}
	if back.Exit() != r.Exit() {
		t.Errorf("exit %d became %d", r.Exit(), back.Exit())
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := everything().JUnit(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "junit.golden.xml", text.Bytes())
	decoder := xml.NewDecoder(bytes.NewReader(text.Bytes()))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
	type junitCase struct {
		Name      string    `xml:"name,attr"`
		Classname string    `xml:"classname,attr"`
		Failure   *struct{} `xml:"failure"`
		Error     *struct{} `xml:"error"`
		Skipped   *struct{} `xml:"skipped"`
	}
	var document struct {
		Tests  int `xml:"tests,attr"`
		Suites []struct {
			Name  string      `xml:"name,attr"`
			Cases []junitCase `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]string{}
	for _, suite := range document.Suites {
		for _, c := range suite.Cases {
			if c.Classname != "door."+suite.Name {
				t.Errorf("%s: class %q in suite %q", c.Name, c.Classname, suite.Name)
			}
			key, _, _ := strings.Cut(c.Name, " ")
			switch {
			case c.Failure != nil:
				outcomes[key] = "failure"
			case c.Error != nil:
				outcomes[key] = "error"
			case c.Skipped != nil:
				outcomes[key] = "skipped"
			default:
				outcomes[key] = "passed"
			}
		}
	}
	want := map[string]string{
		"door.open[aiw]": "passed", "door.open[oin]": "failure", "door.shut[aiw]": "error", "door.shut[oin]": "failure",
		"door.quiet": "skipped", "door.stated": "skipped", "door.new": "skipped",
	}
	for key, outcome := range want {
		if outcomes[key] != outcome {
			t.Errorf("%s: %s, want %s", key, outcomes[key], outcome)
		}
	}
	if document.Tests != len(want) {
		t.Errorf("%d tests, want %d", document.Tests, len(want))
	}
}

func TestProgressLineIsSilentWhenPiped(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	line := report.NewProgressLine(&text)
	line.Show(report.Progress{Done: 1, Total: 1})
	line.Clear()
	if text.Len() > 0 {
		t.Errorf("wrote %q", &text)
	}
}

func TestColours(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	if report.Colours(&bytes.Buffer{}) {
		t.Error("a buffer is no terminal")
	}
}

func TestWorse(t *testing.T) {
	t.Parallel()
	order := []report.Verdict{"", report.Untested, report.Unsupported, report.Passed, report.Waived, report.Warned, report.Unobserved, report.Untestable, report.Failed, report.Error}
	for i, better := range order {
		for _, worse := range order[i:] {
			if got := report.Worse(better, worse); got != worse {
				t.Errorf("worse of %s and %s: %s", better, worse, got)
			}
			if got := report.Worse(worse, better); got != worse {
				t.Errorf("worse of %s and %s: %s", worse, better, got)
			}
		}
	}
}
