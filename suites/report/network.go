package report

import (
	"fmt"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// Network is what went to the target while specs ran, and how it was slowed down.
type Network struct {
	Requests      int64   `json:"requests"`       // sent, each sending counted
	Throttled     int64   `json:"throttled"`      // of those, answered 429 Too Many Requests
	WaitedSeconds float64 `json:"waited_seconds"` // because the target asked for it, in all processes together
}

// networkOf sums up what the specs sent; nil where none tells.
func networkOf(ran []types.SpecReport) *Network {
	var sum target.Traffic
	told := false
	for _, one := range ran {
		for _, e := range one.ReportEntries {
			var sent target.Traffic
			if e.Name == spec.EntryTraffic && valueOf(e, &sent) == nil {
				told = true
				sum.Requests += sent.Requests
				sum.Throttled += sent.Throttled
				sum.Waited += sent.Waited
			}
		}
	}
	if !told {
		return nil
	}
	return &Network{Requests: sum.Requests, Throttled: sum.Throttled, WaitedSeconds: millis(sum.Waited.Seconds())}
}

// slowed says whether the target asked the run to wait.
func (n *Network) slowed() bool { return n != nil && n.Throttled > 0 }

// inWords is one line about it.
func (n *Network) inWords() string {
	return fmt.Sprintf("the target answered 429 Too Many Requests to %d of %s; the run waited %.1f s for it", n.Throttled, plural(int(n.Requests), "request"), n.WaitedSeconds)
}
