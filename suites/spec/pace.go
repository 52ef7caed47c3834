package spec

import (
	"context"

	"github.com/onsi/ginkgo/v2"

	"rollcall.example/suites/target"
)

// EntryPropagation is a report entry, a []float64: in seconds, how long what the spec
// did took to show, for each act of which that is known. Only a target that declares
// a bound has it.
const EntryPropagation = "rollcall.propagation"

// settle waits until what was done so far shows for sure. What asks just once, and
// takes the answer for what it is, does so first.
func (s *stage) settle(ctx context.Context) { broken(s.pace.Settle(ctx), 2) }

// Settled is [Product.Look] once everything shows that was done so far: for a view
// that is kept, to be read or compared with later.
func (p *Product) Settled(ctx context.Context, who *Person) target.View {
	p.settle(ctx)
	return p.look(ctx, identifiersOf(who), 3)
}

// SettledFor is Settled for somebody known by these names only.
func (p *Product) SettledFor(ctx context.Context, who target.Identifiers) target.View {
	p.settle(ctx)
	return p.look(ctx, who, 3)
}

// once looks until something shows, or until it will not any more.
func (p *Product) once(ctx context.Context, who *Person, shows func(target.View) bool) target.View {
	view := p.look(ctx, identifiersOf(who), 5).AsControl()
	view.Judge(shows, true)
	return view.Latest()
}

// keepPace adds to the report how long things took to show.
func keepPace(pace *target.Pace) {
	var seconds []float64
	for _, took := range pace.Took() {
		seconds = append(seconds, took.Seconds())
	}
	if len(seconds) > 0 {
		ginkgo.AddReportEntry(EntryPropagation, seconds, ginkgo.ReportEntryVisibilityNever)
	}
}
