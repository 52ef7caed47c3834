package verify_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

func TestARunHasItsOwnThriftUnlessOneIsSet(t *testing.T) {
	for _, set := range []int{100, 70} {
		before := debug.SetGCPercent(set)
		during := set
		_, err := verify.Run(context.Background(), verify.Options{
			Target: start(t, bundled.Options{}), Only: []string{"tracking.no-seat"},
			Progress: func(report.Progress) {
				runtime.GC()
				sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
				metrics.Read(sample)
				during = int(sample[0].Value.Uint64())
			},
		})
		if err != nil {
			t.Error(err)
		}
		if own := during != set; own != (set == 100) {
			t.Errorf("set to %d, the percentage is %d while specs run", set, during)
		}
		if after := debug.SetGCPercent(before); after != set {
			t.Errorf("set to %d, the percentage is %d after the run", set, after)
		}
	}
}
