package target

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
)

// Why something was not sent; see [Withheld].
var (
	ErrReadOnly = errors.New("this run is read-only")
	ErrNotBegun = errors.New("no run has begun that would clear away after itself (target.Begin starts one)")
	ErrNotOurs  = errors.New("this run did not make it")
	errNoMaking = errors.New("nobody would know how to clear away what it makes")
	errNotMade  = errors.New("only one that the run founded may be changed so")
)

// Withheld is the error of a request that was not sent, because it might have
// changed what the run did not make or may not change.
type Withheld struct {
	Deed string // as PATCH https://acme.test/scim/v2/Users/42
	Err  error
}

func (w *Withheld) Error() string { return "withheld " + w.Deed + ": " + w.Err.Error() }

// Unwrap returns the reason.
func (w *Withheld) Unwrap() error { return w.Err }

// guard stands between a run and the product: under every client, where no spec,
// now or later, can get by it. A verb of a spec could be forgotten, and a body that
// a spec writes by hand passes no verb; a request that changes the product passes
// here. It does two things with one: what makes something is written down first,
// and what changes or deletes something is let through only where that is the run's
// own, by the evidence of what the product itself shows there.
//
// It belongs to one tenant of the product or more, of which it learns as they are
// founded. It is safe for concurrent use.
type guard struct {
	inner   http.RoundTripper
	custody *custody // nil: nothing may be changed
	refusal error    // why not, where custody is nil

	mu          sync.Mutex
	connections []Connection               // of the target, then those founded
	given       int                        // how many of them are the target's own
	ours        map[string]map[string]bool // by address of a resource: for whom it is known to be the run's own
	madeUp      map[string]bool            // ids that are nobody's: made up here, for specs about what is not there
	accounts    map[string]bool            // by id: whether it is the run's own; absent where no look showed it
	founded     map[string]bool            // organizations that this run made, by id
	teams       map[string]bool            // teams that were there before, by id
}

func newGuard(inner http.RoundTripper, t Target, c *custody, refusal error) *guard {
	g := &guard{
		inner: inner, custody: c, refusal: refusal,
		connections: slices.Clone(t.Connections), given: len(t.Connections),
		ours: map[string]map[string]bool{}, madeUp: map[string]bool{}, accounts: map[string]bool{}, founded: map[string]bool{}, teams: map[string]bool{},
	}
	for _, connection := range t.Connections {
		for _, team := range connection.Teams {
			g.teams[team.ID] = true
		}
	}
	return g
}

// CloseIdleConnections ends the connections that are idle.
func (g *guard) CloseIdleConnections() {
	if inner, ok := g.inner.(interface{ CloseIdleConnections() }); ok {
		inner.CloseIdleConnections()
	}
}

// RoundTrip sends the request on, or returns a *[Withheld].
func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	reads := request.Method == http.MethodGet || request.Method == http.MethodHead || request.Method == http.MethodOptions ||
		request.Method == http.MethodPost && strings.HasSuffix(request.URL.Path, "/.search") // RFC 7644 section 3.4.3
	if reads {
		return g.inner.RoundTrip(request)
	}
	if g.custody == nil {
		return g.passNonsense(request)
	}
	connection, below, scim := g.connectionOf(request)
	switch request.Method {
	case http.MethodPost:
		if scim {
			return g.create(request, connection, below)
		}
		return g.post(request)
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		switch {
		case !scim && request.Method != http.MethodDelete && g.takesResponses(request.URL):
			return g.post(request)
		case !scim:
			return nil, withhold(request, errors.New("it is below no SCIM base URL of the target"))
		}
		return g.change(request, connection, below)
	}
	return nil, withhold(request, fmt.Errorf("nobody knows what %s changes", request.Method))
}

// withhold closes the body, as a round tripper owes it, and refuses.
func withhold(request *http.Request, why error) error {
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return &Withheld{Deed: request.Method + " " + addressOf(request.URL), Err: why}
}

