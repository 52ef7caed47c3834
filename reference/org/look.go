package org

import (
	"context"
	"errors"
	"time"
)

// Identifiers are all that somebody outside knows of a person.
type Identifiers struct {
	UserNames, Emails, NameIDs, ExternalIDs []string
	RecordIDs, AccountIDs                   []string
}

// Picture is everything that there is of a person: accounts wherever they come
// from, the rest in one organization. Two of a thing are listed as two.
type Picture struct {
	Records     []Record
	Accounts    []Account
	Memberships []MembershipView
	Seats       []Seat    // open and ended
	Sessions    []Session // live and ended
	Tokens      []Token   // live and revoked
	Now         time.Time // the organization's time of the look
}

// MembershipView is a membership with its places in teams.
type MembershipView struct {
	Membership
	Teams []TeamRoleView
}

// Look finds everything of a person by any identifier that matches, and by what
// is linked to what was found.
func (s *Service) Look(ctx context.Context, organizationID string, ids Identifiers) (Picture, error) {
	l := look{ids: ids}
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if l.organization, err = organization(ctx, tx, organizationID); err != nil {
			return err
		}
		if l.providers, err = tx.Providers(ctx, organizationID); err != nil {
			return err
		}
		l.picture = Picture{Now: s.Now(l.organization)}
		for _, part := range []func(context.Context, Tx) error{l.records, l.accounts, l.linked, l.belongings} {
			if err := part(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	return l.picture, err
}

// look is a look under way.
type look struct {
	ids          Identifiers
	organization Organization
	providers    []Provider
	picture      Picture
}

// names lists every value that a person may go by.
func (l *look) names() []string {
	seen := map[string]bool{}
	var names []string
	for _, list := range [][]string{l.ids.UserNames, l.ids.Emails, l.ids.NameIDs} {
		for _, name := range list {
			if key := Key(name); key != "" && !seen[key] {
				seen[key] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func (l *look) addRecords(found ...Record) {
	for _, r := range found {
		known := false
		for _, other := range l.picture.Records {
			known = known || other.ID == r.ID
		}
		if !known {
			l.picture.Records = append(l.picture.Records, r)
		}
	}
}

func (l *look) addAccounts(found ...Account) {
	for _, a := range found {
		known := false
		for _, other := range l.picture.Accounts {
			known = known || other.ID == a.ID
		}
		if !known {
			l.picture.Accounts = append(l.picture.Accounts, a)
		}
	}
}

// matches lists what a record may be found by.
func (l *look) matches() []RecordMatch {
	var matches []RecordMatch
	for _, name := range l.names() {
		matches = append(matches, RecordMatch{UserName: &name})
	}
	for _, id := range l.ids.ExternalIDs {
		matches = append(matches, RecordMatch{ExternalID: &id})
	}
	for _, id := range l.ids.RecordIDs {
		matches = append(matches, RecordMatch{ID: &id})
	}
	return matches
}

// manyOfOne is more of one person than even a broken product makes.
const manyOfOne = 1000

func (l *look) records(ctx context.Context, tx Tx) error {
	for _, p := range l.providers {
		for _, match := range l.matches() {
			found, _, err := tx.FindRecords(ctx, p.ID, match, 0, manyOfOne)
			if err != nil {
				return err
			}
			l.addRecords(found...)
		}
	}
	return nil
}

func (l *look) accounts(ctx context.Context, tx Tx) error {
	for _, name := range l.names() {
		found, err := tx.AccountsByEmail(ctx, name)
		if err != nil {
			return err
		}
		l.addAccounts(found...)
		for _, p := range l.providers {
			if err := l.addAccount(tx.AccountByNameID(ctx, p.ID, name)); err != nil {
				return err
			}
		}
	}
	ids := l.ids.AccountIDs
	for _, r := range l.picture.Records {
		if r.Account != "" {
			ids = append(ids[:len(ids):len(ids)], r.Account)
		}
	}
	for _, id := range ids {
		if err := l.addAccount(tx.Account(ctx, id)); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) addAccount(a Account, err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil {
		l.addAccounts(a)
	}
	return err
}

// linked adds the records that only their link gives away.
func (l *look) linked(ctx context.Context, tx Tx) error {
	for _, a := range l.picture.Accounts {
		found, err := tx.RecordsOf(ctx, l.organization.ID, a.ID)
		if err != nil {
			return err
		}
		l.addRecords(found...)
	}
	return nil
}

// belongings adds what the accounts have in the organization.
func (l *look) belongings(ctx context.Context, tx Tx) error {
	for _, a := range l.picture.Accounts {
		if err := l.memberships(ctx, tx, a); err != nil {
			return err
		}
		seats, err := tx.SeatsOf(ctx, l.organization.ID, a.ID)
		if err != nil {
			return err
		}
		sessions, err := tx.Sessions(ctx, l.organization.ID, a.ID)
		if err != nil {
			return err
		}
		tokens, err := tx.Tokens(ctx, l.organization.ID, a.ID)
		if err != nil {
			return err
		}
		l.picture.Seats = append(l.picture.Seats, seats...)
		l.picture.Sessions = append(l.picture.Sessions, sessions...)
		l.picture.Tokens = append(l.picture.Tokens, tokens...)
	}
	return nil
}

func (l *look) memberships(ctx context.Context, tx Tx, a Account) error {
	all, err := tx.MembershipsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	teams, err := teamsOf(ctx, tx, l.organization.ID, a.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Organization == l.organization.ID {
			l.picture.Memberships = append(l.picture.Memberships, MembershipView{m, teams})
		}
	}
	return nil
}
