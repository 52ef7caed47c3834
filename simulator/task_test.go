package simulator_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/provision"
)

func down(string, string) (int, string, http.Header) { return 503, "back soon", nil }

func TestARefusalIsATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	w.refuses(func(method, _ string) (int, string, http.Header) {
		if method == http.MethodPost {
			return 409, "userName is taken", nil
		}
		return 0, "", nil
	})
	outcome := ok(t)(w.app.Assign(t.Context(), han))
	const text = "Automatic provisioning of user han@acme.test to app Acme CI failed: " +
		"Error while creating user han@acme.test: Conflict. Errors reported by remote server: userName is taken"
	tasks := w.app.Tasks()
	if len(tasks) != 1 || len(outcome.Tasks) != 1 || tasks[0].Text != text || outcome.Tasks[0].Text != text {
		t.Fatalf("tasks %+v and %+v", tasks, outcome.Tasks)
	}
	got := tasks[0]
	if got.Kind != provision.KindProvision || got.Person != han || got.App != "Acme CI" || got.Status != 409 || !got.At.Equal(noon) || got.Done || got.Retried != 0 {
		t.Errorf("task %+v", got)
	}
	if assignment, _ := w.app.Assignment(han); assignment.SyncState != "ERROR" || assignment.Status != "STAGED" || assignment.ExternalID != "" {
		t.Errorf("assignment %+v", assignment)
	}
	if outcome := ok(t)(w.app.Unassign(t.Context(), han)); outcome.Exchanges != 0 {
		t.Error("a person who was never created was deactivated")
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	w.refuses(down)
	ok(t)(w.app.Assign(t.Context(), han))
	task := w.app.Tasks()[0]

	w.okta.Clock().Advance(time.Hour)
	if outcome := ok(t)(w.app.Retry(t.Context(), task)); len(outcome.Tasks) != 1 || outcome.Tasks[0].Retried != 1 || outcome.Exchanges != 1 {
		t.Errorf("a retry that fails: %+v", outcome)
	}
	if tasks := w.app.Tasks(); len(tasks) != 1 || tasks[0].Done || !tasks[0].At.Equal(noon.Add(time.Hour)) {
		t.Errorf("tasks %+v", tasks)
	}
	w.refuses(nil)
	w.took()
	if outcome := ok(t)(w.app.Retry(t.Context(), task)); len(outcome.Tasks) != 0 {
		t.Errorf("a retry that succeeds: %+v", outcome)
	}
	w.expect(`GET /Users userName eq "han@acme.test"; POST /Users on`)
	if got := w.app.Tasks()[0]; !got.Done || got.Retried != 2 {
		t.Errorf("task %+v", got)
	}
	if assignment, _ := w.app.Assignment(han); assignment.Status != "PROVISIONED" || assignment.SyncState != "SYNCHRONIZED" {
		t.Errorf("assignment %+v", assignment)
	}
	var refusal *simulator.Refusal
	if _, err := w.app.Retry(t.Context(), task); !errors.As(err, &refusal) {
		t.Errorf("a task that is done was retried: %v", err)
	}
}

// Okta remembers the id as soon as it has one, also if what follows fails.
func TestDeactivationOfWhoWasOnlyLinked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	ok(t)(w.app.Assign(t.Context(), han))
	ok(t)(w.app.Unassign(t.Context(), han))
	w.refuses(func(method, _ string) (int, string, http.Header) {
		if method == http.MethodPut {
			return 400, "read-only", nil
		}
		return 0, "", nil
	})
	ok(t)(w.app.Assign(t.Context(), han))
	w.took()
	ok(t)(w.app.Unassign(t.Context(), han))
	w.expect("PATCH /Users/1 off")
}

func TestRetryOfADeactivation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	ok(t)(w.app.Assign(t.Context(), han))
	w.refuses(down)
	ok(t)(w.app.Unassign(t.Context(), han))
	w.refuses(nil)
	w.took()
	ok(t)(w.app.Retry(t.Context(), w.app.Tasks()[0]))
	w.expect("PATCH /Users/1 off")
	if w.user("1", "active") != false {
		t.Error("still active")
	}
}

func TestWaitingIsOnTheTenantsClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	times := 3
	w.refuses(func(string, string) (int, string, http.Header) {
		if times--; times >= 0 {
			return 429, "slow down", http.Header{"Retry-After": {"600"}}
		}
		return 0, "", nil
	})
	started := time.Now()
	if outcome := ok(t)(w.app.Assign(t.Context(), han)); len(outcome.Tasks) > 0 || outcome.Exchanges != 5 {
		t.Errorf("outcome %+v", outcome)
	}
	if got := w.okta.Clock().Now().Sub(noon); got != 70*time.Minute {
		t.Errorf("the clock moved %s, want 10 + 20 + 40 minutes", got)
	}
	if time.Since(started) > time.Minute {
		t.Error("it cost real time")
	}
	var at []time.Duration
	for _, exchange := range w.okta.Journal().Exchanges() {
		at = append(at, exchange.At.Sub(noon))
	}
	if at[1] != 10*time.Minute || at[2] != 30*time.Minute || at[3] != 70*time.Minute {
		t.Errorf("sent at %v", at)
	}
}

func TestWaitingInRealTime(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	okta, err := simulator.New(simulator.Options{Identity: tenantIdentity(t, ""), RealTime: true})
	if err != nil {
		t.Fatal(err)
	}
	app := okta.NewApp(simulator.AppSettings{Label: "CI", SCIM: simulator.Connection{BaseURL: p.url + "/scim"}, Integration: true, CreateUsers: true})
	p.refuses(func(string, string) (int, string, http.Header) { return 429, "", http.Header{"Retry-After": {"3600"}} })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := app.Assign(ctx, okta.Hire(simulator.Profile{Email: "a@acme.test"})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline to end a wait of an hour", err)
	}
}

func TestABrokenWireIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *simulator.AppSettings) { s.SCIM.BaseURL = "http://127.0.0.1:1/scim" })
	if _, err := w.app.Assign(t.Context(), w.hire("Han", "Solo")); err == nil {
		t.Error("no error")
	}
	if tasks := w.app.Tasks(); len(tasks) != 0 {
		t.Errorf("tasks %+v", tasks)
	}
	w.app.Configure(func(s *simulator.AppSettings) { s.SCIM.BaseURL = "nonsense" })
	if _, err := w.app.TestCredentials(t.Context()); err == nil {
		t.Error("a base URL that is none was accepted")
	}
	w.app.Configure(func(s *simulator.AppSettings) { s.SCIM.BaseURL, s.Dialect = w.url+"/scim", "esperanto" })
	if _, err := w.app.TestCredentials(t.Context()); err == nil {
		t.Error("a dialect that there is not was accepted")
	}
}
