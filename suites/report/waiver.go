package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall.example/fixtures"
)

// Waiver lets specs fail for a reason that somebody answers for, until a day.
// [ReadWaivers] reads a file of them.
type Waiver struct {
	ID      string `yaml:"id"`      // an id, id[variant], or either with * and ? as wildcards
	Reason  string `yaml:"reason"`  // why it may fail
	Owner   string `yaml:"owner"`   // who sees to it
	Expires string `yaml:"expires"` // the last day on which it holds, as 2027-01-31, in UTC
}

// SpecWaiver says of a spec who took its failure on.
type SpecWaiver struct {
	ID      string  `json:"id"` // of the waiver
	Reason  string  `json:"reason"`
	Owner   string  `json:"owner"`
	Expires string  `json:"expires"`
	Verdict Verdict `json:"verdict"` // what the spec had without it
}

// WaiverUse says what came of one waiver.
type WaiverUse struct {
	ID      string   `json:"id"`
	Reason  string   `json:"reason"`
	Owner   string   `json:"owner"`
	Expires string   `json:"expires"`
	Specs   []string `json:"specs,omitempty"`   // keys of the specs that it waived
	Problem string   `json:"problem,omitempty"` // why it is not accepted: stale or expired
}

// Apply returns the report with these waivers, and no others, in force at the
// time given. A spec that failed, warned or was untestable and that a waiver
// names gets the verdict waived. A waiver that is no use fails the run: one whose
// day has passed, which waives nothing any more; one whose specs all passed; one
// that names no spec there is. An error is never waived, since nothing was learned.
//
// A waiver of specs that this run did not include, by --only or a label filter, is
// left in peace. Ginkgo itself knows of no waiver: there a waived spec still fails.
func (r Report) Apply(waivers []Waiver, now time.Time) Report {
	r.Specs = slices.Clone(r.Specs)
	for i := range r.Specs {
		r.Specs[i] = unwaived(r.Specs[i])
	}
	r.Waivers = nil
	for _, w := range waivers {
		r.Waivers = append(r.Waivers, r.use(w, now))
	}
	slices.SortStableFunc(r.Waivers, func(a, b WaiverUse) int { return cmp.Compare(a.ID, b.ID) })
	return r.judgedAgain()
}

// use puts one waiver in force and tells what came of it.
func (r Report) use(w Waiver, now time.Time) WaiverUse {
	used := WaiverUse{ID: w.ID, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires}
	if now.UTC().Format(time.DateOnly) > w.Expires {
		used.Problem = "expired: it held until " + w.Expires + "; mend what it is about, or answer for it anew"
		return used
	}
	names := naming(w.ID)
	matched, passed := 0, 0
	for i, s := range r.Specs {
		if !names(s) {
			continue
		}
		matched++
		switch s.Verdict {
		case Passed:
			passed++
		case Failed, Warned, Untestable:
			r.Specs[i].Waiver = &SpecWaiver{ID: w.ID, Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, Verdict: s.Verdict}
			r.Specs[i].Verdict = Waived
			used.Specs = append(used.Specs, s.Key())
		case Waived:
			used.Specs = append(used.Specs, s.Key())
		}
	}
	switch {
	case matched == 0 && !r.mayExist(w.ID):
		used.Problem = "stale: there is no such spec; take the waiver out"
	case matched > 0 && matched == passed:
		used.Problem = "stale: " + passes(matched) + "; take the waiver out"
	}
	return used
}

func passes(matched int) string {
	if matched == 1 {
		return "its spec passes"
	}
	return fmt.Sprintf("all %d of its specs pass", matched)
}

// mayExist says whether a waiver that matched nothing may be about specs that this
// run left out.
func (r Report) mayExist(pattern string) bool {
	id, variant, _ := strings.Cut(pattern, "[")
	names := Glob(id)
	inReport := slices.ContainsFunc(r.Specs, func(s Spec) bool { return names(s.ID) })
	whole := !r.Partial && len(r.Configuration.Only) == 0 && r.Configuration.LabelFilter == ""
	if inReport && variant != "" && whole {
		return false
	}
	return inReport || slices.ContainsFunc(fixtures.Requirements(), func(q fixtures.Requirement) bool {
		return q.Untested == "" && names(q.ID)
	})
}

// unwaived is the spec as it was before any waiver.
func unwaived(s Spec) Spec {
	if s.Waiver != nil {
		s.Verdict, s.Waiver = s.Waiver.Verdict, nil
	}
	return s
}

// judgedAgain draws the conclusions from specs whose verdicts have changed.
func (r Report) judgedAgain() Report {
	worst := map[string]Verdict{}
	for _, s := range r.Specs {
		worst[s.ID] = Worse(s.Verdict, worst[s.ID])
	}
	r.Requirements = slices.Clone(r.Requirements)
	for i, q := range r.Requirements {
		if verdict := worst[q.ID]; verdict != "" {
			r.Requirements[i].Verdict = verdict
		}
	}
	r.summarize(len(r.Specs)+r.Summary.NotRun, r.Summary.MissingCore)
	return r
}

// refused are the waivers that are not accepted.
func (r Report) refused() []WaiverUse {
	return slices.DeleteFunc(slices.Clone(r.Waivers), func(w WaiverUse) bool { return w.Problem == "" })
}

// why is the reason for the spec's verdict: the waiver's where there is one.
func (s Spec) why() string {
	if s.Waiver == nil {
		return s.Reason
	}
	return fmt.Sprintf("%s (%s, until %s; it was %s)", s.Waiver.Reason, s.Waiver.Owner, s.Waiver.Expires, s.Waiver.Verdict)
}
