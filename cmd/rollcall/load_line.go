package main

import (
	"fmt"
	"io"
	"time"

	"rollcall.example/suites/load"
)

// loadLine keeps one line on a terminal up to date with how far the load has come.
// Where w is no terminal it writes nothing.
type loadLine struct {
	w     io.Writer
	shows bool
}

func (l loadLine) show(p load.Progress) {
	if l.shows {
		_, _ = io.WriteString(l.w, "\r\x1b[K"+loadProgress(p))
	}
}

func (l loadLine) clear() {
	if l.shows {
		_, _ = io.WriteString(l.w, "\r\x1b[K")
	}
}

// loadProgress is the line: phase, how far, requests, how fast, errors, time.
func loadProgress(p load.Progress) string {
	done := fmt.Sprint(p.Done)
	if p.Total > 0 {
		done = fmt.Sprintf("%d/%d", p.Done, p.Total)
	}
	return fmt.Sprintf("%s %s · %d requests · %.0f/s · %d errors · %v",
		p.Phase, done, p.Requests, p.PerSecond, p.Errors, p.Elapsed.Truncate(time.Second))
}
