package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall.example/suites/target/strict"
)

// How much of an answer is read, and of what it says is wrong shown, in bytes.
const (
	maxAnswer = 16 << 20
	maxError  = 200
)

// HTTPProbe speaks the probe contract (fixtures/probe/openapi.yaml) over HTTP. It
// can arrange things and found organizations as far as its features say.
type HTTPProbe struct {
	address ProbeAddress
	client  *http.Client
}

// NewHTTPProbe returns the probe at the address, called through client.
func NewHTTPProbe(address ProbeAddress, client *http.Client) *HTTPProbe {
	return &HTTPProbe{address: address, client: client}
}

// Features asks the probe what it can do.
func (p *HTTPProbe) Features(ctx context.Context) ([]string, error) {
	var answer struct {
		Version  int      `json:"version"`
		Features []string `json:"features"`
	}
	err := p.call(ctx, http.MethodGet, "", nil, &answer)
	if err == nil && answer.Version != 1 {
		err = fmt.Errorf("probe %s speaks version %d of the contract; this suite speaks 1", p.address.URL, answer.Version)
	}
	return answer.Features, err
}

// Look shows everything that the organization holds of a person.
func (p *HTTPProbe) Look(ctx context.Context, organization string, who Identifiers) (View, error) {
	var view View
	err := p.call(ctx, http.MethodPost, "/look", map[string]any{"organization": organization, "identifiers": who}, &view)
	return view, err
}

// SetRole makes a member an admin, or an admin a member, by hand: by the hand of the
// member whose account is by or, where that is empty, of nobody in particular.
func (p *HTTPProbe) SetRole(ctx context.Context, organization, account, role, by string) error {
	body := map[string]any{"organization": organization, "account_id": account, "role": role}
	if by != "" {
		body["by"] = by
	}
	return p.arrange(ctx, "role", body, nil)
}

// NewTeam makes a team.
func (p *HTTPProbe) NewTeam(ctx context.Context, organization string, t Team) (Team, error) {
	made := t
	err := p.arrange(ctx, "team", map[string]any{
		"organization": organization, "name": t.Slug, "default": t.Default, "default_role": t.DefaultRole,
	}, &made)
	if err == nil && made.ID == "" {
		err = fmt.Errorf("probe: making the team %s answered without an id", t.Slug)
	}
	return made, err
}

// Join puts a member into a team by hand.
func (p *HTTPProbe) Join(ctx context.Context, organization, account, team, role string) error {
	return p.arrange(ctx, "join", map[string]any{"organization": organization, "account_id": account, "team": team, "role": role}, nil)
}

// Leave takes a member out of a team by hand.
func (p *HTTPProbe) Leave(ctx context.Context, organization, account, team string) error {
	return p.arrange(ctx, "leave", map[string]any{"organization": organization, "account_id": account, "team": team}, nil)
}

// Remove takes a member out of the organization by hand, as an administrator would.
func (p *HTTPProbe) Remove(ctx context.Context, organization, account string) error {
	return p.arrange(ctx, "remove", map[string]any{"organization": organization, "account_id": account}, nil)
}

// IssueToken issues an API token of the member and returns its secret.
func (p *HTTPProbe) IssueToken(ctx context.Context, organization, account, name string) (secret string, err error) {
	var made struct {
		ID     string `json:"id"`
		Secret string `json:"secret"`
	}
	err = p.arrange(ctx, "token", map[string]any{"organization": organization, "account_id": account, "name": name}, &made)
	if err == nil && made.Secret == "" {
		err = fmt.Errorf("probe: issuing a token for %s answered without a secret", account)
	}
	return made.Secret, err
}

// Disband takes a team away, by its id or by the name with which it was made.
func (p *HTTPProbe) Disband(ctx context.Context, organization, team string) error {
	return p.arrange(ctx, "disband", map[string]any{"organization": organization, "team": team}, nil)
}

func (p *HTTPProbe) arrange(ctx context.Context, verb string, body, into any) error {
	return p.call(ctx, http.MethodPost, "/arrange/"+verb, body, into)
}

// call sends one request of the contract. A 409 or 422 is a *Refusal; any other
// failure means that the probe is broken.
func (p *HTTPProbe) call(ctx context.Context, method, path string, body, into any) error {
	payload, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	address := strings.TrimRight(p.address.URL, "/") + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(payload))
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	if p.address.Auth == nil {
		request.Header.Set("Authorization", "Bearer "+p.address.Token)
	}
	request.Header.Set("Content-Type", "application/json")
	if body == nil {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return fmt.Errorf("probe: %w", withoutQuery(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("probe: %s %s: the answer broke off: %w", method, address, err)
	}
	switch {
	case len(text) > maxAnswer:
		return fmt.Errorf("probe: %s %s answered more than %d MiB", method, address, maxAnswer>>20)
	case answer.StatusCode == http.StatusConflict || answer.StatusCode == http.StatusUnprocessableEntity:
		return &Refusal{answer.StatusCode, p.errorOf(text)}
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return fmt.Errorf("probe: %s %s answered %d: %s", method, address, answer.StatusCode, p.errorOf(text))
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("probe: %s %s did not answer what the contract says: %w", method, address, err)
	}
	return nil
}

// errorOf is what the probe says is wrong, or else the beginning of its answer: one
// line, in which a token that it repeats is blanked.
func (p *HTTPProbe) errorOf(body []byte) string {
	var refusal struct {
		Error string `json:"error"`
	}
	said := string(body)
	if json.Unmarshal(body, &refusal) == nil && refusal.Error != "" {
		said = refusal.Error
	}
	for _, secret := range strict.Secrets(p.address) {
		said = strings.ReplaceAll(said, secret, "[token]")
	}
	said = strings.Join(strings.Fields(said), " ")
	return strings.ToValidUTF8(said[:min(len(said), maxError)], "\uFFFD")
}

func withoutQuery(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// seconds is how the contract writes a duration.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
