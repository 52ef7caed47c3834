package provision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall.example/simulator/journal"
)

// Timeout is how long Okta waits for an answer before it closes the connection.
const Timeout = 60 * time.Second

// maxAnswer bounds what is read of an answer.
const maxAnswer = 16 << 20

// HeaderMode is how the API token stands in the Authorization header.
type HeaderMode int

// Bearer sends "Authorization: Bearer {token}", Raw sends "Authorization: {token}".
const (
	Bearer HeaderMode = iota
	Raw
)

// Options are the settings of a Client.
type Options struct {
	// BaseURL is the SCIM base URL, with or without a slash at its end.
	BaseURL string
	// Token is the API token; without one no Authorization header is sent.
	Token  string
	Header HeaderMode
	// Authorize writes credentials of another kind into a request, in place of Token.
	Authorize func(*http.Request) error
	// Transport sends the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Plus writes a space in a query as "+", as older Okta clients do, instead of "%20".
	Plus bool
	// Timeout is the limit for one exchange; 0 means Timeout.
	Timeout time.Duration
}

// Client sends SCIM requests with the headers and encodings of Okta's client. It
// is safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client
}

// NewClient returns a client for the connection. It fails on a base URL that is
// not an absolute http or https URL.
func NewClient(options Options) (*Client, error) {
	base, err := url.Parse(options.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("the SCIM base URL must be an absolute http or https URL")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the SCIM base URL may have no credentials, query or fragment")
	}
	options.BaseURL = strings.TrimRight(options.BaseURL, "/")
	if options.Timeout == 0 {
		options.Timeout = Timeout
	}
	return &Client{
		options: options,
		http: &http.Client{
			Transport: options.Transport,
			// A redirect would take the token along to who knows where.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Query is a query string in the order in which it is written.
type Query []Parameter

// Parameter is one name and value, unescaped.
type Parameter struct{ Name, Value string }

// Do sends one request and returns the answer, whatever its status. The path is
// below the base URL, as "/Users". The query may be nil, a Query, url.Values or a
// string that is sent as it is; the body nil, []byte or string sent as they are,
// or anything else as JSON. An error means that no answer came.
func (c *Client) Do(ctx context.Context, method, path string, query, body any) (Answer, error) {
	content, err := encodeBody(body)
	if err != nil {
		return Answer{}, err
	}
	encoded, err := c.encodeQuery(query)
	if err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.options.Timeout, errTimedOut)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.options.BaseURL+path+encoded, bytes.NewReader(content))
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if content == nil {
		request.Body, request.GetBody, request.ContentLength = http.NoBody, nil, 0
	}
	if err := c.setHeader(request); err != nil {
		return Answer{}, fmt.Errorf("SCIM %s %s: %w", method, path, err)
	}
	return c.send(request, path)
}

// setHeader writes what Okta's client writes. Content-Type is on DELETE too,
// though it has no body, and never on GET.
func (c *Client) setHeader(request *http.Request) error {
	request.Header.Set("Accept", "application/scim+json")
	request.Header.Set("Accept-Charset", "utf-8")
	if request.Method != http.MethodGet {
		request.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	request.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	request.Header.Set("Connection", "Keep-Alive")
	request.Header.Set("Accept-Encoding", "gzip,deflate")
	switch {
	case c.options.Authorize != nil:
		return c.options.Authorize(request)
	case c.options.Token == "":
	case c.options.Header == Raw:
		request.Header.Set("Authorization", c.options.Token)
	default:
		request.Header.Set("Authorization", "Bearer "+c.options.Token)
	}
	return nil
}

func (c *Client) send(request *http.Request, path string) (Answer, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("SCIM %s %s: no answer: %w", request.Method, path, cause(request.Context(), err))
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := ReadAnswer(request.Context(), response)
	if err != nil {
		return Answer{}, fmt.Errorf("SCIM %s %s: %w", request.Method, path, err)
	}
	return answer, nil
}

// ReadAnswer reads an answer to its end, up to 16 MiB, out of whatever it is packed in.
func ReadAnswer(ctx context.Context, response *http.Response) (Answer, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, fmt.Errorf("the answer broke off: %w", cause(ctx, err))
	}
	if len(body) > maxAnswer {
		return Answer{}, journal.ErrTooLong
	}
	if body, err = journal.Decode(response.Header, body); err != nil {
		return Answer{}, err
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// errTimedOut is why an exchange ended that took longer than Okta waits.
var errTimedOut = fmt.Errorf("the product took longer than Okta waits: %w", context.DeadlineExceeded)

// cause takes off net/http's wrapping, and tells the deadline of the exchange from one of whoever asked for it.
func cause(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), errTimedOut) {
		return errTimedOut
	}
	err = WithoutURL(err)
	if err == io.EOF { //nolint:errorlint // what is wrapped says more already
		return closedError{}
	}
	return err
}

// WithoutURL takes off net/http's wrapping of an error, which names the method and the
// URL: these are said already, or are not to be said, for a query may hold a token.
func WithoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// closedError is the end of a connection on which an answer should have come.
type closedError struct{}

func (closedError) Error() string { return "the product closed the connection" }

// Unwrap returns [io.EOF], which it is.
func (closedError) Unwrap() error { return io.EOF }

func encodeBody(body any) ([]byte, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	case string:
		return []byte(body), nil
	}
	content, err := marshal(body)
	if err != nil {
		return nil, fmt.Errorf("writing the SCIM body: %w", err)
	}
	return content, nil
}

// encodeQuery returns the query with its question mark, or nothing.
func (c *Client) encodeQuery(query any) (string, error) {
	var encoded string
	switch query := query.(type) {
	case nil:
	case string:
		encoded = query
	case Query:
		var pairs []string
		for _, parameter := range query {
			pairs = append(pairs, c.escape(parameter.Name)+"="+c.escape(parameter.Value))
		}
		encoded = strings.Join(pairs, "&")
	case url.Values:
		encoded = query.Encode()
		if !c.options.Plus {
			encoded = strings.ReplaceAll(encoded, "+", "%20")
		}
	default:
		return "", fmt.Errorf("a SCIM query is a Query, url.Values or string, not %T", query)
	}
	if encoded == "" {
		return "", nil
	}
	return "?" + encoded, nil
}

func (c *Client) escape(text string) string {
	escaped := url.QueryEscape(text)
	if c.options.Plus {
		return escaped
	}
	return strings.ReplaceAll(escaped, "+", "%20")
}
