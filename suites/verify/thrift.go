package verify

import (
	"runtime/debug"
	"runtime/metrics"
)

// thrift gives memory back to the system. A spec with messages of many megabytes has a
// process grow to several times its size, and Go by itself lets go of that over the specs
// that follow: with a process a core or more, some are always at their largest.
type thrift struct {
	room    uint64 // the garbage that the process may leave lying, in bytes
	granted uint64 // what may be held in any case, where that is more than [ample]
	enough  uint64
}

// ample is what a process may hold before it is looked at, in bytes.
const ample = 12 << 20

// tidy gives back what is not in use, where the heap takes half as much again as when
// that was done last and its room besides, or twice as much.
func (t *thrift) tidy() {
	if held() <= max(t.enough, t.granted, ample) {
		return
	}
	debug.FreeOSMemory()
	left := held()
	t.enough = min(left+left/2+t.room, 2*left)
}

// held is how much memory the heap takes from the system, in bytes.
func held() uint64 {
	parts := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(parts)
	sum := uint64(0)
	for _, part := range parts {
		sum += part.Value.Uint64()
	}
	return sum
}
