package load

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"rollcall.example/suites/target"
)

// clearAway takes away everybody whom the run made, and returns what is left. A
// product that is thrown away is left as it is.
func (r *run) clearAway(ctx context.Context, begun *target.Begun) []string {
	if r.options.Target.Disposable {
		return nil
	}
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
	defer stop()
	over := r.progress.watch()
	defer over()
	groups := r.empty(ctx, "take groups away", r.groups, r.crowd.Disband)
	people := r.empty(ctx, "take people away", r.people, r.crowd.SendAway)
	left := append(people.told("person", "people"), groups.told("group", "groups")...)
	err := ctx.Err()
	if err == nil && len(left) == 0 {
		if err = r.crowd.Dissolved(); err == nil {
			_, err = begun.End(ctx)
		}
		if err == nil {
			return nil
		}
	}
	begun.Abandon()
	if len(left) == 0 {
		left = []string{fmt.Sprintf("nobody knows what: %v", err)}
	}
	return left
}

// remainder is who of a roster is still there, and why the first one is.
type remainder struct {
	mu    sync.Mutex
	count int
	why   error
	row   int // removals in a row that failed
}

// tiredAfter is how many removals in a row may fail before the rest is left to a sweep.
const tiredAfter = 50

// empty takes everybody of a roster away whom the product was asked to make.
func (r *run) empty(ctx context.Context, phase string, from *roster, away func(context.Context, int, string) error) *remainder {
	left := new(remainder)
	r.progress.enter(phase, len(from.states))
	each(ctx, r.workers, len(from.states), func(number int) {
		defer r.progress.step()
		if !from.is(number, asked) || left.tired() {
			return
		}
		id := from.id(number)
		if from.is(number, stranger) {
			id = "" // whoever that is: ours, if there is one, is found by name
		}
		if err := away(ctx, number, id); err != nil {
			left.note(err)
			return
		}
		left.went()
		from.set(number, gone, true)
	})
	left.count = 0
	for number := range from.states {
		if from.is(number, asked) && !from.is(number, gone) {
			left.count++
		}
	}
	return left
}

func (l *remainder) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.row++
	if l.why == nil {
		l.why = err
	}
}

func (l *remainder) went() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.row = 0
}

func (l *remainder) tired() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.row >= tiredAfter
}

// told says in a line who is left; no line where nobody is.
func (l *remainder) told(one, many string) []string {
	if l.count == 0 {
		return nil
	}
	name := many
	if l.count == 1 {
		name = one
	}
	why := "there was no time"
	if l.why != nil {
		why = l.why.Error()
	}
	return []string{fmt.Sprintf("%d %s: %s", l.count, name, why)}
}
