package verify

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// What a large message took is given back at once, and what is little is not looked at.
func TestMemoryIsGivenBack(t *testing.T) {
	const large = 96 << 20
	spare := thrift{enough: held()}
	before := held()
	if got := heldWith(large); got < before+large/2 {
		t.Fatalf("%d bytes are held with the message, %d before it", got, before)
	}
	spare.tidy()
	if got := held(); got > before+large/2 {
		t.Errorf("%d bytes are still held, %d before the message", got, before)
	}
	calm := thrift{enough: 2*held() + large}
	limit := calm.enough
	if calm.tidy(); calm.enough != limit {
		t.Error("memory was given back, though little is held")
	}
}

// Whoever has set that more may lie about is not made to give back less than that.
func TestWhatIsGrantedIsKept(t *testing.T) {
	for set, want := range map[int]uint64{50: ample * 3 / 2, 400: 5 * ample, -1: ample} {
		before := debug.SetGCPercent(set)
		got := beFrugal(1).thrift()
		if debug.SetGCPercent(before); got.granted != want {
			t.Errorf("where the percentage is %d, %d bytes are kept, want %d", set, got.granted, want)
		}
	}
}

// heldWith is what is held while there is a message of this size.
func heldWith(size int) uint64 {
	message := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		message[i] = 1
	}
	defer runtime.KeepAlive(message)
	return held()
}
