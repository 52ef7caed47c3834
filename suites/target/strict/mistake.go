package strict

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// Mistake is one mistake in a file.
type Mistake struct {
	File         string
	Line, Column int    // from 1; the column counts characters
	Text         string // the line itself, secrets masked
	Message      string // what is wrong
	Meant        string // what was meant, or what to do; may be empty
}

func (m Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}

// Hint says what was meant.
func (m Mistake) Hint() string { return m.Meant }

// Excerpt is the line with a caret under the place, in two lines; empty where the
// line is not known.
func (m Mistake) Excerpt() string {
	if m.Text == "" {
		return ""
	}
	number := fmt.Sprintf("%4d", m.Line)
	return fmt.Sprintf("%s | %s\n%s | %s^", number, m.Text, strings.Repeat(" ", len(number)), indent(m.Text, m.Column-1))
}

// indent is as wide as the first n characters of a line.
func indent(line string, n int) string {
	var blank strings.Builder
	for _, r := range line {
		if n--; n < 0 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		blank.WriteRune(r)
	}
	return blank.String()
}

// Mistakes are all the mistakes of a file.
type Mistakes []Mistake

func (all Mistakes) Error() string {
	if len(all) == 0 {
		return "no mistake"
	}
	if more := len(all) - 1; more > 0 {
		return fmt.Sprintf("%s (and %d more)", all[0].Error(), more)
	}
	return all[0].Error()
}

// Hint says what was meant by the first.
func (all Mistakes) Hint() string {
	if len(all) == 0 {
		return ""
	}
	return all[0].Meant
}

// sorted returns the mistakes in the order of the file, or nil.
func (all Mistakes) sorted() error {
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(all, func(a, b Mistake) bool { return a == b })
}

func linesOf(text []byte) []string {
	return strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
}

func (d *document) add(m Mistake) { d.mistakes = append(d.mistakes, m) }

// wrong notes a mistake at a token.
func (d *document) wrong(at *token.Token, meant, format string, args ...any) {
	m := Mistake{File: d.options.File, Line: at.Position.Line, Column: at.Position.Column, Message: fmt.Sprintf(format, args...), Meant: meant}
	if m.Line >= 1 && m.Line <= len(d.lines) {
		m.Text = masked(strings.TrimRight(d.lines[m.Line-1], " \t"))
		m.Column = min(max(m.Column, 1), utf8.RuneCountInString(m.Text)+1)
	}
	d.add(m)
}

// What a secret looks like that somebody wrote into the file: a value after a key
// that names one, or a long word in which no person would write.
var (
	afterSecretKey = regexp.MustCompile(`(?i)((?:bearer|raw|password|passwd|token|secret|api[_-]?key|authorization|x-[a-z0-9-]+)["']?\s*:\s*["']?)([^\s{}\[\]"'&*|>][^{}\[\],"']*)`)
	longWord       = regexp.MustCompile(`[A-Za-z0-9+_=-]{32,}`)
)

const mask = "…"

// masked takes what looks like a secret out of a text that is about to be shown.
func masked(text string) string {
	return longWord.ReplaceAllString(afterSecretKey.ReplaceAllString(text, "${1}"+mask), mask)
}
