package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"rollcall.example/suites/target"
)

// Schema is what a result says of its own form.
const Schema = "rollcall.load/v1"

// The statuses with which the program ends.
const (
	ExitPassed      = 0
	ExitFailed      = 1
	ExitInterrupted = 130
)

// Tool is the program that loaded the product.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Result is what a run measured.
type Result struct {
	Schema      string     `json:"schema"`
	Tool        Tool       `json:"tool"`
	Target      string     `json:"target"`
	Started     time.Time  `json:"started"`
	Seconds     float64    `json:"seconds"` // without the clearing away
	Plan        Plan       `json:"plan"`
	Interrupted bool       `json:"interrupted"`
	Passed      bool       `json:"passed"`
	Reasons     []string   `json:"reasons"` // why it did not
	Requests    int64      `json:"requests"`
	Errors      int64      `json:"errors"`
	Throttled   Throttled  `json:"throttled"`
	Phases      []Phase    `json:"phases"`
	Operations  []Measured `json:"operations"`
	Throughput  Throughput `json:"throughput"`
	Left        []string   `json:"left"` // what could not be taken away
}

// Plan is what was asked for.
type Plan struct {
	Users           int     `json:"users"`
	Groups          int     `json:"groups"`
	Concurrency     int     `json:"concurrency"` // as far as the target's limits let it
	DurationSeconds float64 `json:"duration_seconds"`
	Rate            float64 `json:"rate"` // requests a second; 0 for as many as are answered
	Dialect         string  `json:"dialect"`
	// LatencyFrom is "schedule" where latency is counted from when a request was due,
	// "sending" where from when it was sent.
	LatencyFrom   string  `json:"latency_from"`
	MaxErrorRate  float64 `json:"max_error_rate"`
	MaxP99Seconds float64 `json:"max_p99_seconds"` // 0 for any
}

// Throttled is how often the product asked for some peace with 429 Too Many Requests.
type Throttled struct {
	Answers       int64   `json:"answers"`
	WaitedSeconds float64 `json:"waited_seconds"` // all requests together
}

// Measured is what was measured of one operation.
type Measured struct {
	Operation
	Requests  int64            `json:"requests"`
	Errors    map[string]int64 `json:"errors"`    // by class: a status, timeout, connection, answer
	Throttled int64            `json:"throttled"` // answers of 429 on the way
	PerSecond float64          `json:"per_second"`
	Latency   Latency          `json:"latency"`
	Histogram []Bar            `json:"histogram"`
}

// Failed is how many requests went wrong.
func (m Measured) Failed() (n int64) {
	for _, count := range m.Errors {
		n += count
	}
	return n
}

// Latency is a distribution in milliseconds, of the requests that were answered,
// however, or timed out.
type Latency struct {
	Mean float64 `json:"mean_ms"`
	P50  float64 `json:"p50_ms"`
	P90  float64 `json:"p90_ms"`
	P95  float64 `json:"p95_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p99_9_ms"`
	Max  float64 `json:"max_ms"`
}

// Bar is one bar of a histogram: how many took longer than the bar before it and no
// longer than this. Bars are wider the longer it took, a tenth of a power of ten each.
type Bar struct {
	UpTo  float64 `json:"up_to_ms"`
	Count int64   `json:"count"`
}

// Throughput is how many requests came to their end over time, from the start.
type Throughput struct {
	PointSeconds float64 `json:"point_seconds"` // how long a point stands for
	Points       []Point `json:"points"`
}

