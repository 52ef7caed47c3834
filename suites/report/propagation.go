package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/spec"
)

// Propagation is how long what was done to a target took to show, where the target
// declares that it may take a while.
type Propagation struct {
	BoundSeconds  float64 `json:"bound_seconds"`  // what the target declares
	Observed      int     `json:"observed"`       // acts of which it is known how long they took
	MedianSeconds float64 `json:"median_seconds"` // of those
	MaxSeconds    float64 `json:"max_seconds"`    // likewise
}

// propagationOf sums up what the specs observed; nil where the target shows things
// at once.
func propagationOf(ran []types.SpecReport, bound time.Duration) *Propagation {
	if bound <= 0 {
		return nil
	}
	var all []float64
	for _, one := range ran {
		for _, e := range one.ReportEntries {
			var took []float64
			if e.Name == spec.EntryPropagation && valueOf(e, &took) == nil {
				all = append(all, took...)
			}
		}
	}
	p := &Propagation{BoundSeconds: bound.Seconds(), Observed: len(all)}
	if len(all) == 0 {
		return p
	}
	slices.Sort(all)
	p.MedianSeconds, p.MaxSeconds = millis(all[len(all)/2]), millis(all[len(all)-1])
	return p
}

// millis drops what is less than a millisecond: nobody measured that.
func millis(seconds float64) float64 { return float64(int64(seconds*1000+0.5)) / 1000 }

// inWords is one line about it.
func (p *Propagation) inWords() string {
	if p.Observed == 0 {
		return fmt.Sprintf("nothing was seen to take its time; the target declares up to %gs", p.BoundSeconds)
	}
	return fmt.Sprintf("what was done took %.2f s to show, %.2f s at most (median and maximum of %d); the target declares up to %gs",
		p.MedianSeconds, p.MaxSeconds, p.Observed, p.BoundSeconds)
}
