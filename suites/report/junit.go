package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// JUnit writes the report as JUnit XML, which build servers read: a testsuite for
// each section, a testcase for each spec. Its name begins with the spec's key and
// its class is the area and the section, so that servers that sort by package sort
// by area. A breach is a failure, an error an error, each with a message of one
// line and the whole story as text; what was warned, waived, unsupported or
// unobserved, and what a baseline knows already, is skipped with its reason. The
// verdict itself stands in the properties, since JUnit has no word for most of
// them. No file is named: the specs are not files of who reads this.
//
// What makes a run fail beside its specs, as a waiver that has expired, is a
// testcase of a last suite that is called "The run", so that whoever only counts
// failures fails too.
func (r Report) JUnit(w io.Writer) error {
	document := junitDocument{Name: r.Target.Name, Time: junitSeconds(r.Seconds)}
	for _, section := range r.sections() {
		suite := r.junitSuite(section)
		document.Suites = append(document.Suites, suite)
		document.Tests += suite.Tests
		document.Failures += suite.Failures
		document.Errors += suite.Errors
		document.Skipped += suite.Skipped
	}
	if suite := r.junitRun(); suite.Tests > 0 {
		document.Suites = append(document.Suites, suite)
		document.Tests += suite.Tests
		document.Failures += suite.Failures
		document.Errors += suite.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

type junitDocument struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name       string          `xml:"name,attr"`
	Classname  string          `xml:"classname,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Failure    *junitOutcome   `xml:"failure,omitempty"`
	Error      *junitOutcome   `xml:"error,omitempty"`
	Skipped    *junitOutcome   `xml:"skipped,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (r Report) junitSuite(of section) junitSuite {
	suite := junitSuite{Name: of.name, Tests: len(of.specs), Timestamp: r.junitTimestamp(), Properties: r.junitProperties()}
	total := 0.0
	for _, s := range of.specs {
		c := r.junitCase(s)
		total += s.Seconds
		suite.Cases = append(suite.Cases, c)
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	suite.Time = junitSeconds(total)
	return suite
}

func (r Report) junitTimestamp() string { return r.Started.UTC().Format("2006-01-02T15:04:05") }

func (r Report) junitProperties() []junitProperty {
	return []junitProperty{
		{"target", r.Target.Name}, {"profile", r.Profile}, {"suite", r.Suite.Version},
		{"tool", r.Tool.Name + " " + r.Tool.Version}, {"seed", fmt.Sprint(r.Seed)}, {"headline", r.Summary.Headline},
	}
}

// junitRun is a suite with what makes the run fail beside its specs; it is empty
// where nothing does.
func (r Report) junitRun() junitSuite {
	suite := junitSuite{Name: "The run", Timestamp: r.junitTimestamp(), Time: junitSeconds(0), Properties: r.junitProperties()}
	add := func(name, message string, broke bool) {
		c := junitCase{Name: name, Classname: "rollcall.The run", Time: junitSeconds(0)}
		outcome := &junitOutcome{Message: OneLine(message), Text: harmless(message)}
		suite.Tests++
		if broke {
			c.Error, outcome.Type = outcome, "error"
			suite.Errors++
		} else {
			c.Failure, outcome.Type = outcome, "failed"
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if r.Partial || r.Interrupted {
		add("runs to its end", r.Summary.Headline, true)
	}
	for _, feature := range r.Summary.MissingCore {
		if r.Baseline == nil || slices.Contains(r.Baseline.Lacking, feature) {
			add("declares "+feature, "the target lacks "+feature+", without which the profile means nothing", false)
		}
	}
	if s := r.Summary.Observed; r.Configuration.Complete && r.Baseline == nil && s.Musts < s.Of {
		add("observes every MUST", fmt.Sprintf("%d of %d observed", s.Musts, s.Of), false)
	}
	for _, w := range r.refused() {
		add("waiver "+w.ID, w.Problem+" ("+w.Owner+": "+w.Reason+")", false)
	}
	if b := r.Baseline; b != nil {
		for _, change := range append(b.Of(Unseen), b.Of(Vanished)...) {
			add("baseline "+change.Key, change.story(), false)
		}
	}
	return suite
}

func (r Report) junitCase(s Spec) junitCase {
	c := junitCase{
		Name: s.Key() + " " + s.Title, Classname: s.Area() + "." + strings.ReplaceAll(s.Section, ".", "·"), Time: junitSeconds(s.Seconds),
		Properties: []junitProperty{{"id", s.ID}, {"verdict", string(s.Verdict)}, {"level", s.Level}, {"basis", s.Basis}},
	}
	if q, ok := r.Requirement(s.ID); ok {
		c.Properties = append(c.Properties, junitProperty{"requirement", q.Text}, junitProperty{"source", strings.Join(present(q.Source, q.Link), " ")})
		if q.Profile != "" {
			c.Properties = append(c.Properties, junitProperty{"profile", q.Profile})
		}
	}
	outcome := &junitOutcome{Message: OneLine(orElse(against(s), s.why())), Type: string(s.Verdict)}
	switch {
	case s.Verdict == Passed:
	case s.Verdict == Error:
		c.Error, outcome.Text = outcome, r.plainStory(s)
	case r.fatal(s):
		c.Failure, outcome.Text = outcome, r.plainStory(s)
	default:
		c.Skipped, outcome.Type = outcome, ""
		outcome.Message = OneLine(string(s.Verdict) + ": " + orElse(s.why(), orElse(against(s), "this does not bind the target")))
		if r.known(s) {
			outcome.Message = "known, in the baseline too: " + OneLine(orElse(against(s), s.why()))
		}
	}
	return c
}

// against says in one line what was expected and what was there instead.
func against(s Spec) string {
	if s.Expected == "" {
		return s.Actual
	}
	return "expected " + s.Expected + "; actual: " + s.Actual
}

// plainStory is what the console tells of a spec, without colour.
func (r Report) plainStory(s Spec) string {
	p := printer{report: r}
	p.story(s, "")
	return p.text.String()
}

func junitSeconds(s float64) string { return fmt.Sprintf("%.6f", s) }
