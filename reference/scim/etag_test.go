package scim_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"rollcall.example/reference/scim"
)

// conditional is a product with Han at version 2.
func conditional(t *testing.T) (c *client, path, version string) {
	c = newClient(t)
	path = "/Users/" + c.seed(han)
	a := c.do("PUT", path, lukes).want(t, http.StatusOK)
	return c, path, a.header.Get("ETag")
}

// Every answer that is one resource says which version it is, and says the same in
// meta, whatever part of the resource it shows.
func TestVersionIsTold(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	made := c.do("POST", "/Users", `{`+coreUser+`,`+han+`}`).want(t, http.StatusCreated)
	path := "/Users/id-001"
	for name, a := range map[string]answer{
		"POST":  made,
		"GET":   c.do("GET", path, ""),
		"PUT":   c.do("PUT", path, lukes).want(t, http.StatusOK),
		"PATCH": c.patch("id-001", `[{"op":"replace","value":{"active":false}}]`).want(t, http.StatusOK),
	} {
		meta, _ := a.object["meta"].(map[string]any)
		if tag := a.header.Get("ETag"); tag == "" || tag != meta["version"] {
			t.Errorf("%s: ETag is %q, meta.version %v", name, tag, meta["version"])
		}
		if got := a.header.Get("Content-Location"); got != meta["location"] {
			t.Errorf("%s: Content-Location is %q, meta.location %v", name, got, meta["location"])
		}
	}
	if got := c.do("GET", path+"?attributes=userName", "").header.Get("ETag"); got != `W/"3"` {
		t.Errorf("of a part, the ETag is %q", got)
	}
	if got := c.do("GET", "/Users", "").header.Get("ETag"); got != "" {
		t.Errorf("a list has the ETag %q", got)
	}
}

func TestConditionalRead(t *testing.T) {
	t.Parallel()
	c, path, version := conditional(t)
	for value, status := range map[string]int{
		version:                         http.StatusNotModified,
		`"2"`:                           http.StatusNotModified, // compared weakly
		`*`:                             http.StatusNotModified,
		`W/"1", W/"2"`:                  http.StatusNotModified,
		`"a,b" , W/"2"`:                 http.StatusNotModified,
		`W/"1"`:                         http.StatusOK,
		`W/"22"`:                        http.StatusOK,
		`"a, W/"`:                       http.StatusOK,
		`2`:                             http.StatusOK,
		`W/2`:                           http.StatusOK,
		`w/"2"`:                         http.StatusOK,
		`"2`:                            http.StatusOK,
		`,,, `:                          http.StatusOK,
		`"W/\"2\""`:                     http.StatusOK,
		"nonsense, \x01, W/\"\u00fc\" ": http.StatusOK,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := c.do(method, path, "", header("If-None-Match", value)).want(t, status)
			if a.header.Get("ETag") != version || a.header.Get("Content-Location") == "" {
				t.Errorf("%s with %s: the headers are %v", method, value, a.header)
			}
			if status == http.StatusNotModified && (a.body != "" || a.header.Get("Content-Type") != "") {
				t.Errorf("%s with %s: 304 with a body: %s", method, value, a.body)
			}
		}
	}
	c.do("GET", path, "", header("If-Match", version)).want(t, http.StatusOK)
	c.do("GET", path, "", header("If-Match", `W/"1"`)).refused(t, http.StatusPreconditionFailed, "")
	c.do("GET", path, "", header("If-Match", `W/"1"`), header("If-None-Match", version)).refused(t, http.StatusPreconditionFailed, "")
	c.do("GET", "/Users/id-999", "", header("If-None-Match", "*")).refused(t, http.StatusNotFound, "")
}

func TestConditionalChanges(t *testing.T) {
	t.Parallel()
	changes := []struct{ method, body string }{
		{"PUT", `{` + coreUser + `,"userName":"leia"}`},
		{"PATCH", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`},
		{"DELETE", ""},
	}
	for _, change := range changes {
		c, path, version := conditional(t)
		before := c.product.snapshot()
		for _, bad := range []setting{
			header("If-Match", `W/"1"`), header("If-Match", `W/"1", "3"`), header("If-Match", "2"), header("If-Match", `"2`),
			header("If-None-Match", version), header("If-None-Match", "*"),
		} {
			c.do(change.method, path, change.body, bad).refused(t, http.StatusPreconditionFailed, "")
		}
		c.do(change.method, "/Users/id-999", change.body, header("If-Match", version)).refused(t, http.StatusNotFound, "")
		if after := c.product.snapshot(); after != before {
			t.Errorf("%s: something changed", change.method)
		}
		for _, good := range []setting{
			header("If-Match", version), header("If-Match", `*`), header("If-Match", `"1", "2"`), header("If-None-Match", `W/"1"`),
			func(r *http.Request) { r.Header["If-Match"] = []string{`"1"`, version} },
		} {
			c, path, _ := conditional(t)
			c.do(change.method, path, change.body, good).want(t, map[string]int{"PUT": 200, "PATCH": 200, "DELETE": 204}[change.method])
		}
	}
}

// Of many who change the same version at once, one does.
func TestNoChangeIsLost(t *testing.T) {
	t.Parallel()
	c, path, version := conditional(t)
	var lock sync.Mutex
	seen := map[int]int{}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			a := c.do("PUT", path, fmt.Sprintf(`{%s,"userName":"rival-%d"}`, coreUser, i), header("If-Match", version))
			lock.Lock()
			defer lock.Unlock()
			seen[a.status]++
		})
	}
	group.Wait()
	if seen[http.StatusOK] != 1 || seen[http.StatusPreconditionFailed] != 15 {
		t.Errorf("the rivals were answered %v", seen)
	}
}

func TestConditionCanBeVaried(t *testing.T) {
	t.Parallel()
	protocol := scim.Standard()
	protocol.Condition = func(*http.Request, string) int { return 0 }
	c := clientOf(t, scim.Options{Protocol: protocol})
	id := c.seed(han)
	c.do("DELETE", "/Users/"+id, "", header("If-Match", `W/"7"`)).want(t, http.StatusNoContent)
}
