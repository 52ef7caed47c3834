package spec

import (
	"context"
	"fmt"
	"reflect"

	"rollcall.example/suites/target"
)

// opened is the target of the last spec, as it was asked for and ready to be called:
// one connection pool serves all the specs of a process.
var opened struct {
	as   target.Target
	live *target.Live
}

// open readies the target, unless it is the one that is ready already. What it
// leaves to the service provider's metadata is read there.
func open(t target.Target) (*target.Live, error) {
	if opened.live != nil && reflect.DeepEqual(opened.as, t) {
		return opened.live, nil
	}
	resolved, err := t.Resolve(context.Background())
	if err != nil {
		return nil, err
	}
	live, err := target.Open(resolved)
	if err != nil {
		return nil, err
	}
	Close()
	opened.as, opened.live = t, live
	return live, nil
}

// Granted lists the access tokens that were granted for the target of the last spec:
// secrets that nobody knew of when the run began.
func Granted() []string {
	if opened.live == nil {
		return nil
	}
	return opened.live.Granted()
}

// Close lets go of the target of the last spec. Whoever began the run calls it before
// ending it; the next spec opens its target anew.
func Close() {
	if opened.live != nil {
		opened.live.Close()
		opened.live = nil
	}
}

// lone is the run of a spec for which nobody began one: in a suite of a vendor's own
// each spec is a run by itself.
var lone *target.Begun

// enter readies the target for the next spec.
func enter(t target.Target) (*target.Live, error) {
	if t.Run.Tag != "" || t.Disposable {
		return open(t)
	}
	begun, err := target.Begin(context.Background(), t, target.BeginOptions{Owned: target.OwnedByEnvironment()})
	if err != nil {
		return nil, err
	}
	lone = begun
	return open(begun.Target)
}

// clearAway takes away what the spec made, whatever came of it. What is left is no
// verdict on the product: the ledger has it, and the end of the run tries again.
func clearAway(okta *Okta) {
	if okta.stage != nil {
		okta.live.ClearAway(context.Background())
	}
	if lone == nil {
		return
	}
	Close()
	left, err := lone.End(context.Background())
	lone = nil
	if err != nil {
		Remark(err.Error())
	}
	if len(left) > 0 {
		Remark(fmt.Sprintf("%d things were left at the product (rollcall sweep removes them), as %s", len(left), left[0]))
	}
}
