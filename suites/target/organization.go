package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// NewOrganization is an organization to be made for one spec alone.
type NewOrganization struct {
	Name     string      `json:"name"`
	Plan     string      `json:"plan"` // pro or enterprise
	Flags    []string    `json:"flags"`
	Provider NewProvider `json:"provider"`
	Founder  bool        `json:"founder"`          // with an administrator of its own, as a break-glass
	Groups   bool        `json:"groups,omitempty"` // its providers offer groups over SCIM
	Teams    []NewTeam   `json:"teams"`
	// Encrypted asks for providers that take encrypted assertions only.
	Encrypted bool `json:"encrypted,omitempty"`
}

// NewProvider is a connection to an identity provider to be made.
type NewProvider struct {
	Kind     string `json:"kind"`  // okta or custom_saml
	State    string `json:"state"` // created, enabled or disabled
	Metadata string `json:"idp_metadata"`
}

// NewTeam is a team to be made.
type NewTeam struct {
	Name        string `json:"name"`
	Default     bool   `json:"default"`
	DefaultRole string `json:"default_role"`
}

// NewOrganization makes an organization and returns the connection to it.
func (p *ContractProbe) NewOrganization(ctx context.Context, wanted NewOrganization) (Connection, error) {
	var made Connection
	err := p.call(ctx, http.MethodPost, "/organizations", wanted, &made)
	return made, err
}

// Organization returns the connection to an organization as it is now, its SCIM
// token included where one is issued.
func (p *ContractProbe) Organization(ctx context.Context, id string) (Connection, error) {
	var found Connection
	err := p.call(ctx, http.MethodGet, organizationPath(id, ""), nil, &found)
	return found, err
}

// Dissolve takes an organization away, by its id or by the name with which it was
// founded, with all that is in it.
func (p *ContractProbe) Dissolve(ctx context.Context, id string) error {
	return p.call(ctx, http.MethodDelete, organizationPath(id, ""), nil, nil)
}

// AddProvider gives an organization a further provider.
func (p *ContractProbe) AddProvider(ctx context.Context, id string, wanted NewProvider) (Connection, error) {
	var made Connection
	err := p.call(ctx, http.MethodPost, organizationPath(id, "/providers"), wanted, &made)
	return made, err
}

// SetPlan moves the organization to another plan.
func (p *ContractProbe) SetPlan(ctx context.Context, id, plan string) error {
	return p.call(ctx, http.MethodPatch, organizationPath(id, ""), map[string]any{"plan": plan}, nil)
}

// SetFlags sets which feature flags are on for the organization.
func (p *ContractProbe) SetFlags(ctx context.Context, id string, flags ...string) error {
	if flags == nil {
		flags = []string{}
	}
	return p.call(ctx, http.MethodPatch, organizationPath(id, ""), map[string]any{"flags": flags}, nil)
}

// SetProvider enables or disables the organization's provider. Enabling one that
// has seen no test sign-in is a *Refusal.
func (p *ContractProbe) SetProvider(ctx context.Context, id, state string) error {
	return p.call(ctx, http.MethodPut, organizationPath(id, "/provider"), map[string]any{"state": state}, nil)
}

// RotateToken replaces the SCIM token; the old one works on for the overlap. A
// lifetime of zero means that the new one does not expire.
func (p *ContractProbe) RotateToken(ctx context.Context, id string, overlap, lifetime time.Duration) (token string, err error) {
	var made struct {
		Token   string `json:"token"`
		BaseURL string `json:"base_url"`
	}
	body := map[string]any{"action": "rotate", "overlap_seconds": seconds(overlap)}
	if lifetime > 0 {
		body["lifetime_seconds"] = seconds(lifetime)
	}
	err = p.call(ctx, http.MethodPost, organizationPath(id, "/token"), body, &made)
	if err == nil && made.Token == "" {
		err = fmt.Errorf("probe: rotating the token of %s answered without a token", id)
	}
	return made.Token, err
}

// ExpireToken makes the SCIM token expire now.
func (p *ContractProbe) ExpireToken(ctx context.Context, id string) error {
	return p.call(ctx, http.MethodPost, organizationPath(id, "/token"), map[string]any{"action": "expire"}, nil)
}

// Advance moves the organization's clock ahead.
func (p *ContractProbe) Advance(ctx context.Context, id string, by time.Duration) error {
	return p.call(ctx, http.MethodPost, organizationPath(id, "/clock"), map[string]any{"advance_seconds": seconds(by)}, nil)
}

// Audit reads the organization's audit log after the given row.
func (p *ContractProbe) Audit(ctx context.Context, id string, after int64) ([]Event, error) {
	var log struct {
		Events []Event `json:"events"`
	}
	err := p.call(ctx, http.MethodGet, organizationPath(id, fmt.Sprintf("/audit?after=%d", after)), nil, &log)
	return log.Events, err
}

// Seats counts the organization's seats.
func (p *ContractProbe) Seats(ctx context.Context, id string) (SeatTotal, error) {
	var total SeatTotal
	err := p.call(ctx, http.MethodGet, organizationPath(id, "/seats"), nil, &total)
	return total, err
}

func organizationPath(id, rest string) string { return "/organizations/" + url.PathEscape(id) + rest }

// seconds is how the contract writes a duration.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
