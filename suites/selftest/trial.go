package selftest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// seed is the order of specs in every run: what one self-test finds the next one
// finds again.
const seed = 1

// trial is one defect to be tried. It can be sent to another process.
type trial struct {
	Defect fixtures.Defect `json:"defect"`
	Areas  []string        `json:"areas"` // whose specs to run; empty for all
	// Features are what the specs to run have to do with, one of them at least; empty
	// for no matter what.
	Features []string `json:"features"`
}

// trialOf makes the trial of a defect. By area it concerns its own specs and those of
// the requirements that it breaks; in full, all that share a feature with these.
func trialOf(d fixtures.Defect, full bool) trial {
	if full {
		return trial{Defect: d, Features: features(d)}
	}
	return trial{Defect: d, Areas: areas(d)}
}

// areas are the defect's own and those of the requirements that it breaks.
func areas(d fixtures.Defect) []string {
	all := []string{d.Area}
	for _, id := range d.Catches {
		all = append(all, fixtures.AreaOf(id))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// features are what the product must have for the defect to show. That it has users
// says nothing, unless it is all that there is to say: nearly every spec needs them.
func features(d fixtures.Defect) []string {
	var needed []string
	for _, id := range d.Catches {
		r, _ := fixtures.Requirements().Find(id)
		telling := slices.DeleteFunc(slices.Clone(r.Needs), func(f string) bool { return f == target.SCIMUsers })
		if len(telling) == 0 {
			return nil
		}
		needed = append(needed, telling...)
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

// finding is what came of a trial.
type finding struct {
	Defect      Defect   `json:"defect"`
	Failed      []string `json:"failed"` // keys of all specs that failed
	Interrupted bool     `json:"interrupted"`
}

// try runs the trial against a reference of its own.
func (t trial) try(ctx context.Context) finding {
	ran, err := judge(ctx, t.Defect.Variant, t.Defect.Name, t.choice())
	switch {
	case ran.Interrupted || ctx.Err() != nil:
		return finding{Interrupted: true}
	case err != nil:
		return finding{Defect: untried(t.Defect, err)}
	}
	found := finding{Defect: compare(t.Defect, ran)}
	for _, s := range ran.Specs {
		if fails(s) {
			found.Failed = append(found.Failed, s.Key())
		}
	}
	return found
}

// choice is which specs to run.
type choice struct {
	areas      []string // of these areas; empty for all
	filter     string   // a label filter besides
	everything bool     // under another profile than the default one, what is not about it too
	workers    int      // how many processes run them
}

func (t trial) choice() choice {
	c := choice{areas: t.Areas}
	if len(t.Features) > 0 {
		c.filter = "feature: containsAny {" + strings.Join(t.Features, ", ") + "}"
	}
	return c
}

// judge runs the chosen specs against a fresh reference that declares the variant,
// with the defect or, where it has no name, without one.
func judge(ctx context.Context, v fixtures.Variant, defect string, chosen choice) (r report.Report, err error) {
	profile, err := v.Profile()
	if err != nil {
		return r, err
	}
	options := bundled.Options{Defect: defect}
	if defect == "" {
		options.Profile = profile
	}
	product, err := bundled.Start(ctx, options)
	if err != nil {
		return r, err
	}
	product.Target.Profile, product.Target.Unwitnessed = profile, true
	defer func() { err = errors.Join(err, product.Close()) }()
	run := verify.Options{Target: product.Target, Areas: chosen.areas, LabelFilter: chosen.filter, Seed: seed, Procs: chosen.workers}
	if !chosen.everything && !v.Usual() {
		run.Only = about(profile)
	}
	return verify.Run(ctx, run)
}

// about lists the requirements that are about what the profile declares otherwise than
// the default one. What other defects do to the rest was tried under that.
func about(profile fixtures.Profile) []string {
	var ids []string
	for _, r := range fixtures.Requirements() {
		if r.Untested == "" && r.Unusual() && r.Excluded(profile) == "" {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
