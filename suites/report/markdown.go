package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxMarkdown is what a job summary and a Buildkite annotation may hold, 1 MiB,
	// less some room for what a script puts around it.
	maxMarkdown = 1<<20 - 16<<10
	// listRoom is kept for the lists that stand behind the failures.
	listRoom = 128 << 10
	// maxQuoted is how much of one text is quoted.
	maxQuoted = 4 << 10
)

// Markdown writes the report for the summary of a job or an annotation: the
// conclusion, a table of counts, what is behind the failures, each failure with what was expected and what was
// there, and lists of what was known, waived and unobserved. It never grows beyond
// what GitHub and Buildkite take, and says what it left out.
func (r Report) Markdown(w io.Writer) error {
	d := newMarkdown(maxMarkdown - listRoom)
	d.add(r.markdownHead())
	d.add(r.markdownCounts())
	d.add(r.markdownGates())
	d.add(r.markdownFindings())
	r.markdownFailures(d)
	d.room += listRoom
	for _, kind := range []struct {
		title string
		open  bool
		takes func(Spec) bool
	}{
		{"Known failures", false, r.known},
		{"Waived", true, func(s Spec) bool { return s.Verdict == Waived }},
		{"Warned", false, func(s Spec) bool { return s.Verdict == Warned || s.Verdict == Untestable && !r.Breaks(s) }},
		{"Unobserved", false, func(s Spec) bool { return s.Verdict == Unobserved }},
		{"Unsupported", false, func(s Spec) bool { return s.Verdict == Unsupported }},
	} {
		var lines []string
		for _, s := range r.Specs {
			if kind.takes(s) {
				lines = append(lines, "- "+code(s.Key())+" "+inline(s.Section+": "+s.Title)+because(s)+"\n")
			}
		}
		d.list(kind.title, kind.open, lines)
	}
	var left []string
	for _, what := range r.Left {
		left = append(left, "- "+inline(what)+"\n")
	}
	d.list("Left at the product: rollcall sweep", true, left)
	return d.write(w)
}

func (r Report) markdownHead() string {
	c := r.Configuration
	facts := []string{"suite " + r.Suite.Version, "profile " + r.Profile, r.Tool.Name + " " + r.Tool.Version, fmt.Sprintf("seed %d", r.Seed), r.Started.UTC().Format(time.RFC3339)}
	if c.Defect != "" {
		facts = append(facts, "with the defect "+c.Defect)
	}
	if c.ReadOnly {
		facts = append(facts, "read only")
	}
	head := "## " + r.sign() + " " + inline(r.Target.Name) + ": " + inline(r.Summary.Headline) + "\n\n" + inline(strings.Join(facts, " · ")) + "\n"
	if r.Propagation != nil {
		head += "\n" + inline(upperFirst(r.Propagation.inWords())) + ".\n"
	}
	if r.Network.slowed() {
		head += "\n" + inline(upperFirst(r.Network.inWords())) + ".\n"
	}
	return head
}

// sign is a mark for the conclusion.
func (r Report) sign() string {
	switch {
	case r.Exit() == ExitNot:
		return "❌"
	case r.Exit() != ExitConformant:
		return "⚠️"
	case r.broken(), r.Summary.Observed.Musts < r.Summary.Observed.Of, r.Summary.Verdicts[Waived] > 0:
		return "🟡"
	}
	return "✅"
}

func (r Report) markdownCounts() string {
	var text strings.Builder
	var verdicts []Verdict
	for _, v := range Verdicts() {
		if r.Summary.Verdicts[v] > 0 {
			verdicts = append(verdicts, v)
		}
	}
	if len(verdicts) == 0 {
		return "\nNo spec ran.\n"
	}
	text.WriteString("\n| |")
	for _, v := range verdicts {
		text.WriteString(" " + string(v) + " |")
	}
	text.WriteString(" total |\n|---|" + strings.Repeat("---:|", len(verdicts)+1) + "\n")
	for _, level := range []string{"MUST", "SHOULD", "MAY"} {
		counts, total := r.Summary.Levels[level], 0
		row := "| " + level + " |"
		for _, v := range verdicts {
			total += counts[v]
			row += fmt.Sprintf(" %d |", counts[v])
		}
		if total > 0 {
			fmt.Fprintf(&text, "%s %d |\n", row, total)
		}
	}
	return text.String()
}

// markdownGates tells of the baseline and of waivers that are not accepted.
func (r Report) markdownGates() string {
	var text strings.Builder
	if b := r.Baseline; b != nil {
		text.WriteString("\nAgainst the baseline: " + inline(b.Counts()) + ".\n")
		if differ := b.differ(); differ != "" {
			text.WriteString("\n" + inline(differ) + "\n\n")
		}
		for _, kind := range []ChangeKind{Unseen, Vanished} {
			for _, change := range b.Of(kind) {
				text.WriteString("- " + code(change.Key) + " " + change.story() + "\n")
			}
		}
	}
	if refused := r.refused(); len(refused) > 0 {
		text.WriteString("\n### Waivers that are not accepted\n\n")
		for _, w := range refused {
			text.WriteString("- " + code(w.ID) + " " + inline(w.Problem+" ("+w.Owner+")") + "\n")
		}
	}
	return text.String()
}

