package load_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/load"
	"rollcall.example/suites/target"
)

// errorsOf adds up the errors of a run by class.
func errorsOf(r load.Result) map[string]int64 {
	all := map[string]int64{}
	for _, m := range r.Operations {
		for class, n := range m.Errors {
			all[class] += n
		}
	}
	return all
}

func requestsOf(r load.Result, operation string) int64 {
	for _, m := range r.Operations {
		if m.String() == operation {
			return m.Requests
		}
	}
	return 0
}

func absent(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%s is still there", path)
	}
}

func TestARunInEachDialect(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[provision.Dialect]map[string]int64{
		provision.OIN: {
			"provision GET /Users?filter": 20, "provision POST /Users": 20, "update GET /Users/{id}": 20, "update PUT /Users/{id}": 20,
			"deactivate PATCH /Users/{id}": 2, "push GET /Groups?filter": 3, "push POST /Groups": 3, "push PATCH /Groups/{id}": 6,
		},
		provision.AIW: {
			"provision GET /Users?filter": 20, "provision POST /Users": 20, "update GET /Users/{id}": 20, "update PUT /Users/{id}": 20,
			"deactivate GET /Users/{id}": 2, "deactivate PUT /Users/{id}": 2, "push GET /Groups?filter": 3, "push POST /Groups": 3, "push PUT /Groups/{id}": 3,
		},
		provision.OINPatchUser: {
			"provision GET /Users?filter": 20, "provision POST /Users": 20, "update PATCH /Users/{id}": 20,
			"deactivate PATCH /Users/{id}": 2, "push GET /Groups?filter": 3, "push POST /Groups": 3, "push PATCH /Groups/{id}": 6,
		},
	} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			p, at := newProduct(t)
			at.Dialects = []string{string(dialect)}
			o := options(t, at)
			o.Groups = 3
			r, err := load.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, m := range r.Operations {
				got[m.String()] = m.Requests
			}
			if !maps.Equal(got, want) || !r.Passed || r.Exit() != load.ExitPassed {
				t.Errorf("%v, passed %v (%v)", got, r.Passed, r.Reasons)
			}
			if len(p.things) > 0 || len(r.Left) > 0 {
				t.Errorf("%d things are left, told: %v", len(p.things), r.Left)
			}
			absent(t, o.Ledger)
		})
	}
}

func TestTheMixGoesOnForItsTime(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	o := options(t, at)
	o.Groups, o.Duration = 3, 300*time.Millisecond
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if last := r.Phases[len(r.Phases)-1]; last.Name != "mix" || last.Seconds < 0.3 || last.Steps < 20 || !r.Passed {
		t.Errorf("%+v, %v", r.Phases, r.Reasons)
	}
	for _, operation := range []string{"reactivate PATCH /Users/{id}", "deactivate PATCH /Users/{id}", "push PATCH /Groups/{id}"} {
		if requestsOf(r, operation) < 4 {
			t.Errorf("%s: %d requests", operation, requestsOf(r, operation))
		}
	}
	if len(p.things) > 0 {
		t.Errorf("%d things are left", len(p.things))
	}
}

// What is answered wrongly is counted by what is wrong with it.
func TestClassesOfError(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for class, wrong := range map[string]http.HandlerFunc{
		"500":        status(http.StatusInternalServerError),
		"403":        status(http.StatusForbidden),
		"302":        status(http.StatusFound),
		"answer":     func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, map[string]any{}) },
		"timeout":    func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"connection": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"429": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			p, at := newProduct(t)
			at.Network.Timeout = 250 * time.Millisecond
			p.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("count") == "1" {
					return false // the look whether anybody is there
				}
				wrong(w, r)
				return true
			}
			o := options(t, at)
			o.People = 4
			r, err := load.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if got := errorsOf(r); len(got) != 1 || got[class] != 4 || r.Errors != 4 || r.Exit() != load.ExitFailed {
				t.Errorf("errors %v, %d in all, exit %d", got, r.Errors, r.Exit())
			}
			if p.count("POST") != 0 {
				t.Error("somebody was made")
			}
		})
	}
}

// A product that answers {} to a change of somebody has not shown who that is.
func TestNoAnswerPassesForSomebody(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	p.before = func(w http.ResponseWriter, r *http.Request) bool {
		empty := r.Method != http.MethodPost && r.Method != http.MethodDelete && strings.Contains(r.URL.Path, "/Users/")
		if empty {
			reply(w, http.StatusOK, map[string]any{})
		}
		return empty
	}
	r, err := load.Run(t.Context(), options(t, at))
	if err != nil {
		t.Fatal(err)
	}
	if p.count("PUT")+p.count("PATCH") > 0 || errorsOf(r)["answer"] == 0 || r.Passed {
		t.Errorf("%d changes were sent; errors %v", p.count("PUT")+p.count("PATCH"), errorsOf(r))
	}
}

