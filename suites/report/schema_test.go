package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/suites/report"
)

// follows fails the test where a report does not follow the published schema.
func follows(t *testing.T, name string, r report.Report) {
	t.Helper()
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(instance); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestJSONFollowsTheSchema(t *testing.T) {
	t.Parallel()
	gated := waived(t, "door.open[oin]", "door.shut[oin]", "door.quiet", "door.open[aiw]", "door.gone")
	gated, err := gated.Against(everything())
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]report.Report{
		"everything":         everything(),
		"empty":              report.FromGinkgo(run(), catalogue, report.Meta{Target: declared, Interrupted: true}),
		"waived and gated":   gated,
		"of a real run":      readGolden(t),
		"many, of real runs": many(t, 30),
		"with secrets":       planted(t),
	} {
		follows(t, name, r)
	}
	if schema(t).Validate(map[string]any{"schema": "rollcall.report/v1"}) == nil {
		t.Error("the schema accepts a report without anything in it")
	}
}

// What the first version of the format said, every later one understands.
func TestAReportOfTheFirstVersionStaysReadable(t *testing.T) {
	t.Parallel()
	r := readGolden(t)
	if r.Exit() != report.ExitNot || r.Summary.Headline != "not conformant, 1 spec waived" || len(r.Specs) != 96 || r.Seed != 7 {
		t.Errorf("exit %d, %q, %d specs, seed %d", r.Exit(), r.Summary.Headline, len(r.Specs), r.Seed)
	}
	file, err := os.Open("testdata/report-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&report.Report{}); err != nil {
		t.Errorf("something of it is not understood: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "it is not a report: it is empty",
		`{"schema": `:                      "it is not a report: it ends in the middle",
		"<html>":                           "it is not a report: invalid character '<'",
		`[]`:                               "it is not a report: the whole is a array",
		`{"specs": 3}`:                     "it is not a report: specs is a number",
		`{}`:                               `its schema is "", and this tool reads rollcall.report/v1`,
		`{"schema": "rollcall.report/v9"}`: `its schema is "rollcall.report/v9"`,
		`{"schema": "rollcall.report/v1", "specs": [{"id": "a.b", "verdict": "splendid"}]}`: `a.b has the verdict "splendid"`,
	} {
		if _, err := report.Read(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
