package report_test

import (
	"bytes"
	"strings"
	"testing"

	"rollcall.example/suites/report"
)

func markdownOf(t *testing.T, r report.Report) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	golden(t, "markdown.golden.md", []byte(markdownOf(t, everything())))
	golden(t, "markdown-waived.golden.md", []byte(markdownOf(t, breaking().Apply([]report.Waiver{waiver("door.open"), waiver("door.gone")}, today))))
}

func TestMarkdownWhereAllIsWell(t *testing.T) {
	t.Parallel()
	text := markdownOf(t, went(report.Passed))
	if !strings.HasPrefix(text, "## ✅ a house: conformant\n") || strings.Contains(text, "<details") {
		t.Errorf("got\n%s", text)
	}
}

// A summary that is too large is thrown away whole, so it may never be.
func TestMarkdownStaysSmall(t *testing.T) {
	t.Parallel()
	r := many(t, 600)
	for i := range r.Specs {
		r.Specs[i].Actual = strings.Repeat("ä long story about a door ", 1000)
		if i%3 == 0 {
			r.Specs[i].Verdict, r.Specs[i].Reason = report.Unobserved, strings.Repeat("dark ", 1000)
		}
	}
	text := markdownOf(t, r.Apply(nil, today))
	if len(text) > 1<<20 {
		t.Errorf("%d bytes", len(text))
	}
	for _, want := range []string{"more, left out to stay within the size of a summary. The JSON report has all of them.", "more bytes]", "more, left out to stay"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if strings.Count(text, "<details") != strings.Count(text, "</details>") {
		t.Error("an element is not closed")
	}
}

func TestMarkdownEscapes(t *testing.T) {
	t.Parallel()
	text := markdownOf(t, hostile("http://127.0.0.1:9"))
	fenced := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		for _, forbidden := range []string{"<img", "<script", "<iframe", "](<javascript", "\x1b"} {
			if strings.Contains(strings.ReplaceAll(line, "`"+line+"`", ""), forbidden) && !inCode(line, forbidden) {
				t.Errorf("%q has %q", line, forbidden)
			}
		}
	}
	r := went(report.Failed)
	r.Specs[0].Actual = "```\n<img src=x>\n````"
	if text := markdownOf(t, r); !strings.Contains(text, "`````text\n```\n<img src=x>\n````\n`````\n") {
		t.Errorf("a fence was broken out of:\n%s", text)
	}
}

// inCode says whether all of what is looked for stands between back-quotes.
func inCode(line, text string) bool {
	for i, piece := range strings.Split(line, "`") {
		if i%2 == 0 && strings.Contains(piece, text) {
			return false
		}
	}
	return true
}
