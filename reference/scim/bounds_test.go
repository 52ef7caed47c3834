package scim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"rollcall.example/reference/scim"
)

// endless is a body of so many bytes that is made as it is read.
type endless struct{ left int }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), e.left)
	for i := range n {
		b[i] = '['
	}
	e.left -= n
	return n, nil
}

// What a request can make the server use has a bound, whatever it holds: this much
// for each byte that a body may have.
const perByte = 100

// These do not run in parallel with others, whose memory would be counted too.
func TestMemoryIsBounded(t *testing.T) {
	c := newClient(t)
	c.product.person = c.seed(han)
	before := c.product.snapshot()
	fill := func(head, part, tail string) string {
		return head + strings.Repeat(part, (scim.MaxBody-len(head)-len(tail))/len(part)) + tail
	}
	bodies := map[string]string{
		"one long text":      fill(`{"a":"`, `x`, `"}`),
		"escapes":            fill(`{"a":"`, `\u0041`, `"}`),
		"a long list":        fill(`{"a":[0`, `,0`, `]}`),
		"many objects":       fill(`{"a":[{}`, `,{}`, `]}`),
		"many schemas":       fill(`{"schemas":["x"`, `,"x"`, `]}`),
		"many operations":    fill(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{}`, `,{}`, `]}`),
		"many bulk requests": fill(`{`+bulkSchemas+`,"Operations":[{}`, `,{}`, `]}`),
		"depth":              fill(``, `[`, ``),
		"depth of objects":   fill(``, `{"a":`, ``),
		"space":              fill(`{`, ` `, `}`),
	}
	for name, body := range bodies {
		for _, at := range []taker{{"POST", "/Users", secret}, {"POST", "/Bulk", secret}} {
			used := allocated(func() { c.offer(at, body) })
			if used > perByte*scim.MaxBody {
				t.Errorf("%s to %s %s takes %d bytes", name, at.method, at.path, used)
			}
		}
	}
	for _, size := range []int{10 << 20, 1 << 30} {
		for _, at := range takers {
			r := httptest.NewRequestWithContext(t.Context(), at.method, "http://product.test"+base+at.path, &endless{size})
			r.Header.Set("Authorization", "Bearer "+at.token)
			r.Header.Set("Content-Type", scim.MediaType)
			r.ContentLength = int64(size)
			used := allocated(func() { c.send(r).refused(t, http.StatusRequestEntityTooLarge, "") })
			if used > 8*scim.MaxBody {
				t.Errorf("a body of %d bytes to %s %s takes %d bytes", size, at.method, at.path, used)
			}
		}
	}
	if c.product.snapshot() != before {
		t.Error("something changed")
	}
}

// allocated is how much memory f asks for in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A client that sends more than we take, and looks for the answer only then, sees it.
func TestTooLargeIsTold(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	for _, length := range []int64{10 << 20, -1} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+base+"/Users", &endless{10 << 20})
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = length
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", scim.MediaType)
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("the answer is %s, %v", response.Status, err)
		}
	}
}
