package simulator_test

import (
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"rollcall.example/simulator"
)

// Okta works off the jobs about one person in order: whoever is unassigned while
// their creation is under way is deactivated right after it.
func TestUnassignDuringACreation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	under, proceed := make(chan struct{}), make(chan struct{})
	w.app.Configure(func(s *simulator.AppSettings) { s.SCIM.BaseURL = "http://gate.test/scim" })
	okta, err := simulator.New(simulator.Options{Identity: tenantIdentity(t, ""), Transport: gate{under, proceed, w.url}})
	if err != nil {
		t.Fatal(err)
	}
	app := okta.NewApp(w.app.Settings())
	han = okta.Hire(han.Profile())

	var group sync.WaitGroup
	group.Go(func() { ok(t)(app.Assign(t.Context(), han)) })
	<-under
	group.Go(func() { ok(t)(app.Unassign(t.Context(), han)) })
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if _, assigned := app.Assignment(han); !assigned || time.Now().After(deadline) {
			break
		}
	}
	close(proceed)
	group.Wait()
	w.expect(`GET /Users userName eq "han@acme.test"; POST /Users on; PATCH /Users/1 off`)
}

// gate holds a creation up until it may proceed, and sends everything to a real address.
type gate struct {
	under, proceed chan struct{}
	address        string
}

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		close(g.under)
		<-g.proceed
	}
	r = r.Clone(r.Context())
	r.URL.Host = g.address[len("http://"):]
	return http.DefaultTransport.RoundTrip(r)
}

// Everything at once, for the race detector; the end must still be consistent.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.request = w.authnRequest("")
	group := w.okta.NewGroup("Rebels")
	var all sync.WaitGroup
	for _, name := range []string{"Han", "Leia", "Luke", "Lando", "Wedge", "Biggs"} {
		all.Go(func() {
			person := w.hire(name, "X")
			ok(t)(w.app.Assign(t.Context(), person))
			ok(t)(w.okta.AddToGroup(t.Context(), group, person))
			var race sync.WaitGroup
			race.Go(func() {
				if _, err := w.okta.Browser(nil).SignIn(t.Context(), w.app, person, simulator.SignInOptions{StartURL: w.startURL()}); err != nil {
					t.Error(err)
				}
			})
			race.Go(func() { ok(t)(w.app.SetAppProfile(t.Context(), person, simulator.AppProfile{"admin": "true"})) })
			race.Go(func() { w.app.MapTeams("Rebels", name); w.app.Teams() })
			race.Wait()
			ok(t)(w.okta.Deactivate(t.Context(), person))
		})
	}
	all.Wait()
	for _, id := range w.order {
		if w.user(id, "active") != false {
			t.Errorf("user %s is active at the end", id)
		}
	}
	if len(w.order) != 6 || len(w.app.Tasks()) != 0 {
		t.Errorf("%d users, tasks %v", len(w.order), w.app.Tasks())
	}
}
