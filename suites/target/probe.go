package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rollcall.example/suites/target/strict"
)

// Probe looks inside the product. It is the one interface that every probe has,
// whether it speaks the contract over HTTP or is written in Go by a vendor; what
// more one can do it says by its features and by being an [Arranger] or an
// [Organizer] too.
//
// An error of any method means that the probe is broken, and ends the spec as an
// error of the run; a *[Refusal] means that the product would not do it.
type Probe interface {
	// Features lists what the probe offers: those features of [Features] that begin
	// with look, arrange or organization.
	Features(ctx context.Context) ([]string, error)
	// Look shows everything that the organization holds of a person. A list that is
	// nil is not shown; an empty one says that there is none.
	Look(ctx context.Context, organization string, who Identifiers) (View, error)
}

// Arranger is a probe that acts as one of the product's own administrators.
type Arranger interface {
	// SetRole makes a member an admin, or an admin a member, by the hand of the
	// member whose account is by or, where that is empty, of nobody in particular.
	SetRole(ctx context.Context, organization, account, role, by string) error
	// NewTeam makes a team and returns it with its id.
	NewTeam(ctx context.Context, organization string, t Team) (Team, error)
	// Join puts a member into a team.
	Join(ctx context.Context, organization, account, team, role string) error
	// Leave takes a member out of a team.
	Leave(ctx context.Context, organization, account, team string) error
	// Remove takes a member out of the organization.
	Remove(ctx context.Context, organization, account string) error
	// IssueToken issues an API token of the member's and returns its secret.
	IssueToken(ctx context.Context, organization, account, name string) (secret string, err error)
}

// Organizer is a probe that founds organizations and changes what they are
// subscribed to and connected with.
type Organizer interface {
	// NewOrganization makes an organization and returns the connection to it.
	NewOrganization(ctx context.Context, wanted NewOrganization) (Connection, error)
	// Organization returns the connection to an organization as it is now.
	Organization(ctx context.Context, id string) (Connection, error)
	// AddProvider gives an organization a further provider.
	AddProvider(ctx context.Context, id string, wanted NewProvider) (Connection, error)
	// SetPlan moves the organization to another plan.
	SetPlan(ctx context.Context, id, plan string) error
	// SetFlags sets which feature flags are on.
	SetFlags(ctx context.Context, id string, flags ...string) error
	// SetProvider enables or disables the organization's provider.
	SetProvider(ctx context.Context, id, state string) error
	// RotateToken replaces the SCIM token; the old one works on for the overlap.
	RotateToken(ctx context.Context, id string, overlap, lifetime time.Duration) (token string, err error)
	// ExpireToken makes the SCIM token expire now.
	ExpireToken(ctx context.Context, id string) error
	// Advance moves the organization's clock ahead.
	Advance(ctx context.Context, id string, by time.Duration) error
	// Audit reads the organization's audit log after the given row.
	Audit(ctx context.Context, id string, after int64) ([]Event, error)
	// Seats counts the organization's seats.
	Seats(ctx context.Context, id string) (SeatTotal, error)
}

// Disbander is a probe that takes teams away again, as it cleans up.
type Disbander interface {
	// Disband takes a team away, by its id or by the name with which it was made, with
	// every place in it. A team that is not there is no error.
	Disband(ctx context.Context, organization, team string) error
}

// Dissolver is a probe that takes organizations away again, as it cleans up.
type Dissolver interface {
	// Dissolve takes an organization away, by its id or by the name with which it was
	// founded, with all that is in it. One that is not there is no error.
	Dissolve(ctx context.Context, organization string) error
}

// Refusal is a probe's answer that something cannot be done.
type Refusal struct {
	Status  int
	Message string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("the probe answered %d: %s", r.Status, r.Message)
}

// StatusError is an answer of a probe that brings neither what was asked for nor a
// [Refusal]: for the suite, a broken probe.
type StatusError struct {
	At      string // where
	Status  int
	Message string
}

func (s *StatusError) Error() string {
	return fmt.Sprintf("probe: %s answered %d: %s", s.At, s.Status, s.Message)
}

// VersionError says that a probe speaks another version of the contract.
type VersionError struct{ Version int }

func (v *VersionError) Error() string {
	return fmt.Sprintf("it speaks version %d of the contract; this suite speaks 1", v.Version)
}

// ProbeConfig says which probe the target has: exactly one of its fields is set.
type ProbeConfig struct {
	HTTP *ProbeAddress `json:"http,omitempty" yaml:"http"` // speaks the contract
	Exec *ExecConfig   `json:"exec,omitempty" yaml:"exec"` // a command that speaks it
	Map  *MapConfig    `json:"map,omitempty" yaml:"map"`   // the product's own API, and expressions over it
	// Go is a probe in this program, for a vendor's own suite. It cannot go to
	// another process, so such a run has one.
	Go Probe `json:"-" yaml:"-"`
}

// ConfigError is a mistake in what a target says of its probe.
type ConfigError struct {
	Key     string // the path to it in the target file, as probe.exec.command
	Message string
}

func (c *ConfigError) Error() string { return "target: " + c.Key + ": " + c.Message }

// Check says what is wrong with the configuration, as a *[ConfigError], before
// anything is started.
func (p ProbeConfig) Check() error {
	set := 0
	for _, kind := range []bool{p.HTTP != nil, p.Exec != nil, p.Map != nil, p.Go != nil} {
		if kind {
			set++
		}
	}
	switch {
	case set == 0:
		return &ConfigError{"probe", "it says nothing of where the probe is: add http, exec or map"}
	case set > 1:
		return &ConfigError{"probe", "there can be one probe only: http, exec or map"}
	case p.Exec != nil:
		return p.Exec.wrong()
	case p.Map != nil:
		_, err := NewMapProbe(*p.Map, http.DefaultClient)
		return err
	case p.HTTP != nil && p.HTTP.URL == "":
		return &ConfigError{"probe.http.url", "the probe has no address"}
	case p.HTTP != nil:
		return checkAddress(p.HTTP.URL)
	}
	return nil
}

// check says it to whoever reads the target file, with its place there.
func (p *ProbeConfig) check() error {
	var wrong *ConfigError
	if err := p.Check(); !errors.As(err, &wrong) {
		return err
	}
	if key, ok := strings.CutPrefix(wrong.Key, "probe."); ok {
		return strict.At(key, errors.New(wrong.Message))
	}
	return errors.New(wrong.Message)
}

// Redacted returns the configuration without its secrets.
func (p ProbeConfig) Redacted() ProbeConfig {
	if p.HTTP != nil {
		p.HTTP = &ProbeAddress{URL: p.HTTP.URL}
	}
	if p.Map != nil {
		bare := *p.Map
		bare.Auth = nil
		p.Map = &bare
	}
	return p
}

// ProbeAddress is where an HTTP probe answers.
type ProbeAddress struct {
	URL   string `json:"url" yaml:"url" read:"url,required"`
	Token string `json:"token,omitempty" read:"secret"` // bearer token
	Auth  *Auth  `json:"auth,omitempty" yaml:"auth"`    // other credentials, in place of a token
}

// String says where the probe is, without a secret.
func (p ProbeConfig) String() string {
	switch {
	case p.Go != nil:
		return "in this program"
	case p.HTTP != nil:
		return p.HTTP.URL
	case p.Exec != nil && len(p.Exec.Command) > 0:
		return "the command " + p.Exec.Command[0]
	case p.Map != nil:
		return "a mapping of the product's own API"
	}
	return "none"
}
