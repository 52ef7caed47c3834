package report

import (
	"fmt"
	"io"
	"time"
)

// Progress is how far a run has come.
type Progress struct {
	Done, Total int
	Failed      int // broke conformance, or ended in an error
	Elapsed     time.Duration
	Doing       string // what ended last
}

// ProgressLine keeps one line on a terminal up to date. Where w is no terminal it
// writes nothing, so that a log holds no escapes.
type ProgressLine struct {
	w     io.Writer
	shows bool
	style style
	last  time.Duration
}

// NewProgressLine returns a line on w.
func NewProgressLine(w io.Writer) *ProgressLine {
	return &ProgressLine{w: w, shows: IsTerminal(w), style: style{on: Colours(w)}}
}

// refresh is how often the line changes at most; more cannot be read.
const refresh = 40 * time.Millisecond

// Show puts the progress on the line.
func (l *ProgressLine) Show(p Progress) {
	if !l.shows || p.Done < p.Total && p.Elapsed-l.last < refresh {
		return
	}
	l.last = p.Elapsed
	_, _ = io.WriteString(l.w, "\r\x1b[K"+l.style.line(p))
}

// Clear takes the line away, so that what is printed next begins on a clean one.
func (l *ProgressLine) Clear() {
	if l.shows {
		_, _ = io.WriteString(l.w, "\r\x1b[K")
	}
}

func (s style) line(p Progress) string {
	text := fmt.Sprintf("%d/%d", p.Done, p.Total)
	if p.Failed > 0 {
		text += s.bad(fmt.Sprintf(" · %d failed", p.Failed))
	}
	return text + s.faint(fmt.Sprintf(" · %.1f s · %s", p.Elapsed.Seconds(), p.Doing))
}
