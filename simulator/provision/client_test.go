package provision_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method string
		body   any
		header provision.HeaderMode
		want   map[string]string
	}{
		{"GET", nil, provision.Bearer, map[string]string{"Content-Type": "", "Content-Length": "", "Authorization": "Bearer t0ken"}},
		{"POST", "{}", provision.Bearer, map[string]string{"Content-Type": "application/scim+json; charset=utf-8", "Content-Length": "2"}},
		{"PUT", "{}", provision.Raw, map[string]string{"Content-Type": "application/scim+json; charset=utf-8", "Authorization": "t0ken"}},
		{"PATCH", "{}", provision.Bearer, map[string]string{"Content-Type": "application/scim+json; charset=utf-8"}},
		{"DELETE", nil, provision.Bearer, map[string]string{"Content-Type": "application/scim+json; charset=utf-8"}},
	} {
		t.Run(test.method, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, reply{status: 200})
			c := client(t, provision.Options{BaseURL: p.url + "/", Token: "t0ken", Header: test.header})
			if _, err := c.Do(t.Context(), test.method, "/Users", nil, test.body); err != nil {
				t.Fatal(err)
			}
			got := p.got[0].header
			for name, value := range map[string]string{
				"Accept": "application/scim+json", "Accept-Charset": "utf-8", "User-Agent": "Okta SCIM Client 1.0.0",
				"Connection": "Keep-Alive", "Accept-Encoding": "gzip,deflate",
			} {
				if got.Get(name) != value {
					t.Errorf("%s is %q, want %q", name, got.Get(name), value)
				}
			}
			for name, value := range test.want {
				if got.Get(name) != value {
					t.Errorf("%s is %q, want %q", name, got.Get(name), value)
				}
			}
			if p.got[0].uri != "/Users" {
				t.Errorf("URI %s: a slash at the end of the base URL is doubled or lost", p.got[0].uri)
			}
		})
	}
}

func TestNoTokenNoAuthorization(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 401})
	answer, err := client(t, provision.Options{BaseURL: p.url}).Get(t.Context(), "x")
	if err != nil || answer.Status != 401 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if got, sent := p.got[0].header["Authorization"]; sent {
		t.Errorf("Authorization %q", got)
	}
}

func TestQueryEncodings(t *testing.T) {
	t.Parallel()
	const name = `o"ha\ra+x y@acme.test`
	for plus, want := range map[bool]string{
		false: `GET /Users?filter=userName%20eq%20%22o%5C%22ha%5C%5Cra%2Bx%20y%40acme.test%22&startIndex=1&count=100`,
		true:  `GET /Users?filter=userName+eq+%22o%5C%22ha%5C%5Cra%2Bx+y%40acme.test%22&startIndex=1&count=100`,
	} {
		p := newProduct(t, reply{status: 200, body: none})
		c := client(t, provision.Options{BaseURL: p.url, Plus: plus})
		if _, err := c.Find(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		p.saw(want)
	}
}

func TestRawCalls(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 200}, reply{status: 200}, reply{status: 200}, reply{status: 204}, reply{status: 200}, reply{status: 200})
	c := client(t, provision.Options{BaseURL: p.url})
	ctx := t.Context()
	for _, call := range []func() (provision.Answer, error){
		func() (provision.Answer, error) { return c.Do(ctx, "GET", "/Users", "a=%zz", nil) },
		func() (provision.Answer, error) { return c.Do(ctx, "GET", "/Users", url.Values{"q": {"a b"}}, nil) },
		func() (provision.Answer, error) {
			return c.Do(ctx, "POST", "/Users", provision.Query{{Name: "x", Value: "1"}}, []byte("{broken"))
		},
		func() (provision.Answer, error) { return c.Delete(ctx, "a/b c") },
		func() (provision.Answer, error) { return c.Put(ctx, "7", map[string]string{"a": "<&>"}) },
		func() (provision.Answer, error) { return c.List(ctx, 101, 100) },
	} {
		if _, err := call(); err != nil {
			t.Fatal(err)
		}
	}
	p.saw(`GET /Users?a=%zz`, `GET /Users?q=a%20b`, `POST /Users?x=1 {broken`, `DELETE /Users/a%2Fb%20c`, `PUT /Users/7 {"a":"<&>"}`,
		`GET /Users?startIndex=101&count=100`)
	if _, err := c.Do(ctx, "GET", "/Users", 7, nil); err == nil {
		t.Error("a number was accepted as a query")
	}
	if _, err := c.Do(ctx, "POST", "/Users", nil, make(chan int)); err == nil {
		t.Error("a channel was accepted as a body")
	}
}

