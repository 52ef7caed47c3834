package target

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"rollcall.example/simulator/provision"
)

// Pace is how a product is waited for that shows things late: what is done to it may
// take up to the bound to show. What was looked at once the bound has passed since
// the last act is the truth; what was looked at before that may be how things stood
// earlier.
//
// The nil Pace is that of a product that shows everything at once. It waits for
// nothing and costs nothing.
type Pace struct {
	bound time.Duration

	mu    sync.Mutex
	acted time.Time       // when the last act ended
	shown time.Duration   // how long that one took to show, as far as is known
	took  []time.Duration // how long the acts before it took
}

// NewPace returns the pace of a product with this bound; nil where it is zero.
func NewPace(bound time.Duration) *Pace {
	if bound <= 0 {
		return nil
	}
	return &Pace{bound: bound}
}

// Acted notes that something was just done to the product.
func (p *Pace) Acted() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep()
	p.acted = time.Now()
}

// keep moves what is known of the last act to what is known of those before it.
func (p *Pace) keep() {
	if p.shown > 0 {
		p.took = append(p.took, p.shown)
	}
	p.shown = 0
}

// Settle waits until what was done so far shows for sure.
func (p *Pace) Settle(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return pause(ctx, p.left())
}

// Until asks again and again, gently, until the answer is yes or the bound has
// passed. The last time it asks is after that.
func (p *Pace) Until(ctx context.Context, ask func() bool) error {
	for gap := p.gap(); ; gap += gap / 2 {
		settled := p.left() <= 0
		if ask() || settled {
			return nil
		}
		if err := pause(ctx, min(gap, p.left())); err != nil {
			return err
		}
	}
}

// Took is how long what was done took to show, for every act of which that is known,
// the shortest first.
func (p *Pace) Took() []time.Duration {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep()
	return slices.Sorted(slices.Values(p.took))
}

// left is how long it takes from now until everything shows for sure.
func (p *Pace) left() time.Duration {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.acted.Add(p.bound))
}

// settled says whether a look that began then shows everything for sure.
func (p *Pace) settled(begun time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !begun.Before(p.acted.Add(p.bound))
}

// showed notes that a look that began then was the first to show what it should. The
// slowest thing to show is what an act took. After the bound nothing is learnt.
func (p *Pace) showed(begun time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if after := begun.Sub(p.acted); after > 0 && after < p.bound {
		p.shown = max(p.shown, after)
	}
}

// Within says for how long one has waited at most, for the end of a sentence; nothing
// where nobody waits.
func (p *Pace) Within() string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf(" within %s", p.bound)
}

// The least and the most that one waits between two looks.
const (
	shortestGap = 20 * time.Millisecond
	longestGap  = 2 * time.Second
)

// gap is how long to wait before the second look.
func (p *Pace) gap() time.Duration {
	if p == nil {
		return 0
	}
	return min(max(p.bound/50, shortestGap), longestGap)
}

// pause waits, as somebody who waits for leave to go on.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	defer waiting(ctx)()
	return provision.Wait(ctx, d)
}
