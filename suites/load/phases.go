package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"rollcall.example/simulator/provision"
)

// deactivateEvery is which share of the people is deactivated: one in so many.
const deactivateEvery = 10

// Phase is a part of a run and how long it took.
type Phase struct {
	Name    string  `json:"name"`
	Steps   int64   `json:"steps"`
	Seconds float64 `json:"seconds"`
}

// stage is a phase to come: a number of steps, each with a number of its own, or a
// mix that goes on for a time.
type stage struct {
	name  string
	steps int
	step  func(ctx context.Context, number int)
	lasts time.Duration
}

// stages is what a run does, in order.
func (r *run) stages() []stage {
	o := r.options
	all := []stage{{name: "provision", steps: o.People, step: r.provision}}
	if o.Groups > 0 {
		all = append(all, stage{name: "push groups", steps: o.Groups, step: r.push})
	}
	all = append(all,
		stage{name: "update profiles", steps: o.People, step: func(ctx context.Context, number int) { r.update(ctx, number, 1) }},
		stage{name: "deactivate", steps: (o.People + deactivateEvery - 1) / deactivateEvery, step: func(ctx context.Context, number int) {
			r.deactivate(ctx, number*deactivateEvery)
		}},
	)
	if o.Duration > 0 {
		all = append(all, stage{name: "mix", lasts: o.Duration})
	}
	return all
}

// play goes through the stages until they are done or ctx ends.
func (r *run) play(ctx context.Context) []Phase {
	phases := []Phase{}
	for _, s := range r.stages() {
		if ctx.Err() != nil {
			break
		}
		phases = append(phases, r.stage(ctx, s))
	}
	return phases
}

func (r *run) stage(ctx context.Context, s stage) Phase {
	begun := time.Now()
	r.carrier.schedule.begin()
	r.progress.enter(s.name, s.steps)
	if s.lasts > 0 {
		r.mix(ctx, s.lasts)
	} else {
		each(ctx, r.workers, s.steps, func(number int) {
			s.step(ctx, number)
			r.progress.step()
		})
	}
	return Phase{Name: s.name, Steps: r.progress.steps(), Seconds: time.Since(begun).Seconds()}
}

// each calls do with every number below n, from so many workers, until ctx ends.
func each(ctx context.Context, workers, n int, do func(number int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(workers, n) {
		all.Go(func() {
			for ctx.Err() == nil {
				number := int(next.Add(1)) - 1
				if number >= n {
					return
				}
				do(number)
			}
		})
	}
	all.Wait()
}

// mix does a bit of everything for a time. Each worker has people and groups of its
// own, so that no two change the same one at once.
func (r *run) mix(ctx context.Context, lasts time.Duration) {
	over := time.Now().Add(lasts)
	var all sync.WaitGroup
	for worker := range min(r.workers, r.options.People) {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(1, uint64(worker)))
			for revision := 2; ctx.Err() == nil && time.Now().Before(over); revision++ {
				r.mixed(ctx, chance, worker, revision)
				r.progress.step()
			}
		})
	}
	all.Wait()
}

// mixed does one thing of the mix: mostly profiles change, at times memberships do,
// and now and then somebody goes or comes back.
func (r *run) mixed(ctx context.Context, chance *rand.Rand, worker, revision int) {
	draw := chance.IntN(100)
	if group := pick(chance, worker, r.workers, r.options.Groups); draw < 20 && group >= 0 {
		r.regroup(ctx, group)
		return
	}
	number := pick(chance, worker, r.workers, r.options.People)
	switch {
	case !r.people.usable(number):
		_ = provision.Wait(ctx, idle) // nobody is there to change: do not spin
	case r.people.is(number, inactive):
		r.reactivate(ctx, number)
	case draw < 30:
		r.deactivate(ctx, number)
	default:
		r.update(ctx, number, revision)
	}
}

// idle is how long a worker rests that found nothing to do.
const idle = 10 * time.Millisecond

// pick draws a number below n that is this worker's; -1 where there is none.
func pick(chance *rand.Rand, worker, workers, n int) int {
	if worker >= n {
		return -1
	}
	return worker + workers*chance.IntN((n-worker+workers-1)/workers)
}
