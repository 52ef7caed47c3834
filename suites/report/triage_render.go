package report

import (
	"fmt"
	"slices"
	"strings"
)

// shownKeys is how many specs of a finding are named where room is short.
const shownKeys = 12

// findings prints what is behind the failures: for each cause what to change, where
// else it was found, and the specs that fail for it.
func (p *printer) findings() {
	if len(p.report.Findings) == 0 {
		return
	}
	p.line("\n%s", p.style.bold("Findings"))
	for _, f := range p.report.Findings {
		severity := fmt.Sprintf("%-8s", f.Severity)
		paint := p.style.bad
		if !f.Breaks || p.report.knownFinding(f) {
			paint = p.style.warn
		}
		p.line("\n  %s  %s  %s", paint(severity), p.style.bold(f.Title), p.style.faint(f.Cause))
		for _, field := range [][2]string{
			{"change", f.Change},
			{"seen in", strings.Join(f.Sources, ", ")},
			{plural(len(f.Specs), "spec"), someOf(f.Specs)},
		} {
			if field[1] != "" {
				p.line("            %s%s", p.style.faint(fmt.Sprintf("%-*s", labelWidth, field[0]+":")), harmless(field[1]))
			}
		}
	}
}

// someOf names the first specs of many.
func someOf(keys []string) string {
	if len(keys) <= shownKeys {
		return strings.Join(keys, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(keys[:shownKeys], ", "), len(keys)-shownKeys)
}

// gathered says whether the spec fails together with others for one cause, whose
// finding tells of them all.
func (r Report) gathered(s Spec) bool {
	f, found := r.findingOf(s)
	return found && len(f.Specs) > 1
}

// knownFinding says whether a baseline knows every spec of the finding.
func (r Report) knownFinding(f Finding) bool {
	return !slices.ContainsFunc(r.Specs, func(s Spec) bool { return slices.Contains(f.Specs, s.Key()) && !r.known(s) })
}

// markdownFindings lists what is behind the failures, each with its specs folded away.
func (r Report) markdownFindings() string {
	if len(r.Findings) == 0 {
		return ""
	}
	var text strings.Builder
	text.WriteString("\n### Findings\n\n")
	for _, f := range r.Findings {
		text.WriteString("**" + f.Severity + "** " + inline(f.Title) + " " + code(f.Cause) + "\n\n" + inline(f.Change) + "\n\n")
		if len(f.Sources) > 0 {
			text.WriteString("Seen in " + inline(strings.Join(f.Sources, ", ")) + ".\n\n")
		}
		text.WriteString("<details><summary>" + plural(len(f.Specs), "spec") + "</summary>\n\n")
		for _, key := range f.Specs {
			text.WriteString("- " + code(key) + "\n")
		}
		text.WriteString("\n</details>\n\n")
	}
	return text.String()
}
