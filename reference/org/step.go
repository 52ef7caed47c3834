package org

import (
	"context"
	"fmt"
	"slices"
)

// Step is one named part of what happens in an event of type E. Steps of an event
// run in order over one transaction: the first error ends the event and undoes
// every step before it.
type Step[E any] struct {
	Name string
	Do   func(ctx context.Context, tx Tx, e *E) error
}

// run takes an event through its steps.
func run[E any](ctx context.Context, tx Tx, steps []Step[E], e *E) error {
	for _, step := range steps {
		if err := step.Do(ctx, tx, e); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	return nil
}

// Without takes the named step out. Like its companions it panics on a name that
// is not there, since a variation that changes nothing would prove nothing.
func Without[E any](steps *[]Step[E], name string) {
	at := find(*steps, name)
	*steps = slices.Delete(*steps, at, at+1)
}

// Replace puts another deed under the named step.
func Replace[E any](steps *[]Step[E], name string, do func(context.Context, Tx, *E) error) {
	(*steps)[find(*steps, name)].Do = do
}

// Before puts a step right before the named one.
func Before[E any](steps *[]Step[E], name string, step Step[E]) {
	*steps = slices.Insert(*steps, find(*steps, name), step)
}

// After puts a step right after the named one.
func After[E any](steps *[]Step[E], name string, step Step[E]) {
	*steps = slices.Insert(*steps, find(*steps, name)+1, step)
}

// Wrap lets do decide when, and whether, the named step's deed happens.
func Wrap[E any](steps *[]Step[E], name string, do func(ctx context.Context, tx Tx, e *E, deed func(context.Context, Tx, *E) error) error) {
	at := find(*steps, name)
	deed := (*steps)[at].Do
	(*steps)[at].Do = func(ctx context.Context, tx Tx, e *E) error { return do(ctx, tx, e, deed) }
}

func find[E any](steps []Step[E], name string) int {
	at := slices.IndexFunc(steps, func(s Step[E]) bool { return s.Name == name })
	if at < 0 {
		panic(fmt.Sprintf("org: no step named %q", name))
	}
	return at
}
