package target

import (
	"context"
	"time"
)

// Tally is what sending one request took besides the product's answer.
type Tally struct {
	Throttled int           // how often it was answered 429 Too Many Requests
	Waited    time.Duration // for leave to send it: because of 429, or of the target's limits
}

// WithTally returns a context that counts for one request. The tally may be read once
// the request was answered.
func WithTally(ctx context.Context) (context.Context, *Tally) {
	t := new(Tally)
	return context.WithValue(ctx, tallyKey{}, t), t
}

type tallyKey struct{}

// tallyOf is who counts for the request; nil where nobody does.
func tallyOf(ctx context.Context) *Tally {
	t, _ := ctx.Value(tallyKey{}).(*Tally)
	return t
}

func (t *Tally) throttled() {
	if t != nil {
		t.Throttled++
	}
}

// waiting counts the time until the function returned is called.
func (t *Tally) waiting() (over func()) {
	if t == nil {
		return func() {}
	}
	since := time.Now()
	return func() { t.Waited += time.Since(since) }
}
