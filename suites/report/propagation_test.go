package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/fixtures"
	"rollcall.example/suites/report"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// observing is a spec that noted how long things took, in this process or another.
func observing(t *testing.T, elsewhere bool, seconds ...float64) types.SpecReport {
	t.Helper()
	value := types.WrapEntryValue(seconds)
	if elsewhere {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
	}
	return types.SpecReport{ReportEntries: types.ReportEntries{{Name: spec.EntryPropagation, Value: value}}}
}

func TestHowLongThingsTook(t *testing.T) {
	t.Parallel()
	ran := types.Report{SpecReports: types.SpecReports{observing(t, false, 0.3, 0.1), observing(t, true, 0.2004, 1.5), observing(t, false, 0.15)}}
	of := func(ran types.Report, bound time.Duration) report.Report {
		return report.FromGinkgo(ran, fixtures.Requirements(), report.Meta{Target: target.Target{Propagation: bound}})
	}
	want := report.Propagation{BoundSeconds: 2, Observed: 5, MedianSeconds: 0.2, MaxSeconds: 1.5}
	if got := of(ran, 2*time.Second).Propagation; got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := of(ran, 0).Propagation; got != nil {
		t.Errorf("nothing is declared, and the report says %+v", got)
	}
	for bound, says := range map[time.Duration]string{
		2 * time.Second: "what was done took 0.20 s to show, 1.50 s at most (median and maximum of 5); the target declares up to 2s\n", 0: "",
	} {
		var shown bytes.Buffer
		if err := of(ran, bound).Console(&shown, false); err != nil || strings.Contains(shown.String(), "to show") != (says != "") || !strings.Contains(shown.String(), says) {
			t.Errorf("%s: %v, %s", bound, err, shown.String())
		}
	}
	var shown bytes.Buffer
	if err := of(types.Report{}, 500*time.Millisecond).Console(&shown, false); err != nil || !strings.Contains(shown.String(), "nothing was seen to take its time; the target declares up to 0.5s\n") {
		t.Errorf("%v, %s", err, shown.String())
	}
}
