package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// JUnit writes the report as JUnit XML, which build servers read: a testsuite for
// each section, a testcase for each spec. A breach is a failure, an error an
// error; what was warned, waived, unsupported or unobserved is skipped with its
// reason. The verdict itself stands in the properties, since JUnit has no word
// for most of them.
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
	suite := junitSuite{
		Name:      of.name,
		Tests:     len(of.specs),
		Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
		Properties: []junitProperty{
			{"target", r.Target.Name}, {"profile", r.Profile}, {"suite", r.Suite.Version},
			{"tool", r.Tool.Name + " " + r.Tool.Version}, {"seed", fmt.Sprint(r.Seed)},
		},
	}
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

func (r Report) junitCase(s Spec) junitCase {
	c := junitCase{
		Name: s.Key() + " " + s.Title, Classname: s.Section, Time: junitSeconds(s.Seconds),
		Properties: []junitProperty{{"verdict", string(s.Verdict)}, {"level", s.Level}, {"basis", s.Basis}},
	}
	if q, ok := r.Requirement(s.ID); ok {
		c.Properties = append(c.Properties, junitProperty{"requirement", q.Text}, junitProperty{"source", strings.Join(present(q.Source, q.Link), " ")})
	}
	outcome := &junitOutcome{Message: orElse(s.Actual, s.Reason), Type: string(s.Verdict)}
	switch {
	case s.Verdict == Passed:
	case s.Verdict == Error:
		c.Error, outcome.Text = outcome, r.plainStory(s)
	case r.Breaks(s):
		c.Failure, outcome.Text = outcome, r.plainStory(s)
	default:
		outcome.Message = string(s.Verdict) + ": " + orElse(outcome.Message, "this does not bind the target")
		c.Skipped, outcome.Type = outcome, ""
	}
	return c
}

// plainStory is what the console tells of a spec, without colour.
func (r Report) plainStory(s Spec) string {
	p := printer{report: r}
	p.story(s, "")
	return p.text.String()
}

func junitSeconds(s float64) string { return fmt.Sprintf("%.6f", s) }
