package verify

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// garbage is how many bytes of it the processes of a run may leave lying between them, on
// top of what they use. Little of what a spec makes outlives it: with some room a process
// collects every few specs, and without any several times in one.
const garbage = 24 << 20

// frugal is by how many percent of what it uses a process may let its memory grow before
// it collects, where that is more than its part of the room. A limit in bytes is no better:
// what a share uses comes near to it, and then a worker does nothing but collect.
const frugal = 50

// usual is that percentage where nobody has set another (GOGC).
const usual = 100

// least is what a process is taken to use: Go applies the percentage to no less.
const least = 4 << 20

// beFrugal has this process, one of so many, collect its garbage once that fills its part
// of the room, until what is returned is ended. Where somebody has set another
// percentage, that stays.
func beFrugal(processes int) *leeway {
	room := garbage / uint64(processes)
	before := debug.SetGCPercent(usual)
	if before != usual {
		debug.SetGCPercent(before)
		return &leeway{bytes: room, percent: before, ended: true}
	}
	l := &leeway{bytes: room, percent: usual, used: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	l.adjust()
	return l
}

// leeway sets the percentage anew after every collection, when it is known how much of
// the memory is used.
type leeway struct {
	bytes uint64

	mu      sync.Mutex
	percent int
	used    []metrics.Sample
	ended   bool
}

func (l *leeway) adjust() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	metrics.Read(l.used)
	percent := max(frugal, int(100*l.bytes/max(l.used[0].Value.Uint64(), least)))
	if percent != l.percent {
		l.percent = percent
		debug.SetGCPercent(percent)
	}
	runtime.AddCleanup(new([64]byte), (*leeway).adjust, l) // it is nobody's: the next collection takes it
}

func (l *leeway) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.ended = true
		debug.SetGCPercent(usual)
	}
}

// thrift is how the process gives memory back: where somebody has set a percentage, not
// before it holds what that makes of what is ample. What is given back only to be taken
// again costs time.
func (l *leeway) thrift() thrift {
	t := thrift{room: l.bytes}
	if l.ended {
		t.granted = ample * uint64(usual+max(l.percent, 0)) / usual
	}
	return t
}
