package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/journal"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// Meta is what a report says of the run beside its outcome.
type Meta struct {
	Tool          Tool
	Target        target.Target
	Configuration Configuration
	Interrupted   bool
	// StoppedAt is when the run was told to stop; zero if it was not. A spec that
	// had not passed by then was cut short and has no verdict.
	StoppedAt time.Time
}

// FromGinkgo makes the report of a run that Ginkgo reported. It reads the specs
// that cite a requirement, in a process of their own or not: values of report
// entries may have been through JSON.
func FromGinkgo(run types.Report, catalogue fixtures.Catalogue, meta Meta) Report {
	r := Report{
		Schema:        Schema,
		Tool:          meta.Tool,
		Suite:         Suite{Version: SuiteVersion},
		Profile:       meta.Target.Profile.Name,
		Target:        targetOf(meta.Target),
		Configuration: meta.Configuration,
		Seed:          run.SuiteConfig.RandomSeed,
		Started:       run.StartTime.UTC(),
		Seconds:       seconds(run.RunTime),
		Interrupted:   meta.Interrupted,
		Requirements:  []Requirement{},
		Specs:         []Spec{},
	}
	r.Network = networkOf(run.SpecReports)
	hide := journal.Redactor(meta.Target.Secrets()...)
	r.Target.redact(hide)
	r.Propagation = propagationOf(run.SpecReports, meta.Target.Propagation)
	for _, ran := range run.SpecReports {
		if s, ok := Identify(ran, catalogue); ok && !meta.cutShort(ran) && judge(ran, catalogue, &s) {
			s.redact(hide)
			r.Specs = append(r.Specs, s)
		}
	}
	slices.SortFunc(r.Specs, bySpec)
	r.Requirements = requirementsOf(r.Specs, catalogue, meta.Target.Profile)
	r.summarize(run.PreRunStats.SpecsThatWillRun, missingCore(meta.Target))
	return r
}

// Identify tells which requirement a spec cites, in which variant, and how it is
// titled. It is not ok for set-up nodes and for specs that cite nothing.
func Identify(ran types.SpecReport, catalogue fixtures.Catalogue) (Spec, bool) {
	var s Spec
	if !ran.LeafNodeType.Is(types.NodeTypeIt) {
		return s, false
	}
	for _, label := range ran.Labels() {
		if id, ok := strings.CutPrefix(label, "req:"); ok {
			s.ID = id
		}
		if variant, ok := strings.CutPrefix(label, "variant:"); ok {
			s.Variant = variant
		}
	}
	requirement, ok := catalogue.Find(s.ID)
	if !ok {
		return s, false
	}
	s.Level, s.Basis = string(requirement.Level), string(requirement.Basis)
	s.Section, s.Title = titles(ran)
	return s, true
}

// titles are the text of the section and that of the spec within it. A container
// that only names the variant is left out: the key says it already.
func titles(ran types.SpecReport) (section, title string) {
	var words []string
	for i, text := range ran.ContainerHierarchyTexts {
		switch {
		case i == 0:
			section = text
		case !slices.ContainsFunc(ran.ContainerHierarchyLabels[i], func(label string) bool {
			return strings.Replace(label, ":", " ", 1) == text
		}):
			words = append(words, text)
		}
	}
	return section, strings.Join(append(words, ran.LeafNodeText), " ")
}

// cutShort says whether the run was stopped while the spec ran.
func (m Meta) cutShort(ran types.SpecReport) bool {
	return !m.StoppedAt.IsZero() && ran.EndTime.After(m.StoppedAt) && ran.State != types.SpecStatePassed
}

// judge gives the spec its verdict and what goes with it. It reports false for a
// spec that did not run: one not selected, or one that the end of the run cut off.
func judge(ran types.SpecReport, catalogue fixtures.Catalogue, s *Spec) bool {
	if ran.State.Is(types.SpecStateInterrupted | types.SpecStateAborted | types.SpecStateInvalid) {
		return false
	}
	entry, reason := concluded(ran)
	if ran.State == types.SpecStateSkipped && entry == "" && ran.Failure.Message == "" {
		return false
	}
	s.Seconds = seconds(ran.RunTime)
	s.Tasks, s.Remarks = texts(ran, spec.EntryTask), texts(ran, spec.EntryRemark)
	s.Verdict, s.Reason = verdictOf(ran, entry, reason)
	if s.Verdict == Passed {
		return true
	}
	requirement, _ := catalogue.Find(s.ID)
	switch s.Verdict {
	case Failed:
		s.Expected, s.Actual = claim(ran.Failure.Message, requirement)
	case Warned:
		s.Expected, s.Actual = claim(reason, requirement)
	case Untestable:
		if expected, actual, ok := split(reason); ok {
			s.Expected, s.Actual = expected, actual
			s.Reason = "a control failed, so the claim was not put to the test"
		}
	case Unsupported, Unobserved:
		return true
	}
	s.Exchanges = exchanges(ran)
	return true
}

// verdictOf maps Ginkgo's state and the entry in which the spec concluded itself.
func verdictOf(ran types.SpecReport, entry, reason string) (Verdict, string) {
	if verdict, ok := verdictOfEntry[entry]; ok {
		if verdict == Warned {
			reason = ""
		}
		return verdict, reason
	}
	switch ran.State {
	case types.SpecStatePassed:
		return Passed, ""
	case types.SpecStateFailed:
		if ran.Failure.FailureNodeContext != types.FailureNodeIsLeafNode {
			return Error, "setting up or clearing away failed: " + ran.Failure.Message
		}
		return Failed, ""
	case types.SpecStatePanicked:
		return Error, "the spec panicked: " + ran.Failure.ForwardedPanic
	case types.SpecStateTimedout:
		return Error, "the spec ran out of time"
	case types.SpecStateSkipped:
		return Error, "the spec skipped itself and gave no verdict: " + ran.Failure.Message
	}
	return Error, "the spec did not run: " + ran.State.String()
}

