package verify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// gate is a proxy before the reference's SCIM endpoint that lets in whom it is told
// to, and speaks to the reference with the reference's own token.
type gate struct {
	server *httptest.Server
	url    string // the base URL behind the gate
	passed atomic.Int64
}

func newGate(t *testing.T, product target.Target, lets func(*http.Request) bool, secure *tls.Config) *gate {
	t.Helper()
	base, err := url.Parse(product.Connection().SCIM.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = base.Scheme, base.Host
		r.Out.Host = base.Host
		r.Out.Header.Set("Authorization", "Bearer "+product.Connection().SCIM.Token)
	}}
	g := &gate{}
	g.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !lets(r) {
			w.Header().Set("Content-Type", "application/scim+json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401"}`))
			return
		}
		g.passed.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	if secure != nil {
		g.server.TLS = secure
		g.server.StartTLS()
	} else {
		g.server.Start()
	}
	t.Cleanup(g.server.Close)
	g.url = g.server.URL + base.Path
	return g
}

// With each kind of credential, from where a target file can take it, the specs are
// run through a gate that wants exactly that.
func TestEachKindOfCredential(t *testing.T) {
	product := start(t, bundled.Options{})
	dir := t.TempDir()
	t.Setenv("GATE_SECRET", "s3cret-of-the-gate")
	write(t, dir, "secret", "s3cret-of-the-gate\n")
	is := func(name, value string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Header.Get(name) == value }
	}
	tokens := grantor(t)
	secure, ca, certificate, key := certificates(t)
	write(t, dir, "ca.pem", ca)
	write(t, dir, "client.pem", certificate)
	write(t, dir, "client.key", key)
	for name, c := range map[string]struct {
		auth, rest string
		lets       func(*http.Request) bool
		secure     *tls.Config
	}{
		"bearer": {"{bearer: {env: GATE_SECRET}}", "", is("Authorization", "Bearer s3cret-of-the-gate"), nil},
		"raw":    {"{raw: {file: secret}}", "", is("Authorization", "s3cret-of-the-gate"), nil},
		"basic": {"{basic: {user: okta, password: {command: [cat, secret]}}}", "", func(r *http.Request) bool {
			user, password, _ := r.BasicAuth()
			return user == "okta" && password == "s3cret-of-the-gate"
		}, nil},
		"headers": {"{headers: {X-Api-Key: {env: GATE_SECRET}}}", "", is("X-Api-Key", "s3cret-of-the-gate"), nil},
		"oauth2": {fmt.Sprintf("{oauth2: {token_url: %s, client_id: rollcall, client_secret: {env: GATE_SECRET}}}", tokens.url), "",
			func(r *http.Request) bool { return tokens.takes(r.Header.Get("Authorization")) }, nil},
		"client certificate": {"{bearer: {env: GATE_SECRET}}", "network: {ca: ca.pem, client_certificate: {certificate: client.pem, key: {file: client.key}}}",
			func(r *http.Request) bool {
				return r.TLS.PeerCertificates[0].Subject.CommonName == "okta" && r.Header.Get("Authorization") == "Bearer s3cret-of-the-gate"
			}, secure},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, product, c.lets, c.secure)
			file := write(t, dir, "rollcall.yaml", fmt.Sprintf("version: 1\nconnections: [{scim: {base_url: %s, auth: %s}}]\nfeatures: [scim.patch, scim.delete]\n%s\n", g.url, c.auth, c.rest))
			described, err := target.Load(context.Background(), file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := verify.Run(context.Background(), verify.Options{Target: described, Areas: []string{"tracking", "setup"}})
			if err != nil {
				t.Fatal(err)
			}
			passed := 0
			for _, s := range r.Specs {
				switch s.Verdict {
				case report.Passed:
					passed++
				case report.Unsupported, report.Unobserved:
				default:
					t.Errorf("%s: %s: %s%s", s.Key(), s.Verdict, s.Reason, s.Actual)
				}
			}
			if passed < 15 || g.passed.Load() < 50 {
				t.Errorf("%d specs passed with %d requests", passed, g.passed.Load())
			}
			var text strings.Builder
			if err := r.JSON(&text); err != nil || strings.Contains(text.String(), "s3cret") || strings.Contains(text.String(), "granted-") {
				t.Errorf("a secret is in the report, or %v", err)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tokenServer grants a token that is good for a second, so that a run needs several.
type tokenServer struct {
	url    string
	issued atomic.Int64
}

func grantor(t *testing.T) *tokenServer {
	t.Helper()
	s := &tokenServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if user, password, _ := r.BasicAuth(); user != "rollcall" || password != "s3cret-of-the-gate" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": fmt.Sprintf("granted-token-%d", s.issued.Add(1)), "token_type": "Bearer", "expires_in": 2})
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *tokenServer) takes(header string) bool {
	return header == fmt.Sprintf("Bearer granted-token-%d", s.issued.Load())
}

// certificates are a server's configuration that wants a client certificate, the
// authority of both, and a client's certificate with its key.
func certificates(t *testing.T) (config *tls.Config, ca, certificate, key string) {
	t.Helper()
	issue := func(name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			IsCA: parent == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		if parent == nil {
			parent, parentKey = template, private
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &private.PublicKey, parentKey)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made, private
	}
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	authority, authorityKey := issue("authority", nil, nil)
	server, serverKey := issue("server", authority, authorityKey)
	client, clientKey := issue("okta", authority, authorityKey)
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	der, err := x509.MarshalECPrivateKey(clientKey)
	if err != nil {
		t.Fatal(err)
	}
	config = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw}, PrivateKey: serverKey}},
		ClientCAs:    pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	return config, encode("CERTIFICATE", authority.Raw), encode("CERTIFICATE", client.Raw), encode("EC PRIVATE KEY", der)
}
