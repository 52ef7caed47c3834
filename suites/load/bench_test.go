//go:build unix

package load_test

import (
	"testing"

	"rollcall.example/fixtures/machine"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/load"
)

// What a request costs, reference and client together, with ten thousand people
// against what it costs with one thousand. The ratio is the figure to hold: at most
// 1.5.
func BenchmarkCostOfARequestByPeople(b *testing.B) {
	const few, many = 1000, 10_000
	var small, large float64
	for b.Loop() {
		small += costOfARequest(b, few)
		large += costOfARequest(b, many)
	}
	b.ReportMetric(small/float64(b.N), "µs-cpu/request-1k")
	b.ReportMetric(large/float64(b.N), "µs-cpu/request-10k")
	b.ReportMetric(large/small, "ratio")
	b.ReportMetric(0, "ns/op") // says nothing: an operation is two runs
}

// costOfARequest is the processor time, in microseconds, that a request takes in a run
// with so many people against a reference in this process.
func costOfARequest(b *testing.B, people int) float64 {
	b.Helper()
	product, err := bundled.Start(b.Context(), bundled.Options{Dialects: []string{"oin"}})
	if err != nil {
		b.Fatal(err)
	}
	before := machine.ProcessorTime(b)
	r, err := load.Run(b.Context(), load.Options{Target: product.Target, People: people, Concurrency: 8})
	took := machine.ProcessorTime(b) - before
	if err != nil || !r.Passed {
		b.Fatalf("%v, passed %v: %v", err, r.Passed, r.Reasons)
	}
	if err := product.Close(); err != nil {
		b.Fatal(err)
	}
	return float64(took.Microseconds()) / float64(r.Requests)
}
