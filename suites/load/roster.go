package load

import (
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
)

// state is what is known of one member of a roster, in bits.
type state uint8

const (
	asked    state = 1 << iota // the product was asked to make it
	made                       // it answered with an id
	proven                     // under which it showed the name that was asked for
	stranger                   // under which it showed another name
	inactive                   // deactivated, or of a group: its first member taken out
	gone                       // taken away again
)

// roster is what the run knows of its people, or of its groups, by number. It takes
// 17 bytes for each whose id is a UUID, as most products' are. Each number is one
// worker's at a time.
type roster struct {
	states []state
	uuids  [][16]byte
	made   atomic.Int64 // how many have an id

	mu     sync.Mutex
	others map[int]string // ids that are no UUIDs as Go writes them
}

func newRoster(size int) *roster {
	return &roster{states: make([]state, size), uuids: make([][16]byte, size), others: map[int]string{}}
}

// name notes the id that the product gave to a number.
func (r *roster) name(number int, id string) {
	r.states[number] |= made
	r.made.Add(1)
	if parsed, err := uuid.Parse(id); err == nil && parsed != uuid.Nil && parsed.String() == id {
		r.uuids[number] = parsed
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.others[number] = id
}

// id is the product's id of a number; empty where it gave none.
func (r *roster) id(number int) string {
	if !r.is(number, made) {
		return ""
	}
	if r.uuids[number] != uuid.Nil {
		return uuid.UUID(r.uuids[number]).String()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.others[number]
}

func (r *roster) is(number int, s state) bool { return r.states[number]&s != 0 }

func (r *roster) set(number int, s state, on bool) {
	if on {
		r.states[number] |= s
		return
	}
	r.states[number] &^= s
}

// usable says whether there is somebody who may be changed.
func (r *roster) usable(number int) bool {
	return r.is(number, made) && !r.is(number, stranger)
}
