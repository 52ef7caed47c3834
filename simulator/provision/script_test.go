package provision_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
)

// sent is a request as it arrived.
type sent struct {
	method, uri, body string
	header            http.Header
}

func (s sent) String() string { return strings.TrimSpace(s.method + " " + s.uri + " " + s.body) }

// reply is a prepared answer.
type reply struct {
	status int
	body   string
	header map[string]string
}

// product answers with what it was given, in order, and keeps what it was sent.
type product struct {
	t       *testing.T
	url     string
	mu      sync.Mutex
	replies []reply
	got     []sent
}

func newProduct(t *testing.T, replies ...reply) *product {
	t.Helper()
	p := &product{t: t, replies: replies}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL + "/scim/v2/one"
	return p
}

func (p *product) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, sent{r.Method, strings.TrimPrefix(r.RequestURI, "/scim/v2/one"), string(body), r.Header.Clone()})
	if len(p.replies) == 0 {
		p.t.Errorf("nothing was prepared for %s", p.got[len(p.got)-1])
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	next := p.replies[0]
	p.replies = p.replies[1:]
	for name, value := range next.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(next.status)
	_, _ = io.WriteString(w, next.body)
}

// saw compares the requests with what was expected, a line each.
func (p *product) saw(want ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var got []string
	for _, request := range p.got {
		got = append(got, request.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		p.t.Errorf("the product got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(p.replies) > 0 {
		p.t.Errorf("%d answers were not asked for", len(p.replies))
	}
}

func client(t *testing.T, options provision.Options) *provision.Client {
	t.Helper()
	made, err := provision.NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// jobs returns jobs in the dialect; waits are noted and cost nothing.
func (p *product) jobs(dialect provision.Dialect, waits *[]time.Duration) *provision.Jobs {
	p.t.Helper()
	return &provision.Jobs{
		Client: client(p.t, provision.Options{BaseURL: p.url, Token: "t0ken"}), Dialect: dialect,
		Pause: func(ctx context.Context, wait time.Duration) error {
			if waits != nil {
				*waits = append(*waits, wait)
			}
			return ctx.Err()
		},
	}
}

const (
	none    = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	lookup  = `GET /Users?filter=userName%20eq%20%22han%40acme.test%22&startIndex=1&count=100`
	creates = `POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"han@acme.test",` +
		`"name":{"givenName":"Han","familyName":"Solo"},"emails":[{"primary":true,"value":"han@acme.test","type":"work"}],` +
		`"displayName":"Han <& Solo>","locale":"en-US","externalId":"00u1","groups":[],"password":"abcd1234","active":true}`
	patchOn  = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":true}}]}`
	patchOff = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
)

var han = provision.User{
	UserName: "han@acme.test", GivenName: "Han", FamilyName: "Solo", Email: "han@acme.test",
	DisplayName: "Han <& Solo>", Locale: "en-US", ExternalID: "00u1", Password: "abcd1234",
}

// found is a page with one user whose record is given.
func found(record string) reply {
	return reply{status: 200, body: `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + record + `]}`}
}

func scimError(status int, detail string) reply {
	return reply{status: status, body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"` + detail + `"}`}
}
