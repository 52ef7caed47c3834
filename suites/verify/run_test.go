package verify_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// start starts a reference. Running the suite against it is what this package is
// for, which is why its tests may import the package that starts one.
func start(t *testing.T, o bundled.Options) target.Target {
	t.Helper()
	b, err := bundled.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b.Target
}

// few is enough to run where it does not matter what.
const few = "tracking.no-*"

func TestReferenceConforms(t *testing.T) {
	var last report.Progress
	product := start(t, bundled.Options{})
	r, err := verify.Run(context.Background(), verify.Options{
		Target: product, Progress: func(p report.Progress) { last = p },
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Exit() != report.ExitConformant || r.Summary.Headline != "conformant" {
		_ = r.Console(os.Stderr, false)
		t.Errorf("exit %d: %s", r.Exit(), r.Summary.Headline)
	}
	chosen, err := verify.Select(verify.Options{Target: product})
	if err != nil {
		t.Fatal(err)
	}
	if all := len(chosen); len(r.Specs) != all || last.Done != all || last.Total != all {
		t.Errorf("%d specs reported, %d of %d shown, of %d", len(r.Specs), last.Done, last.Total, all)
	}
}

func TestSeedOrdersTheRun(t *testing.T) {
	order := func(seed int64) (keys []string) {
		r, err := verify.Run(context.Background(), verify.Options{
			Target: start(t, bundled.Options{}), Only: []string{few}, Seed: seed,
			Progress: func(p report.Progress) { keys = append(keys, p.Doing) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.Seed != seed {
			t.Errorf("seed %d is reported as %d", seed, r.Seed)
		}
		return keys
	}
	first := order(7)
	if again := order(7); !slices.Equal(first, again) {
		t.Errorf("one seed, two orders: %v, %v", first, again)
	}
	for seed := int64(8); ; seed++ {
		if !slices.Equal(first, order(seed)) {
			return
		}
		if seed > 20 {
			t.Fatal("the order never changes")
		}
	}
}

func TestOneSpecOfOneVariant(t *testing.T) {
	r, err := verify.Run(context.Background(), verify.Options{
		Target: start(t, bundled.Options{}), Only: []string{"tracking.record-created[aiw]"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Specs) != 1 || r.Specs[0].Key() != "tracking.record-created[aiw]" || r.Specs[0].Verdict != report.Passed {
		t.Errorf("specs: %+v", r.Specs)
	}
}

func TestTargetsThatCannotBeUsed(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer refusing.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, address := range map[string]string{"401": refusing.URL, "connection refused": gone.URL} {
		product, err := verify.SCIMOnly(address, "very-secret", []string{"oin"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = verify.Run(context.Background(), verify.Options{Target: product})
		var unreachable *verify.Unreachable
		if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(err.Error(), "very-secret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q", name, err)
		}
	}
}

func TestAddressesWithSecretsAreRefused(t *testing.T) {
	for _, address := range []string{"https://user:secret@acme.test/scim", "https://acme.test/scim?token=secret", "ftp://acme.test", "acme.test/scim", "%secret"} {
		_, err := verify.SCIMOnly(address, "token", nil)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestCancelledContextStopsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := verify.Run(ctx, verify.Options{
		Target:   start(t, bundled.Options{}),
		Progress: func(report.Progress) { cancel() },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Partial || !r.Interrupted || r.Exit() != report.ExitInterrupted {
		t.Errorf("partial %v, interrupted %v, exit %d", r.Partial, r.Interrupted, r.Exit())
	}
	if len(r.Specs) == 0 || len(r.Specs) >= len(verify.List()) {
		t.Errorf("%d specs of %d have a verdict", len(r.Specs), len(verify.List()))
	}
	for _, s := range r.Specs {
		if s.Verdict == report.Error {
			t.Errorf("%s: %s: %s", s.Key(), s.Verdict, s.Reason)
		}
	}
}

func TestCancelledContextEndsAWait(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server := httptest.NewServer(waiting(cancel))
	defer server.Close()
	product, err := verify.SCIMOnly(server.URL, "token", []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	r, err := verify.Run(ctx, verify.Options{Target: product})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > slower*10*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if r.Exit() != report.ExitInterrupted || !r.Partial {
		t.Errorf("exit %d, partial %v", r.Exit(), r.Partial)
	}
	for _, s := range r.Specs {
		if s.Verdict != report.Unsupported && s.Verdict != report.Unobserved {
			t.Errorf("%s: %s, and nothing was answered", s.Key(), s.Verdict)
		}
	}
}

// waiting is a SCIM server that answers what comes before the first spec and from
// then on leaves everybody waiting, having called told.
func waiting(told func()) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if query.Get("count") == "1" || strings.Contains(query.Get("filter"), "bystander") {
			_, _ = w.Write([]byte(`{}`))
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // a server sees a caller go only after the body
		told()
		<-r.Context().Done()
	}
}

func TestManyRunsLeaveNothingBehind(t *testing.T) {
	product := start(t, bundled.Options{})
	once := func() {
		r, err := verify.Run(context.Background(), verify.Options{Target: product, Only: []string{"tracking.no-seat"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Specs) != 1 {
			t.Fatalf("%d specs", len(r.Specs))
		}
	}
	once()
	before := runtime.NumGoroutine()
	const runs = 30
	for range runs {
		once()
	}
	// Ginkgo's own handler of signals stays behind in each run, and cannot be stopped.
	if grown := runtime.NumGoroutine() - before; grown > runs+10 {
		t.Errorf("%d runs left %d goroutines behind", runs, grown)
	}
}
