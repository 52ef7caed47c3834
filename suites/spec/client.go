package spec

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Client is a plain SCIM client: it sends what the standard allows, and whatever else a
// spec wants to see refused, with none of Okta's habits. What it makes is this spec's
// own and is cleared away like what Okta makes.
//
//	var _ = spec.OverSCIM("An attribute", func(client *spec.Client, _ *spec.Product) {
//		It("with many values keeps them all", spec.Clause("scim.attributes.many-emails"), func(ctx SpecContext) {
//			han := client.Create(ctx, client.User("Han Solo", spec.With("emails", two)))
//
//			Expect(client.ReadBack(ctx, han)).To(HaveAttribute("emails", two))
//		})
//	})
//
// A verb that arranges, as [Client.Create], ends the spec as untestable where the
// product refuses; one that asks returns the answer, to be judged.
type Client struct {
	*stage
	found *discovered
}

// OverSCIM is [Section] for specs about the protocol itself.
func OverSCIM(text string, body func(client *Client, product *Product)) bool {
	sections = append(sections, section{text, types.NewCodeLocation(1), func(_ *Okta, product *Product) {
		var client Client
		ginkgo.BeforeEach(func() { client = *product.Client() })
		body(&client, product)
	}})
	return true
}

// Client is a plain SCIM client of the same connection.
func (p *Product) Client() *Client { return &Client{p.stage, &discovered{}} }

// Client is a plain SCIM client of the connection that the app has.
func (o *Okta) Client() *Client { return &Client{o.stage, &discovered{}} }

// Connection is where the client is connected to.
func (c *Client) Connection() target.Connection { return c.connection }

// Tag is part of every name that this spec makes.
func (c *Client) Tag() string { return c.tag }

// NoID is an id that no resource has: nobody could have guessed it, so that what is
// done to it is done to nobody.
func (c *Client) NoID() string { return c.live.NoID() }

// Call sends one request and returns the answer, whatever it is. The path is below the
// base URL. The body is nil for none, []byte or string to be sent as they are, or
// anything that JSON can say.
func (c *Client) Call(ctx context.Context, method, path string, body any, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, method, path, body, how)
	broken(err, 2)
	return answer
}

func (c *Client) exchange(ctx context.Context, method, path string, body any, how []Asking) (provision.Answer, error) {
	reads := method == http.MethodGet || method == http.MethodHead || strings.HasSuffix(path, "/.search")
	if reads {
		if err := c.pace.Settle(ctx); err != nil {
			return provision.Answer{}, err
		}
	}
	request, err := c.request(ctx, method, path, body, how)
	if err != nil {
		return provision.Answer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	answer, err := c.send(request)
	if !reads {
		c.pace.Acted()
	}
	if err != nil {
		return provision.Answer{}, fmt.Errorf("SCIM %s %s: %w", method, path, err)
	}
	return answer, nil
}

// request writes a request as a plain client would, and then what is asked for
// otherwise.
func (c *Client) request(ctx context.Context, method, path string, body any, how []Asking) (*http.Request, error) {
	content, err := contentOf(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.connection.SCIM.BaseURL, "/")+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", scimType)
	if content == nil {
		request.Body, request.GetBody, request.ContentLength = http.NoBody, nil, 0
	} else {
		request.Header.Set("Content-Type", scimType)
	}
	if err := c.authorize(request); err != nil {
		return nil, err
	}
	asked := asking{request: request, query: url.Values{}, secret: c.journal.Secret}
	for _, do := range how {
		do(&asked)
	}
	if request.URL.RawQuery == "" {
		request.URL.RawQuery = strings.ReplaceAll(asked.query.Encode(), "+", "%20")
	}
	return request, nil
}

const scimType = "application/scim+json"

// authorize writes the credentials of the connection into a request.
func (c *Client) authorize(request *http.Request) error {
	at := c.live.Okta(c.connection.SCIM)
	if at.Authorize != nil {
		return at.Authorize(request)
	}
	if at.Token != "" {
		request.Header.Set("Authorization", "Bearer "+at.Token)
	}
	return nil
}

func contentOf(body any) ([]byte, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	case string:
		return []byte(body), nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("writing the body: %w", err)
	}
	return text.Bytes(), nil
}

// send sends the request through the target's wire, and follows no redirect: that would
// take the token along.
func (c *Client) send(request *http.Request) (provision.Answer, error) {
	client := &http.Client{
		Transport:     c.journal.Transport(c.live.Transport(), "scim", nil),
		Timeout:       cmp.Or(c.live.Timeout(), provision.Timeout),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return provision.Answer{}, fmt.Errorf("no answer: %w", provision.WithoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	return provision.ReadAnswer(request.Context(), response)
}

// asking is a request that is being written.
type asking struct {
	request *http.Request
	query   url.Values
	secret  func(...string)
}

// Asking is how a request is asked otherwise than a plain client would.
type Asking func(*asking)

// Header sets a header; without a value it is left out.
func Header(name string, values ...string) Asking {
	return func(a *asking) {
		a.request.Header.Del(name)
		for _, value := range values {
			a.request.Header.Add(name, value)
		}
	}
}

// Param adds a parameter to the query, unescaped: Param("filter", `userName eq "han"`).
func Param(name, value string) Asking {
	return func(a *asking) { a.query.Add(name, value) }
}

// RawQuery sends this after the question mark, as it is.
func RawQuery(query string) Asking {
	return func(a *asking) { a.request.URL.RawQuery = query }
}

// Bearing comes in with another bearer token; the empty one is none.
func Bearing(token string) Asking {
	return func(a *asking) {
		a.secret(token)
		a.request.Header.Del("Authorization")
		if token != "" {
			a.request.Header.Set("Authorization", "Bearer "+token)
		}
	}
}
