package target_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

var quiet = log.New(io.Discard, "", 0)

// at is a target with a SCIM endpoint at the address.
func at(address string, n target.Network) target.Target {
	return target.Target{
		Connections: []target.Connection{{SCIM: target.SCIM{BaseURL: address, Token: "token-0123456789"}, Okta: target.AnyOkta()}},
		Network:     n,
		Disposable:  true,
	}
}

// call asks the target's endpoint for its users.
func call(t *testing.T, ctx context.Context, given target.Target) (provision.Answer, *target.Live, error) { //nolint:revive // a test's t comes first
	t.Helper()
	live, err := target.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(live.Close)
	connection := live.Okta(given.Connection().SCIM)
	client, err := provision.NewClient(provision.Options{
		BaseURL: connection.BaseURL, Token: connection.Token, Authorize: connection.Authorize,
		Transport: live.Transport(), Timeout: connection.Timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(ctx, http.MethodPost, "/Users", nil, map[string]string{"userName": "han"})
	return answer, live, err
}

// zeros is text without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// raw serves whatever say does with a connection.
func raw(t *testing.T, say func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go say(conn)
		}
	}()
	return listener.Addr().String()
}

func TestWhatKeepsUsFromAProductIsNamed(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	fine := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	_, _, good := ca.issue(t, nil)
	_, _, expired := ca.issue(t, func(c *x509.Certificate) {
		c.NotAfter = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		c.NotBefore = c.NotAfter.AddDate(-1, 0, 0)
	})
	_, _, early := ca.issue(t, func(c *x509.Certificate) {
		c.NotBefore = time.Now().AddDate(1, 0, 0)
		c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
	})
	_, _, elsewhere := ca.issue(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.test"} })
	plain := httptest.NewServer(fine)
	t.Cleanup(plain.Close)
	gone := httptest.NewServer(fine)
	gone.Close()
	hanging := raw(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	closing := raw(t, func(c net.Conn) { _ = c.Close() })
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, 17<<20) }))
	t.Cleanup(endless.Close)
	headed := raw(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096)) // who answers before being asked is another case
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Long: ")
		_, _ = io.CopyN(c, zeros{}, 2<<20)
		_, _ = io.Copy(io.Discard, c)
	})
	trusting := target.Network{CA: ca.pem(), Timeout: 10 * time.Second}
	impatient := target.Network{Timeout: 50 * time.Millisecond}
	tlsAt := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "https://") }
	for name, c := range map[string]struct {
		address string
		network target.Network
		kind    target.TroubleKind
		says    string
	}{
		"unresolvable":        {"https://no-such-host.invalid/scim", trusting, target.Unresolvable, "the name no-such-host.invalid cannot be resolved"},
		"refused":             {gone.URL, trusting, target.Refused, "nothing listens at " + strings.TrimPrefix(gone.URL, "http://") + ": connection refused"},
		"hangs":               {"http://" + hanging, impatient, target.Hangs, hanging + " takes the request and does not answer within 50ms"},
		"closes":              {"http://" + closing, trusting, target.Closed, closing + " closed the connection without an answer"},
		"has no end":          {endless.URL, trusting, target.TooMuch, strings.TrimPrefix(endless.URL, "http://") + " answers with more than 16 MiB"},
		"is all headers":      {"http://" + headed, trusting, target.TooMuch, headed + " answers with headers of more than 1 MiB"},
		"expired":             {"https://" + tlsAt(serveTLS(t, expired, nil, fine)), trusting, target.CertificateExpired, "the certificate of 127.0.0.1 expired on 2026-01-02"},
		"not yet valid":       {"https://" + tlsAt(serveTLS(t, early, nil, fine)), trusting, target.CertificateExpired, "the certificate of 127.0.0.1 is not valid before "},
		"wrong name":          {"https://" + tlsAt(serveTLS(t, elsewhere, nil, fine)), trusting, target.CertificateName, "the certificate is not for 127.0.0.1 but for other.test"},
		"unknown authority":   {"https://" + tlsAt(serveTLS(t, good, nil, fine)), target.Network{CA: other.pem()}, target.CertificateUnknown, "the certificate of 127.0.0.1 is signed by nobody that this machine trusts"},
		"wants a certificate": {"https://" + tlsAt(serveTLS(t, good, &other, fine)), trusting, target.CertificateWanted, "wants a client certificate"},
		"no TLS":              {strings.Replace(plain.URL, "http:", "https:", 1), trusting, target.NoTLS, "does not speak TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := call(t, context.Background(), at(c.address, c.network))
			explained := target.Explain(c.address, err)
			var trouble *target.Trouble
			if !errors.As(explained, &trouble) || trouble.Kind != c.kind || !strings.Contains(trouble.Error(), c.says) {
				t.Fatalf("%v (%v), want %s: %s", explained, err, c.kind, c.says)
			}
			if trouble.Hint() == "" || strings.Contains(trouble.Error()+trouble.Hint(), "\n") || strings.Contains(trouble.Error(), "token-0123") {
				t.Errorf("%q, %q", trouble.Error(), trouble.Hint())
			}
			if !errors.Is(target.Explain(c.address, explained), explained) {
				t.Error("what is explained is explained again")
			}
		})
	}
	if err := errors.New("something else"); !errors.Is(target.Explain("https://acme.test", err), err) {
		t.Error("what nobody knows is not left as it is")
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	of := func(status int, contentType, body string) provision.Answer {
		return provision.Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: []byte(body)}
	}
	to := func(location string) provision.Answer {
		return provision.Answer{Status: 302, Header: http.Header{"Location": {location}}}
	}
	for name, c := range map[string]struct {
		answer provision.Answer
		kind   target.TroubleKind
		says   string
	}{
		"a list":         {of(200, "application/scim+json", `{"totalResults":0}`), "", ""},
		"any JSON":       {of(200, "text/plain", `[]`), "", ""},
		"nothing":        {of(204, "", ""), "", ""},
		"a server error": {of(500, "application/json", `{}`), "", ""},
		"401":            {of(401, "application/json", `{}`), target.Credentials, "it answered 401 Unauthorized to the credentials that it was given"},
		"401 and why":    {of(401, "application/scim+json", `{"detail":"the token\n has expired"}`), target.Credentials, `to the credentials that it was given, and said "the token has expired"`},
		"402":            {of(402, "application/scim+json", `{"detail":"SCIM is part of the Enterprise plan"}`), target.Unpaid, `it answered 402 Payment Required, and said "SCIM is part of the Enterprise plan"`},
		"402 at length":  {of(402, "application/scim+json", `{"detail":"`+strings.Repeat("a", 119)+`bcd"}`), target.Unpaid, `aab…"`},
		"403 and a page": {of(403, "text/html", `<html>`), target.Credentials, "403 Forbidden"},
		"404 JSON":       {of(404, "application/json", `{}`), target.NotFound, "404 Not Found"},
		"404 page":       {of(404, "text/html", `<html><title>Oh no</title>`), target.HTML, `HTML where JSON belongs (404 Not Found, a page that calls itself "Oh no")`},
		"200 page":       {of(200, "text/html; charset=utf-8", `<p>`), target.HTML, "HTML where JSON belongs (200 OK)"},
		"unnamed page":   {of(200, "application/json", "\n<!DOCTYPE html><html>"), target.HTML, "HTML where JSON belongs"},
		"500 page":       {of(502, "text/html", `<h1>Bad gateway`), target.HTML, "502 Bad Gateway"},
		"marked":         {of(200, "application/scim+json", "\ufeff{}"), target.NotJSON, "it answered JSON behind a byte order mark, which is none"},
		"UTF-16":         {of(200, "application/scim+json", "\xff\xfe{\x00}\x00"), target.NotJSON, "it answered JSON in UTF-16, which is none"},
		"SCIM 1":         {of(200, "application/json", `{"schemas":["urn:scim:schemas:core:1.0"]}`), target.OldSCIM, "it speaks SCIM 1, by the schema of its answer"},
		"text":           {of(200, "text/plain", `OK`), target.NotJSON, "no JSON (200 OK, text/plain)"},
		"login":          {to("https://acme.test/login?token=abc"), target.Redirected, "302 Found, a redirect to https://acme.test/login?…"},
		"elsewhere":      {to("https://www.acme.test/scim"), target.Redirected, "a redirect to https://www.acme.test/scim"},
		"nowhere":        {to(""), target.Redirected, "a redirect to nowhere"},
		"busy":           {of(429, "", ""), target.Busy, "429"},
	} {
		trouble := target.Judge(c.answer)
		if (trouble == nil) != (c.kind == "") {
			t.Errorf("%s: %v", name, trouble)
			continue
		}
		if trouble != nil && (trouble.Kind != c.kind || !strings.Contains(trouble.Says, c.says) || strings.Contains(trouble.Says, "abc")) {
			t.Errorf("%s: %s: %s", name, trouble.Kind, trouble.Says)
		}
	}
}
