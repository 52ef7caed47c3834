package report

import (
	"regexp"
	"slices"
	"sync"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/forge"
)

// Finding is one mistake of the product, with the specs that fail for it. It follows
// from the verdicts, by the table of causes (fixtures/causes.yaml).
type Finding struct {
	Cause    string   `json:"cause"`    // its name in the table, as unsigned-believed
	Title    string   `json:"title"`    // what the product does
	Severity string   `json:"severity"` // critical, high, medium, low
	Change   string   `json:"change"`   // what to change
	Breaks   bool     `json:"breaks"`   // a spec of it makes the target non-conformant
	Specs    []string `json:"specs"`    // keys of the specs that fail for it, sorted
	// Sources are CVEs and advisories about other products that made the same mistake.
	Sources []string `json:"sources,omitempty"`
}

// triage sorts what failed by what is behind it. A cause is found where one of the
// specs that show it failed and no cause before it explains that failure already; it
// takes along whatever it explains. Waived specs are somebody's decision and no finding.
func (r Report) triage() []Finding {
	var open []Spec
	for _, s := range r.Specs {
		if s.Verdict == Failed || s.Verdict == Warned {
			open = append(open, s)
		}
	}
	var findings []Finding
	for _, cause := range pointers() {
		if !slices.ContainsFunc(open, cause.shown) {
			continue
		}
		var taken, left []Spec
		for _, s := range open {
			if cause.shown(s) || cause.explained(s) {
				taken = append(taken, s)
			} else {
				left = append(left, s)
			}
		}
		findings, open = append(findings, r.finding(cause.Cause, taken)), left
	}
	return bySeverity(findings)
}

// pointer is a cause with its patterns ready to be held against specs.
type pointer struct {
	fixtures.Cause
	shown, explained func(Spec) bool
}

// pointers are the causes in the order of their table.
var pointers = sync.OnceValue(func() []pointer {
	var all []pointer
	for _, cause := range fixtures.Causes() {
		all = append(all, pointer{cause, pointing(cause.ShownBy), pointing(cause.Explains)})
	}
	return all
})

func (r Report) finding(cause fixtures.Cause, specs []Spec) Finding {
	f := Finding{
		Cause: cause.ID, Title: cause.Title, Severity: string(cause.Severity), Change: cause.Change,
		Breaks: slices.ContainsFunc(specs, r.Breaks),
	}
	for _, s := range specs {
		f.Specs = append(f.Specs, s.Key())
		f.Sources = append(f.Sources, advisories(s)...)
	}
	slices.Sort(f.Sources)
	f.Sources = slices.Compact(f.Sources)
	return f
}

// bySeverity puts what does most harm first and leaves the rest in its order.
func bySeverity(findings []Finding) []Finding {
	order := []string{string(fixtures.Critical), string(fixtures.High), string(fixtures.Medium), string(fixtures.Low)}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
	return findings
}

// pointing returns a test for the specs that one of the patterns names: by a row of the
// research lists that their requirement covers, by the requirement or by the key.
func pointing(patterns []string) func(Spec) bool {
	var specs []func(Spec) bool
	var rows []func(string) bool
	for _, pattern := range patterns {
		specs, rows = append(specs, naming(pattern)), append(rows, Glob(pattern))
	}
	return func(s Spec) bool {
		return slices.ContainsFunc(specs, func(names func(Spec) bool) bool { return names(s) }) ||
			slices.ContainsFunc(rows, func(names func(string) bool) bool { return slices.ContainsFunc(covered()[s.ID], names) })
	}
}

// covered are the rows of the research lists that each requirement takes up.
var covered = sync.OnceValue(func() map[string][]string {
	rows := map[string][]string{}
	for _, q := range fixtures.Requirements() {
		rows[q.ID] = q.Covers
	}
	return rows
})

// advisory is how a vulnerability that was published is called.
var advisory = regexp.MustCompile(`\b(CVE-\d{4}-\d+|GHSA(-[0-9a-z]{4}){3}|GO-\d{4}-\d+)\b`)

// published are the advisories that the attacks of a row name as their like.
var published = sync.OnceValue(func() map[string][]string {
	byRow := map[string][]string{}
	add := func(row string, sources []string) {
		for _, source := range sources {
			byRow[row] = append(byRow[row], advisory.FindAllString(source, -1)...)
		}
	}
	for _, attack := range forge.All() {
		add(attack.Row, attack.Sources)
	}
	for _, attack := range forge.Logouts() {
		add(attack.Row, attack.Sources)
	}
	return byRow
})

// advisories are those about other products that failed as this spec did.
func advisories(s Spec) []string {
	var found []string
	for _, row := range covered()[s.ID] {
		found = append(found, published()[row]...)
	}
	return found
}

// findingOf is the finding that a spec stands under.
func (r Report) findingOf(s Spec) (Finding, bool) {
	at := slices.IndexFunc(r.Findings, func(f Finding) bool { return slices.Contains(f.Specs, s.Key()) })
	if at < 0 {
		return Finding{}, false
	}
	return r.Findings[at], true
}
