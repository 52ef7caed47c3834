package load

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

//go:embed html/load.html
var pageTemplate string

//go:embed html/load.css
var pageStyle string

// page is the page; what it is filled with is a [pageView].
var page = template.Must(template.New("load").Parse(pageTemplate))

// pageView is a result as the page shows it.
type pageView struct {
	Policy     string
	Style      template.CSS
	Target     string
	Tone       string // good, mixed or bad
	Headline   string
	Claim      string
	Notes      []noteView
	Facts      []factView
	Operations []operationView
	Errors     []string
	Throughput *throughputView
	Plots      []plotView
	From       string
	Tool       string
	Started    string
	Schema     string
	// Where the plots end, in pixels from the top.
	Foot, PlotBase, PlotFoot float64
}

type noteView struct {
	Title string
	Lines []string
}

type factView struct{ Name, Value string }

type operationView struct {
	Job, Request string
	Errors       bool
	Cells        []string
}

// HTML writes the result as one page that needs nothing but a browser: it has no
// script and loads nothing, and says so to the browser in a content security policy.
func (r Result) HTML(w io.Writer) error {
	var text bytes.Buffer
	err := page.Execute(&text, r.view())
	if err == nil {
		_, err = w.Write(text.Bytes())
	}
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// contentPolicy forbids everything but the style of the page.
func contentPolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", base64.StdEncoding.EncodeToString(sum[:]))
}

func (r Result) view() pageView {
	v := pageView{
		Policy: contentPolicy(), Style: template.CSS(pageStyle), Target: r.Target, //nolint:gosec // it is ours
		Tone: "good", Headline: capital(r.Headline()), Claim: capital(r.Summary()) + ".",
		Facts: r.facts(), Throughput: r.throughput(), Plots: r.plots(),
		From: "Latency counts from when a request was sent.",
		Tool: r.Tool.Name + " " + r.Tool.Version, Started: r.Started.UTC().Format("2006-01-02 15:04:05 UTC"), Schema: r.Schema,
		Foot: timeHeight, PlotBase: plotBase, PlotFoot: plotHeight,
	}
	if r.Plan.LatencyFrom == "schedule" {
		v.From = "Latency counts from when a request was due."
	}
	switch {
	case r.Interrupted:
		v.Tone = "mixed"
	case !r.Passed:
		v.Tone = "bad"
	}
	if len(r.Reasons) > 0 {
		v.Notes = append(v.Notes, noteView{"Why it did not pass", r.Reasons})
	}
	if len(r.Left) > 0 {
		v.Notes = append(v.Notes, noteView{"Left at the product: rollcall sweep clears it away", r.Left})
	}
	for _, m := range r.Operations {
		v.Operations = append(v.Operations, operationView{m.Job, m.Method + " " + m.Path, m.Failed() > 0, m.row()[1:]})
		for _, class := range slices.Sorted(maps.Keys(m.Errors)) {
			v.Errors = append(v.Errors, fmt.Sprintf("%s: %s %s", m.Operation, counted(m.Errors[class], "error", "errors"), explained(class)))
		}
	}
	return v
}

// facts are what was asked for, and how long each phase took.
func (r Result) facts() []factView {
	p := r.Plan
	facts := []factView{
		{"users", fmt.Sprint(p.Users)}, {"groups", fmt.Sprint(p.Groups)}, {"at a time", fmt.Sprint(p.Concurrency)},
		{"rate", "as many as are answered"}, {"dialect", p.Dialect},
	}
	if p.Rate > 0 {
		facts[3].Value = fmt.Sprintf("%g requests a second", p.Rate)
	}
	if r.Throttled.Answers > 0 {
		facts = append(facts, factView{"429", fmt.Sprintf("%s, %.1f s waited", times(r.Throttled.Answers), r.Throttled.WaitedSeconds)})
	}
	for _, phase := range r.Phases {
		facts = append(facts, factView{phase.Name, fmt.Sprintf("%d in %.1f s", phase.Steps, phase.Seconds)})
	}
	return facts
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// moment writes a time for an axis.
func moment(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return strings.TrimSuffix(d.String(), "0s")
}