func (r Report) markdownFailures(d *markdown) {
	var failed []Spec
	for _, s := range r.Specs {
		if r.fails(s) && !r.known(s) {
			failed = append(failed, s)
		}
	}
	if len(failed) == 0 {
		return
	}
	d.add("\n### Failures\n\n")
	for i, s := range failed {
		if !d.add(r.markdownFailure(s)) {
			d.force(fmt.Sprintf("… and %d more, left out to stay within the size of a summary. The JSON report has all of them.\n", len(failed)-i))
			return
		}
	}
}

func (r Report) markdownFailure(s Spec) string {
	var text strings.Builder
	text.WriteString("<details><summary>" + inElement(s.Key()) + " — " + inElement(s.Section+": "+s.Title) + "</summary>\n\n")
	if q, ok := r.Requirement(s.ID); ok {
		source := inline(q.Source)
		if address := webAddress(q.Link); address != "" {
			source = "[" + source + "](<" + address + ">)"
		}
		text.WriteString(inline(q.Text) + " " + strings.Join(present(inline(q.Level), inline(q.Basis), source), " · ") + "\n\n")
		if says := r.profileSays(q); says != "" {
			text.WriteString(inline(upperFirst(says)) + ".\n\n")
		}
	}
	if s.Verdict != Failed {
		text.WriteString("**" + string(s.Verdict) + "**" + because(s) + "\n\n")
	}
	for _, quote := range []struct{ name, text string }{
		{"expected", s.Expected}, {"actual", s.Actual}, {"task", strings.Join(s.Tasks, "\n")},
		{"on the wire, last", lastOnTheWire(s.Exchanges)}, {"rerun", rerun(s, r.Configuration)},
	} {
		if quote.text != "" {
			text.WriteString(quote.name + ":\n" + fenced(quote.text) + "\n")
		}
	}
	text.WriteString("</details>\n\n")
	return text.String()
}

// lastOnTheWire is the end of the exchanges, as the console shows it.
func lastOnTheWire(all []Exchange) string {
	p := printer{}
	p.exchanges(all, "")
	_, text, _ := strings.Cut(p.text.String(), "\n")
	return strings.TrimRight(text, "\n")
}

func because(s Spec) string {
	reason := orElse(s.why(), against(s))
	if reason == "" {
		return ""
	}
	return ": " + inline(cut(reason, maxQuoted))
}

// markdown is a document that does not grow beyond its room.
type markdown struct {
	text strings.Builder
	room int
}

func newMarkdown(room int) *markdown { return &markdown{room: room} }

// add appends the piece if there is room for it.
func (d *markdown) add(piece string) bool {
	if d.text.Len()+len(piece) > d.room {
		return false
	}
	d.text.WriteString(piece)
	return true
}

// force appends a note that something did not fit; rooms leave a reserve for such.
func (d *markdown) force(piece string) { d.text.WriteString(piece) }

// list appends a list under a heading that opens and closes, if there is anything
// in it, as far as it fits.
func (d *markdown) list(title string, open bool, lines []string) {
	if len(lines) == 0 {
		return
	}
	attribute := ""
	if open {
		attribute = " open"
	}
	if !d.add(fmt.Sprintf("\n<details%s><summary>%s (%d)</summary>\n\n", attribute, title, len(lines))) {
		d.force(fmt.Sprintf("\n%s (%d): left out to stay within the size of a summary.\n", title, len(lines)))
		return
	}
	for i, line := range lines {
		if !d.add(line) {
			d.force(fmt.Sprintf("- … and %d more, left out to stay within the size of a summary\n", len(lines)-i))
			break
		}
	}
	d.force("\n</details>\n")
}

func (d *markdown) write(w io.Writer) error {
	if _, err := io.WriteString(w, d.text.String()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// inline escapes a text for the middle of a paragraph.
func inline(text string) string {
	text = strings.Join(strings.Fields(harmless(text)), " ")
	return inlineEscapes.Replace(text)
}

var inlineEscapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"|", `\|`, "~", `\~`, "#", `\#`, "!", `\!`, "@", "@\u200b", "$", `\$`,
)

// inElement escapes a text for the inside of an HTML element.
func inElement(text string) string {
	return htmlEscapes.Replace(strings.Join(strings.Fields(harmless(text)), " "))
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "_", "&#95;", "*", "&#42;", "`", "&#96;", "[", "&#91;", "@", "@\u200b")

// code sets a text in code type, whatever is in it.
func code(text string) string {
	text = strings.Join(strings.Fields(harmless(text)), " ")
	if strings.Contains(text, "`") {
		return inline(text)
	}
	return "`" + text + "`"
}

// fenced sets a text as a block, with a fence that is not in it.
func fenced(text string) string {
	text = cut(harmless(text), maxQuoted)
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + text + "\n" + fence
}

// webAddress is an address that a page may link to, or nothing.
func webAddress(text string) string {
	address, err := url.Parse(text)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" {
		return ""
	}
	return strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22").Replace(address.String())
}

// cut shortens a text and says so.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	at := most
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return fmt.Sprintf("%s … [%d more bytes]", text[:at], len(text)-at)
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
