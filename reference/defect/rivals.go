package defect

import (
	"context"
	"sync"
	"time"
)

// patience is how long a request waits for a rival that does not come.
const patience = 5 * time.Second

// rivals holds the window of a race open: whoever comes first waits until the rival
// is there too. It knows from what was begun whether there is one to wait for.
type rivals struct {
	mu      sync.Mutex
	begun   int
	waiting chan struct{}
}

// begin says that somebody is on the way.
func (r *rivals) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
}

// meet arrives, waits for a rival that was begun, and says whether it came.
func (r *rivals) meet(ctx context.Context) bool {
	r.mu.Lock()
	r.begun = max(r.begun-1, 0)
	if r.waiting != nil {
		close(r.waiting)
		r.waiting = nil
		r.mu.Unlock()
		return true
	}
	if r.begun == 0 {
		r.mu.Unlock()
		return false
	}
	came := make(chan struct{})
	r.waiting = came
	r.mu.Unlock()
	limit, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case <-came:
		return true
	case <-limit.Done():
		r.mu.Lock()
		defer r.mu.Unlock()
		r.waiting, r.begun = nil, 0
		return false
	}
}
