package load

import (
	"context"
	"sync"
	"time"

	"rollcall.example/simulator/provision"
)

// schedule says when each request is due: one after the other, evenly. Whoever asks
// late gets a moment that is past, and is not to wait; what has fallen behind is
// caught up with. The nil schedule is that of a run without a rate, in which every
// request is due when somebody asks.
type schedule struct {
	interval time.Duration

	mu   sync.Mutex
	next time.Time
}

// newSchedule returns the schedule of so many requests a second; nil for 0.
func newSchedule(rate float64) *schedule {
	if rate <= 0 {
		return nil
	}
	return &schedule{interval: time.Duration(float64(time.Second) / rate)}
}

// begin makes the next request due now: what nobody was there to send is not behind.
func (s *schedule) begin() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.next.Before(now) {
		s.next = now
	}
}

// turn waits until the next request is due and returns when that is.
func (s *schedule) turn(ctx context.Context) (time.Time, error) {
	if s == nil {
		return time.Now(), ctx.Err()
	}
	s.mu.Lock()
	due := s.next
	s.next = due.Add(s.interval)
	s.mu.Unlock()
	return due, provision.Wait(ctx, time.Until(due))
}
