package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// guardedOrganizer changes no organization but those that the run founded.
type guardedOrganizer struct {
	organizer Organizer
	guard     *guard
}

func (o guardedOrganizer) NewOrganization(ctx context.Context, wanted NewOrganization) (Connection, error) {
	g := o.guard
	if err := g.allow("founding an organization"); err != nil {
		return Connection{}, err
	}
	thing, err := g.custody.make(Thing{Kind: AnOrganization, Name: wanted.Name})
	if err != nil {
		return Connection{}, err
	}
	made, err := o.organizer.NewOrganization(ctx, wanted)
	if err != nil {
		return made, errors.Join(err, g.noteRefusal(thing, err))
	}
	if err := g.found(made); err != nil {
		return made, err
	}
	return made, g.custody.learn(thing, line{ID: made.Organization})
}

// found takes in an organization that was founded, unless it is one that was there.
func (g *guard) found(made Connection) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.connections {
		same := c.Organization == made.Organization || c.SCIM.BaseURL != "" && c.SCIM.BaseURL == made.SCIM.BaseURL && c.SCIM.Token == made.SCIM.Token
		if same || made.Organization == "" {
			return fmt.Errorf("the probe answered the founding of an organization with one that was there before, %s: %w", made.Organization, ErrNotOurs)
		}
	}
	g.founded[made.Organization] = true
	g.connections = append(g.connections, made)
	return nil
}

func (o guardedOrganizer) Organization(ctx context.Context, id string) (Connection, error) {
	shown, err := o.organizer.Organization(ctx, id)
	if err == nil && o.guard.custody != nil {
		o.guard.reconnect(shown)
	}
	return shown, err
}

// reconnect takes in how an organization that was founded is reached now.
func (g *guard) reconnect(shown Connection) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.founded[shown.Organization] {
		return
	}
	for _, c := range g.connections[:g.given] {
		if c.SCIM.BaseURL == shown.SCIM.BaseURL && c.SCIM.Token == shown.SCIM.Token {
			return
		}
	}
	g.connections = slices.DeleteFunc(g.connections, func(c Connection) bool {
		return c.Organization == shown.Organization && c.SCIM.BaseURL == shown.SCIM.BaseURL
	})
	g.connections = append(g.connections, shown)
}

// allowOver says why an organization may not be changed, where it may not.
func (g *guard) allowOver(deed, organization string) error {
	deed += " of the organization " + organization
	if err := g.allow(deed); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.founded[organization] {
		return &Withheld{Deed: deed, Err: errNotMade}
	}
	return nil
}

func (o guardedOrganizer) AddProvider(ctx context.Context, id string, wanted NewProvider) (Connection, error) {
	if err := o.guard.allowOver("adding a provider", id); err != nil {
		return Connection{}, err
	}
	if _, err := o.guard.custody.make(Thing{Kind: AProvider, Organization: id}); err != nil {
		return Connection{}, err
	}
	made, err := o.organizer.AddProvider(ctx, id, wanted)
	if err == nil {
		o.guard.reconnect(made)
	}
	return made, err
}

func (o guardedOrganizer) SetPlan(ctx context.Context, id, plan string) error {
	if err := o.guard.allowOver("changing the plan", id); err != nil {
		return err
	}
	return o.organizer.SetPlan(ctx, id, plan)
}

func (o guardedOrganizer) SetFlags(ctx context.Context, id string, flags ...string) error {
	if err := o.guard.allowOver("changing the flags", id); err != nil {
		return err
	}
	return o.organizer.SetFlags(ctx, id, flags...)
}

func (o guardedOrganizer) SetProvider(ctx context.Context, id, state string) error {
	if err := o.guard.allowOver("changing the provider", id); err != nil {
		return err
	}
	return o.organizer.SetProvider(ctx, id, state)
}

func (o guardedOrganizer) RotateToken(ctx context.Context, id string, overlap, lifetime time.Duration) (string, error) {
	if err := o.guard.allowOver("rotating the token", id); err != nil {
		return "", err
	}
	return o.organizer.RotateToken(ctx, id, overlap, lifetime)
}

func (o guardedOrganizer) ExpireToken(ctx context.Context, id string) error {
	if err := o.guard.allowOver("expiring the token", id); err != nil {
		return err
	}
	return o.organizer.ExpireToken(ctx, id)
}

func (o guardedOrganizer) Advance(ctx context.Context, id string, by time.Duration) error {
	if err := o.guard.allowOver("moving the clock", id); err != nil {
		return err
	}
	return o.organizer.Advance(ctx, id, by)
}

func (o guardedOrganizer) Audit(ctx context.Context, id string, after int64) ([]Event, error) {
	return o.organizer.Audit(ctx, id, after)
}

func (o guardedOrganizer) Seats(ctx context.Context, id string) (SeatTotal, error) {
	return o.organizer.Seats(ctx, id)
}
