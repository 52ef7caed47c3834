package load

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"rollcall.example/suites/target"
)

// Operation is a kind of request: what Okta wanted, and how it asked.
type Operation struct {
	Job    string `json:"job"`    // provision, update, deactivate, reactivate or push
	Method string `json:"method"` // of HTTP
	Path   string `json:"path"`   // below the base URL, as /Users/{id}
}

// String names the operation: update PUT /Users/{id}.
func (o Operation) String() string { return o.Job + " " + o.Method + " " + o.Path }

// The classes of error besides statuses, which are classes by their number.
const (
	classThrottled  = "429"        // it kept answering so until we gave up
	classTimeout    = "timeout"    // no whole answer in time
	classConnection = "connection" // no connection, or one that broke
	classAnswer     = "answer"     // a good status over an answer that Okta cannot use
)

// The range of the histograms, in microseconds: what is longer counts as the longest.
const (
	shortest = 1
	longest  = int64(time.Hour / time.Microsecond)
	figures  = 3 // significant ones
)

// measure is what was measured of one operation.
type measure struct {
	histogram *hdrhistogram.Histogram // of the requests that were answered, or timed out
	requests  int64
	throttled int64 // answers of 429, those to which a better one followed too
	failed    int64
	errors    map[string]int64
	begun     time.Time
	ended     time.Time
}

// gauge measures a run. It is safe for concurrent use.
type gauge struct {
	mu       sync.Mutex
	started  time.Time
	measures map[Operation]*measure
	series   series
	requests int64
	failed   int64
	row      int    // requests in a row that were not answered
	giveUp   func() // called once there were giveUpAfter of them; nil for never
}

// giveUpAfter is how many requests in a row may stay without an answer before a run
// ends: a product that is gone, or hangs, would keep a large one busy for days.
const giveUpAfter = 100

func newGauge() *gauge {
	now := time.Now()
	return &gauge{started: now, measures: map[Operation]*measure{}, series: newSeries(now)}
}

// exchange is one request that came to its end.
type exchange struct {
	operation Operation
	begun     time.Time // was sent, or was due
	ended     time.Time
	latency   time.Duration
	throttled int
	class     string // of error; empty where it was answered as it should
}

// note takes an exchange in.
func (g *gauge) note(e exchange) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.of(e.operation)
	if m.requests == 0 {
		m.begun = e.begun
	}
	m.requests++
	m.throttled += int64(e.throttled)
	m.ended = e.ended
	g.countRow(e.class)
	if e.class != classConnection && e.class != classThrottled {
		_ = m.histogram.RecordValue(min(max(e.latency.Microseconds(), shortest), longest)) // it is in range
	}
	g.requests++
	g.series.note(e.ended, e.class != "")
	g.fail(m, e.class)
}

func (g *gauge) countRow(class string) {
	if class != classConnection && class != classThrottled && class != classTimeout {
		g.row = 0
		return
	}
	if g.row++; g.row == giveUpAfter && g.giveUp != nil {
		g.giveUp()
	}
}

// blame counts an error for a request that was answered with a good status.
func (g *gauge) blame(o Operation, class string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fail(g.of(o), class)
	g.series.fail(time.Now())
}

func (g *gauge) fail(m *measure, class string) {
	if class == "" {
		return
	}
	m.failed++
	m.errors[class]++
	g.failed++
}

func (g *gauge) of(o Operation) *measure {
	m, ok := g.measures[o]
	if !ok {
		m = &measure{histogram: hdrhistogram.New(shortest, longest, figures), errors: map[string]int64{}}
		g.measures[o] = m
	}
	return m
}

// counts are how many requests there were, and how many of them failed.
func (g *gauge) counts() (requests, failed int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests, g.failed
}

// operations lists what was measured in the order in which it first happened.
func (g *gauge) operations() []Operation {
	return slices.SortedFunc(maps.Keys(g.measures), func(a, b Operation) int {
		if order := g.measures[a].begun.Compare(g.measures[b].begun); order != 0 {
			return order
		}
		return strings.Compare(a.String(), b.String())
	})
}

// classOf is the class of what kept an answer away.
func classOf(err error) string {
	var throttled *target.Throttled
	var network net.Error
	switch {
	case errors.As(err, &throttled):
		return classThrottled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return classTimeout
	}
	return classConnection
}

// classOfStatus is the class of an answer; none of one that is as it should be.
func classOfStatus(status int) string {
	if status/100 == 2 {
		return ""
	}
	return strconv.Itoa(status)
}
