package scim_test

import (
	"fmt"
	"testing"
	"time"

	"rollcall.example/reference/scim"
)

// BenchmarkPatchGroup adds one member to a group and takes them out again, in a small
// group and in a large one by turns. The ratio is what the large one costs more.
func BenchmarkPatchGroup(b *testing.B) {
	g := newGrouping(b, scim.Options{})
	people := make([]string, 1001)
	for i := range people {
		people[i] = g.person(fmt.Sprint("person", i))
	}
	guest := people[1000]
	small, large := g.made("Small", people[:10]...), g.made("Large", people[:1000]...)
	add := fmt.Sprintf(`[{"op":"add","path":"members","value":[{"value":%q}]}]`, guest)
	remove := fmt.Sprintf(`[{"op":"remove","path":"members[value eq \"%s\"]"}]`, guest)
	spent := map[string]time.Duration{}
	for b.Loop() {
		for _, id := range []string{small, large} {
			began := time.Now()
			g.patch(id, add).want(b, 204)
			g.patch(id, remove).want(b, 204)
			spent[id] += time.Since(began)
		}
	}
	b.ReportMetric(float64(spent[small].Microseconds())/float64(2*b.N), "µs/small")
	b.ReportMetric(float64(spent[large].Microseconds())/float64(2*b.N), "µs/large")
	b.ReportMetric(float64(spent[large])/float64(spent[small]), "large/small")
}
