package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// How much of an answer is read, and of what it says is wrong shown, in bytes.
const (
	maxAnswer = 16 << 20
	maxError  = 200
)

// ContractProbe speaks the probe contract (fixtures/probe/openapi.yaml), whatever
// carries it: HTTP, as [NewHTTPProbe] makes one, or a command, as [NewExecProbe]
// does. It can arrange things and found organizations as far as its features say.
type ContractProbe struct{ carrier carrier }

// carrier takes requests of the contract to a probe. It knows nothing of what they
// mean: the same answer means the same whoever brought it.
type carrier interface {
	// carry brings back what the probe answered. An error is one line that says where
	// it happened.
	carry(ctx context.Context, r request) (reply, error)
	// at says where a request is answered, for errors.
	at(r request) string
	// blank takes secrets out of what a probe said.
	blank(text string) string
}

// request is one request of the contract. Its path is below the probe's address,
// "/" for the probe itself, with the query; body is JSON, nil where there is none.
type request struct {
	method, path string
	body         []byte
}

// reply is what a probe answered, with an HTTP status whatever carried it.
type reply struct {
	status int
	body   []byte
}

// Features asks the probe what it can do.
func (p *ContractProbe) Features(ctx context.Context) ([]string, error) {
	var answer struct {
		Version  int      `json:"version"`
		Features []string `json:"features"`
	}
	err := p.call(ctx, http.MethodGet, "/", nil, &answer)
	if err == nil && answer.Version != 1 {
		return nil, fmt.Errorf("probe: %s: %w", p.carrier.at(request{method: http.MethodGet, path: "/"}), &VersionError{answer.Version})
	}
	return answer.Features, err
}

// Look shows everything that the organization holds of a person.
func (p *ContractProbe) Look(ctx context.Context, organization string, who Identifiers) (View, error) {
	var view View
	err := p.call(ctx, http.MethodPost, "/look", map[string]any{"organization": organization, "identifiers": who}, &view)
	return view, err
}

// SetRole makes a member an admin, or an admin a member, by hand: by the hand of the
// member whose account is by or, where that is empty, of nobody in particular.
func (p *ContractProbe) SetRole(ctx context.Context, organization, account, role, by string) error {
	body := map[string]any{"organization": organization, "account_id": account, "role": role}
	if by != "" {
		body["by"] = by
	}
	return p.arrange(ctx, "role", body, nil)
}

// NewTeam makes a team.
func (p *ContractProbe) NewTeam(ctx context.Context, organization string, t Team) (Team, error) {
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
func (p *ContractProbe) Join(ctx context.Context, organization, account, team, role string) error {
	return p.arrange(ctx, "join", map[string]any{"organization": organization, "account_id": account, "team": team, "role": role}, nil)
}

// Leave takes a member out of a team by hand.
func (p *ContractProbe) Leave(ctx context.Context, organization, account, team string) error {
	return p.arrange(ctx, "leave", map[string]any{"organization": organization, "account_id": account, "team": team}, nil)
}

// Remove takes a member out of the organization by hand, as an administrator would.
func (p *ContractProbe) Remove(ctx context.Context, organization, account string) error {
	return p.arrange(ctx, "remove", map[string]any{"organization": organization, "account_id": account}, nil)
}

// IssueToken issues an API token of the member and returns its secret.
func (p *ContractProbe) IssueToken(ctx context.Context, organization, account, name string) (secret string, err error) {
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
func (p *ContractProbe) Disband(ctx context.Context, organization, team string) error {
	return p.arrange(ctx, "disband", map[string]any{"organization": organization, "team": team}, nil)
}

func (p *ContractProbe) arrange(ctx context.Context, verb string, body, into any) error {
	return p.call(ctx, http.MethodPost, "/arrange/"+verb, body, into)
}

// Ask sends any request, of the contract or not, and returns what it is answered with,
// 2xx or not. Only where no answer comes it is an error.
func (p *ContractProbe) Ask(ctx context.Context, method, path string, body any) (status int, err error) {
	err = p.call(ctx, method, path, body, nil)
	var refusal *Refusal
	var broken *StatusError
	switch {
	case errors.As(err, &refusal):
		return refusal.Status, nil
	case errors.As(err, &broken):
		return broken.Status, nil
	}
	return http.StatusOK, err
}

// call sends one request of the contract. A 409 or 422 is a *Refusal; any other
// failure means that the probe is broken.
func (p *ContractProbe) call(ctx context.Context, method, path string, body, into any) error {
	r := request{method: method, path: path}
	if body != nil {
		payload, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		r.body = payload
	}
	answer, err := p.carrier.carry(ctx, r)
	switch {
	case err != nil:
		return fmt.Errorf("probe: %w", err)
	case len(answer.body) > maxAnswer:
		return fmt.Errorf("probe: %s answered more than %d MiB", p.carrier.at(r), maxAnswer>>20)
	case answer.status == http.StatusConflict || answer.status == http.StatusUnprocessableEntity:
		return &Refusal{answer.status, p.errorOf(answer.body)}
	case answer.status < 200 || answer.status > 299:
		return fmt.Errorf("probe: %w", &StatusError{p.carrier.at(r), answer.status, p.errorOf(answer.body)})
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(answer.body, into); err != nil {
		return fmt.Errorf("probe: %s did not answer what the contract says: %w", p.carrier.at(r), err)
	}
	return nil
}

// errorOf is what the probe says is wrong, or else the beginning of its answer: one
// line without secrets.
func (p *ContractProbe) errorOf(body []byte) string {
	var refusal struct {
		Error string `json:"error"`
	}
	said := string(body)
	if json.Unmarshal(body, &refusal) == nil && refusal.Error != "" {
		said = refusal.Error
	}
	return firstOf(p.carrier.blank(said))
}

// firstOf is the beginning of a text, on one line.
func firstOf(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.ToValidUTF8(text[:min(len(text), maxError)], "\uFFFD")
}
