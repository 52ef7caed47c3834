package selftest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// Options say how to run a self-test.
type Options struct {
	// Full runs against every defect all specs that share a feature with those that must
	// catch it, not only those of its areas; and against the reference every spec under
	// every profile that a defect is about and, where that is a known one with single keys
	// said otherwise, every spec of the packages that know these keys.
	Full    bool
	Defects []fixtures.Defect // what to try; nil for the whole registry, and then toothless specs are looked for
	// Areas leave only the defects that are held against specs of these areas or of parts
	// of them, and the toothless among these specs; empty for all.
	Areas []string
	// Workers is how many processes try defects at a time; 0 tries them one after
	// the other in this one. Ginkgo is one to a process, so more at a time needs
	// more processes: they are this program again, which must call [Work] first
	// thing in its main.
	Workers  int
	Progress func(report.Progress)
}

// Run runs the self-test. An error means that it could not be done: a registry
// that names what does not exist, a reference that does not start, a worker that
// died. A defect that cannot be tried is one that was not caught.
func Run(ctx context.Context, o Options) (Result, error) {
	all := o.Defects == nil
	if all {
		o.Defects = fixtures.Defects()
	}
	if err := checkRegistry(o.Defects); err != nil {
		return Result{}, err
	}
	trials := o.trials()
	result := Result{Defects: []Defect{}, Total: len(trials), Toothless: []string{}}
	passed, err := result.clean(ctx, trials, all, o)
	if err != nil || len(result.Reference) > 0 || result.Interrupted {
		return result, err
	}
	failed, err := result.collect(ctx, trials, o)
	if all && err == nil && !result.Interrupted {
		result.Toothless = toothless(o.asked(passed), failed)
	}
	return result, err
}

// trials are those of the defects, in their order, that concern the areas.
func (o Options) trials() []trial {
	var all []trial
	for _, d := range o.Defects {
		if len(o.Areas) == 0 || slices.ContainsFunc(areas(d), o.touches) {
			all = append(all, trialOf(d, o.Full))
		}
	}
	return all
}

// touches tells whether the area has specs in common with those asked for: it is a part
// of one of them, or one is a part of it.
func (o Options) touches(area string) bool {
	return slices.ContainsFunc(o.Areas, func(asked string) bool {
		return within(area, asked) || within(asked, area)
	})
}

// asked are the keys of specs in the areas.
func (o Options) asked(keys []string) []string {
	if len(o.Areas) == 0 {
		return keys
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		return !slices.ContainsFunc(o.Areas, func(asked string) bool { return strings.HasPrefix(key, asked+".") })
	})
}

// within tells whether the area is the whole or a part of it.
func within(area, whole string) bool {
	return area == whole || strings.HasPrefix(area, whole+".")
}

// clean runs the reference without a defect, once under each profile that a trial is
// about, and notes what it did not pass. It returns the keys of what it passed.
func (r *Result) clean(ctx context.Context, trials []trial, all bool, o Options) (passed []string, err error) {
	for _, v := range o.variants(trials) {
		chosen := choice{everything: o.Full, workers: o.Workers}
		switch {
		case len(o.Areas) > 0:
			chosen.filter = concerned(trials, v).with(kin{Areas: o.Areas}).filter()
		case !all:
			chosen.filter = concerned(trials, v).filter()
		case o.Full && len(v.Keys) > 0:
			chosen.filter = around(v).filter()
		}
		ran, err := judge(ctx, v, "", chosen)
		if err != nil {
			return nil, fmt.Errorf("the reference under the profile %s: %w", v, err)
		}
		for _, key := range notPassed(ran) {
			if !v.Usual() {
				key += ", under the profile " + v.String()
			}
			r.Reference = append(r.Reference, key)
		}
		for _, s := range ran.Specs {
			if s.Verdict == report.Passed {
				passed = append(passed, s.Key())
			}
		}
		if r.Interrupted = ran.Interrupted; r.Interrupted {
			break
		}
	}
	return passed, nil
}

// variants are the profiles that the trials are about, each once. Where areas are asked
// for the default one is among them: their specs may be ones that no defect is held against.
func (o Options) variants(trials []trial) []fixtures.Variant {
	var all []fixtures.Variant
	if len(o.Areas) > 0 {
		all = append(all, fixtures.Variant{})
	}
	for _, t := range trials {
		same := func(v fixtures.Variant) bool { return v.String() == t.Defect.Variant.String() }
		if !slices.ContainsFunc(all, same) {
			all = append(all, t.Defect.Variant)
		}
	}
	return all
}

// concerned is all that the trials under a profile run.
func concerned(trials []trial, under fixtures.Variant) kin {
	var together kin
	for _, t := range trials {
		if t.Defect.Variant.String() == under.String() {
			together = together.with(t.kin)
		}
	}
	return together
}

// collect tries all defects and returns the specs that one or other made fail.
func (r *Result) collect(ctx context.Context, trials []trial, o Options) (failed map[string]bool, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	met := make([]*Defect, len(trials))
	failed = map[string]bool{}
	progress := report.Progress{Total: len(trials)}
	began := time.Now()
	err = tryAll(ctx, trials, o.Workers, func(i int, found finding) error {
		if found.Interrupted {
			r.Interrupted = true
			return context.Canceled
		}
		met[i] = &found.Defect
		for _, key := range found.Failed {
			failed[key] = true
		}
		progress.Done++
		if !found.Defect.OK() {
			progress.Failed++
		}
		progress.Elapsed, progress.Doing = time.Since(began), found.Defect.Name
		if o.Progress != nil {
			o.Progress(progress)
		}
		return nil
	})
	if r.Interrupted = r.Interrupted || ctx.Err() != nil; r.Interrupted {
		err = nil
	}
	for _, d := range met {
		if d == nil {
			continue
		}
		r.Defects = append(r.Defects, *d)
		if d.Caught() {
			r.Caught++
		}
	}
	return failed, err
}

// notPassed lists what a product that gets everything right should have passed. A
// spec for a behaviour that its profile does not declare is unsupported, which is
// right.
func notPassed(r report.Report) []string {
	var keys []string
	for _, s := range r.Specs {
		if s.Verdict != report.Passed && s.Verdict != report.Unsupported {
			keys = append(keys, fmt.Sprintf("%s: %s", s.Key(), s.Verdict))
		}
	}
	return keys
}

// toothless lists the specs that the reference passed, under whatever profile, and
// that no defect made fail.
func toothless(passed []string, failed map[string]bool) []string {
	keys := []string{}
	for _, key := range passed {
		if !failed[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// checkRegistry makes sure that what the registry names exists.
func checkRegistry(defects []fixtures.Defect) error {
	proved := nameable(verify.List())
	buildable := bundled.Defects()
	for _, d := range defects {
		if !slices.Contains(buildable, d.Name) {
			return fmt.Errorf("fixtures/defects: nothing builds the defect %s", d.Name)
		}
		for _, id := range slices.Concat(d.Catches, d.Also) {
			if !proved[id] {
				return fmt.Errorf("fixtures/defects: %s names %s, and no spec proves that", d.Name, id)
			}
		}
	}
	return nil
}

// nameable is everything by which the registry may name a spec, as [names] reads it.
func nameable(listed []verify.Listed) map[string]bool {
	all := map[string]bool{}
	for _, l := range listed {
		all[l.ID], all[l.Key()] = true, true
		for _, area := range fixtures.Areas(l.ID) {
			all[area+".*"] = true
		}
	}
	return all
}
