package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/target"
	"rollcall.example/suites/workers"
)

// A process of its own pays for itself from this many specs on.
const specsPerProcess = 12

// Work turns the process into a worker, and ends it, where a run with several
// processes started it as one. Otherwise it does nothing. A program that sets
// [Options.Procs] calls it before anything else.
func Work() { workers.Serve("verify", serveShares) }

// post is what a worker is told once.
type post struct {
	Target  target.Target `json:"target"`
	Process int           `json:"process"` // which of the workers it is; the first is 1
	Seed    int64         `json:"seed"`
}

// share is a part of the chosen specs.
type share struct {
	Keys    []string      `json:"keys"`
	Timeout time.Duration `json:"timeout"` // what is left of the run's
}

// word is what a worker tells: a spec that ended or, last of a share, Ginkgo's
// report of it.
type word struct {
	Spec   string        `json:"spec,omitempty"`
	Failed bool          `json:"failed,omitempty"`
	Report *types.Report `json:"report,omitempty"`
}

// procs is how many processes are worth while for so many specs.
func (o Options) procs(specs int) int {
	if o.Target.Probe != nil && o.Target.Probe.Go != nil {
		return 1
	}
	return o.Target.Network.Procs(min(o.Procs, (specs+specsPerProcess-1)/specsPerProcess))
}

// serveShares runs shares of the specs, as a worker, until there are no more.
func serveShares(ctx context.Context, in *json.Decoder, out *json.Encoder) error {
	var p post
	if err := in.Decode(&p); err != nil {
		return err
	}
	p.Target.Process = p.Process
	registry() // takes every handler of signals away
	if ctx.Err() != nil {
		return nil
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	for {
		var s share
		if err := in.Decode(&s); err != nil {
			return err
		}
		if err := p.serve(ctx, s, out); err != nil {
			return err
		}
	}
}

func (p post) serve(ctx context.Context, s share, out *json.Encoder) error {
	all := registry()
	keys := map[string]bool{}
	for _, key := range s.Keys {
		keys[key] = true
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(l Listed) bool { return !keys[l.Key()] })
	o := Options{Target: p.Target, Seed: p.Seed, Timeout: s.Timeout}
	var failed error
	ran := o.play(ctx, chosen, filterOfKeys(all, keys), func(r ginkgo.SpecReport) {
		key, bad := ended(r)
		failed = errors.Join(failed, out.Encode(word{Spec: key, Failed: bad}))
	})
	ran.SpecReports = slices.DeleteFunc(ran.SpecReports, func(r types.SpecReport) bool { return !tookPart(r) })
	return errors.Join(failed, out.Encode(word{Report: &ran}))
}

// playTogether deals the chosen specs out to workers and puts their reports
// together. What a worker that died had in hand has no verdict, so nothing is
// claimed of the run.
func (o Options) playTogether(ctx context.Context, chosen []Listed, procs int) (types.Report, error) {
	began := time.Now()
	whole := types.Report{
		SuiteDescription: suiteName,
		SuiteConfig:      types.SuiteConfig{RandomSeed: o.Seed},
		StartTime:        began,
	}
	whole.PreRunStats.TotalSpecs, whole.PreRunStats.SpecsThatWillRun = len(registry()), len(chosen)
	o.Target.Network = o.Target.Network.Share(procs)
	table := dealer{left: shuffled(chosen, o.Seed), hands: procs, until: began.Add(o.timeout()), count: o.counter(len(chosen)), whole: &whole}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	var failed error
	var once sync.Once
	for process := range procs {
		group.Go(func() {
			if err := table.employ(ctx, post{o.Target, process + 1, o.Seed}); err != nil && ctx.Err() == nil {
				once.Do(func() { failed = err })
				stop(err)
			}
		})
	}
	group.Wait()
	whole.EndTime = time.Now()
	whole.RunTime = whole.EndTime.Sub(began)
	return whole, failed
}

// shuffled are the keys in the order of the seed.
func shuffled(chosen []Listed, seed int64) []string {
	all := keysOf(chosen)
	order := rand.New(rand.NewPCG(uint64(seed), 0))
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// keysOf are the keys of the specs, each once.
func keysOf(chosen []Listed) []string {
	var all []string
	for _, l := range chosen {
		all = append(all, l.Key())
	}
	return slices.Compact(all)
}

// dealer deals specs out and gathers what came of them. The shares become smaller
// towards the end, so that no worker is left with much when the others are done.
type dealer struct {
	mu    sync.Mutex
	left  []string
	hands int
	until time.Time
	count func(spec string, failed bool)
	whole *types.Report
}

// deal returns the next share; it is not ok when there is none.
func (d *dealer) deal(ctx context.Context) (share, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.left) == 0 || ctx.Err() != nil {
		return share{}, false
	}
	size := min(len(d.left), max(6, 2*len(d.left)/(3*d.hands)))
	dealt := share{Keys: d.left[:size], Timeout: max(time.Until(d.until), time.Second)}
	d.left = d.left[size:]
	return dealt, true
}

func (d *dealer) hear(w word) (last bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w.Report == nil {
		d.count(w.Spec, w.Failed)
		return false
	}
	d.whole.SpecReports = append(d.whole.SpecReports, w.Report.SpecReports...)
	return true
}

// employ starts one worker and deals it shares until none is left.
func (d *dealer) employ(ctx context.Context, p post) error {
	worker, err := workers.Start(ctx, "verify")
	if err != nil {
		return err
	}
	if err := worker.Give(p); err != nil {
		return errors.Join(fmt.Errorf("telling a worker of the target: %w", err), worker.Close())
	}
	for s, more := d.deal(ctx); more; s, more = d.deal(ctx) {
		if err := d.play(worker, s); err != nil {
			return errors.Join(fmt.Errorf("a worker died at one of %d specs, of which %s is the first: %w", len(s.Keys), s.Keys[0], err), worker.Close())
		}
	}
	return worker.Close()
}

func (d *dealer) play(worker *workers.Worker, s share) error {
	if err := worker.Give(s); err != nil {
		return err
	}
	for {
		var w word
		if err := worker.Take(&w); err != nil {
			return err
		}
		if d.hear(w) {
			return nil
		}
	}
}
