package simulator

import (
	"context"
	"sync"
	"time"
)

// Clock is a tenant's time: a base clock and how far it was moved ahead. It is
// safe for concurrent use.
type Clock struct {
	base func() time.Time
	mu   sync.Mutex
	lead time.Duration
}

// NewClock returns a clock that shows what base shows; nil means time.Now.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now returns the tenant's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.lead)
}

// Advance moves the clock ahead. A negative duration is ignored: time does not
// run backwards.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lead += max(d, 0)
}

// pass is a provision.Pause on the virtual clock: the wait is over at once.
func (c *Clock) pass(ctx context.Context, wait time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Advance(wait)
	return nil
}
