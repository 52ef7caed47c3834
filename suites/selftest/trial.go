package selftest

import (
	"context"
	"errors"
	"slices"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// seed is the order of specs in every run: what one self-test finds the next one
// finds again.
const seed = 1

// trial is one defect to be tried. It can be sent to another process.
type trial struct {
	Defect fixtures.Defect `json:"defect"`
	kin
	Key string `json:"key"` // what the fake Okta signs with; empty: as Okta does
}

// swift is a key that signs in a fortieth of the time that Okta's takes, which is a third
// of what a self-test costs. What becomes of people does not depend on it.
const swift = "ec-p256"

// forging are the areas in which messages are forged, and that takes a key like Okta's.
var forging = []string{"jit", "saml"}

// trialOf makes the trial of a defect. By area it concerns its own specs and those of
// the requirements that it breaks, and takes a swift key where that will do; in full, all
// that share a feature with these, and always with a key like Okta's.
func trialOf(d fixtures.Defect, full bool) trial {
	t := trial{Defect: d, kin: kin{Areas: areas(d)}}
	switch {
	case full:
		t.Telling = shared(d)
	case !slices.ContainsFunc(t.Areas, forges):
		t.Key = swift
	}
	return t
}

func forges(area string) bool {
	return slices.ContainsFunc(forging, func(whole string) bool { return within(area, whole) })
}

// finding is what came of a trial.
type finding struct {
	Defect      Defect   `json:"defect"`
	Failed      []string `json:"failed"` // keys of all specs that failed
	Interrupted bool     `json:"interrupted"`
}

// try runs the trial against a reference of its own.
func (t trial) try(ctx context.Context) finding {
	ran, err := judge(ctx, t.Defect.Variant, t.Defect.Name, choice{filter: t.filter(), key: t.Key})
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
	filter     string // a label filter; empty for all
	everything bool   // under another profile than the default one, what is not about it too
	workers    int    // how many processes run them
	key        string // what the fake Okta signs with; empty: as Okta does
}

// judge runs the chosen specs against a fresh reference that declares the variant,
// with the defect or, where it has no name, without one.
func judge(ctx context.Context, v fixtures.Variant, defect string, chosen choice) (r report.Report, err error) {
	profile, err := v.Profile()
	if err != nil {
		return r, err
	}
	options := bundled.Options{Defect: defect, Key: chosen.key}
	if defect == "" {
		options.Profile = profile
	}
	product, err := bundled.Start(ctx, options)
	if err != nil {
		return r, err
	}
	product.Target.Profile, product.Target.Unwitnessed = profile, true
	defer func() { err = errors.Join(err, product.Close()) }()
	run := verify.Options{Target: product.Target, LabelFilter: chosen.filter, Seed: seed, Procs: chosen.workers}
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

// around are the spec packages that have anything about what the variant declares
// otherwise than the default profile.
func around(v fixtures.Variant) (k kin) {
	profile, err := v.Profile()
	if err != nil {
		return kin{} // which judge tells
	}
	for _, id := range about(profile) {
		k = k.with(kin{Areas: fixtures.Areas(id)[:1]})
	}
	return k
}
