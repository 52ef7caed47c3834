package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"cel.dev/cel-go/cel"
)

var _ interface {
	Probe
	Arranger
	Disbander
} = (*MapProbe)(nil)

// deed is one request of a mapping that changes something, compiled.
type deed struct {
	key              string
	method           string
	address          template
	body             *mapExpression
	refused          []int
	id, slug, secret *mapExpression
	asks             map[string]bool // the variables that it uses
}

// deedKnows are the variables of each deed.
var deedKnows = map[string][]string{
	"role":   {"organization", "account_id", "membership_id", "role", "by"},
	"team":   {"organization", "name", "default", "default_role"},
	"join":   {"organization", "account_id", "membership_id", "team", "role"},
	"leave":  {"organization", "account_id", "membership_id", "team"},
	"remove": {"organization", "account_id", "membership_id"},
	"token":  {"organization", "account_id", "membership_id", "name"},

	"disband": {"organization", "team"},
}

func newDeed(name string, config MapDeed) (*deed, error) {
	d := &deed{key: mapKey + ".arrange." + name, refused: config.Refused, asks: map[string]bool{}}
	verb, address, err := config.address()
	if err != nil {
		return nil, &ConfigError{d.key, err.Error()}
	}
	knows := deedKnows[name]
	d.method = methods[verb]
	if d.address, err = newTemplate(d.key+"."+verb, address, knows); err != nil {
		return nil, err
	}
	if err := d.compile(config, knows); err != nil {
		return nil, err
	}
	for _, variable := range knows {
		d.asks[variable] = d.address.has(variable) || d.body != nil && d.body.uses[variable]
	}
	switch {
	case name == "team" && d.id == nil:
		return nil, &ConfigError{d.key + ".id", "say where the answer has the team's id, as body.id"}
	case name == "token" && d.secret == nil:
		return nil, &ConfigError{d.key + ".secret", "say where the answer has the token's secret, as body.token"}
	}
	return d, nil
}

var methods = map[string]string{
	"post": http.MethodPost, "put": http.MethodPut, "patch": http.MethodPatch, "delete": http.MethodDelete,
}

// address is the one address of the deed and the key that it stands under.
func (c MapDeed) address() (verb, address string, err error) {
	for name, value := range map[string]string{"post": c.Post, "put": c.Put, "patch": c.Patch, "delete": c.Delete} {
		if value == "" {
			continue
		}
		if address != "" {
			return "", "", errors.New("it has two addresses: say one of post, put, patch and delete")
		}
		verb, address = name, value
	}
	if address == "" {
		return "", "", errors.New("it has no address: say post, put, patch or delete")
	}
	return verb, address, nil
}

func (d *deed) compile(config MapDeed, knows []string) (err error) {
	text := []*cel.Type{cel.StringType, cel.IntType}
	asking := environment(knows...)
	answering := environment(append(slices.Clone(knows), answerVariables[:3]...)...)
	if d.body, err = compileExpression(asking, d.key+".body", config.Body); err != nil {
		return err
	}
	for _, part := range []struct {
		into       **mapExpression
		name, text string
	}{{&d.id, "id", config.ID}, {&d.slug, "slug", config.Slug}, {&d.secret, "secret", config.Secret}} {
		if *part.into, err = compileExpression(answering, d.key+"."+part.name, part.text, text...); err != nil {
			return err
		}
	}
	return nil
}

// SetRole makes a member an admin, or an admin a member.
func (p *MapProbe) SetRole(ctx context.Context, organization, account, role, by string) error {
	_, err := p.do(ctx, "role", map[string]any{"organization": organization, "account_id": account, "role": role, "by": by})
	return err
}

// NewTeam makes a team.
func (p *MapProbe) NewTeam(ctx context.Context, organization string, t Team) (Team, error) {
	done, err := p.do(ctx, "team", map[string]any{
		"organization": organization, "name": t.Slug, "default": t.Default, "default_role": t.DefaultRole,
	})
	if err != nil {
		return Team{}, err
	}
	if t.ID, err = done.text(ctx, done.deed.id); err != nil {
		return Team{}, err
	}
	if done.deed.slug != nil {
		t.Slug, err = done.text(ctx, done.deed.slug)
	}
	return t, err
}

