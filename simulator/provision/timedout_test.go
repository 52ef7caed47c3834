package provision_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
)

// A product that does not answer in time fails the job, as one that refuses does.
func TestReadTimedOut(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hold) })
	jobs := &provision.Jobs{Client: client(t, provision.Options{BaseURL: server.URL, Timeout: 30 * time.Millisecond})}
	result, err := jobs.Deactivate(t.Context(), "7", "han")
	if err != nil || result.Problem == nil {
		t.Fatalf("%+v, %v", result, err)
	}
	const want = "Automatic deprovisioning of user han from app CI failed: Error while trying to deactivate user han: Read timed out"
	if got := result.Problem.Text("han", "CI"); got != want || result.Problem.Status != 0 {
		t.Errorf("%d %s", result.Problem.Status, got)
	}
}
