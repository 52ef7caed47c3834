package journal

import (
	"context"
	"slices"
	"sync"
)

type (
	subjectKey struct{}
	traceKey   struct{}
)

// About returns a context under which exchanges are recorded as being about the
// person with that e-mail address.
func About(ctx context.Context, email string) context.Context {
	return context.WithValue(ctx, subjectKey{}, email)
}

func subjectOf(ctx context.Context) string {
	email, _ := ctx.Value(subjectKey{}).(string)
	return email
}

// Trace collects the numbers of the exchanges that one verb caused, also when
// others write to the same journal meanwhile. It is safe for concurrent use.
type Trace struct {
	mu     sync.Mutex
	seqs   []int
	parent *Trace
}

// WithTrace returns a context whose exchanges are noted in the returned trace,
// and in the trace of any outer context.
func WithTrace(ctx context.Context) (context.Context, *Trace) {
	trace := &Trace{parent: traceOf(ctx)}
	return context.WithValue(ctx, traceKey{}, trace), trace
}

// Seqs returns the Seq values noted so far in ascending order.
func (t *Trace) Seqs() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	seqs := slices.Clone(t.seqs)
	slices.Sort(seqs)
	return seqs
}

func traceOf(ctx context.Context) *Trace {
	trace, _ := ctx.Value(traceKey{}).(*Trace)
	return trace
}

func (t *Trace) note(seq int) {
	for ; t != nil; t = t.parent {
		t.mu.Lock()
		t.seqs = append(t.seqs, seq)
		t.mu.Unlock()
	}
}
