//go:build unix

package verify_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// exchanged is one request of a run, with what came of it.
type exchanged struct {
	method, address string
	header          http.Header
	body            string
	status          int
	answer          string // header and body, as far as later requests may need them
}

// recorder keeps the requests that reach the product, in order.
type recorder struct {
	mu  sync.Mutex
	all []exchanged
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, request)
		r.mu.Lock()
		r.all = append(r.all, exchanged{
			request.Method, request.URL.String(), request.Header.Clone(), string(body),
			answer.Code, lasting(answer.Header(), answer.Body.String()),
		})
		r.mu.Unlock()
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// lasting is what an answer says that later requests may repeat.
func lasting(header http.Header, body string) string {
	said := strings.Join(header["Set-Cookie"], "\n") + "\n" + header.Get("Location") + "\n" + requestIn(header.Get("Location")) + "\n" + body
	return packed.ReplaceAllString(said, "")
}

// requestIn is the AuthnRequest that an address carries, in the clear.
func requestIn(location string) string {
	address, err := url.Parse(location)
	if err != nil {
		return ""
	}
	message, err := base64.StdEncoding.DecodeString(address.Query().Get("SAMLRequest"))
	if err != nil || len(message) == 0 {
		return ""
	}
	text, _ := io.ReadAll(flate.NewReader(bytes.NewReader(message)))
	return requestID.FindString(string(text))
}

var (
	requestID = regexp.MustCompile(`\bID="[^"]+"`)
	// madeUp is what a product makes up: ids, tokens, the values of cookies.
	madeUp = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)
	packed = regexp.MustCompile(`SAMLRequest=[^&"]*`)
)

// replayer sends what was recorded to another product, as barely as can be, with what
// that one made up in place of what the first did.
type replayer struct {
	target   target.Target
	address  string
	client   *http.Client
	names    map[string]string
	identity idp.Identity
	spent    time.Duration // processor time of the exchanges, and of the signatures in them
	signed   int
	strayed  int // answers of another status than before
}

