package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"rollcall.example/reference/org"
)

// recall remembers what almost every transaction asks for and few change:
// organizations with their providers and teams, as last committed.
//
// What changes them counts up a generation. Where the data belongs to this process, that
// is a number in here. Where other processes may change it, the number stands in the
// database, which counts by itself (see [counted]): a transaction asks for it first, one
// short question for several long ones.
//
// A transaction is told what is remembered while nothing changed since it began, and
// asks the database otherwise. The one that changes something asks the database. One
// that only reads is not even begun in the database before it asks for what is not
// remembered. The state that it sees is settled by that: where it is not the one that
// it was told of, the transaction is done once more, begun at once.
type recall struct {
	shared bool // others may change the data

	mu sync.Mutex
	// generation is that of what is remembered. In here the commits that changed
	// something are counted twice: it is odd while one of them is under way.
	generation    uint64
	organizations map[string]org.Organization // by id
	slugs         map[string]org.Organization // by slug
	providers     map[string]org.Provider     // by id
	connections   map[string][]org.Provider   // by organization
	teams         map[string][]org.Team       // by organization
	credentials   map[string]org.Credential   // by the digest of the token
}

func newRecall(shared bool) *recall {
	r := &recall{shared: shared}
	r.forget()
	return r
}

func (r *recall) forget() {
	r.organizations, r.slugs = map[string]org.Organization{}, map[string]org.Organization{}
	r.providers, r.connections = map[string]org.Provider{}, map[string][]org.Provider{}
	r.teams, r.credentials = map[string][]org.Team{}, map[string]org.Credential{}
}

// now is the generation as it is.
func (r *recall) now() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generation
}

// change goes around a commit that changes something of what is remembered.
func (r *recall) change(commit func() error) error {
	if r.shared {
		return commit()
	}
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

// reach forgets what is older than a generation that somebody has seen.
func (r *recall) reach(generation uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation > r.generation {
		r.generation = generation
		r.forget()
	}
}

// remember notes since when the transaction may be told what is remembered, or that it
// has still to ask. A writing one calls it once it has the lock.
func (t *tx) remember(r *recall) {
	t.recall = r
	if r != nil && !r.shared {
		t.since, t.dated = r.now(), true
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
	if err := t.ready(ctx); err != nil {
		return none, fmt.Errorf("store: recall: %w", err)
	}
	if err := t.date(ctx); err != nil {
		return none, err
	}
	if found, ok := take(r, t.since, shelf, key); ok {
		t.told = true
		return copied(found), nil
	}
	found, err := read()
	if err == nil {
		put(r, t.since, shelf, key, copied(found))
	}
	return found, err
}

func take[T any](r *recall, since uint64, shelf func(*recall) map[string]T, key string) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := shelf(r)[key]
	return found, ok && r.holdsFor(since)
}

func put[T any](r *recall, since uint64, shelf func(*recall) map[string]T, key string, found T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holdsFor(since) {
		shelf(r)[key] = found
	}
}

// holdsFor says whether nothing changed since that generation, nor is about to.
func (r *recall) holdsFor(since uint64) bool {
	return r.generation == since && (r.shared || since%2 == 0)
}

// view is a transaction that only reads, and that is begun in the database when it asks
// for something there. errMoved says that it has to be done once more.
func (s *Store) view(ctx context.Context, f func(org.Tx) error) error {
	err := ctx.Err()
	select {
	case <-s.closed:
		err = ErrClosed
	default:
	}
	if err != nil {
		return fmt.Errorf("store: begin a transaction: %w", err)
	}
	t := &tx{from: s.readers, writer: s.writer, closed: s.closed}
	t.remember(s.recall)
	err = t.through(ctx, f)
	if t.moved() {
		return errMoved
	}
	return err
}

// errMoved is what a transaction that was told of one state answers when it sees another.
var errMoved = errors.New("store: what was told is no longer so")

func (t *tx) moved() bool { return errors.Is(t.broken, errMoved) }

// look has a transaction that is told what is remembered see the state that is committed
// now: SQLite would else wait for its first query, and what it is told would be older.
func (t *tx) look(ctx context.Context) error {
	if t.recall == nil || t.recall.shared || t.settled {
		return nil
	}
	if err := t.connection.run(context.WithoutCancel(ctx), "SELECT 1 FROM organizations LIMIT 1"); err != nil {
		return fmt.Errorf("store: begin a transaction: %w", err)
	}
	t.settled = true
	return nil
}

// settle is called when the database has answered: from then on the transaction sees one
// state, which is the one that it was told of if nothing changed until now.
func (t *tx) settle() error {
	if !t.settled && t.told && !t.recall.shared && t.recall.now() != t.since {
		t.broken = errMoved
		return errMoved
	}
	t.settled = true
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

func copyCredential(c org.Credential) org.Credential { return c }
