package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Console writes the report for a person: the specs as a tree of sections, the
// story of each that went wrong, the failures again at the end, what is behind them, and
// the conclusion. With colour it uses terminal escapes; see [Colours].
func (r Report) Console(w io.Writer, colour bool) error {
	p := printer{report: r, style: style{on: colour}}
	p.heading()
	p.tree()
	p.failuresAgain()
	p.findings()
	p.gates()
	p.conclusion()
	_, err := io.WriteString(w, p.text.String())
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

type printer struct {
	report Report
	style  style
	text   strings.Builder
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.text, format+"\n", args...)
}

func (p *printer) heading() {
	r := p.report
	parts := []string{r.Target.Name, "profile " + r.Profile, "suite " + r.Suite.Version, r.Tool.Name + " " + r.Tool.Version, fmt.Sprintf("seed %d", r.Seed)}
	if r.Configuration.ReadOnly {
		parts = append(parts, "read-only: nothing was changed")
	}
	if r.Configuration.Defect != "" {
		parts = slices.Insert(parts, 1, "with the defect "+r.Configuration.Defect)
	}
	p.line("%s", p.style.faint(strings.Join(parts, " · ")))
}

// tree prints the sections, each with its specs.
func (p *printer) tree() {
	for _, section := range p.report.sections() {
		p.line("\n%s", p.style.bold(section.name))
		for _, s := range section.specs {
			p.leaf(s)
		}
	}
}

// section is what the specs under one heading came to.
type section struct {
	name  string
	specs []Spec
}

// sections groups the specs, in the order in which their sections first appear.
func (r Report) sections() []section {
	var grouped []section
	for _, s := range r.Specs {
		at := slices.IndexFunc(grouped, func(g section) bool { return g.name == s.Section })
		if at < 0 {
			grouped = append(grouped, section{name: s.Section})
			at = len(grouped) - 1
		}
		grouped[at].specs = append(grouped[at].specs, s)
	}
	return grouped
}

func (p *printer) leaf(s Spec) {
	head := "  " + p.mark(s) + " " + s.Title + "  " + p.style.faint(s.Key())
	switch s.Verdict {
	case Passed:
		p.line("%s", head)
	case Unsupported, Unobserved:
		p.line("%s %s", head, p.style.faint("("+string(s.Verdict)+": "+harmless(s.Reason)+")"))
	default:
		p.line("%s", head)
		p.story(s, "      ")
	}
	for _, remark := range s.Remarks {
		p.line("      %s %s", p.style.warn("remark:"), harmless(remark))
	}
}

// mark is the sign of the verdict, coloured.
func (p *printer) mark(s Spec) string {
	switch s.Verdict {
	case Passed:
		return p.style.good("✔")
	case Warned, Waived:
		return p.style.warn("!")
	case Unsupported, Unobserved:
		return p.style.faint("–")
	case Failed, Untestable:
		if p.report.known(s) {
			return p.style.warn("×")
		}
		if !p.report.Breaks(s) {
			return p.style.warn("!")
		}
	}
	return p.style.bad("×")
}

// labelWidth is the width of the longest label of a story, "requirement: ".
const labelWidth = 13

// story tells why a spec did not pass and how to run just that one.
func (p *printer) story(s Spec, indent string) {
	field := func(name, text string) {
		if text != "" {
			label := fmt.Sprintf("%-*s", labelWidth, name+":")
			p.line("%s%s%s", indent, p.style.faint(label), hang(harmless(text), indent+strings.Repeat(" ", labelWidth)))
		}
	}
	if q, ok := p.report.Requirement(s.ID); ok {
		field("requirement", q.Text)
		field("source", strings.Join(present(q.Level, q.Basis, q.Source, q.Link), " · "))
		field("profile", p.report.profileSays(q))
	}
	if s.Verdict != Failed {
		field(string(s.Verdict), orElse(s.why(), "this does not bind the target"))
	}
	field("expected", s.Expected)
	field("actual", s.Actual)
	for _, task := range s.Tasks {
		field("task", task)
	}
	p.exchanges(s.Exchanges, indent)
	field("rerun", rerun(s, p.report.Configuration))
}

// rerun is the command that runs just this spec again, with what it was run with.
func rerun(s Spec, with Configuration) string {
	command := []string{cmp.Or(with.Command, "go run ./cmd/rollcall"), "verify --only", ShellWord(s.Key())}
	for _, dialect := range with.Dialects {
		command = append(command, "--dialect", ShellWord(dialect))
	}
	if with.Defect != "" {
		command = append(command, "--defect", with.Defect)
	}
	if with.ReadOnly {
		command = append(command, "--read-only")
	}
	if with.Heavy {
		command = append(command, "--heavy")
	}
	if with.IOwnThis {
		command = append(command, "--i-own-this")
	}
	for _, flag := range [][2]string{{"--profile", with.Profile}, {"--target", with.Target}, {"--scim-url", with.SCIMURL}, {"--scim-token-env", with.TokenEnv}, {"--propagation", with.Propagation}} {
		if flag[1] != "" {
			command = append(command, flag[0], ShellWord(flag[1]))
		}
	}
	return strings.Join(command, " ")
}

