package simulator

import (
	"crypto/rand"
	"sync"
)

// shelf keeps a bounded number of things for browsers that will ask for them
// soon, each under a name that cannot be guessed. The oldest goes first.
type shelf[T any] struct {
	mu    sync.Mutex
	order []string
	items map[string]T
}

const shelfSize = 256

func newShelf[T any]() *shelf[T] { return &shelf[T]{items: map[string]T{}} }

// put stores the item and returns its name.
func (s *shelf[T]) put(item T) string {
	name := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order = append(s.order, name)
	s.items[name] = item
	if len(s.order) > shelfSize {
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
	return name
}

// get returns the item with that name.
func (s *shelf[T]) get(name string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.items[name]
	return item, ok
}
