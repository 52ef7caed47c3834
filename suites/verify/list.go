package verify

import (
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"

	_ "rollcall.example/suites" // the specs
)

// Listed is a spec that can be run.
type Listed struct {
	ID      string   // the requirement that it proves
	Variant string   // empty where there is only one
	Title   string   // its own text
	Section string   // the section that it stands in
	Level   string   // MUST, SHOULD or MAY
	Labels  []string // what a label filter sees
}

// Key is the id, or id[variant].
func (l Listed) Key() string { return report.Spec{ID: l.ID, Variant: l.Variant}.Key() }

// Area is the part of the product that the spec is about, as [fixtures.AreaOf] has it.
func (l Listed) Area() string { return fixtures.AreaOf(l.ID) }

// ginkgoOwned guards Ginkgo's globals: one list or run at a time.
var ginkgoOwned sync.Mutex

// List returns every spec there is, sorted by key.
func List() []Listed {
	ginkgoOwned.Lock()
	defer ginkgoOwned.Unlock()
	return slices.Clone(registry())
}

// registry asks Ginkgo for the tree of specs, once: the sections do not change
// while a program runs.
var registry = sync.OnceValue(func() []Listed {
	defer beFrugal(1).end()
	globals.Reset()
	spec.Register(func() target.Target { return target.Target{} })
	config, reporting := ginkgo.GinkgoConfiguration()
	config.LabelFilter = ""
	var preview ginkgo.Report
	heedingSignals(func() { preview = ginkgo.PreviewSpecs(suiteName, config, reporting) })
	globals.Reset()

	var listed []Listed
	for _, s := range preview.SpecReports {
		if identity, ok := report.Identify(s, fixtures.Requirements()); ok {
			listed = append(listed, Listed{
				ID: identity.ID, Variant: identity.Variant, Title: identity.Title,
				Section: identity.Section, Level: identity.Level, Labels: s.Labels(),
			})
		}
	}
	slices.SortStableFunc(listed, func(a, b Listed) int { return strings.Compare(a.Key(), b.Key()) })
	return listed
})

// heedingSignals does what has Ginkgo listen to signals for as long as it takes. Ginkgo
// forgets those that come meanwhile, as there is no spec for them to stop: they are sent
// once more when it is done.
func heedingSignals(do func()) {
	came := make(chan os.Signal, 1)
	signal.Notify(came, os.Interrupt, syscall.SIGTERM)
	do()
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	select {
	case s := <-came:
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(s) // nobody can send it on Windows, where it stays forgotten
		}
	default:
	}
}

// Select returns what the options choose, without running it. A name that stands
// for nothing is an *[Unknown], a filter that chooses nothing is [ErrNothing].
func Select(o Options) ([]Listed, error) {
	ginkgoOwned.Lock()
	defer ginkgoOwned.Unlock()
	return choose(registry(), o)
}

// choose returns the specs that the options choose.
func choose(all []Listed, o Options) ([]Listed, error) {
	only := o.Only
	if len(only) == 0 {
		only = o.Target.Profile.Only
	}
	keys, err := matching(all, only)
	if err != nil {
		return nil, err
	}
	filter, err := filterFor(all, keys, o)
	if err != nil {
		return nil, err
	}
	selects, err := types.ParseLabelFilter(filter)
	if err != nil {
		return nil, badFilter(o.LabelFilter)
	}
	var chosen []Listed
	for _, l := range all {
		if selects(l.Labels) {
			chosen = append(chosen, l)
		}
	}
	if len(chosen) == 0 {
		return nil, ErrNothing
	}
	return chosen, nil
}
