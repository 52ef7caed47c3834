package load

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

func TestARosterKnowsIDs(t *testing.T) {
	t.Parallel()
	r := newRoster(5)
	ids := []string{"5f3c1a52-9a41-4d26-9b7e-0a5d6f0f6c11", "42", "5F3C1A52-9A41-4D26-9B7E-0A5D6F0F6C11", "00000000-0000-0000-0000-000000000000"}
	for number, id := range ids {
		r.name(number, id)
	}
	for number, id := range ids {
		if r.id(number) != id {
			t.Errorf("%d is %q, and was %q", number, r.id(number), id)
		}
	}
	if r.id(4) != "" || r.usable(4) {
		t.Error("nobody has an id")
	}
	r.set(1, stranger, true)
	if r.usable(1) || !r.usable(0) {
		t.Error("who may be changed is mixed up")
	}
}

func TestASeriesNeverGrowsAndLosesNothing(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	s := newSeries(begun)
	const seconds = 5000
	for i := range seconds {
		s.note(begun.Add(time.Duration(i)*time.Second), i%10 == 0)
	}
	var all Point
	for _, p := range s.points {
		all.Requests += p.Requests
		all.Errors += p.Errors
	}
	if all != (Point{seconds, seconds / 10}) || len(s.points) > maxPoints || cap(s.points) > maxPoints || s.width != 32*time.Second {
		t.Errorf("%+v in %d points of %v", all, len(s.points), s.width)
	}
	if first := s.points[0].Requests; first != 32 {
		t.Errorf("the first point has %d requests", first)
	}
}

func TestBarsHoldEveryRequest(t *testing.T) {
	t.Parallel()
	g := newGauge()
	operation := Operation{"test", "GET", "/Users"}
	latencies := []time.Duration{time.Nanosecond, time.Microsecond, 90 * time.Microsecond, time.Millisecond, 1100 * time.Microsecond, time.Second, 2 * time.Hour}
	for i, l := range latencies {
		class := ""
		if i == 0 {
			class = classTimeout
		}
		g.note(exchange{operation: operation, begun: time.Now(), ended: time.Now(), latency: l, class: class})
	}
	g.note(exchange{operation: operation, begun: time.Now(), ended: time.Now(), class: classConnection})
	m := g.measures[operation].measured(operation)
	total, before := int64(0), 0.0
	for _, b := range m.Histogram {
		if b.UpTo <= before {
			t.Errorf("a bar up to %v follows one up to %v", b.UpTo, before)
		}
		total, before = total+b.Count, b.UpTo
	}
	if total != int64(len(latencies)) || m.Requests != total+1 || m.Failed() != 2 {
		t.Errorf("%d in bars, %d requests, errors %v", total, m.Requests, m.Errors)
	}
	if first := m.Histogram[0]; first.Count != 2 || first.UpTo != 0.001 {
		t.Errorf("the first bar is %+v", first)
	}
	if l := m.Latency; l.P50 != 1 || l.P95 < 3_590_000 || l.Max < 3_590_000 {
		t.Errorf("%+v", l)
	}
}

func TestErrorsHaveClasses(t *testing.T) {
	t.Parallel()
	for class, err := range map[string]error{
		classThrottled:  fmt.Errorf("asking: %w", &target.Throttled{Host: "acme.test", Sends: 6}),
		classTimeout:    &url.Error{Op: "Get", Err: &target.TimedOut{Within: time.Second}},
		classConnection: errors.New("broke"),
	} {
		if got := classOf(err); got != class {
			t.Errorf("%v is %s", err, got)
		}
	}
	if classOf(os.ErrDeadlineExceeded) != classTimeout || classOf(context.DeadlineExceeded) != classTimeout {
		t.Error("a deadline is no timeout")
	}
	for status, class := range map[int]string{200: "", 201: "", 204: "", 302: "302", 404: "404", 503: "503"} {
		if got := classOfStatus(status); got != class {
			t.Errorf("%d is %q", status, got)
		}
	}
}

func TestFiguresReadWell(t *testing.T) {
	t.Parallel()
	for ms, want := range map[float64]string{0.4567: "0.46 ms", 9.99: "9.99 ms", 45.67: "45.7 ms", 456.7: "457 ms", 4567: "4.57 s", 45678: "45.7 s"} {
		if got := latency(ms); got != want {
			t.Errorf("%v is %s, want %s", ms, got, want)
		}
	}
}
