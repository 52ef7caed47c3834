package selftest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// Options say how to run a self-test.
type Options struct {
	Full    bool              // every spec against every defect, not only those of its areas
	Defects []fixtures.Defect // what to try; nil for the whole registry, and then toothless specs are looked for
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
	result := Result{Defects: []Defect{}, Total: len(o.Defects), Toothless: []string{}}
	trials := make([]trial, len(o.Defects))
	for i, d := range o.Defects {
		trials[i] = trialOf(d, o.Full)
	}
	clean, err := judge(ctx, "", concerned(trials, all || o.Full))
	if err != nil {
		return result, err
	}
	result.Interrupted = clean.Interrupted
	if result.Reference = notPassed(clean); len(result.Reference) > 0 || result.Interrupted {
		return result, nil
	}
	failed, err := result.collect(ctx, trials, o)
	if all && err == nil && !result.Interrupted {
		result.Toothless = toothless(clean, failed)
	}
	return result, err
}

// concerned are the areas of the trials; nil for all there are.
func concerned(trials []trial, everything bool) []string {
	if everything {
		return nil
	}
	var areas []string
	for _, t := range trials {
		areas = append(areas, t.Areas...)
	}
	slices.Sort(areas)
	return slices.Compact(areas)
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

// toothless lists the specs that the reference passed and that no defect made
// fail.
func toothless(clean report.Report, failed map[string]bool) []string {
	keys := []string{}
	for _, s := range clean.Specs {
		if s.Verdict == report.Passed && !failed[s.Key()] {
			keys = append(keys, s.Key())
		}
	}
	return keys
}

// checkRegistry makes sure that what the registry names exists.
func checkRegistry(defects []fixtures.Defect) error {
	listed := verify.List()
	buildable := bundled.Defects()
	for _, d := range defects {
		if !slices.Contains(buildable, d.Name) {
			return fmt.Errorf("defects.yaml: nothing builds the defect %s", d.Name)
		}
		for _, id := range slices.Concat(d.Catches, d.Also) {
			if !slices.ContainsFunc(listed, func(l verify.Listed) bool { return l.ID == id || l.Key() == id }) {
				return fmt.Errorf("defects.yaml: %s names %s, and no spec proves that", d.Name, id)
			}
		}
	}
	return nil
}
