package verify

import (
	"context"
	"fmt"
	"time"

	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// Safety says how far a run may go at a product that is not thrown away afterwards.
type Safety struct {
	// IOwnThis says that the product is the caller's to change. Without it, a target
	// that is not on this machine is a *[target.NotOwned].
	IOwnThis bool
	// ReadOnly sends nothing that changes the product; what cannot be shown so is
	// unobserved.
	ReadOnly bool
	// Heavy sends what is made to wear a product out (messages of many megabytes, ten
	// thousand sign-ins begun) in its full size; without it, in a size that shows whether
	// there is a bound at all.
	Heavy bool
	// Ledger is the file in which the run writes down what it makes, until it is
	// cleared away; empty for one in [target.LedgerDirectory].
	Ledger string
}

// hurry is how long the clearing away after a run that a person interrupted may take.
// What it does not get done is for a sweep.
const hurry = 2 * time.Second

// begin begins the run. What it returns ends it, and lists what could not be cleared
// away at the product.
func (o *Options) begin(ctx context.Context) (end func(interrupted bool) []string, err error) {
	begun, err := target.Begin(ctx, o.Target, target.BeginOptions{Ledger: o.Ledger, ReadOnly: o.ReadOnly, Heavy: o.Heavy, Owned: o.IOwnThis})
	if err != nil {
		return nil, err
	}
	o.Target = begun.Target
	o.Configuration.ReadOnly, o.Configuration.Heavy = o.ReadOnly, o.Heavy
	return func(interrupted bool) []string {
		spec.Close()
		ctx := context.WithoutCancel(ctx)
		if interrupted {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, hurry)
			defer cancel()
		}
		left, err := begun.End(ctx)
		var told []string
		for _, l := range left {
			told = append(told, l.String())
		}
		if err != nil {
			told = append(told, fmt.Sprintf("nobody knows what: %v", begun.Target.Conceal(err)))
		}
		return told
	}, nil
}