var verdictOfEntry = map[string]Verdict{
	spec.EntryUntestable:  Untestable,
	spec.EntryUnobserved:  Unobserved,
	spec.EntryUnsupported: Unsupported,
	spec.EntryWarned:      Warned,
	spec.EntryError:       Error,
}

// concluded finds the entry with which the spec ended itself. One that was added
// after the spec had failed already is about the clearing away, and is passed over.
func concluded(ran types.SpecReport) (entry, reason string) {
	failedAt := ran.Failure.TimelineLocation.Order
	for _, e := range ran.ReportEntries {
		if _, ok := verdictOfEntry[e.Name]; !ok {
			continue
		}
		if failedAt > 0 && e.TimelineLocation.Order > failedAt {
			continue
		}
		var note spec.Note
		if err := valueOf(e, &note); err != nil {
			return spec.EntryError, err.Error()
		}
		return e.Name, note.Reason
	}
	return "", ""
}

// texts reads the entries of that name, each a text.
func texts(ran types.SpecReport, name string) []string {
	var found []string
	for _, e := range ran.ReportEntries {
		var text string
		if e.Name == name && valueOf(e, &text) == nil {
			found = append(found, text)
		}
	}
	return found
}

func exchanges(ran types.SpecReport) []Exchange {
	var found []journal.Exchange
	for _, e := range ran.ReportEntries {
		var recorded []journal.Exchange
		if e.Name == spec.EntryExchanges && valueOf(e, &recorded) == nil {
			found = append(found, recorded...)
		}
	}
	return exchangesOf(found)
}

// valueOf reads the value of an entry, whether it is still the value that was
// added or has been through JSON on its way from another process.
func valueOf[T any](e types.ReportEntry, into *T) error {
	if value, ok := e.GetRawValue().(T); ok {
		*into = value
		return nil
	}
	if e.Value.AsJSON == "" {
		return fmt.Errorf("report entry %s holds a %T", e.Name, e.GetRawValue())
	}
	if err := json.Unmarshal([]byte(e.Value.AsJSON), into); err != nil {
		return fmt.Errorf("report entry %s: %w", e.Name, err)
	}
	return nil
}

// claim says what was expected and what was there. A message of another form than
// our matchers' stands as it is beside the requirement itself.
func claim(message string, requirement fixtures.Requirement) (expected, actual string) {
	if expected, actual, ok := split(message); ok {
		return expected, actual
	}
	return requirement.Text, strings.TrimSpace(message)
}

// split takes the message of a matcher apart:
//
//	expected: no open seat
//	actual:   1 seat (open: record created)
func split(message string) (expected, actual string, ok bool) {
	_, rest, ok := strings.Cut("\n"+message, "\nexpected: ")
	if !ok {
		return "", "", false
	}
	expected, actual, ok = strings.Cut(rest, "\nactual: ")
	return strings.TrimSpace(expected), strings.TrimSpace(actual), ok
}

func bySpec(a, b Spec) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Title, b.Title))
}

// requirementsOf lists the requirements that a spec ran for, and those of which
// the catalogue says that none can.
func requirementsOf(specs []Spec, catalogue fixtures.Catalogue, profile fixtures.Profile) []Requirement {
	worst := map[string]Verdict{}
	for _, s := range specs {
		worst[s.ID] = Worse(s.Verdict, worst[s.ID])
	}
	listed := []Requirement{}
	for _, q := range catalogue {
		verdict := worst[q.ID]
		if verdict == "" && q.Untested != "" {
			verdict = Untested
		}
		if verdict == "" {
			continue
		}
		listed = append(listed, Requirement{
			ID: q.ID, Verdict: verdict, Gates: q.Gates(profile),
			Level: string(q.Level), Basis: string(q.Basis), Text: q.Text,
			Source: strings.TrimSpace(q.Source.Document + " " + q.Source.Section), Link: q.Source.Link,
			Profile: q.Profile, Declared: declared(q, profile), Reason: q.Untested,
		})
	}
	slices.SortFunc(listed, func(a, b Requirement) int { return cmp.Compare(a.ID, b.ID) })
	return listed
}

func targetOf(t target.Target) Target {
	described := Target{Name: t.Name, Connections: []Connection{}, Dialects: []string{}, Features: []string{}}
	for _, c := range t.Connections {
		described.Connections = append(described.Connections, Connection{SCIM: c.SCIM.BaseURL, SignIn: c.SAML.SignIn})
	}
	if t.Probe != nil {
		described.Probe = t.Probe.String()
	}
	described.Dialects = append(described.Dialects, t.Dialects...)
	described.Features = append(described.Features, t.Features...)
	return described
}

// missingCore lists the features that the profile cannot do without and the
// target lacks. A side of the product that nobody gave an address for is not
// lacking: it is unobserved.
func missingCore(t target.Target) []string {
	var missing []string
	for _, feature := range t.Profile.Core {
		if !t.Has(feature) && !t.Unseen(feature) {
			missing = append(missing, feature)
		}
	}
	return missing
}
