package target

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// busy answers 429 as often as it is told to, with this Retry-After, and then 200.
type busy struct {
	times int32
	after string
	seen  atomic.Int32
	body  sync.Map // of what was sent, to true
}

func (b *busy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	b.body.Store(string(text), true)
	if b.seen.Add(1) > b.times {
		return
	}
	if b.after != "" {
		w.Header().Set("Retry-After", b.after)
	}
	w.WriteHeader(http.StatusTooManyRequests)
}

// waits is a wire on which waiting takes no time, and the waits that there were.
func waits(t *testing.T, n Network) (*wire, *[]time.Duration) {
	t.Helper()
	w, err := newWire(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.base.CloseIdleConnections)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	var all []time.Duration
	w.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	w.pause = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		all = append(all, d)
		return ctx.Err()
	}
	return w, &all
}

func post(w http.RoundTripper, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader("body"))
	if err != nil {
		return nil, err
	}
	return w.RoundTrip(request)
}

func TestAProductThatIsBusyIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := time.Second
	for name, c := range map[string]struct {
		times int32
		after string
		waits []time.Duration
		gives string // what becomes of it where it is no answer
	}{
		"never":                {0, "7", nil, ""},
		"seconds":              {2, "7", []time.Duration{7 * s, 7 * s}, ""},
		"no time at all":       {2, "0", []time.Duration{s, s}, ""},
		"a date":               {1, "Mon, 01 Jun 2026 12:00:30 GMT", []time.Duration{30 * s}, ""},
		"a date that is past":  {1, "Mon, 01 Jun 2026 11:00:00 GMT", []time.Duration{s}, ""},
		"nothing said":         {3, "", []time.Duration{s, 2 * s, 4 * s}, ""},
		"nonsense":             {2, "soon", []time.Duration{s, 2 * s}, ""},
		"a minute":             {1, "60", []time.Duration{60 * s}, ""},
		"an hour":              {1, "3600", nil, "asks to be left alone for 1h0m0s"},
		"always":               {100, "1", []time.Duration{s, s, s, s, s}, "still answers 429 Too Many Requests when asked for the 6th time"},
		"always, and says not": {100, "", []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s}, "6th time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := &busy{times: c.times, after: c.after}
			server := httptest.NewServer(handler)
			defer server.Close()
			w, waited := waits(t, Network{})
			answer, err := post(w, server.URL)
			var throttled *Throttled
			switch {
			case c.gives == "" && (err != nil || answer.StatusCode != http.StatusOK):
				t.Fatalf("%v, %v", answer, err)
			case c.gives != "" && (!errors.As(err, &throttled) || !strings.Contains(err.Error(), c.gives) || throttled.Hint() == ""):
				t.Fatalf("%v, want %q", err, c.gives)
			}
			if answer != nil {
				_ = answer.Body.Close()
			}
			if len(*waited) != len(c.waits) {
				t.Fatalf("waits %v, want %v", *waited, c.waits)
			}
			var sum time.Duration
			for i, d := range c.waits {
				if (*waited)[i] != d {
					t.Errorf("waits %v, want %v", *waited, c.waits)
				}
				sum += d
			}
			got := w.Traffic()
			if got.Requests != int64(handler.seen.Load()) || got.Throttled != min(int64(c.times), got.Requests) || got.Waited != sum {
				t.Errorf("%+v; %d came", got, handler.seen.Load())
			}
			if _, ok := handler.body.Load("body"); !ok || !onlyOne(&handler.body) {
				t.Error("what was sent again is not what was sent first")
			}
		})
	}
}

func onlyOne(m *sync.Map) bool {
	n := 0
	m.Range(func(any, any) bool { n++; return true })
	return n == 1
}

