package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/suites/report"
)

// sarifLog is what of a log the tests read.
type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID         string         `json:"id"`
					Properties map[string]any `json:"properties"`
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Invocations []struct {
			Successful bool `json:"executionSuccessful"`
			ExitCode   int  `json:"exitCode"`
		} `json:"invocations"`
		Results []sarifResult `json:"results"`
	} `json:"runs"`
}

type sarifResult struct {
	RuleID    string `json:"ruleId"`
	RuleIndex int    `json:"ruleIndex"`
	Level     string `json:"level"`
	Message   struct {
		Text string `json:"text"`
	} `json:"message"`
	Locations []struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
		} `json:"physicalLocation"`
	} `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []struct {
		Justification string `json:"justification"`
	} `json:"suppressions"`
}

// sarifOf writes the report, holds it to what the standard asks and reads it.
func sarifOf(t *testing.T, r report.Report) sarifLog {
	t.Helper()
	var text bytes.Buffer
	if err := r.SARIF(&text); err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := sarifSchema(t).Validate(instance); err != nil {
		t.Error(err)
	}
	var log sarifLog
	if err := json.Unmarshal(text.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 || log.Runs[0].Results == nil {
		t.Fatalf("a log of one run with its results, but got %s", text.String())
	}
	for _, result := range log.Runs[0].Results {
		rules := log.Runs[0].Tool.Driver.Rules
		if result.RuleIndex >= len(rules) || rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("rule %d is not %s", result.RuleIndex, result.RuleID)
		}
	}
	return log
}

func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-essentials.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestSARIFFollowsTheStandard(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]report.Report{
		"everything": everything(), "a real run": readGolden(t), "hostile": hostile("http://x.test"), "all well": failing(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sarifOf(t, r)
		})
	}
}

func TestSARIFCountsEachMistakeOnce(t *testing.T) {
	t.Parallel()
	r := failing("jit.signature-required[unsigned]", "jit.signature-required[stripped-signature]", "tracking.no-seat")
	r.Configuration.Target = "conf/rollcall 1.yaml"
	log := sarifOf(t, r)
	levels := map[string][]string{}
	for _, result := range log.Runs[0].Results {
		levels[result.Level] = append(levels[result.Level], result.Fingerprints["rollcall/v1"])
		if got := result.Locations[0].Physical.Artifact.URI; got != "conf/rollcall%201.yaml" {
			t.Errorf("a result stands at %s", got)
		}
	}
	if got, want := levels["error"], []string{"unsigned-believed", "tracking.no-seat"}; !slices.Equal(got, want) {
		t.Errorf("errors %q, want %q", got, want)
	}
	if got, want := levels["note"], []string{"jit.signature-required[stripped-signature]", "jit.signature-required[unsigned]"}; !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
	rule := log.Runs[0].Tool.Driver.Rules[0]
	if rule.ID != "unsigned-believed" || rule.Properties["security-severity"] != "9.5" {
		t.Errorf("the first rule is %s, as severe as %v", rule.ID, rule.Properties["security-severity"])
	}
	if ran := log.Runs[0].Invocations[0]; !ran.Successful || ran.ExitCode != report.ExitNot {
		t.Errorf("the run ended with %+v", ran)
	}
}

func TestSARIFSuppressesWhatIsWaived(t *testing.T) {
	t.Parallel()
	r := failing("tracking.no-seat").Apply([]report.Waiver{{ID: "tracking.no-seat", Reason: "ACME-1", Owner: "sign-on", Expires: "2030-01-01"}}, began)
	results := sarifOf(t, r).Runs[0].Results
	if len(results) != 1 || len(results[0].Suppressions) != 1 || !strings.Contains(results[0].Suppressions[0].Justification, "ACME-1") {
		t.Errorf("results %+v, want one that is suppressed for ACME-1", results)
	}
}
