package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"rollcall.example/simulator/provision"
)

// grants are the places that tokens are got from, each asked about once.
type grants struct {
	client *http.Client

	mu  sync.Mutex
	all map[string]*grant
}

// newGrants gets tokens through the wire, so that the requests for them keep to the
// limits like any other.
func newGrants(w *wire) *grants {
	return &grants{client: &http.Client{Transport: w}, all: map[string]*grant{}}
}

// of is the grant that a target describes.
func (g *grants) of(o OAuth2) *grant {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := fmt.Sprint(o)
	if g.all[name] == nil {
		g.all[name] = newGrant(o, g.client)
	}
	return g.all[name]
}

// giver is where the token came from; nil if from none of them.
func (g *grants) giver(token string) *grant {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.all {
		if one.gave(token) {
			return one
		}
	}
	return nil
}

// tokens are all that were granted so far.
func (g *grants) tokens() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, one := range g.all {
		all = append(all, one.tokens()...)
	}
	return all
}

// early is how long before its end a token is no longer used.
const early = 30 * time.Second

// grant gets access tokens for a client's credentials (RFC 6749 section 4.4) and
// keeps the last one while it is good. It is safe for concurrent use.
type grant struct {
	config clientcredentials.Config
	client *http.Client

	mu      sync.Mutex
	token   string
	until   time.Time // zero where the server named no end
	granted []string  // every token so far
}

func newGrant(o OAuth2, client *http.Client) *grant {
	params := url.Values{}
	for name, value := range o.Params {
		params.Set(name, value)
	}
	return &grant{
		config: clientcredentials.Config{
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, TokenURL: o.TokenURL, Scopes: o.Scopes, EndpointParams: params,
		},
		client: client,
	}
}

// get returns a token that is good for a while.
func (g *grant) get(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.token != "" && (g.until.IsZero() || time.Now().Before(g.until)) {
		return g.token, nil
	}
	return g.fetch(ctx)
}

// instead returns another token than one that the product did not take.
func (g *grant) instead(ctx context.Context, refused string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.token != refused {
		return g.token, nil
	}
	return g.fetch(ctx)
}

func (g *grant) fetch(ctx context.Context) (string, error) {
	asked := time.Now()
	token, err := g.config.Token(context.WithValue(ctx, oauth2.HTTPClient, g.client))
	if err != nil {
		return "", g.explain(err)
	}
	g.token, g.until = token.AccessToken, time.Time{}
	if !token.Expiry.IsZero() {
		life := token.Expiry.Sub(asked)
		g.until = asked.Add(life - min(early, life/4))
	}
	g.granted = append(g.granted, g.token)
	return g.token, nil
}

// explain says what the token endpoint answered, and no more than that: the body of
// its answer may repeat what was sent.
func (g *grant) explain(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return &NotGranted{URL: g.config.TokenURL, Err: provision.WithoutURL(err)}
	}
	why := fmt.Errorf("it answered %d %s", refused.Response.StatusCode, http.StatusText(refused.Response.StatusCode))
	if isErrorCode(refused.ErrorCode) {
		why = fmt.Errorf("%w: %s", why, refused.ErrorCode)
	}
	return &NotGranted{URL: g.config.TokenURL, Status: refused.Response.StatusCode, Err: why}
}

// errorCodes are those of RFC 6749 section 5.2.
var errorCodes = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}

func isErrorCode(code string) bool { return slices.Contains(errorCodes, code) }

// NotGranted says that there is no access token to come in with.
type NotGranted struct {
	URL    string // of the token endpoint
	Status int    // what it answered; 0 where it did not
	Err    error
}

func (n *NotGranted) Error() string {
	return fmt.Sprintf("the token endpoint %s gave no access token: %v", n.URL, n.Err)
}

// Unwrap returns the cause.
func (n *NotGranted) Unwrap() error { return n.Err }

// tokens are all that were granted so far.
func (g *grant) tokens() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.granted)
}

// gave says whether the token came from here.
func (g *grant) gave(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(g.granted, token)
}
