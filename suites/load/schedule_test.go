package load

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall.example/simulator/provision"
)

// stalling answers at once, but for one second in which nothing is answered.
type stalling struct{ from, to time.Time }

func (s stalling) RoundTrip(request *http.Request) (*http.Response, error) {
	if now := time.Now(); !now.Before(s.from) && now.Before(s.to) {
		if err := provision.Wait(request.Context(), s.to.Sub(now)); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}")), Request: request}, nil
}

// sendAll sends so many requests from one worker and returns what was measured.
func sendAll(t *testing.T, n int, rate float64) *measure {
	t.Helper()
	begun := time.Now()
	c := &carrier{
		inner: stalling{begun.Add(time.Second), begun.Add(2 * time.Second)}, schedule: newSchedule(rate), gauge: newGauge(), ctx: t.Context(),
	}
	c.schedule.begin()
	for range n {
		work := &task{job: "test", of: newRoster(1)}
		request, err := http.NewRequestWithContext(withTask(t.Context(), work), http.MethodGet, "http://product.test/Users", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := c.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if rate == 0 {
			_ = provision.Wait(t.Context(), 10*time.Millisecond) // as long as a request takes in the other run
		}
	}
	if len(c.gauge.measures) != 1 {
		t.Fatalf("%d operations", len(c.gauge.measures))
	}
	for _, m := range c.gauge.measures {
		return m
	}
	return nil
}

// A hundred requests a second, of which a hundred are due while the product stalls
// for a second: latency is that of each from when it was due.
func TestAStallCountsForEveryRequestDueInIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		m := sendAll(t, 400, 100)
		if took := time.Since(begun); took != 3990*time.Millisecond {
			t.Errorf("400 requests at 100 a second took %v", took)
		}
		slow := int64(0)
		for _, b := range m.histogram.Distribution() {
			if b.From >= 9_000 {
				slow += b.Count
			}
		}
		if slow != 100 {
			t.Errorf("%d requests were late, and 100 were due", slow)
		}
		if q := m.histogram.ValueAtQuantile(90); q < 590_000 || q > 610_000 {
			t.Errorf("the 90th percentile is %d µs", q)
		}
	})
}

// Without a schedule the same stall is that of one request.
func TestWithoutARateAStallIsOneRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sendAll(t, 400, 0)
		if q, most := m.histogram.ValueAtQuantile(99), m.histogram.Max(); q > 10 || most < 900_000 {
			t.Errorf("the 99th percentile is %d µs, the most %d µs", q, most)
		}
	})
}

// Workers share the schedule: together they keep the rate.
func TestWorkersShareTheSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(50)
		s.begin()
		begun := time.Now()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 25 {
					if _, err := s.turn(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if took := time.Since(begun); took != 3980*time.Millisecond {
			t.Errorf("200 requests at 50 a second took %v", took)
		}
	})
}

func TestAPauseBetweenPhasesIsNotCaughtUpWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(10)
		s.begin()
		_, _ = s.turn(t.Context())
		_ = provision.Wait(t.Context(), time.Minute)
		s.begin()
		for i := range 3 {
			due, err := s.turn(t.Context())
			if late := time.Since(due); err != nil || late != 0 {
				t.Errorf("request %d was due %v ago, %v", i, late, err)
			}
		}
	})
}

func TestNobodyWaitsForAScheduleThatIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	over := errors.New("over")
	s := newSchedule(0.001)
	s.begin()
	_, _ = s.turn(ctx)
	cancel(over)
	if _, err := s.turn(ctx); !errors.Is(err, over) {
		t.Errorf("%v", err)
	}
}
