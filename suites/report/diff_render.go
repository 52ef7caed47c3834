package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Text writes what changed between two reports for a person, worst first; colour
// as with [Report.Console].
func (c Comparison) Text(w io.Writer, older, newer Report, colour bool) error {
	p := printer{style: style{on: colour}}
	p.line("%s", p.style.faint("older: "+older.inShort()))
	p.line("%s", p.style.faint("newer: "+newer.inShort()))
	for _, kind := range changeKinds() {
		changes := c.Of(kind)
		if len(changes) == 0 {
			continue
		}
		p.line("\n%s", p.style.bold(kindTitles[kind]))
		for _, change := range changes {
			p.line("  %s %s  %s %s", p.kindMark(kind), change.Key, harmless(change.Title), p.style.faint("("+change.story()+")"))
		}
	}
	p.line("\n%s", c.Counts())
	if differ := c.differ(); differ != "" {
		p.line("%s", p.style.warn(differ))
	}
	if c.Worse() {
		p.line("%s", p.style.bad("worse"))
	} else {
		p.line("%s", p.style.good("nothing worse"))
	}
	if _, err := io.WriteString(w, p.text.String()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

var kindTitles = map[ChangeKind]string{
	NewFailure: "New failures", Unseen: "No longer observed", Vanished: "Vanished",
	KnownFailure: "Known failures", Fixed: "Fixed", OtherChange: "Other changes",
}

func (p *printer) kindMark(kind ChangeKind) string {
	switch kind {
	case Fixed:
		return p.style.good("✔")
	case KnownFailure:
		return p.style.warn("×")
	case OtherChange:
		return p.style.faint("–")
	}
	return p.style.bad("×")
}

// story is the change in words.
func (c Change) story() string {
	switch {
	case c.After == "":
		return "was " + string(c.Before) + ", did not run again"
	case c.Before == "":
		return string(c.After) + ", was not there before"
	case c.Before == c.After:
		return string(c.After) + " as before"
	}
	return string(c.Before) + " → " + string(c.After)
}

// inShort names a report in one line.
func (r Report) inShort() string {
	return strings.Join([]string{
		harmless(r.Target.Name), "profile " + harmless(r.Profile), "suite " + harmless(r.Suite.Version), r.Started.UTC().Format(time.RFC3339), r.Summary.Headline,
	}, " · ")
}

// differ says in one line how the runs differ, besides in what they found; empty where
// they do not.
func (c Comparison) differ() string {
	if len(c.Differs) == 0 {
		return ""
	}
	return "the two runs differ, so verdicts may: " + harmless(strings.Join(c.Differs, "; "))
}

// JSON writes the comparison, indented.
func (c Comparison) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// Markdown writes the comparison for a job summary or a comment.
func (c Comparison) Markdown(w io.Writer, older, newer Report) error {
	d := newMarkdown(maxMarkdown)
	conclusion := "Nothing worse"
	if c.Worse() {
		conclusion = "Worse"
	}
	d.add("## " + conclusion + ": " + inline(newer.Target.Name) + "\n\n" + inline(c.Counts()) + "\n\n")
	d.add("Before: " + inline(older.inShort()) + "  \nNow: " + inline(newer.inShort()) + "\n")
	if differ := c.differ(); differ != "" {
		d.add("\n" + inline(differ) + "\n")
	}
	for _, kind := range changeKinds() {
		var lines []string
		for _, change := range c.Of(kind) {
			lines = append(lines, "- "+code(change.Key)+" "+inline(change.Title)+" ("+change.story()+")\n")
		}
		d.list(kindTitles[kind], kind == NewFailure || kind == Unseen || kind == Vanished, lines)
	}
	return d.write(w)
}
