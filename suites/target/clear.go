package target

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"rollcall.example/simulator/provision"
)

// How long clearing away may take: what one spec made, and what is left at the end.
const (
	clearWithin = 10 * time.Second
	endWithin   = 2 * time.Minute
)

// tiredAfter is how many clearings in a row may find the product gone before the
// rest is left for the end of the run: a product that hangs would otherwise take
// its time once more for every spec.
const tiredAfter = 3

// ClearAway takes away what this Live has made at the product so far, and returns
// what it could not. It takes its time, up to ten seconds, also where ctx has ended: a
// spec that was stopped has made things too. What is left stays in the ledger, and
// is tried again when the run ends.
func (l *Live) ClearAway(ctx context.Context) []Left {
	if l.guard == nil || l.guard.custody == nil {
		return nil
	}
	l.guard.custody.forgetHired()
	things := l.guard.custody.pending()
	if len(things) == 0 || l.tired >= tiredAfter {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearWithin)
	defer cancel()
	left := l.clear(ctx, things, nil, l.Propagation)
	if slices.ContainsFunc(left, Left.unanswered) {
		l.tired++
	} else {
		l.tired = 0
	}
	return left
}

// clearLedger takes away what a ledger still holds. Each thing is told of with what
// came of it: nil where it is gone.
func clearLedger(ctx context.Context, t Target, into *ledger, read entries, told func(Thing, error)) ([]Left, error) {
	if len(read.things) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, endWithin+read.forCrowds()+t.Propagation)
	defer cancel()
	t.Run, t.Disposable = Run{Tag: read.tag}, true // the guard is put up below, over this ledger
	live, err := Open(t)
	if err != nil {
		return nil, err
	}
	defer live.Close()
	if err := read.settle(ctx, t.Propagation); err != nil {
		return nil, err
	}
	live.stand(&custody{tag: read.tag, ledger: into, things: slices.Clone(read.things)}, nil)
	return live.clear(ctx, read.things, told, 0), nil
}

// settle waits until the product has had its time to show what it was asked for last,
// which was written down.
func (e entries) settle(ctx context.Context, propagation time.Duration) error {
	wait := min(time.Until(e.written.Add(propagation)), propagation)
	if wait <= 0 {
		return nil
	}
	if err := provision.Wait(ctx, wait); err != nil {
		return fmt.Errorf("the product may show until %s after it was asked for what the run made: %w", propagation, err)
	}
	return nil
}

// clearance is the clearing away of some things.
type clearance struct {
	live *Live
	told func(Thing, error)
	left []Left
	// late is how long the product may take to show what it was asked for. What is
	// younger is taken away as far as it shows, and looked for once more at the end.
	late time.Duration
}

// clear takes the things away: first whole organizations, with all that is in them,
// then people, and teams when nobody of ours is in them any more.
func (l *Live) clear(ctx context.Context, things []*Thing, told func(Thing, error), late time.Duration) []Left {
	if told == nil {
		told = func(Thing, error) {}
	}
	c := clearance{live: l, told: told, late: late}
	c.each(ctx, things, c.organization, AnOrganization)
	c.each(ctx, things, c.person, APerson)
	c.each(ctx, things, c.group, AGroup)
	c.each(ctx, things, c.crowd, ACrowd)
	c.each(ctx, things, c.team, ATeam)
	c.each(ctx, things, c.token, AnAPIToken)
	c.each(ctx, things, c.provider, AProvider)
	return c.left
}

// each takes away the things of one kind.
func (c *clearance) each(ctx context.Context, things []*Thing, remove func(context.Context, *Thing) error, kind Kind) {
	for _, t := range things {
		if t.Kind != kind || t.done {
			continue
		}
		err := remove(ctx, t)
		if err == nil && c.late > 0 && time.Since(t.asked) < c.late {
			continue
		}
		if err == nil {
			err = c.live.guard.custody.learn(t, line{Done: true})
		}
		err = c.live.Conceal(err)
		if err != nil {
			c.left = append(c.left, Left{*t, err})
		}
		c.told(*t, err)
	}
}

// unanswered is an error of the wire, or of a probe that is broken, and not an answer
// of the product's.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// unanswered says whether the product had nothing to say to the removal.
func (l Left) unanswered() bool {
	var u unanswered
	return errors.As(l.Err, &u)
}

