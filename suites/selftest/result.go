package selftest

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
)

// Result is the outcome of a self-test.
type Result struct {
	Defects   []Defect `json:"defects"` // in the order of the registry
	Caught    int      `json:"caught"`
	Total     int      `json:"total"`
	Toothless []string `json:"toothless"` // keys of specs that no defect made fail, sorted
	// Reference lists what the reference itself did not pass. Where it is not empty
	// no defect was tried.
	Reference []string `json:"reference,omitempty"`
	// Interrupted says that the self-test was stopped before it was done.
	Interrupted bool `json:"interrupted,omitempty"`
}

// Defect is how the suite met one defect. All lists are sorted and hold keys of
// specs, but for Catches, which holds what the registry names.
type Defect struct {
	Name       string   `json:"name"`
	Area       string   `json:"area"`
	Catches    []string `json:"catches"`          // what must fail
	CaughtBy   []string `json:"caught_by"`        // what of it did
	Untestable []string `json:"untestable"`       // what could not be put to the test: neither good nor bad
	Unexpected []string `json:"unexpected"`       // what failed, or broke, that the registry does not name
	Missed     []string `json:"missed,omitempty"` // what of Catches did not
	Error      string   `json:"error,omitempty"`  // why it could not be tried
}

// Caught says whether everything failed that had to.
func (d Defect) Caught() bool { return d.Error == "" && len(d.Missed) == 0 }

// OK says whether the defect was met as the registry says.
func (d Defect) OK() bool { return d.Caught() && len(d.Unexpected) == 0 }

// OK says whether the suite is proved: all caught, none unexpected, none toothless.
func (r Result) OK() bool {
	return len(r.Reference) == 0 && !r.Interrupted && r.Caught == r.Total && len(r.Toothless) == 0 &&
		!slices.ContainsFunc(r.Defects, func(d Defect) bool { return !d.OK() })
}

// Exit is the status with which a program ends: 0, 1, or 130 where it was
// interrupted.
func (r Result) Exit() int {
	switch {
	case r.Interrupted:
		return report.ExitInterrupted
	case r.OK():
		return report.ExitConformant
	}
	return report.ExitNot
}

// JSON writes the result, indented.
func (r Result) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// fails says whether the spec noticed something. A warning is a claim that did not
// hold, too; it only does not bind.
func fails(s report.Spec) bool { return s.Verdict == report.Failed || s.Verdict == report.Warned }

// compare holds a run against what the registry says of the defect.
func compare(d fixtures.Defect, r report.Report) Defect {
	met := Defect{
		Name: d.Name, Area: d.Area, Catches: d.Catches,
		CaughtBy: []string{}, Untestable: []string{}, Unexpected: []string{},
	}
	for _, s := range r.Specs {
		switch {
		case s.Verdict == report.Untestable:
			met.Untestable = append(met.Untestable, s.Key())
		case s.Verdict == report.Error:
			met.Unexpected = append(met.Unexpected, s.Key())
		case !fails(s):
		case names(d.Catches, s):
			met.CaughtBy = append(met.CaughtBy, s.Key())
		case !names(d.Also, s):
			met.Unexpected = append(met.Unexpected, s.Key())
		}
	}
	for _, name := range d.Catches {
		if !slices.ContainsFunc(r.Specs, func(s report.Spec) bool { return fails(s) && names([]string{name}, s) }) {
			met.Missed = append(met.Missed, name)
		}
	}
	return met
}

// untried is a defect that the suite could not be run against.
func untried(d fixtures.Defect, err error) Defect {
	return Defect{
		Name: d.Name, Area: d.Area, Catches: d.Catches,
		CaughtBy: []string{}, Untestable: []string{}, Unexpected: []string{}, Error: err.Error(),
	}
}

// names says whether a list of the registry names the spec, by id, by key or, as
// scim.*, with the whole area.
func names(list []string, s report.Spec) bool {
	return slices.Contains(list, s.ID) || slices.Contains(list, s.Key()) ||
		slices.ContainsFunc(fixtures.Areas(s.ID), func(area string) bool { return slices.Contains(list, area+".*") })
}

// Table writes the result for a person.
func (r Result) Table(w io.Writer, colour bool) error {
	var text strings.Builder
	if len(r.Reference) > 0 {
		fmt.Fprintf(&text, "the reference itself does not pass; no defect was tried:\n  %s\n", strings.Join(r.Reference, "\n  "))
	} else {
		r.rows(&text, paint(colour))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (r Result) rows(text *strings.Builder, paint func(code, s string) string) {
	width := 0
	for _, d := range r.Defects {
		width = max(width, len(d.Name))
	}
	for _, d := range r.Defects {
		mark := paint("32", "✔")
		if !d.OK() {
			mark = paint("31", "×")
		}
		fmt.Fprintf(text, "%s %-*s  %s\n", mark, width, d.Name, strings.Join(d.CaughtBy, ", "))
		for _, note := range []struct{ what, list string }{
			{"could not be tried", d.Error},
			{"missed by", strings.Join(d.Missed, ", ")},
			{"unexpected", strings.Join(d.Unexpected, ", ")},
		} {
			if note.list != "" {
				fmt.Fprintf(text, "  %-*s  %s\n", width, "", paint("31", note.what+": "+note.list))
			}
		}
		if len(d.Untestable) > 0 {
			fmt.Fprintf(text, "  %-*s  %s\n", width, "", paint("2", "untestable: "+strings.Join(d.Untestable, ", ")))
		}
	}
	if len(r.Toothless) > 0 {
		fmt.Fprintf(text, "\n%s\n  %s\n", paint("31", "toothless: no defect makes these fail"), strings.Join(r.Toothless, "\n  "))
	}
	unexpected := 0
	for _, d := range r.Defects {
		unexpected += len(d.Unexpected)
	}
	fmt.Fprintf(text, "\n%d of %d defects caught · %d unexpected · %d toothless\n", r.Caught, r.Total, unexpected, len(r.Toothless))
	if r.Interrupted {
		fmt.Fprintln(text, "interrupted before it was done")
	}
}

func paint(colour bool) func(code, s string) string {
	return func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
}
