package verify

import (
	"cmp"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

const suiteName = "Rollcall"

// grace is how long a spec may go on after the run was told to stop.
const grace = 2 * time.Second

// leaveWithin is how long it may take to send the bystander away, who may stay where
// the product does not answer any more.
const leaveWithin = 5 * time.Second

// Options say what to run against what.
type Options struct {
	Target      target.Target
	Only        []string      // ids, id[variant], or either with * and ?; empty for all
	Areas       []string      // areas to run; empty for all
	LabelFilter string        // in Ginkgo's syntax, besides
	Seed        int64         // the order of specs; 0 chooses one
	Timeout     time.Duration // of the whole run; 0 for the target's deadline or, without one, an hour
	// Procs is how many processes run specs at a time, this one among them. The others
	// are this program again, which must call [Work] first thing in its main. A probe in
	// Go cannot follow to another process: such a target has one.
	Procs int
	Tool  report.Tool // who runs it, for the report
	// Configuration is what the report says of how the run was asked for; Only and
	// LabelFilter are filled in.
	Configuration report.Configuration
	// Progress is called after each spec; nil for not at all.
	Progress func(report.Progress)
	Safety
}

// Run runs the suite against the target. It returns an error, and no report,
// where no spec could be run: a wrong target or filter, nothing selected, or a
// target that does not answer, which is an *[Unreachable].
//
// Ctrl-C and a cancelled context stop the run promptly, with a report of what was
// reached, marked partial and interrupted, or with [target.ErrInterrupted] where the
// product had not yet answered. Runs in one process take turns.
func Run(ctx context.Context, o Options) (report.Report, error) {
	ginkgoOwned.Lock()
	defer ginkgoOwned.Unlock()
	chosen, err := choose(registry(), o)
	if err != nil {
		return report.Report{}, err
	}
	if err := o.Target.Check(); err != nil {
		return report.Report{}, err
	}
	signalled, stopSignals := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stopSignals()
	if o.Target, err = Resolve(signalled, o.Target); err != nil {
		return report.Report{}, begun(signalled, err)
	}
	end, err := o.begin(signalled)
	if err != nil {
		return report.Report{}, begun(signalled, err)
	}
	r, err := o.run(ctx, signalled, chosen)
	r.Left = end(r.Interrupted)
	return r, begun(signalled, err)
}

// begun is why a run could not begin: that it was interrupted comes before what it was
// interrupted in.
func begun(signalled context.Context, err error) error {
	if err != nil && signalled.Err() != nil {
		return target.ErrInterrupted
	}
	return err
}

// run runs what is chosen in a run that has begun.
func (o Options) run(ctx, signalled context.Context, chosen []Listed) (report.Report, error) {
	o.Seed = o.seed()
	var err error
	if o.Target, err = Reach(signalled, o.Target); err != nil {
		return report.Report{}, err
	}
	leave, err := Enroll(signalled, o.Target)
	if err != nil {
		return report.Report{}, &Unreachable{"the target " + o.Target.Name, target.Explain(o.Target.Connection().Address(), err)}
	}
	defer func() {
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
		defer cancel()
		leave(leaving)
	}()
	if o.Target, err = Discover(signalled, o.Target); err != nil {
		return report.Report{}, err
	}

	var stopped atomic.Pointer[time.Time]
	due := time.Now().Add(o.timeout())
	defer context.AfterFunc(signalled, func() { now := time.Now(); stopped.CompareAndSwap(nil, &now) })()
	// A busy machine is late to notice, and the last spec has ended by then.
	defer time.AfterFunc(time.Until(due), func() { stopped.CompareAndSwap(nil, &due) }).Stop()
	o.Configuration.Only, o.Configuration.LabelFilter = o.Only, o.LabelFilter
	procs := o.procs(len(chosen))
	ran, err := o.playTogether(signalled, chosen, procs)
	if err != nil {
		return report.Report{}, err
	}
	interrupted := signalled.Err() != nil
	signal.Reset(os.Interrupt, syscall.SIGTERM)

	meta := report.Meta{Tool: o.Tool, Target: o.Target, Configuration: o.Configuration, Interrupted: interrupted}
	if at := stopped.Load(); at != nil {
		meta.StoppedAt = *at
	}
	return report.FromGinkgo(ran, fixtures.Requirements(), meta), nil
}

// play lets Ginkgo run the specs of the sections that the filter chooses, and returns its
// report. It calls ended after each spec.
func (o Options) play(ctx context.Context, sections []string, filter string, ended func(ginkgo.SpecReport)) types.Report {
	globals.Reset()
	defer globals.Reset()
	gomega.RegisterFailHandler(ginkgo.Fail)
	defer quieten()()

	var ran types.Report
	spec.RegisterSome(func() target.Target { return o.Target }, func(section string) bool {
		return slices.Contains(sections, section)
	})
	ginkgo.BeforeEach(func() {
		if ctx.Err() != nil {
			ginkgo.AbortSuite("the run was cancelled")
		}
	})
	var last atomic.Pointer[types.SpecReport]
	ginkgo.ReportAfterEach(func(s ginkgo.SpecReport) {
		if tookPart(s) {
			last.Store(&s)
			ended(s)
		}
	})
	ginkgo.ReportAfterSuite("collecting the report", func(r types.Report) { ran = r })

	config, reporting := ginkgo.GinkgoConfiguration()
	config.LabelFilter = filter
	config.FailOnEmpty = true
	config.RandomizeAllSpecs = true
	config.RandomSeed = o.Seed
	config.Timeout = o.timeout()
	config.GracePeriod = grace
	reporting.NoColor = true
	ginkgo.RunSpecs(&outcome{}, suiteName, config, reporting, ginkgo.AroundNode(cancelledWith(ctx)))
	keepVerdict(&ran, last.Load())
	hide(&ran, spec.Granted())
	return ran
}

// keepVerdict gives the spec that ended last the verdict that it ended with. A signal that
// comes while its end is told interrupts the telling, and Ginkgo says so of the spec.
func keepVerdict(ran *types.Report, last *types.SpecReport) {
	if last == nil {
		return
	}
	for i := range ran.SpecReports {
		if s := &ran.SpecReports[i]; s.StartTime.Equal(last.StartTime) && s.FullText() == last.FullText() {
			s.State, s.Failure = last.State, last.Failure
		}
	}
}

// tookPart says whether the spec was run, or concluded that it cannot be; the
// others were not chosen.
func tookPart(s ginkgo.SpecReport) bool {
	return s.State != types.SpecStateSkipped || s.Failure.Message != ""
}

func (o Options) seed() int64 {
	if o.Seed != 0 {
		return o.Seed
	}
	return rand.Int64N(1<<31-1) + 1
}

func (o Options) timeout() time.Duration {
	return cmp.Or(o.Timeout, o.Target.Network.Deadline, target.DefaultDeadline)
}

// counter returns what is told of each spec that ended, by any of the processes. Whoever
// is told may take long, and nothing else waits for that.
func (o Options) counter(total int) func(spec string, failed bool) {
	var mu sync.Mutex
	started := time.Now()
	progress := report.Progress{Total: total}
	return func(spec string, failed bool) {
		if o.Progress == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		progress.Done++
		if failed {
			progress.Failed++
		}
		if spec != "" {
			progress.Doing = spec
		}
		progress.Elapsed = time.Since(started)
		o.Progress(progress)
	}
}

// ended is the key of a spec that ended, and whether it failed.
func ended(ran ginkgo.SpecReport) (key string, failed bool) {
	if identity, ok := report.Identify(ran, fixtures.Requirements()); ok {
		key = identity.Key()
	}
	return key, ran.Failed()
}

// cancelledWith ends what a spec is doing when the caller's context ends; Ginkgo
// itself knows only signals.
func cancelledWith(caller context.Context) func(context.Context, func(context.Context)) {
	return func(ctx context.Context, body func(context.Context)) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(caller, func() { cancel(context.Cause(caller)) })()
		body(ctx)
	}
}

// quieten keeps Ginkgo from printing until the function returned is called.
func quieten() (restore func()) {
	before := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	return func() { formatter.ColorableStdOut = before }
}

// outcome is what Ginkgo wants instead of a *testing.T. The report says more.
type outcome struct{ failed bool }

// Fail implements Ginkgo's interface.
func (o *outcome) Fail() { o.failed = true }
