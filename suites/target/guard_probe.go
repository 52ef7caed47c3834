package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// probe returns the probe with the guard before it: it arranges for nobody but the
// run's own people, and changes no organization but those that the run founded.
func (g *guard) probe(inner Probe) Probe {
	look := guardedLook{inner, g}
	arranger, arranges := inner.(Arranger)
	organizer, organizes := inner.(Organizer)
	switch {
	case inner == nil:
		return nil
	case arranges && organizes:
		return struct {
			guardedLook
			guardedArranger
			guardedOrganizer
		}{look, guardedArranger{arranger, g}, guardedOrganizer{organizer, g}}
	case arranges:
		return struct {
			guardedLook
			guardedArranger
		}{look, guardedArranger{arranger, g}}
	case organizes:
		return struct {
			guardedLook
			guardedOrganizer
		}{look, guardedOrganizer{organizer, g}}
	}
	return look
}

// allow says why the probe may change nothing, where it may not.
func (g *guard) allow(deed string) error {
	if g.custody == nil {
		return &Withheld{Deed: deed, Err: g.refusal}
	}
	return nil
}

// guardedLook takes note of the accounts and teams that it sees.
type guardedLook struct {
	inner Probe
	guard *guard
}

func (l guardedLook) Features(ctx context.Context) ([]string, error) { return l.inner.Features(ctx) }

func (l guardedLook) Look(ctx context.Context, organization string, who Identifiers) (View, error) {
	view, err := l.inner.Look(ctx, organization, who)
	if err == nil && l.guard.custody != nil {
		l.guard.meet(who, view)
	}
	return view, err
}

// meet notes which of the accounts in a view are the run's own: by their address or,
// where the probe shows none, because they are the only answer to names that are.
func (g *guard) meet(who Identifiers, view View) {
	tag := g.custody.tag
	asked := slices.Concat(who.UserNames, who.Emails, who.NameIDs)
	allOurs := len(asked) > 0 && !slices.ContainsFunc(asked, func(name string) bool { return !tag.Marks(name) })
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, account := range view.Accounts {
		switch {
		case account.Email != "":
			g.accounts[account.ID] = tag.Marks(account.Email)
		case allOurs && len(view.Accounts) == 1 && account.ID != "":
			if _, met := g.accounts[account.ID]; !met {
				g.accounts[account.ID] = true
			}
		}
	}
	for _, membership := range view.Memberships {
		for _, place := range membership.Teams {
			if !tag.Marks(place.Slug) && !g.madeTeam(place.ID) {
				g.teams[place.ID] = true
			}
		}
	}
}

// madeTeam says whether the run made the team with the id.
func (g *guard) madeTeam(id string) bool {
	return slices.ContainsFunc(g.custody.pending(), func(t *Thing) bool { return t.Kind == ATeam && t.ID == id })
}

// allowFor says why nothing may be done for the account in the organization, where
// it may not.
func (g *guard) allowFor(deed, organization, account string) error {
	deed = fmt.Sprintf("%s of the account %s in %s", deed, account, organization)
	if err := g.allow(deed); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.accounts[account] {
		return &Withheld{Deed: deed, Err: ErrNotOurs}
	}
	if !g.knows(organization) {
		return &Withheld{Deed: deed, Err: errors.New("the target does not name that organization")}
	}
	return nil
}

// knows says whether the organization is the target's own or was founded.
func (g *guard) knows(organization string) bool {
	return g.founded[organization] || slices.ContainsFunc(g.connections, func(c Connection) bool { return c.Organization == organization })
}

type guardedArranger struct {
	arranger Arranger
	guard    *guard
}

func (a guardedArranger) SetRole(ctx context.Context, organization, account, role, by string) error {
	if err := a.guard.allowFor("changing the role", organization, account); err != nil {
		return err
	}
	if by != "" {
		if err := a.guard.allowFor("acting in the name", organization, by); err != nil {
			return err
		}
	}
	return a.arranger.SetRole(ctx, organization, account, role, by)
}

func (a guardedArranger) NewTeam(ctx context.Context, organization string, t Team) (Team, error) {
	g := a.guard
	if err := g.allow("making a team in " + organization); err != nil {
		return Team{}, err
	}
	thing, err := g.custody.make(Thing{Kind: ATeam, Name: t.Slug, Organization: organization})
	if err != nil {
		return Team{}, err
	}
	made, err := a.arranger.NewTeam(ctx, organization, t)
	switch {
	case err != nil:
		return made, errors.Join(err, g.noteRefusal(thing, err))
	case g.teamWasThere(made.ID):
		return made, fmt.Errorf("the probe answered the making of a team with the id %s of one that was there before: %w", made.ID, ErrNotOurs)
	case made.Slug == t.Slug || g.custody.tag.Marks(made.Slug):
		err = g.custody.learn(thing, line{ID: made.ID})
	}
	return made, err
}

func (g *guard) teamWasThere(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.teams[id]
}

// noteRefusal notes that the product would not make the thing, where that is what the
// error says.
func (g *guard) noteRefusal(thing *Thing, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return nil
	}
	return g.custody.learn(thing, line{Refused: true})
}

func (a guardedArranger) Join(ctx context.Context, organization, account, team, role string) error {
	if err := a.guard.allowFor("joining a team", organization, account); err != nil {
		return err
	}
	return a.arranger.Join(ctx, organization, account, team, role)
}

func (a guardedArranger) Leave(ctx context.Context, organization, account, team string) error {
	if err := a.guard.allowFor("leaving a team", organization, account); err != nil {
		return err
	}
	return a.arranger.Leave(ctx, organization, account, team)
}

func (a guardedArranger) Remove(ctx context.Context, organization, account string) error {
	if err := a.guard.allowFor("removing the membership", organization, account); err != nil {
		return err
	}
	return a.arranger.Remove(ctx, organization, account)
}

func (a guardedArranger) IssueToken(ctx context.Context, organization, account, name string) (string, error) {
	if err := a.guard.allowFor("issuing a token", organization, account); err != nil {
		return "", err
	}
	thing, err := a.guard.custody.make(Thing{Kind: AnAPIToken, Name: name, Organization: organization})
	if err == nil {
		err = a.guard.custody.learn(thing, line{Account: account})
	}
	if err != nil {
		return "", err
	}
	return a.arranger.IssueToken(ctx, organization, account, name)
}
