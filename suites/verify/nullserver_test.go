package verify_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// nullServer is a product that is none: it answers, or does not, and means nothing
// by it.
type nullServer struct {
	name string
	// answer is what it does with every request.
	answer http.HandlerFunc
	// exit is the status of a run in which it answers well for as long as the target
	// is being reached and is null from then on: 1 where its answers are wrong, 2
	// where there are none that can be judged.
	exit int
	// alike says that it differs from another one in the list only in what the wire sees:
	// of the specs that need more than SCIM, a few are enough.
	alike bool
	// object says that it answers JSON objects, which a probe's answers might be: it is
	// not broken in the eyes of whoever asks it, only empty.
	object bool
	// yes says that it takes everything: every spec has to see through it.
	yes bool
	// slow says that its answers take long or are large: a few specs are enough.
	slow bool
	// certificate makes it speak TLS.
	certificate func(*testing.T) *tls.Config
}

// nullServers are the answers that something else than the product gives when it
// stands where the product should: a proxy, a login page, a load balancer without
// anything behind it, a crashing server, a wrong address.
var nullServers = []nullServer{
	{name: "200 {}", answer: answering(200, "application/scim+json", "{}"), exit: 1, object: true, yes: true},
	{name: "200 []", answer: answering(200, "application/scim+json", "[]"), exit: 1},
	{name: "200 null", answer: answering(200, "application/scim+json", "null"), exit: 1, alike: true},
	{name: "200 HTML", answer: answering(200, "text/html", page), exit: 1},
	{name: "200 an empty list", answer: answering(200, "application/scim+json", emptyList), exit: 1, object: true},
	{name: "201 with an id", answer: answering(201, "application/scim+json", `{"id": "1"}`), exit: 1, object: true},
	{name: "204 and nothing", answer: answering(204, "", ""), exit: 1},
	{name: "400 SCIM error", answer: answering(400, "application/scim+json", scimError("400")), exit: 1, alike: true},
	{name: "404 HTML", answer: answering(404, "text/html", page), exit: 1},
	{name: "404 SCIM error", answer: answering(404, "application/scim+json", scimError("404")), exit: 1, alike: true},
	{name: "409 SCIM error", answer: answering(409, "application/scim+json", `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "scimType": "uniqueness"}`), exit: 1},
	{name: "500 JSON", answer: answering(500, "application/json", `{"error": "internal"}`), exit: 1, alike: true},
	{name: "500 HTML", answer: answering(500, "text/html", page), exit: 1},
	{name: "503 and nothing", answer: answering(503, "", ""), exit: 1, alike: true},
	{name: "401 to all", answer: answering(401, "application/json", `{"error": "unauthorized"}`), exit: 1, alike: true},
	{name: "403 to all", answer: answering(403, "application/scim+json", scimError("403")), exit: 1, alike: true},
	{name: "429 to all", answer: comeBackIn("1"), exit: 2, slow: true},
	{name: "429 to all, come back in an hour", answer: comeBackIn("3600"), exit: 2, slow: true},
	{name: "redirect to a login page", answer: loginPage, exit: 1},
	{name: "redirect to itself", answer: roundAndRound, exit: 1},
	{name: "invalid UTF-8", answer: answering(200, "application/scim+json", "{\"totalResults\": 1, \"Resources\": [{\"id\": \"\xff\xfe\", \"userName\": \"\xc3\x28\"}]}"), exit: 1},
	{name: "says the request back", answer: echo, exit: 1},
	{name: "says the request back with an id", answer: echoWithID, exit: 1, object: true},
	{name: "takes everything, keeps nothing", answer: keepsNothing, exit: 1, object: true},
	{name: "says what it said before", answer: sayBefore(), exit: 1},
	{name: "wrong content encoding", answer: encoded("gzip", []byte("{}")), exit: 2},
	{name: "unknown content encoding", answer: encoded("br", []byte("{}")), exit: 2, alike: true},
	{name: "compressed without end", answer: encoded("gzip", bomb()), exit: 2, slow: true},
	{name: "closes at once", answer: cut(""), exit: 2},
	{name: "closes mid-body", answer: cut("HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: 1000\r\n\r\n{\"totalResults\": "), exit: 2, alike: true},
	{name: "speaks no HTTP", answer: cut("220 mail.acme.test ESMTP\r\n"), exit: 2, alike: true},
	{name: "headers without end", answer: hugeHeader, exit: 2, slow: true},
	{name: "body without end", answer: endlessBody, exit: 2, slow: true},
	{name: "hangs before the header", answer: hang(false), exit: 2, slow: true},
	{name: "hangs mid-body", answer: hang(true), exit: 2, slow: true},
	{name: "a byte now and then", answer: drip, exit: 2, slow: true},
}

