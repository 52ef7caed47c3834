package store

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"rollcall.example/reference/org"
)

// recall remembers what almost every transaction asks for and few change:
// organizations with their providers and teams, as last committed. Only a store that
// belongs to this process has one; what another process commits to a file would not be
// seen here.
//
// A transaction is told what is remembered while nothing changed since it began, and
// asks the database otherwise. The one that changes something asks the database.
type recall struct {
	mu sync.Mutex
	// generation counts the commits that changed something, twice: it is odd while one
	// of them is under way.
	generation    uint64
	organizations map[string]org.Organization // by id
	slugs         map[string]org.Organization // by slug
	providers     map[string]org.Provider     // by id
	connections   map[string][]org.Provider   // by organization
	teams         map[string][]org.Team       // by organization
}

func newRecall() *recall {
	r := &recall{}
	r.forget()
	return r
}

func (r *recall) forget() {
	r.organizations, r.slugs = map[string]org.Organization{}, map[string]org.Organization{}
	r.providers, r.connections = map[string]org.Provider{}, map[string][]org.Provider{}
	r.teams = map[string][]org.Team{}
}

// now is the generation as it is.
func (r *recall) now() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generation
}

// change goes around a commit that changes something of what is remembered.
func (r *recall) change(commit func() error) error {
	r.step()
	defer r.step()
	return commit()
}

func (r *recall) step() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.forget()
}

// begin notes since when the transaction may be told what is remembered. A writing one
// calls it once it has the lock.
func (t *tx) begin(r *recall) {
	if r != nil {
		t.recall, t.since = r, r.now()
	}
}

// changes notes that the transaction changes something of what is remembered.
func (t *tx) changes() { t.changed = true }

// recalled gives what is remembered under the key, or else what read finds, which is
// remembered then. Of what is handed out nobody may change what is remembered: copied
// sees to that.
func recalled[T any](ctx context.Context, t *tx, shelf func(*recall) map[string]T, key string, copied func(T) T, read func() (T, error)) (T, error) {
	var none T
	r := t.recall
	if r == nil || t.changed {
		return read()
	}
	if err := t.settle(ctx); err != nil {
		return none, err
	}
	if known, ok := look(r, t.since, shelf, key); ok {
		return copied(known), nil
	}
	found, err := read()
	if err == nil {
		put(r, t.since, shelf, key, copied(found))
	}
	return found, err
}

func look[T any](r *recall, since uint64, shelf func(*recall) map[string]T, key string) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := shelf(r)[key]
	return known, ok && r.holdsFor(since)
}

func put[T any](r *recall, since uint64, shelf func(*recall) map[string]T, key string, found T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holdsFor(since) {
		shelf(r)[key] = found
	}
}

// holdsFor says whether nothing changed since that generation, nor is about to.
func (r *recall) holdsFor(since uint64) bool { return r.generation == since && since%2 == 0 }

// settle has a transaction that only reads see the state that is committed now: SQLite
// would else wait for its first query, and what is remembered would be older.
func (t *tx) settle(ctx context.Context) error {
	err := t.ready(ctx)
	if err == nil && !t.settled {
		err = t.connection.run(context.WithoutCancel(ctx), "SELECT 1 FROM organizations LIMIT 1")
		t.settled = err == nil
	}
	if err != nil {
		return fmt.Errorf("store: recall: %w", err)
	}
	return nil
}

func copyOrganization(o org.Organization) org.Organization {
	o.Flags = slices.Clone(o.Flags)
	return o
}

func copyProvider(p org.Provider) org.Provider {
	p.IdPCerts = slices.Clone(p.IdPCerts)
	return p
}

func copyProviders(all []org.Provider) []org.Provider {
	all = slices.Clone(all)
	for i, p := range all {
		all[i] = copyProvider(p)
	}
	return all
}
