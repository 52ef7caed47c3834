package load_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/suites/load"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(load.JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("load.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("load.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestJSONFollowsTheSchema(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]load.Result{"a run": ran(t, false), "with errors": ran(t, true), "a sample": sample()} {
		var text bytes.Buffer
		if err := r.JSON(&text); err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema(t).Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var again load.Result
		if err := json.Unmarshal(text.Bytes(), &again); err != nil || again.Requests != r.Requests || len(again.Operations) != len(r.Operations) {
			t.Errorf("%s: read again it is another: %v", name, err)
		}
	}
	if schema(t).Validate(map[string]any{"schema": load.Schema}) == nil {
		t.Error("the schema accepts a result without anything in it")
	}
}

// ran is the result of a run in which everything went well, or some of it wrongly.
func ran(t *testing.T, wrong bool) load.Result {
	t.Helper()
	p, at := newProduct(t)
	if wrong {
		p.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				w.WriteHeader(http.StatusBadGateway)
			}
			return r.Method == http.MethodPut
		}
	}
	o := options(t, at)
	o.Groups = 2
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sample is a result with something of everything in it.
func sample() load.Result {
	bars := func(peak int64) []load.Bar {
		return []load.Bar{{0.8, peak / 20}, {1, peak / 3}, {1.25, peak}, {1.6, peak / 2}, {2, peak / 4}, {2.5, peak / 9}, {3.15, 12}, {4, 3}, {5, 0}, {6.3, 1}, {80, 2}}
	}
	latency := load.Latency{Mean: 1.4, P50: 1.21, P90: 1.97, P95: 2.44, P99: 3.9, P999: 6.25, Max: 78.4}
	one := func(job, method, path string, n int64, errors map[string]int64) load.Measured {
		return load.Measured{
			Operation: load.Operation{Job: job, Method: method, Path: path}, Requests: n, Errors: errors,
			PerSecond: 812.5, Latency: latency, Histogram: bars(n / 2),
		}
	}
	points := make([]load.Point, 48)
	for i := range points {
		points[i].Requests = 1500 + int64(i%7)*90
	}
	points[30] = load.Point{Requests: 700, Errors: 420}
	return load.Result{
		Schema: load.Schema, Tool: load.Tool{Name: "rollcall", Version: "devel"}, Target: "Acme CI <b>",
		Started: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Seconds: 47.8,
		Plan: load.Plan{
			Users: 20_000, Groups: 12, Concurrency: 16, Rate: 2000, DurationSeconds: 10, Dialect: "oin", LatencyFrom: "schedule", MaxP99Seconds: 0.5,
		},
		Reasons: []string{"0.59 % of the requests went wrong, 0 % may"}, Requests: 70_850, Errors: 423,
		Throttled: load.Throttled{Answers: 7, WaitedSeconds: 14.2},
		Phases:    []load.Phase{{Name: "provision", Steps: 20_000, Seconds: 21}, {Name: "push groups", Steps: 12, Seconds: 2.5}, {Name: "update profiles", Steps: 20_000, Seconds: 14.3}, {Name: "mix", Steps: 6000, Seconds: 10}},
		Operations: []load.Measured{
			one("provision", "GET", "/Users?filter", 20_000, map[string]int64{}),
			one("provision", "POST", "/Users", 20_000, map[string]int64{"503": 420, "timeout": 3}),
			one("push", "PATCH", "/Groups/{id}", 212, map[string]int64{}),
			one("update", "PUT", "/Users/{id}", 20_000, map[string]int64{}),
		},
		Throughput: load.Throughput{PointSeconds: 1, Points: points},
		Left:       []string{"2 people: the product answered 503 to its removal"},
	}
}
