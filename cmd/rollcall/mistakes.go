package main

import (
	"fmt"
	"io"

	"rollcall.example/suites/report"
	"rollcall.example/suites/target/strict"
)

// printMistakes prints every mistake of a file: where it stands, the line with a
// caret under the place, and what was meant.
func printMistakes(stderr io.Writer, all strict.Mistakes) {
	for _, m := range all {
		_, _ = fmt.Fprintln(stderr, "rollcall: "+report.OneLine(m.Error()))
		if excerpt := m.Excerpt(); excerpt != "" {
			_, _ = fmt.Fprintln(stderr, excerpt)
		}
		if m.Hint() != "" {
			_, _ = fmt.Fprintln(stderr, "hint: "+report.OneLine(m.Hint()))
		}
	}
}
