package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rollcall.example/suites/bundled"
)

// leaky is a product that tells everything to everybody: it is the reference behind a
// handler that puts secrets of its own, and whatever the request held, into every
// answer, and that breaks now and then, so that a good part of the specs fail.
type leaky struct {
	product *bundled.Bundled
	server  *httptest.Server
	knows   func(authorization string, r *http.Request) bool // credentials that the reference's token stands for

	mu    sync.Mutex
	count map[string]int
	heard map[string]bool // secrets that went over the wire and that nobody planted
}

// What the product keeps secret, each as long as such a thing is in life.
const (
	itsPassword  = "Kd0Lr4TzW8cYb6/NfPqA1s+EoGu7Qm2vX9"
	itsCookie    = "s%3AhZ3cVt0QpJ5mXw8RyB2nLkD6fGaE1uTo.H4iNb7sYqC9vKxM0"
	itsAPIKey    = "sk_live_51Hx9QmTzRw3YpVb7KcNd2LfGjE8uAo6Si"
	itsWebToken  = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImFjbWUifQ.eyJzdWIiOiJhY21lIiwiZXhwIjoxNzY3MjI1NjAwfQ.c2lnbmF0dXJlLW9mLWFjbWUtdG9rZW4tMTIz"
	itsAccessKey = "ya29.a0AfB-byC3dEfGhIjKlMnOpQrStUvWxYz0123456789"
)