// result puts together what was measured.
func (r *run) result(phases []Phase, interrupted bool, cause error, traffic target.Traffic) Result {
	o := r.options
	res := Result{
		Schema: Schema, Tool: o.Tool, Target: o.Target.Name, Interrupted: interrupted,
		Started: r.gauge.started.UTC().Truncate(time.Millisecond), Seconds: time.Since(r.gauge.started).Seconds(),
		Plan: Plan{
			Users: o.People, Groups: o.Groups, Concurrency: r.workers, DurationSeconds: o.Duration.Seconds(), Rate: o.Rate,
			Dialect: string(r.jobs.Dialect), LatencyFrom: "sending", MaxErrorRate: o.MaxErrorRate, MaxP99Seconds: o.MaxP99.Seconds(),
		},
		Requests: r.gauge.requests, Errors: r.gauge.failed,
		Throttled:  Throttled{traffic.Throttled, traffic.Waited.Seconds()},
		Phases:     phases,
		Throughput: Throughput{r.gauge.series.width.Seconds(), r.gauge.series.points},
		Operations: []Measured{}, Reasons: []string{}, Left: []string{},
	}
	if r.carrier.schedule != nil {
		res.Plan.LatencyFrom = "schedule"
	}
	for _, operation := range r.gauge.operations() {
		res.Operations = append(res.Operations, r.gauge.measures[operation].measured(operation))
	}
	res.Reasons = res.judge(o)
	var early *ended
	if errors.As(cause, &early) {
		res.Reasons = append(res.Reasons, early.why)
	}
	res.Passed = len(res.Reasons) == 0 && !interrupted
	return res
}

// judge lists what was not as it should be.
func (r Result) judge(o Options) []string {
	reasons := []string{}
	if r.Requests == 0 {
		reasons = append(reasons, "nothing was answered")
	}
	if share := float64(r.Errors) / float64(max(1, r.Requests)); share > o.MaxErrorRate {
		reasons = append(reasons, fmt.Sprintf("%s of the requests went wrong, %s may", percent(share), percent(o.MaxErrorRate)))
	}
	for _, m := range r.Operations {
		if limit := milliseconds(o.MaxP99.Microseconds()); o.MaxP99 > 0 && m.Latency.P99 > limit {
			reasons = append(reasons, fmt.Sprintf("%s: the 99th percentile is %s, and may be %s", m.Operation, latency(m.Latency.P99), latency(limit)))
		}
	}
	return reasons
}

// Exit is the status with which the program ends.
func (r Result) Exit() int {
	switch {
	case r.Interrupted:
		return ExitInterrupted
	case !r.Passed:
		return ExitFailed
	}
	return ExitPassed
}

// JSON writes the result as JSON; see [JSONSchema].
func (r Result) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

func (m *measure) measured(o Operation) Measured {
	quantile := func(q float64) float64 { return milliseconds(m.histogram.ValueAtQuantile(q)) }
	measured := Measured{
		Operation: o, Requests: m.requests, Errors: maps.Clone(m.errors), Throttled: m.throttled, Histogram: bars(m.histogram),
		Latency: Latency{
			Mean: m.histogram.Mean() / 1000, P50: quantile(50), P90: quantile(90), P95: quantile(95), P99: quantile(99), P999: quantile(99.9),
			Max: milliseconds(m.histogram.Max()),
		},
	}
	if took := m.ended.Sub(m.begun).Seconds(); took > 0 {
		measured.PerSecond = float64(m.requests) / took
	}
	return measured
}

func milliseconds(microseconds int64) float64 { return float64(microseconds) / 1000 }

// edges are the upper ends of bars, in microseconds: the Renard series R10, which
// divides each power of ten in ten.
func edges() []int64 {
	var all []int64
	for power := int64(1); power <= longest; power *= 10 {
		for _, step := range []float64{1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8} {
			edge := int64(step * float64(power))
			if len(all) == 0 || edge > all[len(all)-1] {
				all = append(all, edge)
			}
		}
	}
	return all
}

// bars draws a histogram from the first bar that has anything in it to the last.
func bars(h *hdrhistogram.Histogram) []Bar {
	all := []Bar{}
	at, upTo := 0, edges()
	counts := make([]int64, len(upTo))
	for _, b := range h.Distribution() {
		if b.Count == 0 {
			continue
		}
		for at < len(upTo)-1 && upTo[at] < b.From {
			at++
		}
		counts[at] += b.Count
	}
	filled := func(n int64) bool { return n > 0 }
	first := slices.IndexFunc(counts, filled)
	if first < 0 {
		return all
	}
	for i := first; i < len(counts); i++ {
		all = append(all, Bar{milliseconds(upTo[i]), counts[i]})
	}
	for all[len(all)-1].Count == 0 {
		all = all[:len(all)-1]
	}
	return all
}
