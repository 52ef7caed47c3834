package spec

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/journal"
	"rollcall.example/suites/target"
)

// staged is what the running spec plays against; Ginkgo runs one spec at a time
// in a process.
var staged struct {
	profile fixtures.Profile
	stage   *stage // nil where the spec has not got so far
}

// played counts the specs of the process, founded the organizations and providers
// that they asked for. With the run's tag and the process they name what a spec makes.
var (
	played  atomic.Int64
	founded atomic.Int64
)

// raiseCurtain readies both actors for the spec that is about to run, or ends it
// where the target cannot be held to it. What they did in the spec before is
// forgotten first, so that it is no evidence in this one.
func raiseCurtain(t target.Target, okta *Okta, product *Product) {
	*okta, *product = Okta{}, Product{}
	staged.profile, staged.stage = t.Profile, nil
	requirement := current()
	holdTo(t, requirement)
	live, err := enter(t)
	broken(err, 1)
	tag := fmt.Sprintf("%s-%d-%d", live.Tag(), max(t.Process, ginkgo.GinkgoParallelProcess()), played.Add(1))
	s := &stage{
		live: live, connection: live.Connection(), tag: tag, journal: journal.New(), dialect: dialectFor(t),
		pace: target.NewPace(t.Propagation), before: live.Traffic(), named: new(atomic.Int64),
		collecting: new(collecting), unwitnessed: t.Unwitnessed,
	}
	s.journal.Secret(live.Secrets()...)
	staged.stage = s
	if err := s.hireOkta(okta); err != nil {
		broken(err, 1)
	}
	*product = Product{s}
}

// stage is what one spec has to itself.
type stage struct {
	live       *target.Live
	connection target.Connection
	journal    *journal.Journal
	tag        string
	dialect    string
	pace       *target.Pace   // what was done, and whether it shows yet
	before     target.Traffic // what had gone to the product when the spec began
	named      *atomic.Int64  // how many bodies the spec's plain clients wrote
	collecting *collecting    // the collector, once it is asked for

	unwitnessed bool // what goes over the wire is not kept
}

// holdTo ends the spec where the target declares to behave otherwise than the
// requirement asks for, or lacks a feature that it needs.
func holdTo(t target.Target, r fixtures.Requirement) {
	if why := r.Excluded(t.Profile); why != "" {
		conclude(EntryUnsupported, why, 1)
	}
	for _, feature := range r.Needs {
		switch {
		case t.Has(feature):
		case t.Unseen(feature):
			conclude(EntryUnobserved, "nobody can see it without "+feature, 1)
		case t.Denied(feature) != "":
			conclude(EntryUnsupported, "the target has no "+feature+": "+t.Denied(feature), 1)
		case t.Lacks[feature] != "":
			conclude(EntryUnsupported, "the target has no "+feature+": "+t.Lacks[feature], 1)
		default:
			conclude(EntryUnsupported, "the target does not declare "+feature, 1)
		}
	}
	if dialect := labelled("dialect:"); dialect != "" && !contains(t.Dialects, dialect) {
		conclude(EntryUnsupported, "the target is not driven in dialect "+dialect, 1)
	}
}

func dialectFor(t target.Target) string {
	if dialect := labelled("dialect:"); dialect != "" {
		return dialect
	}
	if len(t.Dialects) == 0 || contains(t.Dialects, "oin") {
		return "oin"
	}
	return t.Dialects[0]
}

func labelled(prefix string) string {
	for _, label := range ginkgo.CurrentSpecReport().Labels() {
		if value, ok := strings.CutPrefix(label, prefix); ok {
			return value
		}
	}
	return ""
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// keepEvidence adds to the report what went over the wire in a spec that did not
// pass, and of every spec how much, and how long things took to show.
func keepEvidence(okta *Okta) {
	if okta.stage == nil {
		return
	}
	keepPace(okta.pace)
	if !okta.unwitnessed && !ginkgo.CurrentSpecReport().State.Is(types.SpecStatePassed) {
		okta.learnSecrets()
		ginkgo.AddReportEntry(EntryExchanges, okta.journal.Exchanges(), ginkgo.ReportEntryVisibilityNever)
	}
	ginkgo.AddReportEntry(EntryTraffic, okta.live.Traffic().Minus(okta.before), ginkgo.ReportEntryVisibilityNever)
}
