package main

import (
	"fmt"
	"io"
	"time"

	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
)

// gate is what decides besides the specs whether a run succeeds.
type gate struct {
	waivers  []report.Waiver
	waiving  bool
	baseline *report.Report
	path     string // of the baseline
}

// gate reads what the flags name, so that a mistake in it is known before the run.
func (f verifyFlags) gate(stdin io.Reader) (gate, error) {
	g := gate{waiving: f.waivers != "", path: f.baseline}
	if g.waiving {
		waivers, err := readWaivers(f.waivers)
		if err != nil {
			return g, err
		}
		g.waivers = waivers
	}
	if f.baseline != "" {
		older, err := readReport(f.baseline, stdin)
		if err != nil {
			return g, err
		}
		g.baseline = &older
	}
	return g, nil
}

// fits says before the run whether the baseline can be held against it.
func (g gate) fits(product target.Target) error {
	if g.baseline == nil {
		return nil
	}
	if err := report.Baselines(*g.baseline, report.Planned(product)); err != nil {
		return fmt.Errorf("%s cannot be the baseline: %w", g.path, err)
	}
	return nil
}

// hold puts waivers and baseline in force.
func (g gate) hold(r report.Report, now time.Time) (report.Report, error) {
	if g.waiving {
		r = r.Apply(g.waivers, now)
	}
	if g.baseline == nil {
		return r, nil
	}
	held, err := r.Against(*g.baseline)
	if err != nil {
		return r, fmt.Errorf("%s cannot be the baseline: %w", g.path, err)
	}
	return held, nil
}
