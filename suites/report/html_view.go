package report

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// pageView is what the template shows; it holds no logic of its own.
type pageView struct {
	Policy   string
	Style    template.CSS
	Script   template.JS
	Title    string
	Target   string
	Headline string
	Tone     string // how the conclusion feels: good, mixed, bad, unknown
	Claim    string
	Facts    []factView
	Counts   []countView
	Levels   []levelView
	Notes    []noteView
	Findings []Finding
	Failures []linkView
	More     int // failures that the list leaves out
	Areas    []areaView
	Untested []Requirement
	Headers  []headerView
	Cut      []string // what the page leaves out
	Made     string
}

type factView struct {
	Name, Value string
	Wide        bool // it takes a line of its own
}

// countView is a verdict, how often it was given, and its part of the bar in
// percent.
type countView struct {
	Verdict  Verdict
	N        int
	At, Wide string
}

type levelView struct {
	Level  string
	Counts []int // in the order of pageView.Counts
	Total  int
}

// noteView is a list that stands before the specs: waivers, the baseline.
type noteView struct {
	Title string
	Tone  string
	Text  string
	Lines []factView
}

type linkView struct{ Key, Title, Verdict string }

type areaView struct {
	Name     string
	Counts   []countView
	Bad      int
	Sections []sectionView
}

type sectionView struct {
	Number int
	Name   string
	Open   bool
	Counts []countView
	Specs  []specView
}

// specView is a spec; Exchanges are laid out for reading.
type specView struct {
	Spec
	Breaks      bool
	Known       bool
	Open        bool
	Why         string
	Requirement Requirement
	Profile     string
	Took        string
	Calls       []callView
	Earlier     int // exchanges that are not shown
	Rerun       string
}

// maxListed is how many failures are listed by name before the specs; with more
// their sections stay shut. With no more than maxOpen they stand open themselves.
const (
	maxListed = 60
	maxOpen   = 8
)

// view lays the report out for the page.
func (r Report) view(allowed allowance) pageView {
	wire := newWireView(r, allowed)
	v := pageView{
		Policy: contentPolicy(), Style: template.CSS(htmlStyle), Script: template.JS(htmlScript),
		Title:  r.Target.Name + ": " + r.Summary.Headline,
		Target: r.Target.Name, Headline: upperFirst(r.Summary.Headline), Tone: r.tone(),
		Claim: fmt.Sprintf("Rollcall suite %s, profile %s", r.Suite.Version, r.Profile),
		Facts: r.facts(), Counts: countsOf(r.Specs, true), Notes: r.notes(), Findings: r.Findings,
		Made: r.Tool.Name + " " + r.Tool.Version + " · " + r.Schema,
	}
	v.Levels = r.levelViews(v.Counts)
	failing, listed := 0, 0
	for _, s := range r.Specs {
		if !r.fails(s) || r.known(s) {
			continue
		}
		failing++
		if r.gathered(s) {
			continue // its finding lists it
		}
		if listed++; listed <= maxListed {
			v.Failures = append(v.Failures, linkView{s.Key(), s.Section + ": " + s.Title, string(s.Verdict)})
		}
	}
	v.More = listed - len(v.Failures)
	v.Areas = r.areaViews(wire, failing <= maxListed, failing <= maxOpen)
	for _, q := range r.Requirements {
		if q.Verdict == Untested {
			v.Untested = append(v.Untested, q)
		}
	}
	v.Headers, v.Cut = wire.headerViews(), wire.cuts()
	return v
}

// tone is how the conclusion feels.
func (r Report) tone() string {
	switch {
	case r.Exit() == ExitNot:
		return "bad"
	case r.Exit() != ExitConformant:
		return "unknown"
	case r.sign() == "✅":
		return "good"
	}
	return "mixed"
}

func (r Report) facts() []factView {
	c := r.Configuration
	var facts []factView
	add := func(name string, values ...string) {
		if value := strings.Join(present(values...), ", "); value != "" {
			facts = append(facts, factView{name, value, len(value) > 44})
		}
	}
	add("Target", r.Target.Name)
	add("Suite", r.Suite.Version)
	add("Profile", r.Profile)
	add("Tool", r.Tool.Name+" "+r.Tool.Version)
	add("Seed", fmt.Sprint(r.Seed))
	add("Started", r.Started.UTC().Format("2 January 2006, 15:04:05 UTC"))
	add("Took", readable(r.Seconds))
	add("Observed", fmt.Sprintf("%d of %d MUSTs", r.Summary.Observed.Musts, r.Summary.Observed.Of))
	for _, connection := range r.Target.Connections {
		add("SCIM", connection.SCIM)
		add("Sign-in", connection.SignIn)
	}
	add("Probe", orElse(r.Target.Probe, "none"))
	add("Dialects", r.Target.Dialects...)
	if r.Propagation != nil {
		add("Lateness", r.Propagation.inWords())
	}
	if r.Network.slowed() {
		add("Throttled", r.Network.inWords())
	}
	if c.ReadOnly {
		add("Read only", "nothing that changes the product was sent")
	}
	add("Only", c.Only...)
	add("Labels", c.LabelFilter)
	add("Defect", c.Defect)
	return facts
}

