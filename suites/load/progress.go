package load

import (
	"sync"
	"sync/atomic"
	"time"
)

// tick is how often progress is told.
const tick = 200 * time.Millisecond

// progress tells how far a run has come.
type progress struct {
	tell  func(Progress) // nil for nobody
	gauge *gauge
	done  atomic.Int64

	mu    sync.Mutex
	phase string
	total int
}

// enter begins a phase.
func (p *progress) enter(phase string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.total = phase, total
	p.done.Store(0)
}

func (p *progress) step() { p.done.Add(1) }

func (p *progress) steps() int64 { return p.done.Load() }

// watch tells until the function returned is called.
func (p *progress) watch() (over func()) {
	if p.tell == nil {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		var before int64
		var rate float64
		for {
			select {
			case <-ticker.C:
				now := p.now()
				lately := float64(now.Requests-before) / tick.Seconds()
				rate, before = rate+(lately-rate)/3, now.Requests
				now.PerSecond = rate
				p.tell(now)
			case <-stop:
				return
			}
		}
	}()
	return func() { close(stop); <-stopped }
}

func (p *progress) now() Progress {
	requests, failed := p.gauge.counts()
	p.mu.Lock()
	defer p.mu.Unlock()
	return Progress{
		Phase: p.phase, Done: int(p.done.Load()), Total: p.total,
		Requests: requests, Errors: failed, Elapsed: time.Since(p.gauge.started),
	}
}
