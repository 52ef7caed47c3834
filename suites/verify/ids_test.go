package verify_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/verify"
)

// odd ends every id of a product behind oddly; oddInPath is how it stands in a path.
const (
	odd       = "/+ ?#%"
	oddInPath = "%2F+%20%3F%23%25"
)

var (
	idMember = regexp.MustCompile(`("id":"[0-9a-f-]{36})"`)
	idInPath = regexp.MustCompile(`(/(?:Users|Groups)/[0-9a-f-]{36})`)
)

// oddly is the product at the address as one whose ids have in them what a path cannot
// have as it is: an id may be any text (RFC 7643 section 3.1).
func oddly(t *testing.T, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			plain := strings.ReplaceAll(r.In.URL.EscapedPath(), oddInPath, "")
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.Path, r.Out.URL.RawPath = at.Scheme, at.Host, plain, ""
			r.Out.Header.Set("Accept-Encoding", "identity")
		},
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			body = idMember.ReplaceAll(body, []byte(`${1}`+odd+`"`))
			body = idInPath.ReplaceAll(body, []byte(`${1}`+oddInPath))
			for _, name := range []string{"Location", "Content-Location"} {
				r.Header.Set(name, idInPath.ReplaceAllString(r.Header.Get(name), `${1}`+oddInPath))
			}
			r.Header.Del("Content-Length")
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			return nil
		},
		ErrorLog: quiet,
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL + at.EscapedPath()
}

func TestIDsMayBeAnyText(t *testing.T) {
	product := start(t, bundled.Options{})
	known := product.Connection().SCIM
	given, err := verify.SCIMOnly(oddly(t, known.BaseURL), known.Token, []string{"oin", "aiw"})
	if err != nil {
		t.Fatal(err)
	}
	given.Disposable = true
	r, err := verify.Run(context.Background(), verify.Options{Target: given, Only: []string{
		"tracking.*", "deactivation.*", "okta.spec.reads-user", "scim.patch.answered", "scim.delete.*", "scim.read.*", "scim.replace.*",
	}})
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, s := range r.Specs {
		switch s.Verdict {
		case report.Passed:
			passed++
		case report.Unobserved, report.Unsupported:
		default:
			t.Errorf("%s %s: %s, %s", s.Key(), s.Verdict, s.Actual, s.Reason)
		}
	}
	if passed < 40 || len(r.Left) > 0 {
		t.Errorf("%d passed, and %v are left", passed, r.Left)
	}
}
