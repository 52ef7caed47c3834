package defect

import (
	"context"
	"testing"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
)

func TestRegistryAndFixturesNameTheSameDefects(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, d := range fixtures.Defects() {
		listed[d.Name] = true
		if _, ok := Find(d.Name); !ok {
			t.Errorf("fixtures/defects.yaml lists %s, and nothing builds it", d.Name)
		}
	}
	for _, name := range Names() {
		if !listed[name] {
			t.Errorf("%s can be built, and fixtures/defects.yaml does not list it", name)
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
			app, err := reference.New(context.Background(), reference.Options{}, reference.With(d))
			if err != nil {
				t.Fatal(err)
			}
			if err := app.Close(); err != nil {
				t.Error(err)
			}
		})
	}
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