func startLeaky(t *testing.T) *leaky {
	t.Helper()
	b, err := bundled.Start(context.Background(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := &leaky{product: b, count: map[string]int{}, heard: map[string]bool{}}
	l.server = httptest.NewServer(l)
	t.Cleanup(func() {
		l.server.Close()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	b.App.SetBaseURL(l.server.URL)
	c := b.Target.Connections[0]
	before, _ := url.Parse(c.SCIM.BaseURL)
	moved := func(address string) string {
		return strings.Replace(address, before.Scheme+"://"+before.Host, l.server.URL, 1)
	}
	for _, address := range []*string{
		&c.SCIM.BaseURL, &c.SAML.Metadata, &c.SAML.EntityID, &c.SAML.ACS, &c.SAML.SignIn,
		&c.Doors.WhoAmI, &c.Doors.Admin, &c.Doors.Settings, &c.Doors.Team, &b.Target.Probe.HTTP.URL,
	} {
		*address = moved(*address)
	}
	b.Target.Connections[0] = c
	return l
}

// ServeHTTP implements http.Handler.
func (l *leaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	told := dump(r, body)
	l.listen(r.Header.Get("Authorization"), r.URL.RawQuery, string(body))
	if l.knows != nil && l.knows(r.Header.Get("Authorization"), r) {
		token := l.product.Target.Connections[0].SCIM.Token
		if strings.HasPrefix(r.URL.Path, probePrefix) {
			token = l.product.Target.Probe.HTTP.Token
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	l.product.App.ServeHTTP(answer, r)
	status, said := answer.Code, answer.Body.String()
	for _, cookie := range answer.Result().Cookies() {
		l.hear(cookie.Value)
	}
	l.listen(said)
	if l.breaks(r) {
		status, said = http.StatusInternalServerError, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "500"}`
	}
	l.leak(w.Header(), answer.Header(), r)
	kind := answer.Header().Get("Content-Type")
	switch {
	case status >= 500 && l.nth("page")%2 == 0:
		kind, said = "text/html", page(told, r)
	case strings.Contains(kind, "json"):
		said = l.confess(said, told, status)
	case strings.Contains(kind, "html"):
		said += page(told, r)
	case status >= 400:
		said += told
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Del("Content-Length")
	w.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = io.WriteString(w, said)
	}
}

// dump is the request as an error page shows it that was meant for developers.
func dump(r *http.Request, body []byte) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", r.Method, r.URL)
	_ = r.Header.Write(&text)
	fmt.Fprintf(&text, "\n%s\nkey %s, session %s, access %s, user acme:%s, jwt %s\n", body, r.Header.Get("Authorization"), itsCookie, r.Header.Get("X-Api-Key"), r.Header.Get("Authorization"), itsWebToken)
	return text.String()
}

// breaks says whether this request is one of those that go wrong.
func (l *leaky) breaks(r *http.Request) bool {
	switch {
	case strings.HasPrefix(r.URL.Path, "/scim/") && r.Method != http.MethodGet:
		return l.nth("change")%3 == 0
	case strings.HasPrefix(r.URL.Path, probePrefix) && r.Method == http.MethodPost:
		return l.nth("probe")%5 == 0
	case strings.HasPrefix(r.URL.Path, "/login/"):
		return l.nth("sign-in")%4 == 0
	}
	return false
}

func (l *leaky) nth(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count[what]++
	return l.count[what]
}

// leak puts secrets into the header of an answer.
func (l *leaky) leak(into, from http.Header, r *http.Request) {
	for name, values := range from {
		into[name] = values
	}
	if location := from.Get("Location"); location != "" {
		joint := "?"
		if strings.Contains(location, "?") {
			joint = "&"
		}
		into.Set("Location", location+joint+"access_token="+itsAccessKey)
	}
	into.Add("Set-Cookie", "acme_session="+itsCookie+"; Path=/; HttpOnly")
	into.Set("X-Auth-Token", itsAPIKey)
	into.Set("X-Debug", r.Header.Get("Authorization")+" "+r.Header.Get("X-Api-Key"))
	into.Set("X-Session-Was", "session "+itsCookie)
}

// confess puts secrets into a JSON body, and now and then in place of what it says.
func (l *leaky) confess(said, told string, status int) string {
	var body map[string]any
	if json.Unmarshal([]byte(said), &body) != nil {
		return said
	}
	body["debug"] = told
	body["password"], body["client_secret"], body["jwt"] = itsPassword, itsAPIKey, itsWebToken
	if status >= 400 {
		body["detail"], body["error"] = told, told
	}
	if _, looks := body["records"]; looks || body["userName"] != nil {
		rename(body, told)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return said
	}
	return string(text)
}

// rename calls everybody by what nobody may see.
func rename(value any, told string) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if name == "name" || name == "displayName" || name == "familyName" {
				if _, isText := inner.(string); isText {
					value[name] = told[strings.Index(told, "Authorization")+1:]
					continue
				}
			}
			rename(inner, told)
		}
	case []any:
		for _, inner := range value {
			rename(inner, told)
		}
	}
}

// page is an error page for people, with the form that was posted in it.
func page(told string, r *http.Request) string {
	return "<html><body><pre>" + html.EscapeString(told) + `</pre><form method="post"><input type="hidden" name="SAMLResponse" value="` +
		html.EscapeString(r.PostFormValue("SAMLResponse")) + `"><input type="password" name="password" value="` + html.EscapeString(itsPassword) + `"></form><!-- ` + told + " --></body></html>"
}

var (
	secretMember = regexp.MustCompile(`"(?:token|secret)": ?"([^"]{16,})"`)
	bearerToken  = regexp.MustCompile(`^Bearer (.+)$`)
	samlField    = regexp.MustCompile(`SAMLResponse=([^&]+)`)
)

// listen remembers secrets that nobody planted: tokens that the reference issued or
// rotated, and assertions.
func (l *leaky) listen(texts ...string) {
	for _, text := range texts {
		for _, pattern := range []*regexp.Regexp{secretMember, bearerToken} {
			for _, found := range pattern.FindAllStringSubmatch(text, -1) {
				l.hear(found[1])
			}
		}
		for _, found := range samlField.FindAllStringSubmatch(text, -1) {
			if plain, err := url.QueryUnescape(found[1]); err == nil && len(plain) > 1000 {
				l.hear(plain)
			}
		}
	}
}

func (l *leaky) hear(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(secret) >= 16 {
		l.heard[secret] = true
	}
}
