package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"pgregory.net/rapid"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

const base = scim.Prefix + provider

const coreUser = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`

// tester is what *testing.T, *testing.B and *rapid.T have in common.
type tester interface {
	rapid.TB
	Context() context.Context
}

// client speaks to a server over a product, which tests look into.
type client struct {
	t       tester
	product *memory
	handler http.Handler
	log     *bytes.Buffer
}

func newClient(t tester) *client { return clientOf(t, scim.Options{}) }

func clientOf(t tester, options scim.Options) *client {
	t.Helper()
	c := &client{t: t, product: &memory{}, log: &bytes.Buffer{}}
	options.Logger = slog.New(slog.NewTextHandler(c.log, nil))
	c.handler = scim.New(c.product, options).Handler()
	return c
}

// answer is what came back. Object is the body, when it is a JSON object.
type answer struct {
	status int
	header http.Header
	body   string
	object map[string]any
}

// setting changes a request before it is sent.
type setting func(*http.Request)

func header(name, value string) setting {
	return func(r *http.Request) {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
}

// do sends a request below the connection's base URL, as a good client would.
func (c *client) do(method, path, body string, settings ...setting) answer {
	c.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, "http://product.test"+base+path, content)
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Accept", scim.MediaType)
	if body != "" {
		r.Header.Set("Content-Type", scim.MediaType+"; charset=utf-8")
	}
	for _, set := range settings {
		set(r)
	}
	return c.send(r)
}

func (c *client) send(r *http.Request) answer {
	c.t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); w.Body.Len() > 0 && got != scim.MediaType {
		c.t.Errorf("%s %s: Content-Type is %q", r.Method, r.URL, got)
	}
	return answer{w.Code, w.Header(), w.Body.String(), decode(c.t, w.Body.Bytes())}
}

// decode reads a body, which is an object if it is anything.
func decode(t tester, body []byte) map[string]any {
	t.Helper()
	var object map[string]any
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, &object); err != nil {
		t.Fatalf("the body is no JSON object: %v\n%s", err, body)
	}
	return object
}

// want checks the status.
func (a answer) want(t tester, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status is %d, want %d\n%s", a.status, status, a.body)
	}
	return a
}

// refused checks that an answer is a proper SCIM error.
func (a answer) refused(t tester, status int, scimType string) {
	t.Helper()
	a.want(t, status)
	var body struct {
		Schemas          []string
		Status, ScimType string
		Detail           *string
	}
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("the error is malformed: %v\n%s", err, a.body)
	}
	switch {
	case len(body.Schemas) != 1 || body.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error":
		t.Errorf("schemas are %q", body.Schemas)
	case body.Status != itoa(status):
		t.Errorf("the status in the body is %q, want %q", body.Status, itoa(status))
	case body.ScimType != scimType:
		t.Errorf("scimType is %q, want %q: %s", body.ScimType, scimType, a.body)
	case body.Detail == nil || strings.TrimSpace(*body.Detail) == "":
		t.Errorf("there is no detail: %s", a.body)
	}
}

func itoa(status int) string {
	b, _ := json.Marshal(status)
	return string(b)
}

// seed puts a record in, by SCIM itself, and returns its id.
func (c *client) seed(attributes string) string {
	c.t.Helper()
	a := c.do("POST", "/Users", `{`+coreUser+`,`+attributes+`}`).want(c.t, http.StatusCreated)
	id, _ := a.object["id"].(string)
	return id
}

// record is what the product keeps under an id.
func (c *client) record(id string) org.Record {
	c.t.Helper()
	c.product.mu.Lock()
	defer c.product.mu.Unlock()
	at, err := c.product.at(id)
	if err != nil {
		c.t.Fatalf("the record %s: %v", id, err)
	}
	return c.product.records[at]
}

// patch sends operations.
func (c *client) patch(id, operations string) answer {
	c.t.Helper()
	return c.do("PATCH", "/Users/"+id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`+operations+`}`)
}
