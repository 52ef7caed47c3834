package defect

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

func TestRegistryAndFixturesNameTheSameDefects(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, d := range fixtures.Defects() {
		listed[d.Name] = true
		if _, ok := Find(d.Name); !ok {
			t.Errorf("fixtures/defects lists %s, and nothing builds it", d.Name)
		}
	}
	for _, name := range Names() {
		if !listed[name] {
			t.Errorf("%s can be built, and fixtures/defects does not list it", name)
		}
	}
}

// Each defect must come together with the reference as it is: a step or check that
// it names and that is gone would panic here.
func TestEveryDefectCanBeBuilt(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			d, _ := Find(name)
			app, err := reference.New(context.Background(), reference.Options{Rules: declaredBy(t, name)}, reference.With(d))
			if err != nil {
				t.Fatal(err)
			}
			if err := app.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// declaredBy are the rules of the profile under which the defect is one.
func declaredBy(t *testing.T, name string) *org.Rules {
	t.Helper()
	listed, _ := fixtures.FindDefect(name)
	profile, err := listed.Variant.Profile()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := org.RulesFrom(profile.Keys)
	if err != nil {
		t.Fatal(err)
	}
	return &rules
}

// A defect that goes back to the usual rule must stand under a profile in which the
// rule is another, or it would change nothing.
func TestRulesOfADefectAreOthersThanDeclared(t *testing.T) {
	t.Parallel()
	for _, listed := range fixtures.Defects() {
		if listed.Variant.Usual() {
			continue
		}
		declared := declaredBy(t, listed.Name)
		d, _ := Find(listed.Name)
		var before, after []string
		look := func(into *[]string) reference.Option {
			return func(p *reference.Parts) { *into = append(steps(p), fmt.Sprintf("%+v", *p.Rules)) }
		}
		app, err := reference.New(context.Background(), reference.Options{Rules: declared}, look(&before), reference.With(d), look(&after))
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Close(); err != nil {
			t.Error(err)
		}
		if slices.Equal(before, after) {
			t.Errorf("%s changes neither rules nor steps of %s", listed.Name, listed.Variant)
		}
	}
}

// steps names the steps of the events, and the checks, that defects of profiles are about.
func steps(p *reference.Parts) []string {
	var names []string
	for _, c := range p.SAML.Checks {
		names = append(names, fmt.Sprintf("%s %p", c.Name, c.Run))
	}
	for _, s := range p.Events.Provision {
		names = append(names, s.Name)
	}
	for _, s := range p.Events.Deactivate {
		names = append(names, s.Name)
	}
	for _, s := range p.Events.SignIn {
		names = append(names, s.Name)
	}
	for _, s := range p.Events.Session {
		names = append(names, s.Name)
	}
	return names
}

// One reference with a defect must leave the next one in the process right.
func TestDefectsDoNotLinger(t *testing.T) {
	t.Parallel()
	d, ok := Find("seat-at-create")
	if !ok {
		t.Fatal("seat-at-create is gone")
	}
	steps := func(options ...reference.Option) int {
		var seen int
		options = append(options, func(p *reference.Parts) { seen = len(p.Events.Provision) })
		app, err := reference.New(context.Background(), reference.Options{}, options...)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = app.Close() }()
		return seen
	}
	before := steps()
	if with := steps(reference.With(d)); with != before+1 {
		t.Errorf("the defect made %d steps of %d", with, before)
	}
	if after := steps(); after != before {
		t.Errorf("after the defect there are %d steps, before %d", after, before)
	}
}