// addressOf is a URL without its query, which may hold a message or a token.
func addressOf(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// connectionOf finds the tenant whose SCIM endpoint the request goes to, and the
// path below its base URL. Where tenants share one, the credentials tell them apart.
func (g *guard) connectionOf(request *http.Request) (found Connection, below string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	address := addressOf(request.URL)
	best := -1
	for i, c := range g.connections {
		base := strings.TrimRight(c.SCIM.BaseURL, "/")
		rest, under := strings.CutPrefix(address, base)
		if base == "" || !under || rest != "" && rest[0] != '/' {
			continue
		}
		if rank := 2*len(base) + credited(request, c); rank > best {
			best, found, below, ok = rank, g.connections[i], rest, true
		}
	}
	return found, below, ok
}

// credited is 1 where the request comes in with the tenant's own token.
func credited(request *http.Request, c Connection) int {
	if c.SCIM.Token != "" && strings.Contains(request.Header.Get("Authorization"), c.SCIM.Token) {
		return 1
	}
	return 0
}

// create sends a request that makes a SCIM resource. A POST to what is there already
// makes nothing, and may at most change that.
func (g *guard) create(request *http.Request, at Connection, below string) (*http.Response, error) {
	path := strings.ToLower(strings.Trim(below, "/"))
	kind, ok := collections[path]
	collection, id, _ := strings.Cut(path, "/")
	switch _, inside := collections[collection]; {
	case path == "bulk":
		return g.bulk(request, at)
	case inside && id != "":
		return g.change(request, at, below)
	}
	request, body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	if saysNothing(below, body) {
		return g.inner.RoundTrip(request)
	}
	if !ok {
		return nil, withhold(request, errNoMaking)
	}
	things, err := g.noteResource(kind, at, body)
	if err != nil {
		return nil, withhold(request, err)
	}
	response, err := g.inner.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	answer, err := readAnswer(response)
	if err != nil {
		return nil, err
	}
	if err := g.learnMade(request, response.StatusCode, answer, things); err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	return response, nil
}

// learnMade notes what a creation was answered with.
func (g *guard) learnMade(request *http.Request, status int, answer []byte, things []*Thing) error {
	if status >= http.StatusBadRequest {
		return g.learnAll(things, line{Refused: true})
	}
	var id string // what cannot be read has none
	if made, err := provision.ParseObject(answer); err == nil {
		id = made.Called()
	}
	if id == "" || strings.Contains(id, "/") {
		return nil
	}
	resource := *request.URL
	resource.Path, resource.RawPath = strings.TrimRight(request.URL.Path, "/")+"/"+id, ""
	if !g.provenToBeOurs(request, &resource, answer) {
		return nil
	}
	g.own(addressOf(&resource), credentialsOf(request))
	return g.learnAll(things, line{Record: addressOf(&resource)})
}

// collections are the SCIM collections in which something may be made, in lower case.
var collections = map[string]Kind{"users": APerson, "groups": AGroup}

// noteResource writes down what a body is about to make; of a user, every name.
func (g *guard) noteResource(kind Kind, at Connection, body []byte) ([]*Thing, error) {
	names := g.custody.tag.namesInUser(body)
	if kind == AGroup {
		var group struct {
			DisplayName string `json:"displayName"`
		}
		_ = json.Unmarshal(body, &group) // a group without a name has none
		names = []string{group.DisplayName}
	}
	if len(names) == 0 {
		names = []string{""}
	}
	return g.noteAll(kind, at, names, false)
}

func (g *guard) noteAll(kind Kind, at Connection, names []string, signedIn bool) ([]*Thing, error) {
	var things []*Thing
	for _, name := range names {
		thing, err := g.custody.make(Thing{
			Kind: kind, Name: name, Organization: at.Organization, SCIM: at.SCIM.BaseURL, SignedIn: signedIn,
		})
		if err != nil {
			return nil, err
		}
		things = append(things, thing)
	}
	return things, nil
}

func (g *guard) learnAll(things []*Thing, said line) error {
	for _, thing := range things {
		if err := g.custody.learn(thing, said); err != nil {
			return err
		}
	}
	return nil
}

// change sends a request that changes or deletes one SCIM resource, if that is the
// run's own. What it does not know it looks at first: where the product shows
// nothing at the address there is nothing to harm, as at those that specs make up;
// where it shows somebody else, nothing is sent.
func (g *guard) change(request *http.Request, at Connection, below string) (*http.Response, error) {
	collection, id, _ := strings.Cut(strings.Trim(below, "/"), "/")
	kind, known := collections[strings.ToLower(collection)]
	request, body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	me := isMe(below)
	switch {
	case saysNothing(below, body):
		return g.inner.RoundTrip(request)
	case me:
		kind = APerson
	case !known || id == "" || strings.Contains(id, "/") || strings.Contains(id, ".."):
		return nil, withhold(request, errors.New("it is the address of no single resource"))
	}
	address, who := addressOf(request.URL), credentialsOf(request)
	if !g.owns(address, who) {
		// Whoever /Me is, it is nobody where nothing is shown.
		if err := g.lookFirst(request, address, who, me || g.isMadeUp(id)); err != nil {
			return nil, withhold(request, err)
		}
	}
	if names := g.custody.tag.namesInUser(body); kind == APerson && len(names) > 0 {
		// A new name is one under which the person will have to be found.
		if _, err := g.noteAll(APerson, at, names, false); err != nil {
			return nil, withhold(request, err)
		}
	}
	response, err := g.inner.RoundTrip(request)
	if err == nil && request.Method == http.MethodDelete && response.StatusCode < http.StatusMultipleChoices {
		g.disown(address)
	}
	return response, err
}

// passNonsense sends what signs nobody in and makes nothing, and withholds the rest.
func (g *guard) passNonsense(request *http.Request) (*http.Response, error) {
	_, _, scim := g.connectionOf(request)
	if scim || request.Method != http.MethodPost {
		return nil, withhold(request, g.refusal)
	}
	request, body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	if form, err := url.ParseQuery(string(body)); err != nil || !isNonsense(form) {
		return nil, withhold(request, g.refusal)
	}
	return g.inner.RoundTrip(request)
}

// post sends a form of a browser's: where it is a SAML response, or cannot be read,
// whoever signs in is written down first.
func (g *guard) post(request *http.Request) (*http.Response, error) {
	request, body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Has("SAMLResponse") {
		at := g.connectionWithACS(request.URL)
		names := g.custody.tag.namesInResponse(form)
		if len(names) == 0 {
			names = g.custody.expectedAt(at)
		}
		if _, err := g.noteAll(APerson, at, names, true); err != nil {
			return nil, withhold(request, err)
		}
	}
	return g.inner.RoundTrip(request)
}

// takesResponses says whether a tenant's assertion consumer service is at the address:
// whatever method a response comes by there, it can do no more than sign somebody in.
func (g *guard) takesResponses(at *url.URL) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.ContainsFunc(g.connections, func(c Connection) bool {
		acs, err := url.Parse(c.SAML.ACS)
		return err == nil && acs.Host != "" && addressOf(acs) == addressOf(at)
	})
}

// connectionWithACS finds the tenant at whose assertion consumer service a browser
// posts.
func (g *guard) connectionWithACS(at *url.URL) Connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, exactly := range []bool{true, false} {
		for _, c := range slices.Backward(g.connections) {
			acs, err := url.Parse(c.SAML.ACS)
			if err == nil && addressOf(acs) == addressOf(at) && (!exactly || acs.RawQuery == at.RawQuery) {
				return c
			}
		}
	}
	if len(g.connections) == 0 {
		return Connection{}
	}
	return g.connections[0]
}

// readBody reads what is about to be sent and returns a request that still has it: a
// round tripper may not change the one that it was given.
func readBody(request *http.Request) (*http.Request, []byte, error) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, nil, nil
	}
	body, err := io.ReadAll(request.Body)
	_ = request.Body.Close()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the request's body: %w", err)
	}
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	return request, body, nil
}

// readAnswer reads an answer, decoded, and puts it back for the caller as it came.
func readAnswer(response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		_ = response.Body.Close()
		return nil, fmt.Errorf("reading the answer's body: %w", err)
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), response.Body), response.Body}
	if plain, err := journal.Decode(response.Header, body); err == nil {
		body = plain
	}
	return body, nil
}
