package report

import (
	"fmt"
	"slices"
	"strings"
)

// Summary counts the verdicts and draws the conclusion.
type Summary struct {
	Headline    string                     `json:"headline"` // conformant, not conformant, partial: n of m observed, …
	Specs       int                        `json:"specs"`    // specs that ended
	NotRun      int                        `json:"not_run,omitempty"`
	Verdicts    map[Verdict]int            `json:"verdicts"` // of specs
	Levels      map[string]map[Verdict]int `json:"levels"`   // of specs, by level
	Observed    Observed                   `json:"observed"`
	MissingCore []string                   `json:"missing_core,omitempty"` // features that the profile needs and the target lacks
}

// Observed counts the MUST requirements that could be looked at.
type Observed struct {
	Musts int `json:"musts"` // of which at least one thing could be seen
	Of    int `json:"of"`    // that the target does not declare itself out of
}

// Exit statuses of a run.
const (
	ExitConformant  = 0
	ExitNot         = 1
	ExitCouldNotRun = 2
	ExitInterrupted = 130
)

// Exit is the status with which a program ends that made this report: 0
// conformant, or partly observed where that was not refused by --complete; 1 not
// conformant; 2 an error, or nothing that reached a verdict; 130 interrupted.
func (r Report) Exit() int {
	status, _ := r.conclude()
	return status
}

// summarize fills in the summary from the specs and requirements.
func (r *Report) summarize(planned int, missingCore []string) {
	s := Summary{
		Specs:       len(r.Specs),
		Verdicts:    map[Verdict]int{},
		Levels:      map[string]map[Verdict]int{},
		MissingCore: missingCore,
	}
	for _, spec := range r.Specs {
		s.Verdicts[spec.Verdict]++
		if s.Levels[spec.Level] == nil {
			s.Levels[spec.Level] = map[Verdict]int{}
		}
		s.Levels[spec.Level][spec.Verdict]++
	}
	for _, q := range r.Requirements {
		if !q.Gates || q.Verdict == Unsupported || q.Verdict == Untested {
			continue
		}
		s.Observed.Of++
		if q.Verdict != Unobserved {
			s.Observed.Musts++
		}
	}
	s.NotRun = max(0, planned-len(r.Specs))
	r.Partial = r.Interrupted || s.NotRun > 0
	r.Summary = s
	r.Findings = r.triage()
	_, r.Summary.Headline = r.conclude()
}

// conclude draws the conclusion. What was stopped or broken is not judged; a
// breach outweighs what could not be seen. A baseline forgives what is known, and
// a waiver that is stale or has expired is never forgiven.
func (r Report) conclude() (status int, headline string) {
	status, headline, judged := r.claim()
	if !judged {
		return status, headline
	}
	if n := r.Summary.Verdicts[Waived]; n > 0 {
		headline += ", " + plural(n, "spec") + " waived"
	}
	if r.Baseline != nil {
		status, headline = r.Baseline.temper(status, headline)
	}
	if n := len(r.refused()); n > 0 {
		if status == ExitConformant {
			headline += ", but the run fails"
		}
		status, headline = ExitNot, headline+", "+plural(n, "waiver")+" stale or expired"
	}
	return status, headline
}

// claim is the conclusion by the verdicts alone. It is not judged where it says
// nothing of the product.
func (r Report) claim() (status int, headline string, judged bool) {
	s := r.Summary
	switch {
	case r.Interrupted:
		return ExitInterrupted, fmt.Sprintf("interrupted: %d of %d specs ran", s.Specs, s.Specs+s.NotRun), false
	case r.Partial:
		return ExitCouldNotRun, fmt.Sprintf("stopped at its deadline: %d of %d specs ran", s.Specs, s.Specs+s.NotRun), false
	case s.Verdicts[Error] > 0:
		return ExitCouldNotRun, fmt.Sprintf("not judged: %d of %d specs ended in an error", s.Verdicts[Error], s.Specs), false
	case r.broken():
		return ExitNot, "not conformant", true
	case len(s.MissingCore) > 0:
		return ExitNot, "not conformant: the target lacks " + strings.Join(s.MissingCore, ", ") + ", without which the profile means nothing", true
	case !r.judged():
		return ExitCouldNotRun, "nothing reached a verdict", false
	case s.Observed.Musts < s.Observed.Of:
		headline = fmt.Sprintf("partial: %d of %d observed", s.Observed.Musts, s.Observed.Of)
		if r.Configuration.Complete {
			return ExitNot, headline, true
		}
		return ExitConformant, headline, true
	}
	return ExitConformant, "conformant", true
}

// temper gates a conclusion by what got worse.
func (c Comparison) temper(status int, headline string) (int, string) {
	switch {
	case c.Worse():
		return ExitNot, headline + ", worse than the baseline"
	case status != ExitConformant:
		return ExitConformant, headline + ", nothing worse than the baseline"
	}
	return status, headline
}

func (r Report) broken() bool {
	return slices.ContainsFunc(r.Specs, r.Breaks)
}

func (r Report) judged() bool {
	return slices.ContainsFunc(r.Specs, func(s Spec) bool { return s.Verdict.judged() })
}

// Breaks says whether the spec by itself makes the target non-conformant.
func (r Report) Breaks(s Spec) bool {
	q, _ := r.Requirement(s.ID)
	return s.Verdict.breaks(q.Gates)
}