// tlsServers are well, but nobody can know that it is them.
var tlsServers = []nullServer{
	{name: "certificate of another name", answer: answering(200, "application/scim+json", emptyList), certificate: certified("acme.test", 2100)},
	{name: "certificate that expired", answer: answering(200, "application/scim+json", emptyList), certificate: certified("localhost", 2021)},
	{name: "certificate that nobody signed", answer: answering(200, "application/scim+json", emptyList), certificate: certified("localhost", 2100)},
}

// quiet is for what a server has to say of callers that leave.
var quiet = log.New(io.Discard, "", 0)

const (
	page      = "<!doctype html><html><head><title>Acme</title></head><body><h1>Welcome to Acme</h1></body></html>"
	emptyList = `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []}`
)

func scimError(status string) string {
	return `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "` + status + `", "detail": "no"}`
}

// answering gives every request the same answer.
func answering(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		if body != "" {
			_, _ = io.WriteString(w, body)
		}
	}
}

func comeBackIn(seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", seconds)
		http.Error(w, "slow down", http.StatusTooManyRequests)
	}
}

func loginPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/login" {
		http.Redirect(w, r, "/login", http.StatusFound)
		return
	}
	answering(200, "text/html", page)(w, r)
}

func roundAndRound(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
}

// echo answers a request with its own body.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	_, _ = io.Copy(w, r.Body)
}

// echoWithID answers as a product would that keeps nothing.
func echoWithID(w http.ResponseWriter, r *http.Request) {
	said := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&said)
	said["id"] = "1"
	w.Header().Set("Content-Type", "application/scim+json")
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	_ = json.NewEncoder(w).Encode(said)
}

// sayBefore answers each request with the body of the last one that had one.
func sayBefore() http.HandlerFunc {
	var mu sync.Mutex
	before := []byte("{}")
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = w.Write(before)
		if len(body) > 0 {
			before = body
		}
	}
}

func encoded(encoding string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(body)
	}
}

// bomb is 64 MiB of white space in 64 KiB.
func bomb() []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, _ = writer.Write(blank)
	}
	_ = writer.Close()
	return packed.Bytes()
}

// cut sends this and ends the connection.
func cut(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, text)
		_ = connection.Close()
	}
}

func hugeHeader(w http.ResponseWriter, _ *http.Request) {
	value := strings.Repeat("x", 1<<20)
	for range 12 {
		w.Header().Add("X-Filler", value)
	}
	w.WriteHeader(http.StatusOK)
}

func endlessBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for r.Context().Err() == nil {
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
}

func hang(midway bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server sees a caller go only after the body
		if midway {
			_, _ = io.WriteString(w, `{"totalResults": `)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// drip sends a byte now and then: each of them in time, the answer never.
func drip(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	beat := time.NewTicker(20 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// keepsNothing takes everything and finds nobody.
func keepsNothing(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		answering(200, "application/scim+json", emptyList)(w, r)
		return
	}
	echoWithID(w, r)
}

// certified makes a certificate for a name that is signed by itself and ends with the
// beginning of a year.
func certified(name string, ends int) func(*testing.T) *tls.Config {
	return func(t *testing.T) *tls.Config {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		wanted := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(ends, 1, 1, 0, 0, 0, 0, time.UTC),
			DNSNames: []string{name},
		}
		certificate, err := x509.CreateCertificate(rand.Reader, wanted, wanted, public, private)
		if err != nil {
			t.Fatal(err)
		}
		return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: private}}}
	}
}