// A product that wants to be left alone is not asked by anybody else meanwhile.
func TestNobodyAsksAProductThatWantsToBeLeftAlone(t *testing.T) {
	t.Parallel()
	handler := &busy{times: 1, after: "3600"}
	server := httptest.NewServer(handler)
	defer server.Close()
	w, _ := waits(t, Network{})
	for range 5 {
		if _, err := post(w, server.URL); err == nil { //nolint:bodyclose // there is no answer
			t.Fatal("an hour passed")
		}
	}
	if n := handler.seen.Load(); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

func TestWhatCannotBeSentTwiceIsNot(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&busy{times: 1, after: "1"})
	defer server.Close()
	w, _ := waits(t, Network{})
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, io.NopCloser(strings.NewReader("once")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.RoundTrip(request); err == nil || !strings.Contains(err.Error(), "only once") { //nolint:bodyclose // there is no answer
		t.Error(err)
	}
}

func TestARunKeepsToItsRate(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&busy{})
	defer server.Close()
	w, err := newWire(Network{RequestsPerSecond: 50})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 6 {
		answer, err := post(w, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	// The first goes at once, each of the others a fiftieth of a second after the last.
	if took := time.Since(began); took < 95*time.Millisecond {
		t.Errorf("6 requests at 50 a second took %v", took)
	}
}

func TestNoMoreRequestsAtATimeThanAllowed(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for n := now.Add(1); ; {
			old := most.Load()
			if n <= old || most.CompareAndSwap(old, n) {
				break
			}
		}
		_, _ = io.WriteString(w, "some of it")
		w.(http.Flusher).Flush()
		time.Sleep(5 * time.Millisecond) // long enough for the others to come in, if they could
		now.Add(-1)
	}))
	defer server.Close()
	w, err := newWire(Network{Concurrency: 2})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			answer, err := post(w, server.URL)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		})
	}
	group.Wait()
	if most.Load() > 2 {
		t.Errorf("%d at a time", most.Load())
	}
}

func TestWhoWaitsForATurnCanGiveUp(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]Network{"concurrency": {Concurrency: 1}, "rate": {RequestsPerSecond: 0.001}} {
		server := httptest.NewServer(&busy{})
		w, err := newWire(n)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := post(w, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.RoundTrip(request); err == nil || !strings.Contains(err.Error(), name) && !strings.Contains(err.Error(), "per_second") { //nolint:bodyclose // there is no answer
			t.Errorf("%s: %v", name, err)
		}
		cancel()
		_ = answer.Body.Close()
		server.Close()
	}
}

// The time for a request covers its answer to the last byte.
func TestASlowAnswerRunsOutOfTime(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "a beginning")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	w, err := newWire(Network{Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(answer.Body)
	var late *TimedOut
	if _ = answer.Body.Close(); !errors.As(err, &late) || late.Within != 50*time.Millisecond {
		t.Error(err)
	}
}

func TestPatienceStandsStillWhileSomebodyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := WithPatience(context.Background(), 10*time.Second)
		defer cancel()
		time.Sleep(4 * time.Second)
		over, other := waiting(ctx), waiting(ctx)
		time.Sleep(time.Hour)
		over()
		over()
		time.Sleep(time.Hour)
		other()
		time.Sleep(5 * time.Second)
		if ctx.Err() != nil {
			t.Fatalf("it ended after 9 seconds: %v", context.Cause(ctx))
		}
		time.Sleep(2 * time.Second)
		var out *OutOfTime
		if !errors.As(context.Cause(ctx), &out) || out.Limit != 10*time.Second {
			t.Errorf("after 11 seconds: %v", context.Cause(ctx))
		}
		waiting(ctx)()
		waiting(context.Background())()
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	n := Network{RequestsPerSecond: 20, Concurrency: 5, Timeout: time.Second}
	if got := n.Share(1); got != n {
		t.Errorf("%+v", got)
	}
	if got := n.Share(4); got.RequestsPerSecond != 5 || got.Concurrency != 1 || got.Timeout != time.Second {
		t.Errorf("%+v", got)
	}
	if got := (Network{}).Share(4); got != (Network{}) {
		t.Errorf("no limits became %+v", got)
	}
	if n.Procs(8) != 5 || n.Procs(2) != 2 || (Network{}).Procs(8) != 8 {
		t.Error("more processes than requests at a time")
	}
}
