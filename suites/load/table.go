package load

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Console writes the result for a person: a table of operations, what went wrong and
// whether it passed.
func (r Result) Console(w io.Writer) error {
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "%s\n\n", r.Summary())
	rows := [][]string{{"operation", "requests", "errors", "429", "per second", "p50", "p90", "p95", "p99", "p99.9", "max"}}
	for _, m := range r.Operations {
		rows = append(rows, m.row())
	}
	writeTable(out, rows)
	r.writeErrors(out)
	if r.Throttled.Answers > 0 {
		_, _ = fmt.Fprintf(out, "\n%s 429 Too Many Requests; requests waited %.1f s for that, all together\n", times(r.Throttled.Answers), r.Throttled.WaitedSeconds)
	}
	_, _ = fmt.Fprintf(out, "\n%s\n", r.Headline())
	for _, reason := range r.Reasons {
		_, _ = fmt.Fprintf(out, "  %s\n", reason)
	}
	if len(r.Left) > 0 {
		_, _ = fmt.Fprintln(out, "left at the product: rollcall sweep clears it away")
		for _, left := range r.Left {
			_, _ = fmt.Fprintf(out, "  %s\n", left)
		}
	}
	return out.Flush()
}

// Summary says in a line what was done.
func (r Result) Summary() string {
	text := fmt.Sprintf("%s in %.1f s: %s", counted(int64(r.Plan.Users), "user", "users"), r.Seconds, counted(r.Requests, "request", "requests"))
	if r.Plan.Groups > 0 {
		text = counted(int64(r.Plan.Groups), "group", "groups") + " and " + text
	}
	if r.Seconds > 0 {
		text += fmt.Sprintf(", %.0f a second", float64(r.Requests)/r.Seconds)
	}
	at := "from when each was sent"
	if r.Plan.LatencyFrom == "schedule" {
		at = "from when each was due"
	}
	return text + fmt.Sprintf(", %d at a time; latency %s", r.Plan.Concurrency, at)
}

// Headline says how it came out.
func (r Result) Headline() string {
	switch {
	case r.Interrupted:
		return "interrupted: these are the figures until then"
	case r.Passed && r.Errors == 0:
		return "passed: everything was answered as it should be"
	case r.Passed:
		return "passed, with errors within the limit"
	}
	return "not passed"
}

func (m Measured) row() []string {
	l := m.Latency
	return []string{
		m.String(), strconv.FormatInt(m.Requests, 10), strconv.FormatInt(m.Failed(), 10), strconv.FormatInt(m.Throttled, 10),
		strconv.FormatFloat(m.PerSecond, 'f', 1, 64),
		latency(l.P50), latency(l.P90), latency(l.P95), latency(l.P99), latency(l.P999), latency(l.Max),
	}
}

// writeErrors says what went wrong, by operation and class.
func (r Result) writeErrors(out io.Writer) {
	for _, m := range r.Operations {
		for _, class := range slices.Sorted(maps.Keys(m.Errors)) {
			_, _ = fmt.Fprintf(out, "  × %s: %s %s\n", m.Operation, counted(m.Errors[class], "error", "errors"), explained(class))
		}
	}
}

// explained says what a class of error is.
func explained(class string) string {
	switch class {
	case classThrottled:
		return "429: it kept answering so, or asked for a longer wait than a run can take"
	case classTimeout:
		return "timeout: no whole answer in time"
	case classConnection:
		return "connection: there was none, or it broke"
	case classAnswer:
		return "answer: the status was good, and Okta cannot use what came with it"
	}
	return class
}

// writeTable writes rows in columns: the first to the left, numbers to the right.
func writeTable(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		var text strings.Builder
		fmt.Fprintf(&text, "%-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(&text, "  %*s", widths[i+1], cell)
		}
		_, _ = fmt.Fprintln(out, text.String())
	}
}

// latency writes milliseconds with three significant figures and a unit.
func latency(ms float64) string {
	switch {
	case ms >= 10_000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 1000:
		return fmt.Sprintf("%.2f s", ms/1000)
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.2f ms", ms)
}

func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 3, 64) + " %"
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