func TestBaseURLIsChecked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "ci.test/scim", "ftp://ci.test", "https://u:p@ci.test", "https://ci.test?x=1", "https://ci.test#x", "http://%zz"} {
		_, err := provision.NewClient(provision.Options{BaseURL: address})
		if err == nil {
			t.Errorf("%q was accepted", address)
		} else if strings.Contains(err.Error(), "u:p") {
			t.Errorf("the error shows credentials: %v", err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 302, header: map[string]string{"Location": "https://elsewhere.test/"}})
	answer, err := client(t, provision.Options{BaseURL: p.url, Token: "t0ken"}).Get(t.Context(), "x")
	if err != nil || answer.Status != 302 {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		writer := gzip.NewWriter(w)
		_, _ = io.WriteString(writer, `{"id":"7"}`)
		_ = writer.Close()
	}))
	t.Cleanup(server.Close)
	answer, err := client(t, provision.Options{BaseURL: server.URL}).Get(t.Context(), "7")
	if err != nil || answer.ID() != "7" {
		t.Errorf("id %q, %v", answer.ID(), err)
	}
}

func TestSlowAnswerIsAnError(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hold) })
	c := client(t, provision.Options{BaseURL: server.URL, Token: "t0ken-secret", Timeout: 30 * time.Millisecond})
	_, err := c.Get(t.Context(), "7")
	if err == nil || !strings.Contains(err.Error(), "SCIM GET /Users/7: no answer") || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("error %v", err)
	}
	if provision.Timeout != 60*time.Second {
		t.Errorf("the limit is %s, Okta's is 60 s", provision.Timeout)
	}
}

func TestBrokenWireIsAnError(t *testing.T) {
	t.Parallel()
	cut := errors.New("cut")
	c := client(t, provision.Options{BaseURL: "http://ci.test", Transport: broken{cut}})
	if _, err := c.Get(t.Context(), "7"); !errors.Is(err, cut) {
		t.Errorf("error %v", err)
	}
	c = client(t, provision.Options{BaseURL: "http://ci.test", Transport: broken{io.EOF}})
	if _, err := c.Get(t.Context(), "7"); !errors.Is(err, io.EOF) || err.Error() != "SCIM GET /Users/7: no answer: the product closed the connection" {
		t.Errorf("error %v", err)
	}
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

func TestDialects(t *testing.T) {
	t.Parallel()
	for _, dialect := range provision.Dialects() {
		if got, err := provision.ParseDialect(string(dialect)); err != nil || got != dialect {
			t.Errorf("%s: %s, %v", dialect, got, err)
		}
	}
	if got, err := provision.ParseDialect(""); err != nil || got != provision.OIN {
		t.Errorf("default %s, %v", got, err)
	}
	if _, err := provision.ParseDialect("okta"); err == nil || !strings.Contains(err.Error(), "oin, aiw, oin-patch-user") {
		t.Errorf("error %v", err)
	}
}

func TestListCounters(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{"id":"1"},{"id":"2"}]}`: "",
		`{"totalresults":1,"resources":[{"id":"1"}]}`:                                            "",
		`{"totalResults":0}`: "",
		`{"totalResults":1,"startIndex":"1","itemsPerPage":1}`: `startIndex "1"`,
		`{"totalResults":"1"}`:                                 `totalResults "1"`,
		`{"totalResults":1,"itemsPerPage":null}`:               `itemsPerPage null`,
		`{"Resources":[]}`:                                     `no totalResults`,
		`{"totalResults":1,"Resources":["x"]}`:                 `something else than resources`,
		`{"totalResults":1,"Resources":{}}`:                    `Resources are no array`,
		`[]`:                                                   `not a JSON object but an array`,
		` `:                                                    `not a JSON object but empty`,
		"\n<!doctype html><title>Sign in</title>":              `not a JSON object but a web page`,
		`{"totalResults": `:                                    `not a JSON object but a piece of one`,
		`slow down`:                                            `not a JSON object but text`,
		`"none"`:                                               `not a JSON object but a string`,
		`42`:                                                   `not a JSON object but the value 42`,
	} {
		_, err := provision.Answer{Status: 200, Body: []byte(body)}.List()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %q", body, err, want)
		}
	}
}