func newReplayer(b *testing.B, before, t target.Target) *replayer {
	b.Helper()
	identity, err := t.Connection().Okta.Identity()
	if err != nil {
		b.Fatal(err)
	}
	wire := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}
	b.Cleanup(wire.CloseIdleConnections)
	r := &replayer{
		target: t, address: strings.Join(strings.SplitN(t.Connection().SCIM.BaseURL, "/", 4)[:3], "/"), identity: identity, names: map[string]string{},
		client: &http.Client{Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	described := func(t target.Target) string {
		c := t.Connection()
		text := c.Organization + " " + c.SCIM.BaseURL + " " + c.SCIM.Token + " " + c.SAML.SignIn + " " + t.Probe.HTTP.Token
		for _, team := range c.Teams {
			text += " " + team.ID
		}
		return text
	}
	r.learn(described(before), described(t))
	return r
}

func (r *replayer) learn(before, now string) {
	old, fresh := madeUp.FindAllString(before, -1), madeUp.FindAllString(now, -1)
	if len(old) != len(fresh) {
		return
	}
	for i := range old {
		r.names[old[i]] = fresh[i]
	}
}

func (r *replayer) renamed(text string) string {
	return madeUp.ReplaceAllStringFunc(text, func(old string) string {
		if fresh, ok := r.names[old]; ok {
			return fresh
		}
		return old
	})
}

func (r *replayer) send(b *testing.B, e exchanged) {
	b.Helper()
	body := e.body
	if strings.HasPrefix(body, "SAMLResponse=") || strings.Contains(body, "&SAMLResponse=") {
		body = r.signAnew(b, body)
	}
	request, err := http.NewRequestWithContext(b.Context(), e.method, r.address+r.renamed(e.address), strings.NewReader(r.renamed(body)))
	if err != nil {
		b.Fatal(err)
	}
	for name, values := range e.header {
		if name != "Accept-Encoding" {
			request.Header[name] = []string{r.renamed(values[0])}
		}
	}
	begun := machine.ProcessorTime(b)
	answer, err := r.client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	said, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	r.spent += machine.ProcessorTime(b) - begun
	if err != nil {
		b.Fatal(err)
	}
	if answer.StatusCode != e.status {
		r.strayed++
	}
	r.learn(e.answer, lasting(answer.Header, string(said)))
}

// response is what of a response has to be said again.
type response struct {
	Destination  string `xml:"Destination,attr"`
	InResponseTo string `xml:"InResponseTo,attr"`
	Assertion    struct {
		NameID     string `xml:"Subject>NameID"`
		Audience   string `xml:"Conditions>AudienceRestriction>Audience"`
		Attributes []struct {
			Name   string   `xml:"Name,attr"`
			Values []string `xml:"AttributeValue"`
		} `xml:"AttributeStatement>Attribute"`
	} `xml:"Assertion"`
}

// signAnew says what a response said in answer to the request of the other product.
// Of what it takes to make it only two signatures are counted.
func (r *replayer) signAnew(b *testing.B, body string) string {
	b.Helper()
	form, err := url.ParseQuery(body)
	if err != nil {
		b.Fatal(err)
	}
	text, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	if err != nil {
		b.Fatal(err)
	}
	var said response
	if err := xml.Unmarshal(text, &said); err != nil {
		return body
	}
	acs := r.target.Connection().SAML.ACS
	claims := idp.Claims{
		Destination: acs, Recipient: acs, Audience: r.target.Connection().SAML.EntityID, InResponseTo: r.renamed(said.InResponseTo),
		NameID: said.Assertion.NameID, NameIDFormat: idp.FormatEmailAddress, Now: time.Now(),
	}
	for _, a := range said.Assertion.Attributes {
		claims.Attributes = append(claims.Attributes, idp.Attribute{Name: a.Name, Values: a.Values})
	}
	issued, err := r.identity.Issue(claims)
	if err != nil {
		b.Fatal(err)
	}
	form.Set("SAMLResponse", issued.Encoded())
	form.Set("RelayState", r.renamed(form.Get("RelayState")))
	again := form.Encode()
	begun := machine.ProcessorTime(b)
	sum := sha256.Sum256(text)
	for range 2 {
		if _, err := rsa.SignPKCS1v15(nil, r.identity.Key.(*rsa.PrivateKey), crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
		r.signed++
	}
	r.spent += machine.ProcessorTime(b) - begun
	return again
}

// BenchmarkOverhead is what a run costs more than the exchanges it makes, in processor
// time of both sides. The same specs are run, recorded, and then sent once more by a
// plain client to a fresh reference, which answers each as the first did; sign-ins are
// answered with responses whose making counts as two raw RSA signatures, and what it
// takes to tell what to send is not counted.
func BenchmarkOverhead(b *testing.B) {
	// Sign-ins to organizations of their own are signed by identities of their own.
	chosen := verify.Options{Areas: []string{"tracking", "deactivation", "permissions", "resync"}, LabelFilter: "!(feature: containsAny {" + target.OrgCreate + "})", Seed: 1}
	run := func(product target.Target) {
		o := chosen
		o.Target = product
		conform(b, o)
	}
	straight := func(next http.Handler) http.Handler { return next }
	var harness, bare time.Duration
	requests, signed := 0, 0
	for b.Loop() {
		var book recorder
		recorded := benchBehind(b, book.wrap)
		run(recorded)

		judged := benchBehind(b, straight)
		begun := machine.ProcessorTime(b)
		run(judged)
		harness += machine.ProcessorTime(b) - begun

		again := newReplayer(b, recorded, benchBehind(b, straight))
		for _, e := range book.all {
			again.send(b, e)
		}
		bare += again.spent
		if again.strayed > len(book.all)/50 {
			b.Fatalf("%d of %d exchanges came out otherwise", again.strayed, len(book.all))
		}
		requests, signed = len(book.all), again.signed
	}
	b.ReportMetric(float64(harness)/float64(bare), "overhead")
	b.ReportMetric(float64(requests), "requests")
	b.ReportMetric(float64(signed), "signatures")
}
