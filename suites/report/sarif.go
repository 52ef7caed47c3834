package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rollcall.example/fixtures"
)

// SARIF writes what went wrong in the Static Analysis Results Interchange Format 2.1.0,
// which code scanning services read. A result is a finding, with the cause as its rule,
// or a spec that failed, with its requirement as its rule. A spec that stands under a
// finding is a note there, so that whoever counts errors counts each mistake once; one
// that was waived is suppressed with the reason. The place of a result is the target file,
// or the address that was judged where there is none: a product has no lines.
func (r Report) SARIF(w io.Writer) error {
	s := newSARIF(r)
	for _, f := range r.Findings {
		s.finding(f)
	}
	for _, spec := range r.Specs {
		s.spec(spec)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s.log()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// The words of SARIF for how bad a result is (section 3.27.10).
const (
	sarifError   = "error"
	sarifWarning = "warning"
	sarifNote    = "note"
)

// securitySeverity is what code scanning services sort by: a score as CVSS gives it.
var securitySeverity = map[string]string{
	string(fixtures.Critical): "9.5", string(fixtures.High): "8.0", string(fixtures.Medium): "5.5", string(fixtures.Low): "3.0",
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Automation  sarifAutomation   `json:"automationDetails"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	Successful bool      `json:"executionSuccessful"`
	ExitCode   int       `json:"exitCode"`
	Start      time.Time `json:"startTimeUtc"`
	End        time.Time `json:"endTimeUtc"`
}

type sarifRule struct {
	ID            string         `json:"id"`
	Short         sarifMessage   `json:"shortDescription"`
	Help          *sarifMessage  `json:"help,omitempty"`
	HelpURI       string         `json:"helpUri,omitempty"`
	Configuration sarifLevel     `json:"defaultConfiguration"`
	Properties    map[string]any `json:"properties,omitempty"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   map[string]any     `json:"properties,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// sarif gathers the results of a report and the rules that they are about.
type sarif struct {
	report  Report
	where   string
	rules   []sarifRule
	results []sarifResult
}

func newSARIF(r Report) *sarif {
	return &sarif{report: r, where: judgedAt(r), rules: []sarifRule{}, results: []sarifResult{}}
}

// judgedAt is the target file or the first address of the product, as a URI.
func judgedAt(r Report) string {
	if file := r.Configuration.Target; file != "" {
		place := url.URL{Path: filepath.ToSlash(file)}
		if filepath.IsAbs(file) {
			place.Scheme = "file"
		}
		return place.String()
	}
	address := r.Configuration.SCIMURL
	for _, c := range r.Target.Connections {
		address = cmp.Or(address, c.SignIn, c.SCIM)
	}
	if place, err := url.Parse(address); err == nil && place.Host != "" {
		return place.String()
	}
	return (&url.URL{Scheme: "rollcall", Opaque: url.PathEscape(r.Target.Name)}).String()
}

func (s *sarif) log() sarifLog {
	r := s.report
	end := r.Started.Add(time.Duration(r.Seconds * float64(time.Second)))
	return sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:       sarifTool{sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version, Rules: s.rules}},
			Automation: sarifAutomation{"rollcall/" + r.Profile + "/"},
			Invocations: []sarifInvocation{{
				Successful: r.Exit() == ExitConformant || r.Exit() == ExitNot, ExitCode: r.Exit(), Start: r.Started.UTC(), End: end.UTC(),
			}},
			Results: s.results,
		}},
	}
}

// finding adds one mistake of the product.
func (s *sarif) finding(f Finding) {
	level := sarifWarning
	if f.Breaks {
		level = sarifError
	}
	tags := []string{"security", "saml"}
	for _, source := range f.Sources {
		tags = append(tags, "external/advisory/"+strings.ToLower(source))
	}
	at := s.rule(sarifRule{
		ID: f.Cause, Short: sarifMessage{f.Title + "."}, Help: &sarifMessage{f.Change}, Configuration: sarifLevel{level},
		Properties: map[string]any{"tags": tags, "security-severity": securitySeverity[f.Severity], "problem.severity": level, "severity": f.Severity},
	})
	text := f.Title + ". " + f.Change + " " + upperFirst(plural(len(f.Specs), "spec")) + ": " + strings.Join(f.Specs, ", ") + "."
	if len(f.Sources) > 0 {
		text += " The same mistake elsewhere: " + strings.Join(f.Sources, ", ") + "."
	}
	s.add(at, level, text, f.Cause, sarifResult{Properties: map[string]any{"specs": f.Specs, "severity": f.Severity}})
}

// spec adds one that does not hold; one that holds, or was not tried, is no result.
func (s *sarif) spec(spec Spec) {
	r := s.report
	if !slices.Contains([]Verdict{Failed, Warned, Waived, Untestable, Error}, spec.Verdict) {
		return
	}
	level := sarifWarning
	cause, explained := r.findingOf(spec)
	switch {
	case explained:
		level = sarifNote
	case r.fails(spec) && !r.known(spec):
		level = sarifError
	}
	q, _ := r.Requirement(spec.ID)
	rule := sarifRule{
		ID: spec.ID, Short: sarifMessage{cmp.Or(q.Text, spec.Title)}, HelpURI: webAddress(q.Link), Configuration: sarifLevel{sarifWarning},
		Properties: map[string]any{"level": spec.Level, "basis": spec.Basis, "tags": []string{spec.Area()}},
	}
	if q.Gates {
		rule.Configuration.Level = sarifError
	}
	text := spec.Section + ": " + spec.Title + ". " + upperFirst(string(spec.Verdict))
	for _, part := range [][2]string{{": ", spec.why()}, {"; expected ", spec.Expected}, {", was ", spec.Actual}} {
		if part[1] != "" {
			text += part[0] + part[1]
		}
	}
	result := sarifResult{Properties: map[string]any{"verdict": spec.Verdict, "rerun": rerun(spec, r.Configuration)}}
	if explained {
		result.Properties["cause"] = cause.Cause
	}
	if spec.Waiver != nil {
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: spec.why()}}
	}
	s.add(s.rule(rule), level, text, spec.Key(), result)
}

// rule returns where the rule stands among the rules, adding it if need be.
func (s *sarif) rule(rule sarifRule) int {
	if at := slices.IndexFunc(s.rules, func(known sarifRule) bool { return known.ID == rule.ID }); at >= 0 {
		return at
	}
	s.rules = append(s.rules, rule)
	return len(s.rules) - 1
}

func (s *sarif) add(rule int, level, text, key string, result sarifResult) {
	result.RuleID, result.RuleIndex, result.Level = s.rules[rule].ID, rule, level
	result.Message = sarifMessage{harmless(text)}
	result.Locations = []sarifLocation{{
		Physical: sarifPhysical{sarifArtifact{s.where}}, Logical: []sarifLogical{{Name: key, Kind: "member"}},
	}}
	result.Fingerprints = map[string]string{"rollcall/v1": key}
	s.results = append(s.results, result)
}
