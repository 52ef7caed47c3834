package verify_test

import (
	"context"
	"os"
	"reflect"
	"slices"
	"syscall"
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

func TestMain(m *testing.M) {
	verify.Work()
	os.Exit(machine.RunElsewhere(m))
}

// In several processes, with a defect and without, the verdicts are those of one.
func TestSeveralProcessesAgreeWithOne(t *testing.T) {
	labels := "area: containsAny {tracking, jit}"
	if slower > 1 {
		labels = "area:tracking" // the race detector makes it long, and the processes do the same
	}
	for name, o := range map[string]bundled.Options{"conformant": {}, "defect": {Defect: "seat-at-create"}} {
		t.Run(name, func(t *testing.T) {
			at := start(t, o)
			alone := judged(t, verify.Options{Target: at, LabelFilter: labels})
			var last report.Progress
			together := judged(t, verify.Options{
				Target: at, LabelFilter: labels, Procs: 3, Seed: 5,
				Progress: func(p report.Progress) { last = p },
			})
			if !reflect.DeepEqual(verdicts(alone), verdicts(together)) {
				t.Errorf("alone    %v\ntogether %v", verdicts(alone), verdicts(together))
			}
			if alone.Exit() != together.Exit() || alone.Summary.Headline != together.Summary.Headline {
				t.Errorf("alone %d %q, together %d %q", alone.Exit(), alone.Summary.Headline, together.Exit(), together.Summary.Headline)
			}
			if n := len(together.Specs); last.Done != n || last.Total != n || together.Seed != 5 || together.Partial {
				t.Errorf("%d specs; %+v; seed %d; partial %v", n, last, together.Seed, together.Partial)
			}
			if o.Defect != "" && (len(withExchanges(together)) == 0 || len(withExchanges(alone)) != len(withExchanges(together))) {
				t.Errorf("exchanges are kept of %v alone and of %v together", withExchanges(alone), withExchanges(together))
			}
		})
	}
}

func withExchanges(r report.Report) (keys []string) {
	for _, s := range r.Specs {
		if len(s.Exchanges) > 0 {
			keys = append(keys, s.Key())
		}
	}
	return keys
}

func judged(t *testing.T, o verify.Options) report.Report {
	t.Helper()
	r, err := verify.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A run in several processes that is cancelled says what it has, and that it is not all.
func TestSeveralProcessesCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := 0
	r, err := verify.Run(ctx, verify.Options{
		Target: start(t, bundled.Options{}), Procs: 2, LabelFilter: "area: containsAny {tracking, jit}",
		Progress: func(report.Progress) {
			if done++; done == 5 {
				cancel()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Partial || !r.Interrupted || len(r.Specs) < 5 || len(r.Specs) > 60 {
		t.Errorf("partial %v, interrupted %v, %d specs", r.Partial, r.Interrupted, len(r.Specs))
	}
	for _, s := range r.Specs {
		if s.Verdict != report.Passed {
			t.Errorf("%s: %s %s", s.Key(), s.Verdict, s.Reason)
		}
	}
}

// A signal that comes while the end of a spec is told takes nothing back of it.
func TestASpecThatWasToldOfStands(t *testing.T) {
	told, over := make(chan string, 1), make(chan struct{})
	done := 0
	r, err := verify.Run(context.Background(), verify.Options{
		Target: start(t, bundled.Options{}), LabelFilter: "area:tracking", Procs: 1,
		Progress: func(p report.Progress) {
			if done++; done == 2 {
				told <- p.Doing
				if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
					t.Error(err)
				}
				<-over // whoever is told takes longer than Ginkgo waits
			}
		},
	})
	close(over)
	if err != nil {
		t.Fatal(err)
	}
	if key := <-told; !r.Interrupted || !slices.Contains(keysOf(r), key) {
		t.Errorf("interrupted: %t; %s was told of, and the report has %v", r.Interrupted, key, keysOf(r))
	}
}

func keysOf(r report.Report) (keys []string) {
	for _, s := range r.Specs {
		keys = append(keys, s.Key())
	}
	return keys
}
