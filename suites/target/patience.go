package target

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// OutOfTime is the cause of a context whose patience ended.
type OutOfTime struct{ Limit time.Duration }

func (o *OutOfTime) Error() string {
	return fmt.Sprintf("it took longer than %v, waiting for leave to go on not counted", o.Limit)
}

// WithPatience returns a context that ends with *[OutOfTime] once it took longer
// than the limit. Time that passes while somebody below it is [Waiting] does not
// count: who keeps to a product's limits is slow without being stuck.
func WithPatience(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	p := &patience{left: limit, since: time.Now()}
	p.timer = time.AfterFunc(limit, func() { cancel(&OutOfTime{limit}) })
	return context.WithValue(ctx, patienceKey{}, p), func() {
		p.timer.Stop()
		cancel(context.Canceled)
	}
}

// waiting says that from now on somebody waits for leave to go on, until the
// function returned is called. Where nobody's patience is counted it does nothing.
func waiting(ctx context.Context) (over func()) {
	waited := tallyOf(ctx).waiting()
	p, ok := ctx.Value(patienceKey{}).(*patience)
	if !ok {
		return waited
	}
	p.stop()
	return sync.OnceFunc(func() { p.goOn(); waited() })
}

type patienceKey struct{}

// patience is a timer that stands still while at least one waits.
type patience struct {
	mu      sync.Mutex
	timer   *time.Timer
	left    time.Duration
	since   time.Time // when the timer was started last
	waiting int
}

func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting++; p.waiting > 1 || !p.timer.Stop() {
		return
	}
	p.left -= time.Since(p.since)
}

func (p *patience) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting--; p.waiting > 0 || p.left <= 0 {
		return
	}
	p.since = time.Now()
	p.timer.Reset(p.left)
}
