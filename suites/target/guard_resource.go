package target

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// own notes that the resource is the run's own for who comes in so.
func (g *guard) own(address, who string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ours[address] == nil {
		g.ours[address] = map[string]bool{}
	}
	g.ours[address][who] = true
}

// disown forgets a resource that was deleted: its address may be given again.
func (g *guard) disown(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.ours, address)
}

func (g *guard) owns(address, who string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ours[address][who]
}

// ownsForSomebody says whether the resource is the run's own to anybody who comes in.
func (g *guard) ownsForSomebody(address string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.ours[address]) > 0
}

// credentialsOf is what a request comes in with. Tenants may share their addresses,
// and even the ids in them, so that 7 is one person to one token and another one to
// the next: what is known of an address is known for credentials.
func credentialsOf(request *http.Request) string {
	var said []string
	for name, values := range request.Header {
		if !ordinary[name] {
			said = append(said, name+": "+strings.Join(values, ","))
		}
	}
	slices.Sort(said)
	return strings.Join(said, "\n")
}

// ordinary are the headers that say nothing about who comes.
var ordinary = map[string]bool{
	"Accept": true, "Accept-Charset": true, "Accept-Encoding": true, "Connection": true, "Content-Type": true,
	"Content-Length": true, "User-Agent": true, "If-Match": true, "If-None-Match": true,
}

// makeUp makes up an id that nobody could have guessed.
func (g *guard) makeUp() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := uuid.NewString()
	g.madeUp[id] = true
	return id
}

func (g *guard) isMadeUp(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.madeUp[id]
}

// lookFirst asks the product what is at the address before anything is done to it,
// and returns why that may not be. At one that was made up there is nobody, unless
// the product shows somebody all the same.
func (g *guard) lookFirst(request *http.Request, address, who string, madeUp bool) error {
	status, resource, err := g.look(request, request.URL)
	switch {
	case err != nil:
		return fmt.Errorf("looking at it first: %w", err)
	case status == http.StatusNotFound || status == http.StatusGone:
		return nil
	case madeUp && (status != http.StatusOK || !showsSomebody(resource)):
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		// Who may not look may not write either, if the product is right; that it is
		// may be what a spec is about to find out, on the run's own.
		if g.ownsForSomebody(address) {
			return nil
		}
	case status == http.StatusOK && g.marks(resource):
		g.own(address, who)
		return nil
	case status == http.StatusOK:
		return fmt.Errorf("the product shows somebody else there: %w", ErrNotOurs)
	}
	return fmt.Errorf("the product answers %d to a look at it: %w", status, ErrNotOurs)
}

// provenToBeOurs says whether what a creation answered with is the run's own. The
// answer itself is not enough: a product that mixes people up may answer with
// another's id.
func (g *guard) provenToBeOurs(request *http.Request, resource *url.URL, answer []byte) bool {
	status, shown, err := g.look(request, resource)
	if err == nil && status == http.StatusOK {
		return g.marks(shown)
	}
	// It is not there yet, or cannot be read. Then the answer is what there is.
	return g.marks(answer)
}

// look reads the resource at the address with the credentials of the request.
func (g *guard) look(as *http.Request, at *url.URL) (status int, body []byte, err error) {
	request := as.Clone(as.Context())
	address := *at
	address.RawQuery = ""
	request.Method, request.URL, request.Body, request.GetBody, request.ContentLength = http.MethodGet, &address, nil, nil, 0
	request.Header.Del("Content-Type")
	request.Header.Del("Content-Length")
	// The transport then asks for, and undoes, a compression of its own.
	request.Header.Del("Accept-Encoding")
	response, err := g.inner.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, body, err
}

// marks says whether a SCIM resource is one of the run's: a user by the user name
// and, where the product shows none, by an address; a group by its name.
func (g *guard) marks(resource []byte) bool {
	var shown struct {
		UserName    readable[string]    `json:"userName"`
		DisplayName readable[string]    `json:"displayName"`
		Emails      readable[[]address] `json:"emails"`
		Schemas     readable[[]string]  `json:"schemas"`
	}
	if json.Unmarshal(resource, &shown) != nil {
		return false
	}
	tag := g.custody.tag
	if slices.ContainsFunc(shown.Schemas.value, func(s string) bool { return strings.HasSuffix(s, ":Group") }) {
		return tag.Marks(shown.DisplayName.value)
	}
	if shown.UserName.value != "" {
		return tag.Marks(shown.UserName.value)
	}
	return len(shown.Emails.value) > 0 && !slices.ContainsFunc(shown.Emails.value, func(e address) bool { return !tag.Marks(e.Value) })
}

// readable is a member of a resource; what is of another kind than it should be is as
// good as absent. A product may show whatever nonsense it was sent, and somebody with
// such is still who they are.
type readable[T any] struct{ value T }

// UnmarshalJSON implements [json.Unmarshaler].
func (r *readable[T]) UnmarshalJSON(text []byte) error {
	var value T
	if json.Unmarshal(text, &value) == nil {
		r.value = value
	}
	return nil
}

// showsSomebody says whether a SCIM resource is anybody.
func showsSomebody(resource []byte) bool {
	var shown struct {
		UserName string            `json:"userName"`
		Emails   []json.RawMessage `json:"emails"`
	}
	_ = json.Unmarshal(resource, &shown) // what cannot be read shows nobody
	return shown.UserName != "" || len(shown.Emails) > 0
}

// address is one entry of a user's emails (RFC 7643 section 4.1.2).
type address struct {
	Value string `json:"value"`
}
