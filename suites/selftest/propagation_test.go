package selftest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// lateBy is how much later than it happens the product shows what happened, and
// lateAtMost what it declares.
const (
	lateBy     = 100 * time.Millisecond
	lateAtMost = 400 * time.Millisecond
)

// lateProduct is a reference whose probe shows how things were a while ago. Before
// that, nobody was there.
type lateProduct struct {
	app   http.Handler
	mu    sync.Mutex
	acted time.Time              // when something last changed
	shown map[string][]sightings // by what was asked
}

// sightings are an answer of the probe and when it became true.
type sightings struct {
	at   time.Time
	body []byte
}

// showLate starts a reference that shows things late.
func showLate(t *testing.T, defect string) target.Target {
	t.Helper()
	b, err := bundled.Start(t.Context(), bundled.Options{Defect: defect})
	if err != nil {
		t.Fatal(err)
	}
	late := &lateProduct{app: b.App, shown: map[string][]sightings{}}
	server := httptest.NewServer(late)
	t.Cleanup(func() {
		server.Close()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	b.App.SetBaseURL(server.URL)
	product := b.Target
	product.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: b.App.ProbeURL(), Token: b.App.ProbeToken()}}
	live, err := target.Open(product)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	connection, err := live.Probe().(target.Organizer).Organization(t.Context(), product.Connection().Organization)
	if err != nil {
		t.Fatal(err)
	}
	connection.Okta = product.Connection().Okta
	product.Connections = []target.Connection{connection}
	return product
}

func (l *lateProduct) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/look") {
		l.look(w, r)
		return
	}
	l.app.ServeHTTP(w, r)
	if r.Method != http.MethodGet {
		l.noteAll(r.Context())
	}
}

// look answers how things were a while ago.
func (l *lateProduct) look(w http.ResponseWriter, r *http.Request) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := r.URL.Path + "\n" + r.Header.Get("Authorization") + "\n" + string(asked)
	if l.shown[key] == nil {
		l.shown[key] = []sightings{{l.acted, l.ask(r.Context(), key)}}
	}
	cutoff := time.Now().Add(-lateBy)
	answer := nobody
	for _, s := range l.shown[key] {
		if s.at.Before(cutoff) {
			answer = s.body
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

var nobody = []byte(`{"records": [], "accounts": [], "memberships": [], "seats": [], "sessions": [], "tokens": []}`)

// noteAll looks, now that something changed, at all who were ever asked for.
func (l *lateProduct) noteAll(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acted = time.Now()
	for key, before := range l.shown {
		now := l.ask(ctx, key)
		if !bytes.Equal(before[len(before)-1].body, now) {
			l.shown[key] = append(before, sightings{l.acted, now})
		}
	}
}

// ask asks the real probe what key asks.
func (l *lateProduct) ask(ctx context.Context, key string) []byte {
	part := strings.SplitN(key, "\n", 3)
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, part[0], strings.NewReader(part[2]))
	request.Header.Set("Authorization", part[1])
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	l.app.ServeHTTP(answer, request)
	return answer.Body.Bytes()
}

// some are specs of every kind: something appears, something must not, somebody
// stays, goes, comes back, is refused, is arranged for.
var some = []string{
	"tracking.no-seat", "tracking.record-created", "tracking.record-data", "jit.creates-*", "jit.seat-once", "jit.first-sign-in-race",
	"jit.inactive-refused", "deactivation.ends-membership", "deactivation.keeps-account", "deactivation.return-starts-new-seat",
	"resync.keeps-seat", "permissions.demotion-shuts-admin-door", "jit.record-is-not-the-account",
}

func judgeLate(t *testing.T, product target.Target, bound time.Duration, only []string) report.Report {
	t.Helper()
	product.Propagation = bound
	product.Dialects = []string{"oin"}
	r, err := verify.Run(t.Context(), verify.Options{Target: product, Only: only, LabelFilter: "!variant: containsAny {aiw, oin-patch-user}"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAProductThatShowsThingsLate(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a product that takes its time")
	}
	product := showLate(t, "")
	r := judgeLate(t, product, lateAtMost, some)
	if r.Exit() != report.ExitConformant || r.Summary.Verdicts[report.Passed] < 10 {
		_ = r.Console(testWriter{t}, false)
		t.Fatalf("with its bound declared: %s", r.Summary.Headline)
	}
	p := r.Propagation
	if p == nil || p.BoundSeconds != lateAtMost.Seconds() || p.Observed < 5 || p.MedianSeconds < lateBy.Seconds()/2 || p.MaxSeconds < lateBy.Seconds() || p.MaxSeconds > lateAtMost.Seconds() || p.MedianSeconds > p.MaxSeconds {
		t.Errorf("propagation: %+v", p)
	}
	text, err := json.Marshal(r)
	if err != nil || !bytes.Contains(text, []byte(`"propagation":{"bound_seconds":0.4,`)) {
		t.Errorf("%v: the report does not say how long things took", err)
	}
	if hasty := judgeLate(t, product, 0, []string{"tracking.record-created", "jit.creates-*"}); hasty.Exit() != report.ExitNot || hasty.Propagation != nil {
		t.Errorf("with no bound declared: %s", hasty.Summary.Headline)
	}
}

// A fault that shows late is a fault.
func TestAFaultThatShowsLate(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a product that takes its time")
	}
	for defect, clause := range map[string]string{"seat-at-create": "tracking.no-seat", "ghost-membership": "deactivation.ends-membership"} {
		r := judgeLate(t, showLate(t, defect), lateAtMost, []string{clause})
		if q, _ := r.Requirement(clause); q.Verdict != report.Failed {
			t.Errorf("%s: %s is %s", defect, clause, q.Verdict)
		}
	}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(string(p))
	return len(p), nil
}