// Nobody is touched whom the run did not make: not whom a product shows under a name
// that it does not have, nor whom it takes one of ours for.
func TestNobodyElseIsTouched(t *testing.T) {
	t.Parallel()
	somebody := map[string]any{"id": "ceo", "userName": "ceo@acme.test", "displayName": "The CEO"}
	for name, mix := range map[string]func(p *product) func(http.ResponseWriter, *http.Request) bool{
		"a filter that is ignored": func(*product) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				ignored := r.URL.Query().Has("filter")
				if ignored {
					reply(w, http.StatusOK, map[string]any{"totalResults": 1, "Resources": []any{somebody}})
				}
				return ignored
			}
		},
		"a creation answered with another": func(*product) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost {
					reply(w, http.StatusCreated, somebody)
				}
				return r.Method == http.MethodPost
			}
		},
	} {
		for _, dialect := range provision.Dialects() {
			t.Run(name+", "+string(dialect), func(t *testing.T) {
				t.Parallel()
				p, at := newProduct(t)
				at.Dialects = []string{string(dialect)}
				p.things["Users/ceo"] = maps.Clone(somebody)
				p.before = mix(p)
				r, err := load.Run(t.Context(), options(t, at))
				if err != nil {
					t.Fatal(err)
				}
				for _, method := range []string{"PUT", "PATCH", "DELETE"} {
					if p.count(method) > 0 {
						t.Errorf("%d requests were %s", p.count(method), method)
					}
				}
				if r.Passed || !maps.Equal(p.things["Users/ceo"], somebody) {
					t.Errorf("passed %v; somebody is now %v", r.Passed, p.things["Users/ceo"])
				}
			})
		}
	}
}

// 429 and Retry-After are kept to, counted, and no error where a good answer follows.
func TestThrottled(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	var posts atomic.Int64
	p.before = func(w http.ResponseWriter, r *http.Request) bool {
		busy := r.Method == http.MethodPost && posts.Add(1) == 3
		if busy {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return busy
	}
	r, err := load.Run(t.Context(), options(t, at))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed || r.Throttled.Answers != 1 || r.Throttled.WaitedSeconds < 0.9 || r.Seconds < 0.9 {
		t.Errorf("passed %v, %+v in %.1f s", r.Passed, r.Throttled, r.Seconds)
	}
	for _, m := range r.Operations {
		if m.Latency.Max > 900 {
			t.Errorf("%s: the wait that was asked for counts as latency: %.0f ms", m, m.Latency.Max)
		}
		if want := int64(1); m.String() == "provision POST /Users" && m.Throttled != want {
			t.Errorf("%s: %d times 429, want %d", m, m.Throttled, want)
		}
	}
}

// A run that is cancelled shows what there is, and takes everybody away all the same.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	ctx, cancel := context.WithCancel(t.Context())
	var posts atomic.Int64
	p.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && posts.Add(1) == 30 {
			cancel()
		}
		return false
	}
	o := options(t, at)
	o.People = 5000
	r, err := load.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || r.Passed || r.Exit() != load.ExitInterrupted || r.Requests == 0 || r.Requests > 1000 || r.Errors > 0 {
		t.Errorf("interrupted %v, passed %v, %d requests, %d errors", r.Interrupted, r.Passed, r.Requests, r.Errors)
	}
	if len(p.things) > 0 || len(r.Left) > 0 {
		t.Errorf("%d things are left, told: %v", len(p.things), r.Left)
	}
	absent(t, o.Ledger)
}

// What cannot be taken away is told, and the ledger keeps it for a sweep.
func TestWhatIsLeftIsForASweep(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	var deletes atomic.Int64
	p.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if refused := r.Method == http.MethodDelete && deletes.Add(1) <= 5; !refused {
			return false
		}
		panic(http.ErrAbortHandler)
	}
	o := options(t, at)
	o.Groups = 2
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Left) != 2 || !strings.HasPrefix(r.Left[1], "2 groups: ") || !strings.HasPrefix(r.Left[0], "3 people: ") {
		t.Errorf("left: %q", r.Left)
	}
	if len(p.things) != 5 {
		t.Fatalf("%d things are left", len(p.things))
	}
	p.things["Users/ceo"] = map[string]any{"id": "ceo", "userName": "ceo@acme.test"}
	remaining, err := target.Remaining(o.Ledger)
	if err != nil || len(remaining.Things) != 1 || remaining.Things[0].String() != "crowd load."+string(remaining.Run)+" (people: 20, groups: 2)" {
		t.Errorf("%v, %v", remaining.Things, err)
	}
	left, err := target.Sweep(t.Context(), o.Ledger, at, nil)
	if err != nil || len(left) > 0 {
		t.Fatalf("%v, %v", left, err)
	}
	if len(p.things) != 1 || p.things["Users/ceo"] == nil {
		t.Errorf("after the sweep there is %v", slices.Collect(maps.Keys(p.things)))
	}
	absent(t, o.Ledger)
}

