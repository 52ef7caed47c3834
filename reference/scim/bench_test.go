package scim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/reference/scim"
)

// bare is what net/http needs for the same work without SCIM around it: read JSON,
// keep or find it in a map, write JSON.
func bare() http.Handler {
	var mu sync.Mutex
	kept := map[string]map[string]any{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var shown any = kept[r.URL.Path]
		if r.Method != http.MethodGet {
			var body map[string]any
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			kept[r.URL.Path], shown = body, body
		}
		w.Header().Set("Content-Type", scim.MediaType)
		_ = json.NewEncoder(w).Encode(shown)
	})
}

// BenchmarkRequest measures requests over the loopback against the product in
// memory, and reports how many times as long as bare net/http they take.
func BenchmarkRequest(b *testing.B) {
	c := newClient(b)
	c.handler = scim.New(c.product, scim.Options{Logger: slog.New(slog.DiscardHandler)}).Handler()
	for i := range 3 { // few, for it is not the product in memory that is measured
		c.seed(fmt.Sprintf(`"userName":"user%d@example.com"`, i))
	}
	server, plain := httptest.NewServer(c.handler), httptest.NewServer(bare())
	b.Cleanup(server.Close)
	b.Cleanup(plain.Close)
	const off = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
	for _, test := range []struct{ name, method, path, body string }{
		{"read", "GET", "/Users/id-001", ""},
		{"filter", "GET", "/Users?filter=userName%20eq%20%22user1%40example.com%22&startIndex=1&count=100", ""},
		{"replace", "PUT", "/Users/id-002", lukes},
		{"patch", "PATCH", "/Users/id-003", off},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fetch(b, test.method, server.URL+base+test.path, test.body)
			}
			ours := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(ours/bareSeconds(b, b.N, test.method, plain.URL+base+test.path, test.body), "x-bare")
		})
	}
}

// bareSeconds is what one of n requests to bare net/http takes.
func bareSeconds(b *testing.B, n int, method, url, body string) float64 {
	b.Helper()
	if method == http.MethodGet { // something to find
		fetch(b, http.MethodPut, url, lukes)
	}
	began := time.Now()
	for range n {
		fetch(b, method, url, body)
	}
	return time.Since(began).Seconds() / float64(n)
}

func fetch(b *testing.B, method, url, body string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", scim.MediaType)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %s, %v", method, url, response.Status, err)
	}
}

// BenchmarkHandler measures the server alone: no network, and a product in memory. Many
// is a list that no index helps with, sorted.
func BenchmarkHandler(b *testing.B) {
	c := newClient(b)
	c.do("POST", "/Users", lukes).want(b, http.StatusCreated)
	c.seed(whole)
	for i := range 200 {
		c.seed(fmt.Sprintf(`"userName":"user%d@example.com","title":"t%d"`, i, i%17))
	}
	full := `{` + coreUser + `,` + whole + `}`
	ops := func(op string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + op + `]}`
	}
	for _, test := range []struct{ name, method, path, body string }{
		{"read", "GET", "/Users/id-001", ""},
		{"read-whole", "GET", "/Users/id-002", ""},
		{"read-part", "GET", "/Users/id-002?attributes=userName,name.givenName", ""},
		{"replace", "PUT", "/Users/id-001", lukes},
		{"replace-whole", "PUT", "/Users/id-002", full},
		{"deactivate", "PATCH", "/Users/id-001", ops(`{"op":"replace","value":{"active":false}}`)},
		{"patch", "PATCH", "/Users/id-001", ops(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x@y.z"}`)},
		{"page", "GET", "/Users?startIndex=1&count=100", ""},
		{"many", "GET", "/Users?filter=title+co+%22t1%22&sortBy=title&count=10", ""},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do(test.method, test.path, test.body).want(b, http.StatusOK)
			}
		})
	}
}