// failuresAgain repeats what broke conformance and what ended in an error, so that
// it stands where the eye is when the run is over. What a baseline knows already
// is only named, and what fails with others for one cause stands under its finding.
func (p *printer) failuresAgain() {
	var failed, known []Spec
	for _, s := range p.report.Specs {
		switch {
		case p.report.known(s):
			known = append(known, s)
		case p.report.fails(s) && !p.report.gathered(s):
			failed = append(failed, s)
		}
	}
	if len(failed) > 0 {
		p.line("\n%s", p.style.bold("Failures"))
	}
	for _, s := range failed {
		p.line("\n  %s %s  %s", p.style.bad("×"), p.style.bold(s.Key()), s.Section+": "+s.Title)
		p.story(s, "      ")
	}
	if len(known) > 0 {
		p.line("\n%s", p.style.bold("Known failures"))
	}
	for _, s := range known {
		p.line("  %s %s  %s", p.style.warn("×"), s.Key(), p.style.faint(s.Section+": "+s.Title))
	}
}

// gates tells of the waivers that are not accepted and of the baseline.
func (p *printer) gates() {
	if refused := p.report.refused(); len(refused) > 0 {
		p.line("\n%s", p.style.bold("Waivers that are not accepted"))
		for _, w := range refused {
			p.line("  %s %s  %s", p.style.bad("×"), harmless(w.ID), harmless(w.Problem+" ("+w.Owner+")"))
		}
	}
	if b := p.report.Baseline; b != nil {
		for _, kind := range []ChangeKind{Unseen, Vanished} {
			for _, change := range b.Of(kind) {
				p.line("  %s %s  %s", p.style.bad("×"), change.Key, change.story())
			}
		}
		p.line("\nagainst the baseline: %s", b.Counts())
		if differ := b.differ(); differ != "" {
			p.line("%s", p.style.warn(differ))
		}
	}
}

func (p *printer) conclusion() {
	r, s := p.report, p.report.Summary
	counts := []string{}
	for _, verdict := range Verdicts() {
		if n := s.Verdicts[verdict]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	if s.NotRun > 0 {
		counts = append(counts, fmt.Sprintf("%d not run", s.NotRun))
	}
	p.line("\n%s", p.style.faint(p.levels()))
	p.line("%s: %s · %.2f s", plural(s.Specs, "spec"), orElse(strings.Join(counts, ", "), "none ran"), r.Seconds)
	if r.Propagation != nil {
		p.line("%s", p.style.faint(r.Propagation.inWords()))
	}
	if r.Network.slowed() {
		p.line("%s", p.style.warn(r.Network.inWords()))
	}
	p.left()
	paint := p.style.good
	switch r.Exit() {
	case ExitConformant:
		if s.Headline != "conformant" {
			paint = p.style.warn
		}
	default:
		paint = p.style.bad
	}
	p.line("%s", paint(s.Headline))
}

// shownLeft is how many of the things that were left are named.
const shownLeft = 5

// left tells what the run could not clear away at the product.
func (p *printer) left() {
	left := p.report.Left
	if len(left) == 0 {
		return
	}
	p.line("%s", p.style.warn(plural(len(left), "thing")+" left at the product: rollcall sweep"))
	for i, what := range left {
		if i == shownLeft {
			p.line("  and %d more", len(left)-shownLeft)
			return
		}
		p.line("  %s", harmless(what))
	}
}

// levels counts, for each level, the specs that passed.
func (p *printer) levels() string {
	var said []string
	for _, level := range []string{"MUST", "SHOULD", "MAY"} {
		total := 0
		for _, n := range p.report.Summary.Levels[level] {
			total += n
		}
		if total > 0 {
			said = append(said, fmt.Sprintf("%s %d of %d passed", level, p.report.Summary.Levels[level][Passed], total))
		}
	}
	return strings.Join(said, " · ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func present(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// hang indents every line but the first.
func hang(text, indent string) string {
	return strings.ReplaceAll(text, "\n", "\n"+indent)
}

// harmless shows control characters instead of sending them: what a product
// answered must not steer the terminal, nor turn what follows it round.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// OneLine is the text as one line that steers no terminal: whatever is shown of what a
// product said goes through it, or is shown in a report.
func OneLine(text string) string { return strings.Join(strings.Fields(harmless(text)), " ") }

var plainWord = regexp.MustCompile(`^[\p{L}\p{N}_./:@%+=,-]+$`)

// ShellWord is the text as one word of a command line: in quotes where a shell would
// read it otherwise.
func ShellWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