// A product that is gone in the middle is given up, and not asked a hundred thousand
// times more; so are removals.
func TestAProductThatIsGoneIsGivenUp(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	var posts, after atomic.Int64
	p.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			posts.Add(1)
		}
		if posts.Load() <= 200 {
			return false
		}
		after.Add(1)
		panic(http.ErrAbortHandler)
	}
	o := options(t, at)
	o.People = 100_000
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(r.Reasons, "; "); r.Interrupted || r.Exit() != load.ExitFailed || !strings.HasSuffix(told, "given up: 100 requests in a row were not answered") {
		t.Errorf("interrupted %v, %q", r.Interrupted, told)
	}
	if n := after.Load(); n > 600 {
		t.Errorf("it was asked %d times after it was gone", n)
	}
	if len(r.Left) != 1 || !strings.Contains(r.Left[0], " people: ") {
		t.Errorf("left: %q", r.Left)
	}
}

func TestTheDeadlineOfTheTargetHolds(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	at.Network.Deadline = 300 * time.Millisecond
	o := options(t, at)
	o.Duration = time.Hour
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if told := strings.Join(r.Reasons, "; "); told != "stopped after 300ms, as the target file has it (network.deadline)" || r.Errors > 0 || r.Exit() != load.ExitFailed {
		t.Errorf("%q, %d errors", told, r.Errors)
	}
	if len(p.things) > 0 {
		t.Errorf("%d things are left", len(p.things))
	}
}

func TestLimitsThatARunIsHeldTo(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	var posts atomic.Int64
	p.before = func(w http.ResponseWriter, r *http.Request) bool {
		wrong := r.Method == http.MethodPost && posts.Add(1)%20 == 1
		if wrong {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return wrong
	}
	for name, c := range map[string]struct {
		change func(o *load.Options)
		reason string
	}{
		"no errors":    {func(*load.Options) {}, "of the requests went wrong, 0 % may"},
		"some errors":  {func(o *load.Options) { o.MaxErrorRate = 0.5 }, ""},
		"quick enough": {func(o *load.Options) { o.MaxErrorRate, o.MaxP99 = 0.5, time.Minute }, ""},
		"too slow":     {func(o *load.Options) { o.MaxErrorRate, o.MaxP99 = 0.5, time.Microsecond }, "the 99th percentile is"},
	} {
		o := options(t, at)
		c.change(&o)
		r, err := load.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if told := strings.Join(r.Reasons, "; "); r.Passed != (c.reason == "") || !strings.Contains(told, c.reason) {
			t.Errorf("%s: passed %v, %q", name, r.Passed, told)
		}
	}
}

func TestWhatCannotBegin(t *testing.T) {
	t.Parallel()
	p, at := newProduct(t)
	p.before = func(w http.ResponseWriter, r *http.Request) bool {
		none := strings.HasSuffix(r.URL.Path, "/Groups")
		if none {
			w.WriteHeader(http.StatusNotImplemented)
		}
		return none
	}
	elsewhere, limited, dumb := at, at, at
	elsewhere.Connections = []target.Connection{{SCIM: target.SCIM{BaseURL: "https://scim.invalid/v2", Token: "t"}}}
	limited.Network.RequestsPerSecond = 5
	dumb.Connections = []target.Connection{{SAML: target.SAML{SignIn: "http://127.0.0.1/sso"}}}
	for want, change := range map[string]func(o *load.Options){
		"--users is how many":                    func(o *load.Options) { o.People = 0 },
		"--groups is how many":                   func(o *load.Options) { o.Groups = -1 },
		"--concurrency is how many":              func(o *load.Options) { o.Concurrency = 0 },
		"--duration cannot":                      func(o *load.Options) { o.Duration = -1 },
		"--rate is requests a second":            func(o *load.Options) { o.Rate = -1 },
		"--max-error-rate is a share":            func(o *load.Options) { o.MaxErrorRate = 2 },
		"--max-p99 cannot":                       func(o *load.Options) { o.MaxP99 = -1 },
		"more than the target file allows":       func(o *load.Options) { o.Target, o.Rate = limited, 6 },
		"no SCIM endpoint":                       func(o *load.Options) { o.Target = dumb },
		"there is no dialect":                    func(o *load.Options) { o.Target.Dialects = []string{"okta"} },
		"is not this machine":                    func(o *load.Options) { o.Target = elsewhere },
		"offers no groups: GET /Groups is answe": func(o *load.Options) { o.Groups = 2 },
	} {
		o := options(t, at)
		change(&o)
		if _, err := load.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		absent(t, o.Ledger)
	}
	if len(p.things) > 0 {
		t.Error("something was made")
	}
	var none *load.NoGroups
	o := options(t, at)
	o.Groups = 1
	if _, err := load.Run(t.Context(), o); !errors.As(err, &none) || none.Status != http.StatusNotImplemented || none.Hint() == "" {
		t.Errorf("%v", err)
	}
}
