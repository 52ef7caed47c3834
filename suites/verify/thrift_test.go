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
	message := make([]byte, large)
	for i := 0; i < large; i += 4096 {
		message[i] = 1
	}
	if got := held(); got < before+large/2 {
		t.Fatalf("%d bytes are held with the message, %d before it", got, before)
	}
	runtime.KeepAlive(message)
	message = nil
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