// Join puts a member into a team.
func (p *MapProbe) Join(ctx context.Context, organization, account, team, role string) error {
	_, err := p.do(ctx, "join", map[string]any{"organization": organization, "account_id": account, "team": team, "role": role})
	return err
}

// Leave takes a member out of a team.
func (p *MapProbe) Leave(ctx context.Context, organization, account, team string) error {
	_, err := p.do(ctx, "leave", map[string]any{"organization": organization, "account_id": account, "team": team})
	return err
}

// Remove takes a member out of the organization.
func (p *MapProbe) Remove(ctx context.Context, organization, account string) error {
	_, err := p.do(ctx, "remove", map[string]any{"organization": organization, "account_id": account})
	return err
}

// IssueToken issues an API token of the member's and returns its secret.
func (p *MapProbe) IssueToken(ctx context.Context, organization, account, name string) (secret string, err error) {
	done, err := p.do(ctx, "token", map[string]any{"organization": organization, "account_id": account, "name": name})
	if err != nil {
		return "", err
	}
	return done.text(ctx, done.deed.secret)
}

// Disband takes a team away, where it is still there.
func (p *MapProbe) Disband(ctx context.Context, organization, team string) error {
	_, err := p.do(ctx, "disband", map[string]any{"organization": organization, "team": team})
	var broken *StatusError
	if errors.As(err, &broken) && broken.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// outcome is a deed that was done, and what its expressions see.
type outcome struct {
	deed  *deed
	given map[string]any
}

// do sends the request of a deed.
func (p *MapProbe) do(ctx context.Context, name string, given map[string]any) (outcome, error) {
	d := p.deeds[name]
	if d == nil {
		return outcome{}, fmt.Errorf("probe: %s.arrange.%s is not mapped", mapKey, name)
	}
	if err := p.findMembership(ctx, d, given); err != nil {
		return outcome{}, err
	}
	answer, err := p.ask(ctx, d.method, d.address.fill(given), d.body, given)
	if err != nil {
		return outcome{}, fmt.Errorf("probe: %s: %w", d.key, err)
	}
	switch {
	case answer.status == http.StatusConflict, answer.status == http.StatusUnprocessableEntity, slices.Contains(d.refused, answer.status):
		return outcome{}, &Refusal{answer.status, answer.said()}
	case answer.status < 200 || answer.status > 299:
		return outcome{}, fmt.Errorf("probe: %s: %w", d.key, answer.refused())
	}
	if d.id != nil || d.slug != nil || d.secret != nil {
		if err := answer.read(); err != nil {
			return outcome{}, fmt.Errorf("probe: %s: %w", d.key, err)
		}
	}
	answer.describe(given, 1)
	return outcome{d, given}, nil
}

// findMembership looks up the membership of the account where the deed asks for it.
func (p *MapProbe) findMembership(ctx context.Context, d *deed, given map[string]any) error {
	given["membership_id"] = ""
	if !d.asks["membership_id"] {
		return nil
	}
	account := given["account_id"].(string)
	found, err := p.gather(ctx, p.lists["memberships"], given["organization"].(string), Identifiers{AccountIDs: []string{account}})
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(one map[string]any) bool { return one["account_id"] != account })
	if len(found) != 1 {
		return fmt.Errorf("probe: %s: the account %s has %d memberships by its account_id, and one is needed for {membership_id}", d.key, account, len(found))
	}
	given["membership_id"] = found[0]["id"]
	return nil
}

// text is what an expression finds in the answer to a deed.
func (o outcome) text(ctx context.Context, e *mapExpression) (string, error) {
	value, err := e.value(ctx, o.given, o.given["body"])
	if err != nil {
		return "", fmt.Errorf("probe: %w", err)
	}
	text, ok := textOf(value)
	if !ok || text == "" {
		return "", fmt.Errorf("probe: %w", e.failed("it came to "+orNothing(value)+", and a text belongs here"))
	}
	return text, nil
}
