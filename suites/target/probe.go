package target

import (
	"context"
	"fmt"
	"time"
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
	return fmt.Sprintf("%s answered %d: %s", s.At, s.Status, s.Message)
}

// VersionError says that a probe speaks another version of the contract.
type VersionError struct{ Version int }

func (v *VersionError) Error() string {
	return fmt.Sprintf("it speaks version %d of the contract; this suite speaks 1", v.Version)
}
