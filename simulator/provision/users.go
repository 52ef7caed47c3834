package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Schema URNs (RFC 7643 §8.7, RFC 7644 §3.5.2).
const (
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	userSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// Find looks a user up by the value of userName, as the first request of every
// assignment does.
func (c *Client) Find(ctx context.Context, userName string) (Answer, error) {
	// A SCIM filter quotes a string as JSON does (RFC 7644 §3.4.2.2).
	quoted, err := marshal(userName)
	if err != nil {
		return Answer{}, fmt.Errorf("quoting the user name: %w", err)
	}
	return c.Do(ctx, http.MethodGet, "/Users", Query{
		{"filter", "userName eq " + string(quoted)},
		{"startIndex", "1"},
		{"count", "100"},
	}, nil)
}

// List asks for a page of users without a filter; indexes start at 1.
func (c *Client) List(ctx context.Context, startIndex, count int) (Answer, error) {
	return c.list(ctx, "/Users", startIndex, count)
}

func (c *Client) list(ctx context.Context, path string, startIndex, count int) (Answer, error) {
	return c.Do(ctx, http.MethodGet, path, Query{
		{"startIndex", fmt.Sprint(startIndex)},
		{"count", fmt.Sprint(count)},
	}, nil)
}

// Get reads one user.
func (c *Client) Get(ctx context.Context, id string) (Answer, error) {
	return c.Do(ctx, http.MethodGet, UserPath(id), nil, nil)
}

// Create posts a new user. The body is anything that Do takes, as a User's Body.
func (c *Client) Create(ctx context.Context, body any) (Answer, error) {
	return c.Do(ctx, http.MethodPost, "/Users", nil, body)
}

// Put replaces a user.
func (c *Client) Put(ctx context.Context, id string, body any) (Answer, error) {
	return c.Do(ctx, http.MethodPut, UserPath(id), nil, body)
}

// Patch sends one replace operation without a path, the only shape in which Okta
// patches users (RFC 7644 §3.5.2.3). The value is an object of attributes.
func (c *Client) Patch(ctx context.Context, id string, value any) (Answer, error) {
	return c.patch(ctx, UserPath(id), operation{Op: "replace"}.with(value))
}

func (c *Client) patch(ctx context.Context, path string, operations ...operation) (Answer, error) {
	for _, o := range operations {
		if o.wrong != nil {
			return Answer{}, fmt.Errorf("writing the SCIM patch: %w", o.wrong)
		}
	}
	return c.Do(ctx, http.MethodPatch, path, nil, patchBody{Schemas: []string{patchSchema}, Operations: operations})
}

// Delete removes a user. Okta itself never does; cleaning up does.
func (c *Client) Delete(ctx context.Context, id string) (Answer, error) {
	return c.Do(ctx, http.MethodDelete, UserPath(id), nil, nil)
}

type patchBody struct {
	Schemas    []string    `json:"schemas"`
	Operations []operation `json:"Operations"`
}

type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`

	wrong error
}

// with returns the operation with a value, which is anything that JSON can say.
func (o operation) with(value any) operation {
	o.Value, o.wrong = marshal(value)
	return o
}

// UserPath is where the user with this id is, below the base URL.
func UserPath(id string) string { return "/Users/" + url.PathEscape(id) }