// readable is a duration for reading.
func readable(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// countsOf counts verdicts; with places it also says where in a bar they stand.
func countsOf(specs []Spec, places bool) []countView {
	n := map[Verdict]int{}
	for _, s := range specs {
		n[s.Verdict]++
	}
	var counts []countView
	at := 0
	for _, v := range Verdicts() {
		if n[v] == 0 {
			continue
		}
		c := countView{Verdict: v, N: n[v]}
		if places {
			c.At, c.Wide = percent(at, len(specs)), percent(n[v], len(specs))
		}
		at += n[v]
		counts = append(counts, c)
	}
	return counts
}

func percent(n, of int) string { return fmt.Sprintf("%.3f%%", 100*float64(n)/float64(of)) }

func (r Report) levelViews(counts []countView) []levelView {
	var levels []levelView
	for _, level := range []string{"MUST", "SHOULD", "MAY"} {
		l := levelView{Level: level}
		for _, c := range counts {
			n := r.Summary.Levels[level][c.Verdict]
			l.Counts = append(l.Counts, n)
			l.Total += n
		}
		if l.Total > 0 {
			levels = append(levels, l)
		}
	}
	return levels
}

// notes tell of waivers, of the baseline, and of what was left at the product.
func (r Report) notes() []noteView {
	var notes []noteView
	if b := r.Baseline; b != nil {
		note := noteView{Title: "Against the baseline", Tone: "good", Text: b.Counts()}
		if b.Worse() {
			note.Tone = "bad"
		}
		if differ := b.differ(); differ != "" {
			note.Lines = append(note.Lines, factView{Value: differ})
		}
		for _, kind := range []ChangeKind{NewFailure, Unseen, Vanished, Fixed} {
			for _, change := range b.Of(kind) {
				note.Lines = append(note.Lines, factView{Name: change.Key, Value: change.story()})
			}
		}
		notes = append(notes, note)
	}
	if len(r.Left) > 0 {
		note := noteView{Title: "Left at the product", Tone: "mixed", Text: plural(len(r.Left), "thing") + " could not be cleared away; rollcall sweep does so"}
		for _, what := range r.Left {
			note.Lines = append(note.Lines, factView{Value: what})
		}
		notes = append(notes, note)
	}
	if len(r.Waivers) > 0 {
		note := noteView{Title: "Waivers", Tone: "mixed", Text: plural(r.Summary.Verdicts[Waived], "spec") + " waived"}
		if refused := len(r.refused()); refused > 0 {
			note.Tone, note.Text = "bad", note.Text+", "+plural(refused, "waiver")+" not accepted"
		}
		for _, w := range r.Waivers {
			note.Lines = append(note.Lines, factView{Name: w.ID, Value: orElse(w.Problem, w.Reason) + " (" + w.Owner + ", until " + w.Expires + ")"})
		}
		notes = append(notes, note)
	}
	return notes
}

// areaViews groups the specs by area and section, areas in the order in which they
// first appear. Unfold opens the sections in which something failed, open the
// failures themselves.
func (r Report) areaViews(wire *wireView, unfold, open bool) []areaView {
	var areas []areaView
	number := 0
	for _, of := range r.sectionsByArea() {
		area := areaView{Name: of.name}
		var all []Spec
		for _, section := range of.sections {
			number++
			s := sectionView{Number: number, Name: section.name, Counts: countsOf(section.specs, false)}
			for _, spec := range section.specs {
				s.Specs = append(s.Specs, r.specView(spec, wire, open))
			}
			bad := r.failing(section.specs)
			s.Open = unfold && bad > 0
			area.Bad += bad
			all = append(all, section.specs...)
			area.Sections = append(area.Sections, s)
		}
		area.Counts = countsOf(all, true)
		areas = append(areas, area)
	}
	return areas
}

// failing counts the specs that fail.
func (r Report) failing(specs []Spec) (n int) {
	for _, s := range specs {
		if r.fails(s) {
			n++
		}
	}
	return n
}

func (r Report) specView(s Spec, wire *wireView, open bool) specView {
	q, _ := r.Requirement(s.ID)
	v := specView{
		Spec: s, Breaks: r.Breaks(s), Known: r.known(s), Why: s.why(),
		Requirement: q, Profile: r.profileSays(q), Took: readable(s.Seconds), Rerun: rerun(s, r.Configuration),
	}
	q.Link = webAddress(q.Link)
	v.Requirement = q
	v.Open = open && r.fails(s) && !v.Known
	v.Expected, v.Actual = wire.claim(s.Expected), wire.claim(s.Actual)
	v.Calls, v.Earlier = wire.calls(s.Exchanges)
	return v
}

// area is what the sections of one area came to.
type area struct {
	name     string
	sections []section
}

func (r Report) sectionsByArea() []area {
	var areas []area
	at := map[string]int{}
	for _, s := range r.Specs {
		name := s.Area()
		if _, known := at[name]; !known {
			at[name] = len(areas)
			areas = append(areas, area{name: name})
		}
		a := &areas[at[name]]
		last := -1
		for i := range a.sections {
			if a.sections[i].name == s.Section {
				last = i
			}
		}
		if last < 0 {
			a.sections, last = append(a.sections, section{name: s.Section}), len(a.sections)
		}
		a.sections[last].specs = append(a.sections[last].specs, s)
	}
	return areas
}
