package verify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// behind is the reference's SCIM endpoint as a target of its own, behind something
// that stands in the way.
func behind(t *testing.T, way func(http.Handler) http.Handler) target.Target {
	t.Helper()
	product := start(t, bundled.Options{})
	g := newGate(t, product, func(*http.Request) bool { return true }, nil)
	g.server.Config.Handler = way(g.server.Config.Handler)
	described, err := verify.SCIMOnly(g.url, "token-0123456789", []string{"oin"})
	if err != nil {
		t.Fatal(err)
	}
	described.Disposable = true
	return described
}

// A product that is busy now and then is waited for, and the report says so.
func TestABusyProductIsWaitedForAndReported(t *testing.T) {
	var came, now, most atomic.Int64
	described := behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			if came.Add(1)%40 == 0 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	described.Network.Concurrency = 2
	began := time.Now()
	r, err := verify.Run(context.Background(), verify.Options{Target: described, Areas: []string{"tracking"}, Procs: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Specs {
		if s.Verdict != report.Passed && s.Verdict != report.Unobserved && s.Verdict != report.Unsupported {
			t.Errorf("%s: %s: %s", s.Key(), s.Verdict, s.Reason)
		}
	}
	n := r.Network
	if n == nil || n.Requests < 50 || n.Throttled < 1 || n.WaitedSeconds < float64(n.Throttled) {
		t.Fatalf("%+v", n)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it took %v", took)
	}
	if most.Load() > 2 {
		t.Errorf("%d requests at a time, of two processes together", most.Load())
	}
	var console, page strings.Builder
	if err := r.Console(&console, false); err != nil {
		t.Fatal(err)
	}
	if err := r.Markdown(&page); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("answered 429 Too Many Requests to %d of %d requests; the run waited", n.Throttled, n.Requests)
	for _, text := range []string{console.String(), page.String()} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

// The target's deadline ends the run, with a report of what was reached.
func TestTheDeadlineOfARun(t *testing.T) {
	described := behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(40 * time.Millisecond):
			case <-r.Context().Done():
			}
			next.ServeHTTP(w, r)
		})
	})
	described.Network.Deadline = 2 * time.Second
	for _, procs := range []int{1, 2} {
		began := time.Now()
		r, err := verify.Run(context.Background(), verify.Options{Target: described, Procs: procs})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%d processes: it took %v", procs, took)
		}
		if !r.Partial || r.Interrupted || r.Exit() == report.ExitConformant || !strings.HasPrefix(r.Summary.Headline, "stopped at its deadline: ") {
			t.Errorf("%d processes: partial %v, interrupted %v, exit %d, %d not run: %s", procs, r.Partial, r.Interrupted, r.Exit(), r.Summary.NotRun, r.Summary.Headline)
		}
		for _, s := range r.Specs {
			if s.Verdict == report.Error {
				t.Errorf("%d processes: %s was cut short, and is told as an %s: %s", procs, s.Key(), s.Verdict, s.Reason)
			}
		}
		if len(r.Specs) == 0 {
			t.Errorf("%d processes: nothing was reached", procs)
		}
	}
}

// A token that was granted while the run went on is as secret as one that the target
// file named, wherever the product repeats it.
func TestGrantedTokensStaySecret(t *testing.T) {
	tokens := grantor(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = fmt.Fprintf(w, `{"detail":"you came with %s","totalResults":0}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	t.Setenv("GATE_SECRET", "s3cret-of-the-gate")
	text := fmt.Sprintf("version: 1\nconnections: [{scim: {base_url: %s, auth: {oauth2: {token_url: %s, client_id: rollcall, client_secret: {env: GATE_SECRET}}}}}]\n", server.URL, tokens.url)
	described, err := target.Read(context.Background(), []byte(text), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, procs := range []int{1, 2} {
		r, err := verify.Run(context.Background(), verify.Options{Target: described, Areas: []string{"tracking", "setup"}, Procs: procs})
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		if err := r.JSON(&all); err != nil {
			t.Fatal(err)
		}
		if err := r.Console(&all, false); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(all.String(), "you came with") {
			t.Errorf("%d processes: nobody repeats anything", procs)
		}
		for _, secret := range []string{"granted-token", "s3cret-of"} {
			if at := strings.Index(all.String(), secret); at >= 0 {
				t.Errorf("%d processes: …%s", procs, all.String()[max(0, at-200):at+40])
			}
		}
	}
}
