package verify

import (
	"runtime"
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

// heldWith is what is held while there is a message of this size.
func heldWith(size int) uint64 {
	message := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		message[i] = 1
	}
	defer runtime.KeepAlive(message)
	return held()
}
