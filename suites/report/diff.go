package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Comparison is what changed from an older report to a newer one, spec by spec.
type Comparison struct {
	Known    int `json:"known"`    // broke conformance before and still do
	New      int `json:"new"`      // break it now and did not before
	Fixed    int `json:"fixed"`    // broke it before and pass now
	Unseen   int `json:"unseen"`   // told something of the product before and do not now
	Vanished int `json:"vanished"` // should have run again and did not
	// Lacking are the core features that the target lacks now and did not before.
	Lacking []string `json:"lacking,omitempty"`
	// Differs says what else was not the same in the two runs, and may be why verdicts
	// differ: the dialects, the address, the probe, what was asked of the run.
	Differs []string `json:"differs,omitempty"`
	// Changes lists the specs that are counted above and those whose verdict changed
	// in another way, sorted by key.
	Changes []Change `json:"changes"`
}

// Change is one spec in two reports.
type Change struct {
	Key    string     `json:"key"`
	Title  string     `json:"title"`
	Kind   ChangeKind `json:"kind"`
	Before Verdict    `json:"before,omitempty"` // empty where the older report lacks it
	After  Verdict    `json:"after,omitempty"`  // empty where the newer one does
}

// ChangeKind says what a change means.
type ChangeKind string

// The kinds of change, worst first. The first three are worse than before.
const (
	NewFailure   ChangeKind = "new"
	Unseen       ChangeKind = "unseen"
	Vanished     ChangeKind = "vanished"
	KnownFailure ChangeKind = "known"
	Fixed        ChangeKind = "fixed"
	OtherChange  ChangeKind = "other" // one that neither breaks conformance nor mends it
)

// changeKinds lists the kinds, worst first.
func changeKinds() []ChangeKind {
	return []ChangeKind{NewFailure, Unseen, Vanished, KnownFailure, Fixed, OtherChange}
}

// Worse says whether anything got worse.
func (c Comparison) Worse() bool { return c.New+c.Unseen+c.Vanished+len(c.Lacking) > 0 }

// Of returns the changes of that kind.
func (c Comparison) Of(kind ChangeKind) []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(change Change) bool { return change.Kind != kind })
}

// Compare says what changed from the older report to the newer one. Worse is a
// failure that the older one does not have, a spec that told of the product and is
// now unobserved or unsupported, one that is gone, and a core feature that is
// gone. What the newer run was told to leave out, by --only or another label
// filter, is not gone. What only warned does not count either way.
func Compare(older, newer Report) (Comparison, error) {
	if err := Comparable(older, newer); err != nil {
		return Comparison{}, err
	}
	c := Comparison{Changes: []Change{}, Differs: differences(older, newer)}
	before := map[string]Spec{}
	for _, s := range older.Specs {
		before[s.Key()] = s
	}
	for _, s := range newer.Specs {
		was, had := before[s.Key()]
		delete(before, s.Key())
		change := Change{Key: s.Key(), Title: s.Title, Before: was.Verdict, After: s.Verdict}
		change.Kind = kindOf(had && older.fails(was), newer.fails(s), was.Verdict, s.Verdict)
		if change.Kind != "" {
			c.Changes = append(c.Changes, change)
		}
	}
	for _, was := range before {
		if newer.shouldHave(was, older) {
			c.Changes = append(c.Changes, Change{Key: was.Key(), Title: was.Title, Kind: Vanished, Before: was.Verdict})
		}
	}
	slices.SortFunc(c.Changes, func(a, b Change) int { return cmp.Compare(a.Key, b.Key) })
	for _, feature := range newer.Summary.MissingCore {
		if !slices.Contains(older.Summary.MissingCore, feature) {
			c.Lacking = append(c.Lacking, feature)
		}
	}
	c.count()
	return c, nil
}

// kindOf says what it means that a spec had one verdict and has another; it is
// empty for what stayed as it was and for a new spec that breaks nothing.
func kindOf(failed, fails bool, was, is Verdict) ChangeKind {
	switch {
	case fails && (!failed || was == Error && is != Error):
		return NewFailure
	case fails:
		return KnownFailure
	case was.judged() && !is.judged():
		return Unseen
	case failed && is == Passed:
		return Fixed
	case was != "" && was != is:
		return OtherChange
	}
	return ""
}

// fails says whether a spec keeps its report from being a clean one.
func (r Report) fails(s Spec) bool { return r.Breaks(s) || s.Verdict == Error }

// shouldHave says whether a spec of an older report was due in this one.
func (r Report) shouldHave(s Spec, older Report) bool {
	asked := r.Configuration
	if asked.LabelFilter != "" && asked.LabelFilter != older.Configuration.LabelFilter {
		return false
	}
	return len(asked.Only) == 0 || slices.ContainsFunc(asked.Only, func(pattern string) bool { return naming(pattern)(s) })
}

func (c *Comparison) count() {
	counts := map[ChangeKind]*int{NewFailure: &c.New, Unseen: &c.Unseen, Vanished: &c.Vanished, KnownFailure: &c.Known, Fixed: &c.Fixed}
	for _, change := range c.Changes {
		if n := counts[change.Kind]; n != nil {
			*n++
		}
	}
}

// Against returns the report gated by an older one: only what got worse since
// makes the run fail. The older one has to be of the same product, suite and profile.
func (r Report) Against(older Report) (Report, error) {
	if err := Baselines(older, r); err != nil {
		return r, err
	}
	c, err := Compare(older, r)
	if err != nil {
		return r, err
	}
	r.Baseline = &c
	return r.judgedAgain(), nil
}

// known says whether the spec's failure stood in the baseline too.
func (r Report) known(s Spec) bool {
	if r.Baseline == nil {
		return false
	}
	at, found := slices.BinarySearchFunc(r.Baseline.Changes, s.Key(), func(c Change, key string) int { return cmp.Compare(c.Key, key) })
	return found && r.Baseline.Changes[at].Kind == KnownFailure
}

// fatal says whether the spec by itself makes the run fail: it breaks conformance,
// and no baseline says that this is known.
func (r Report) fatal(s Spec) bool { return r.Breaks(s) && !r.known(s) }

// Counts is the comparison in one line.
func (c Comparison) Counts() string {
	parts := []string{plural(c.Known, "known failure"), fmt.Sprintf("%d new", c.New), fmt.Sprintf("%d fixed", c.Fixed)}
	if c.Unseen > 0 {
		parts = append(parts, fmt.Sprintf("%d no longer observed", c.Unseen))
	}
	if c.Vanished > 0 {
		parts = append(parts, fmt.Sprintf("%d vanished", c.Vanished))
	}
	if len(c.Lacking) > 0 {
		parts = append(parts, "no longer declared: "+strings.Join(c.Lacking, ", "))
	}
	return strings.Join(parts, ", ")
}
