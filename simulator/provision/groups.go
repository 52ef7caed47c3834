package provision

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// FindGroup looks a group up by its name.
func (c *Client) FindGroup(ctx context.Context, displayName string) (Answer, error) {
	quoted, err := marshal(displayName)
	if err != nil {
		return Answer{}, fmt.Errorf("quoting the name of the group: %w", err)
	}
	return c.Do(ctx, http.MethodGet, "/Groups", Query{
		{"filter", "displayName eq " + string(quoted)},
		{"startIndex", "1"},
		{"count", "100"},
	}, nil)
}

// ListGroups asks for a page of groups without a filter; indexes start at 1.
func (c *Client) ListGroups(ctx context.Context, startIndex, count int) (Answer, error) {
	return c.list(ctx, "/Groups", startIndex, count)
}

// GetGroup reads one group.
func (c *Client) GetGroup(ctx context.Context, id string) (Answer, error) {
	return c.Do(ctx, http.MethodGet, groupPath(id), nil, nil)
}

// CreateGroup posts a new group. The body is anything that Do takes.
func (c *Client) CreateGroup(ctx context.Context, body any) (Answer, error) {
	return c.Do(ctx, http.MethodPost, "/Groups", nil, body)
}

// PutGroup replaces a group.
func (c *Client) PutGroup(ctx context.Context, id string, body any) (Answer, error) {
	return c.Do(ctx, http.MethodPut, groupPath(id), nil, body)
}

// DeleteGroup removes a group.
func (c *Client) DeleteGroup(ctx context.Context, id string) (Answer, error) {
	return c.Do(ctx, http.MethodDelete, groupPath(id), nil, nil)
}

func groupPath(id string) string { return "/Groups/" + url.PathEscape(id) }
