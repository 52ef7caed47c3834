package org

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// CheckInvariants looks for what must never be, whatever happened before, and
// says it in words; nil when all is well. It reads the whole organization.
func (s *Service) CheckInvariants(ctx context.Context, organizationID string) ([]string, error) {
	var c census
	err := s.store.View(ctx, func(tx Tx) (err error) {
		c, err = s.takeCensus(ctx, tx, organizationID)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.rules = s.behaviour.Rules
	c.checkRecords()
	c.checkGroups()
	c.checkPeople()
	slices.Sort(c.wrong)
	return c.wrong, nil
}

// census is the whole organization at one moment.
type census struct {
	rules   Rules
	now     time.Time
	records []Record
	people  map[string]*person // by account
	groups  []Group            // with their members
	granted []TeamPlace        // by groups
	wrong   []string
}

// person is what an account has in the organization.
type person struct {
	name        string
	memberships int
	openSeats   int
	places      int
	sessions    int // live
	tokens      int // live
	active      int // records
	inactive    int
}

func (s *Service) takeCensus(ctx context.Context, tx Tx, organizationID string) (census, error) {
	c := census{people: map[string]*person{}}
	o, err := organization(ctx, tx, organizationID)
	if err != nil {
		return c, err
	}
	c.now = s.Now(o)
	if err := c.countRecords(ctx, tx, o.ID); err != nil {
		return c, err
	}
	memberships, err := tx.Memberships(ctx, o.ID)
	if err != nil {
		return c, err
	}
	for _, m := range memberships {
		c.person(m.Account).memberships++
	}
	seats, err := tx.Seats(ctx, o.ID)
	if err != nil {
		return c, err
	}
	for _, seat := range seats {
		if p := c.person(seat.Account); seat.Ended.IsZero() {
			p.openSeats++
		}
	}
	if err := c.addGroups(ctx, tx, o.ID); err != nil {
		return c, err
	}
	if err := c.addProviders(ctx, tx, o.ID); err != nil {
		return c, err
	}
	if err := c.countPlaces(ctx, tx, o.ID); err != nil {
		return c, err
	}
	return c, c.countAccess(ctx, tx, o.ID)
}

func (c *census) countRecords(ctx context.Context, tx Tx, organizationID string) (err error) {
	c.records, err = tx.RecordsIn(ctx, organizationID)
	for _, r := range c.records {
		switch {
		case r.Account == "":
		case r.Active:
			c.person(r.Account).active++
		default:
			c.person(r.Account).inactive++
		}
	}
	return err
}

func (c *census) person(account string) *person {
	p := c.people[account]
	if p == nil {
		p = &person{}
		c.people[account] = p
	}
	return p
}

// addProviders adds whoever has a session and maybe nothing else, and looks whether the
// list of a provider is as long as it says.
func (c *census) addProviders(ctx context.Context, tx Tx, organizationID string) error {
	providers, err := tx.Providers(ctx, organizationID)
	if err != nil {
		return err
	}
	records := map[string]int{}
	for _, r := range c.records {
		records[r.Provider]++
	}
	groups := map[string]int{}
	for _, g := range c.groups {
		groups[g.Provider]++
	}
	for _, p := range providers {
		sessions, err := tx.SessionsThrough(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			c.person(session.Account)
		}
		_, total, err := tx.FindRecords(ctx, p.ID, RecordMatch{}, 0, 0)
		if err != nil {
			return err
		}
		_, pushed, err := tx.FindGroups(ctx, p.ID, GroupMatch{}, 0, 0)
		if err != nil {
			return err
		}
		if pushed != groups[p.ID] {
			c.report("the list of provider %s is said to hold %d groups and holds %d", p.ID, pushed, groups[p.ID])
		}
		if total != records[p.ID] {
			c.report("the list of provider %s is said to hold %d records and holds %d", p.ID, total, records[p.ID])
		}
	}
	return nil
}

func (c *census) countPlaces(ctx context.Context, tx Tx, organizationID string) error {
	teams, err := tx.Teams(ctx, organizationID)
	if err != nil {
		return err
	}
	for _, team := range teams {
		roster, err := tx.TeamRoster(ctx, team.ID)
		if err != nil {
			return err
		}
		for _, place := range roster {
			c.person(place.Account).places++
			if place.Source == ByGroup {
				c.granted = append(c.granted, place)
			}
		}
	}
	return nil
}

// countAccess counts the sessions and tokens of everybody that the organization
// knows: whoever was a member once has at least an ended seat.
func (c *census) countAccess(ctx context.Context, tx Tx, organizationID string) error {
	for id, p := range c.people {
		account, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		p.name = account.Email
		sessions, err := tx.Sessions(ctx, organizationID, id)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			if session.Live(c.now) {
				p.sessions++
			}
		}
		tokens, err := tx.Tokens(ctx, organizationID, id)
		if err != nil {
			return err
		}
		for _, token := range tokens {
			if token.Live() {
				p.tokens++
			}
		}
	}
	return nil
}

// Live says whether the session opens anything at now, as far as it goes by itself.
func (s Session) Live(now time.Time) bool { return s.Ended.IsZero() && now.Before(s.Expires) }

// Live says whether the token opens anything, as far as it goes by itself.
func (t Token) Live() bool { return t.Revoked.IsZero() }

func (c *census) report(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func (c *census) checkRecords() {
	holder := map[[2]string]string{}
	for _, r := range c.records {
		name := [2]string{r.Provider, Key(r.UserName)}
		if other, taken := holder[name]; taken {
			c.report("records %s and %s have the same user name %s", other, r.ID, r.UserName)
		}
		holder[name] = r.ID
	}
}

func (c *census) checkPeople() {
	for _, p := range c.people {
		if p.memberships > 1 {
			c.report("%s has %d memberships", p.name, p.memberships)
		}
		if p.openSeats > 1 {
			c.report("%s has %d open seats", p.name, p.openSeats)
		}
		if p.memberships > 0 {
			c.checkMember(p)
		} else {
			c.checkOutsider(p)
		}
	}
}

func (c *census) checkMember(p *person) {
	out := p.inactive > 0 && p.active == 0
	if out && c.rules.Deactivate == "suspend" {
		c.checkSuspended(p)
		return
	}
	if p.openSeats == 0 && !c.rules.seatWaits() {
		c.report("%s is a member without a seat", p.name)
	}
	if out && c.rules.LoginWhenRecordInactive != "rejit" {
		c.report("%s is a member while the record is inactive", p.name)
	}
}

// seatWaits says whether there are members whose seat only their next sign-in starts:
// those whom SCIM made so, or let back in from a suspension.
func (r Rules) seatWaits() bool {
	made := r.SCIMCreate == "account" && r.BillingStarts == "first_login"
	back := r.Deactivate == "suspend" && r.Reactivate != "restore"
	return made || back
}

// checkSuspended looks at a member who waits for the record to be active again.
func (c *census) checkSuspended(p *person) {
	if p.openSeats > 0 && c.rules.SeatReleased != "never" {
		c.report("%s has an open seat and is suspended", p.name)
	}
	c.checkAccess(p, "is suspended")
}

// checkAccess looks for a way in of somebody who has none.
func (c *census) checkAccess(p *person, but string) {
	if p.sessions > 0 && c.rules.RevokeSessions != "never" {
		c.report("%s has a live session and %s", p.name, but)
	}
	if p.tokens > 0 && c.rules.RevokeTokens != "never" {
		c.report("%s has a live API token and %s", p.name, but)
	}
}

func (c *census) checkOutsider(p *person) {
	if p.openSeats > 0 && c.rules.SeatReleased != "never" {
		c.report("%s has an open seat and is no member", p.name)
	}
	if p.places > 0 {
		c.report("%s is in a team and is no member", p.name)
	}
	c.checkAccess(p, "is no member")
}
