package verify

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
	"rollcall.example/suites/workers"
)

// A process of its own pays for itself from this many specs on.
const specsPerProcess = 12

// Work turns the process into a worker, and ends it, where a run with several
// processes started it as one. Otherwise it does nothing. A program that sets
// [Options.Procs] calls it before anything else.
func Work() { workers.Serve("verify", serveShares) }

// post is what a process that runs specs is told once.
type post struct {
	Target    target.Target `json:"target"`
	Process   int           `json:"process"`   // which of them it is; the first, 1, is the one that began the run
	Processes int           `json:"processes"` // how many there are
	Seed      int64         `json:"seed"`
	Catalogue int           `json:"catalogue"` // how many requirements follow, one by one
}

// asked is what of a requirement the running of its specs asks for; the rest is for
// the report, which no worker makes.
func asked(r fixtures.Requirement) fixtures.Requirement {
	r.Text, r.Source, r.Covers, r.Since = "", fixtures.Source{}, nil, ""
	return r
}

// tell posts a worker, and hands it the catalogue.
func (p post) tell(worker *workers.Worker) error {
	catalogue := fixtures.Requirements()
	p.Catalogue = len(catalogue)
	if err := worker.Give(p); err != nil {
		return err
	}
	for i := range catalogue {
		if err := worker.Give(asked(catalogue[i])); err != nil {
			return err
		}
	}
	return nil
}

// posted is what a worker is told at first.
func posted(in *json.Decoder) (p post, err error) {
	if err := in.Decode(&p); err != nil {
		return p, err
	}
	catalogue := make(fixtures.Catalogue, p.Catalogue)
	for i := range catalogue {
		if err := in.Decode(&catalogue[i]); err != nil {
			return p, err
		}
	}
	fixtures.Handed(catalogue)
	return p, nil
}

// share is a part of the chosen specs. A worker lists no specs by itself: a tree of all
// of them takes more time and memory than most shares.
type share struct {
	Sections []string      `json:"sections"` // where they stand
	Filter   string        `json:"filter"`   // chooses them there
	Timeout  time.Duration `json:"timeout"`  // what is left of the run's
}

// word is what a process tells: a spec that ended or, when a share is done, Ginkgo's
// reports of its specs, one by one, and that these were all. In one value they would be
// held several times over, here and there, to be written and read.
type word struct {
	Spec   string            `json:"spec,omitempty"`
	Failed bool              `json:"failed,omitempty"`
	Report *types.SpecReport `json:"report,omitempty"`
	Last   bool              `json:"last,omitempty"`
}

// procs is how many processes are worth while for so many specs.
func (o Options) procs(specs int) int {
	if o.Target.Probe != nil && o.Target.Probe.Go != nil {
		return 1
	}
	return max(1, o.Target.Network.Procs(min(o.Procs, (specs+specsPerProcess-1)/specsPerProcess)))
}

// serveShares runs shares of the specs, as a worker, until there are no more.
func serveShares(ctx context.Context, in *json.Decoder, out *json.Encoder) error {
	p, err := posted(in)
	if err != nil {
		return err
	}
	spare := beFrugal(p.Processes).thrift()
	runtime.GOMAXPROCS(1) // a spec does one thing at a time, and there is a worker for each core
	for {
		var s share
		if err := in.Decode(&s); err != nil {
			return err
		}
		if err := p.serve(ctx, s, &spare, func(w word) error { return out.Encode(w) }); err != nil {
			return err
		}
	}
}

// serve runs one share of the specs and tells what comes of it.
func (p post) serve(ctx context.Context, s share, spare *thrift, tell func(word) error) error {
	p.Target.Process = p.Process
	o := Options{Target: p.Target, Seed: p.Seed, Timeout: s.Timeout}
	var failed error
	ran := o.play(ctx, s.Sections, s.Filter, func(r ginkgo.SpecReport) {
		key, bad := ended(r)
		failed = errors.Join(failed, tell(word{Spec: key, Failed: bad}))
		spare.tidy()
	})
	for i := range ran.SpecReports {
		if one := &ran.SpecReports[i]; tookPart(*one) {
			lean(one)
			failed = errors.Join(failed, tell(word{Report: one}))
		}
	}
	return errors.Join(failed, tell(word{Last: true}))
}

// lean takes out what nobody reads: when which part of a spec began and ended, which is
// most of what Ginkgo tells, and where they stand.
func lean(told *types.SpecReport) {
	told.SpecEvents = nil
	told.ContainerHierarchyLocations = nil
	told.LeafNodeLocation = types.CodeLocation{}
}

// playTogether deals the chosen specs out to so many processes, this one among them, and
// puts the reports together. This process takes its part: it is there anyway, and where
// the reference is in it, half of what specs ask for needs no other process. What a worker
// that died had in hand has no verdict, so nothing is claimed of the run.
func (o Options) playTogether(ctx context.Context, chosen []Listed, procs int) (types.Report, error) {
	began := time.Now()
	whole := types.Report{
		SuiteDescription: suiteName,
		SuiteConfig:      types.SuiteConfig{RandomSeed: o.Seed},
		StartTime:        began,
		SpecReports:      make(types.SpecReports, 0, len(chosen)),
	}
	whole.PreRunStats.TotalSpecs, whole.PreRunStats.SpecsThatWillRun = len(registry()), len(chosen)
	o.Target.Network = o.Target.Network.Share(procs)
	room := beFrugal(procs)
	defer room.end()
	table := dealer{all: registry(), left: shuffled(chosen, o.Seed), hands: procs, until: began.Add(o.timeout()), count: o.counter(len(chosen)), whole: &whole, spare: room.thrift()}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	var failed error
	var once sync.Once
	for process := range procs {
		play := table.employ
		if process == 0 {
			play = table.playHere
		}
		group.Go(func() {
			if err := play(ctx, post{Target: o.Target, Process: process + 1, Processes: procs, Seed: o.Seed}); err != nil && ctx.Err() == nil {
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