// noAnswer marks an error of the wire, or of a probe that is broken.
func noAnswer(err error) error {
	var refusal *Refusal
	var withheld *Withheld
	if err == nil || errors.As(err, &refusal) || errors.As(err, &withheld) {
		return err
	}
	return unanswered{err}
}

// organization removes an organization that the run founded, by its id or, where the
// run never learnt one, by its name.
func (c *clearance) organization(ctx context.Context, t *Thing) error {
	dissolver, ok := c.live.inside.(Dissolver)
	switch {
	case t.Refused:
		return nil
	case !ok || !c.live.can(ctx, OrgDelete):
		return errNoWay
	case !c.live.guard.custody.tag.Marks(t.Name) || c.isGiven(t.ID):
		return ErrNotOurs
	}
	if err := dissolver.Dissolve(ctx, orElse(t.ID, t.Name)); err != nil {
		return noAnswer(err)
	}
	if t.ID == "" {
		return nil // stopped before anything was made in it
	}
	return c.wentWith(t.ID)
}

// wentWith notes that what was in an organization is gone with it. The organization
// itself is noted last: whoever is stopped in between removes it once more.
func (c *clearance) wentWith(organization string) error {
	for _, t := range c.live.guard.custody.pending() {
		if t.Organization != organization || t.Kind == AnOrganization {
			continue
		}
		if err := c.live.guard.custody.learn(t, line{Done: true}); err != nil {
			return err
		}
		c.told(*t, nil)
	}
	return nil
}

// isGiven says whether the organization is one that the target names.
func (c *clearance) isGiven(organization string) bool {
	return slices.ContainsFunc(c.live.Connections, func(given Connection) bool { return given.Organization == organization && organization != "" })
}

// team disbands a team, by its id or else by its name.
func (c *clearance) team(ctx context.Context, t *Thing) error {
	disbander, ok := c.live.inside.(Disbander)
	switch {
	case t.Refused:
		return nil
	case !ok || !c.live.can(ctx, ArrangeDisband):
		return errNoWay
	case !c.live.guard.custody.tag.Marks(t.Name):
		return ErrNotOurs
	}
	return noAnswer(disbander.Disband(ctx, t.Organization, orElse(t.ID, t.Name)))
}

// provider went with its organization, or is there with it.
func (c *clearance) provider(_ context.Context, t *Thing) error {
	for _, l := range c.left {
		if l.Thing.Kind == AnOrganization && l.Thing.ID == t.Organization {
			return l.Err
		}
	}
	return nil
}

// token looks whether an API token still opens anything. It went with its owner's
// membership, if the product is right.
func (c *clearance) token(ctx context.Context, t *Thing) error {
	if len(t.Accounts) == 0 || c.live.inside == nil || !c.live.can(ctx, LookTokens) {
		return nil
	}
	view, err := c.live.probe.Look(ctx, t.Organization, Identifiers{AccountIDs: t.Accounts})
	if err != nil {
		return noAnswer(err)
	}
	for _, token := range view.LiveTokens() {
		if token.Name == t.Name {
			return errors.New("the product left it working")
		}
	}
	return nil
}

// connection is how the tenant of a thing is reached now. One that the run founded,
// and that this process does not know, is asked for.
func (c *clearance) connection(ctx context.Context, t *Thing) (Connection, bool) {
	g := c.live.guard
	g.mu.Lock()
	known := slices.Clone(g.connections)
	g.mu.Unlock()
	for _, at := range slices.Backward(known) {
		if at.Organization == t.Organization && at.SCIM.BaseURL == t.SCIM {
			return at, true
		}
	}
	organizer, ok := c.live.inside.(Organizer)
	if !ok || t.Organization == "" || !c.founded(t.Organization) {
		return Connection{}, false
	}
	at, err := organizer.Organization(ctx, t.Organization)
	if err != nil || g.found(at) != nil {
		return Connection{}, false
	}
	return at, at.SCIM.BaseURL == t.SCIM
}

// founded says whether the ledger has it that the run founded the organization.
func (c *clearance) founded(organization string) bool {
	return slices.ContainsFunc(c.live.guard.custody.pending(), func(t *Thing) bool {
		return t.Kind == AnOrganization && t.ID == organization
	})
}

// sortedKeys are the keys of a set in order.
func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
