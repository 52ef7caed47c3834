package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Run is what one run is known by; every process of it has the same.
type Run struct {
	Tag      Tag    `json:"tag,omitempty"`
	Ledger   string `json:"ledger,omitempty"` // file; empty where nothing has to be cleared away
	ReadOnly bool   `json:"read_only,omitempty"`
	// Heavy says that what is made to wear a product out is sent in its full size.
	Heavy bool `json:"heavy,omitempty"`
}

// BeginOptions say how a run begins.
type BeginOptions struct {
	Ledger   string // file; empty: one in [LedgerDirectory]
	ReadOnly bool   // send nothing that changes the product
	Heavy    bool   // send what wears a product out in its full size
	// Owned says that the product is the caller's to change, which a target on another
	// machine needs.
	Owned bool
}

// Begun is a run that is under way.
type Begun struct {
	Target Target // with Run filled in: what every process of the run opens
	ledger *ledger
}

// Begin begins a run: it gives it a tag and, unless the target is disposable or the
// run only reads, a ledger. A target whose run has begun already, as a worker is
// given one, stays as it is and is the beginner's to end. A target that is not
// disposable and has not begun lets nothing be changed. A target that is not on this
// machine, and not said to be owned, is a *[NotOwned].
func Begin(ctx context.Context, t Target, o BeginOptions) (*Begun, error) {
	if t.Run.Tag != "" {
		return &Begun{Target: t}, nil
	}
	if !t.Disposable && !o.Owned {
		if err := t.stayAtHome(ctx); err != nil {
			return nil, err
		}
	}
	t.Run = Run{Tag: NewTag(time.Now()), ReadOnly: o.ReadOnly, Heavy: o.Heavy}
	if t.Disposable || o.ReadOnly {
		return &Begun{Target: t}, nil
	}
	path, err := ledgerPath(o.Ledger, t.Run.Tag)
	if err != nil {
		return nil, err
	}
	l, err := createLedger(path, line{
		Run: t.Run.Tag, Version: ledgerVersion, Target: t.Name, Places: t.places(), Process: os.Getpid(),
	})
	if err != nil {
		return nil, err
	}
	t.Run.Ledger = path
	return &Begun{Target: t, ledger: l}, nil
}

func ledgerPath(asked string, tag Tag) (string, error) {
	if asked != "" {
		path, err := filepath.Abs(asked)
		if err != nil {
			return "", fmt.Errorf("the ledger %s: %w", asked, err)
		}
		return path, nil
	}
	directory, err := LedgerDirectory()
	return filepath.Join(directory, string(tag)+ledgerSuffix), err
}

// End ends the run once all its other processes are done: what specs could not clear
// away is tried again, until ctx ends at the latest. It returns what is left at the
// product, which the ledger then keeps; a ledger with nothing in it goes.
func (b *Begun) End(ctx context.Context) ([]Left, error) {
	if b.ledger == nil {
		return nil, nil
	}
	defer func() { _ = b.ledger.close() }()
	read, err := readLedger(b.ledger.path)
	if err != nil {
		return nil, err
	}
	left, err := clearLedger(ctx, b.Target, b.ledger, read, nil)
	if err == nil && len(left) == 0 && len(read.damaged) == 0 {
		err = os.Remove(b.ledger.path)
	}
	return left, err
}

// Abandon lets go of the run without ending it: what it made is left to a sweep.
func (b *Begun) Abandon() { _ = b.ledger.close() }

// safety is the part of a [Live] that keeps the product safe from the run.
type safety struct {
	tag     Tag
	guard   *guard // nil where the target is disposable
	inside  Probe  // the probe without the guard before it
	ledger  *ledger
	offered []string // what the probe offers, once it was asked
	tired   int      // how many clearings in a row found the product gone
}

// keepSafe puts the guard before the transport and the probe. A disposable target
// goes without one, and pays nothing for it.
func (l *Live) keepSafe() error {
	l.tag = l.Run.Tag
	if l.tag == "" {
		l.tag = NewTag(time.Now())
	}
	l.inside = l.probe
	var refusal error
	switch {
	case l.Run.ReadOnly:
		refusal = ErrReadOnly
	case l.Disposable:
		return nil
	case l.Run.Ledger == "":
		refusal = ErrNotBegun
	}
	var c *custody
	if refusal == nil {
		var err error
		if l.ledger, err = openLedger(l.Run.Ledger); err != nil {
			return err
		}
		c = &custody{tag: l.tag, ledger: l.ledger}
	}
	l.stand(c, refusal)
	return nil
}

// stand puts a guard before the transport and the probe.
func (l *Live) stand(c *custody, refusal error) {
	l.guard = newGuard(l.transport, l.Target, c, refusal)
	l.transport, l.probe = l.guard, l.guard.probe(l.probe)
}

// Tag is the tag of the run.
func (l *Live) Tag() Tag { return l.tag }

// can says whether the target has the feature: declares it, or has a probe that offers
// it.
func (l *Live) can(ctx context.Context, feature string) bool {
	if l.Has(feature) {
		return true
	}
	if l.inside == nil {
		return false
	}
	if l.offered == nil {
		offered, err := l.inside.Features(ctx)
		if err != nil {
			return false
		}
		l.offered = append([]string{}, offered...)
	}
	return slices.Contains(l.offered, feature)
}

// Hired says that somebody of this name may turn up at the tenant, though nothing is
// made of them yet: what cannot be read, as an assertion that is encrypted, may name
// them.
func (l *Live) Hired(at Connection, name string) {
	if l.guard != nil && l.guard.custody != nil {
		l.guard.custody.expect(at, name)
	}
}

// NoID makes up an id that no resource of the product has, for specs about what is
// not there: what is done to it is done to nobody.
func (l *Live) NoID() string {
	if l.guard == nil {
		return uuid.NewString()
	}
	return l.guard.makeUp()
}

// leave lets go of the ledger.
func (l *Live) leave() {
	_ = l.ledger.close()
	l.ledger = nil
}

// Left is something that a run made and could not clear away.
type Left struct {
	Thing Thing
	Err   error // why
}

// String says what is left and why, in one line.
func (l Left) String() string { return l.Thing.String() + ": " + l.Err.Error() }

var errNoWay = errors.New("the target offers no way to remove it")
