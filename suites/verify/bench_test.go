//go:build unix

package verify_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// benchBehind is a reference that is reached through a handler of the test's own.
func benchBehind(b *testing.B, wrap func(http.Handler) http.Handler) target.Target {
	b.Helper()
	running, err := bundled.Start(context.Background(), bundled.Options{Dialects: []string{"oin"}})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(wrap(running.App))
	b.Cleanup(func() {
		server.Close()
		if err := running.Close(); err != nil {
			b.Error(err)
		}
	})
	running.App.SetBaseURL(server.URL)
	return elsewhere(b, running.Target, server.URL)
}

// elsewhere is the target at another address.
func elsewhere(b *testing.B, t target.Target, address string) target.Target {
	b.Helper()
	before := strings.Join(strings.SplitN(t.Connection().SCIM.BaseURL, "/", 4)[:3], "/")
	c := t.Connections[0]
	probe := *t.Probe.HTTP
	for _, at := range []*string{
		&c.SCIM.BaseURL, &c.SAML.Metadata, &c.SAML.EntityID, &c.SAML.ACS, &c.SAML.SignIn,
		&c.Doors.WhoAmI, &c.Doors.Admin, &c.Doors.Settings, &c.Doors.Team, &probe.URL,
	} {
		*at = strings.Replace(*at, before, address, 1)
	}
	t.Connections, t.Probe = []target.Connection{c}, &target.ProbeConfig{HTTP: &probe}
	return t
}

func conform(b *testing.B, o verify.Options) report.Report {
	b.Helper()
	r, err := verify.Run(context.Background(), o)
	if err != nil {
		b.Fatal(err)
	}
	if r.Exit() != report.ExitConformant {
		_ = r.Console(os.Stderr, false)
		b.Fatal(r.Summary.Headline)
	}
	return r
}

// BenchmarkProcs is how much sooner eight processes are done than one, where every
// request takes 50 ms longer than it needs to.
func BenchmarkProcs(b *testing.B) {
	product := benchBehind(b, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			far := time.NewTimer(50 * time.Millisecond)
			defer far.Stop()
			<-far.C
			next.ServeHTTP(w, r)
		})
	})
	timed := func(procs int) (time.Duration, int) {
		begun := time.Now()
		r := conform(b, verify.Options{Target: product, Areas: []string{"tracking", "deactivation", "permissions"}, Seed: 1, Procs: procs})
		return time.Since(begun), len(r.Specs)
	}
	var alone, together time.Duration
	specs := 0
	for b.Loop() {
		one, n := timed(1)
		eight, _ := timed(8)
		alone, together, specs = alone+one, together+eight, n
	}
	b.ReportMetric(float64(alone)/float64(together), "speedup")
	b.ReportMetric(float64(specs), "specs")
}
