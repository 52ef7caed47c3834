package org

import (
	"context"
)

// MemberRow is a member as the members page shows them.
type MemberRow struct {
	Account    Account
	Membership Membership
	Teams      []TeamRoleView
	Seat       *Seat    // the open one
	Records    []Record // the tracking records linked to the account
}

// Members lists the members of an organization.
func (s *Service) Members(ctx context.Context, organizationID string) ([]MemberRow, error) {
	var rows []MemberRow
	err := s.store.View(ctx, func(tx Tx) error {
		crowd, err := gather(ctx, tx, organizationID, nil)
		if err != nil {
			return err
		}
		rows = make([]MemberRow, 0, len(crowd.memberships))
		for _, m := range crowd.memberships {
			rows = append(rows, crowd.member(m))
		}
		return nil
	})
	return rows, err
}

// Member finds one member of an organization.
func (s *Service) Member(ctx context.Context, organizationID, accountID string) (MemberRow, error) {
	var row MemberRow
	err := s.store.View(ctx, func(tx Tx) error {
		_, m, err := member(ctx, tx, organizationID, accountID)
		if err != nil {
			return err
		}
		crowd, err := gather(ctx, tx, organizationID, []string{accountID})
		if err != nil {
			return err
		}
		row = crowd.member(m)
		return nil
	})
	return row, err
}

// AccountByEmail finds an account by its address.
func (s *Service) AccountByEmail(ctx context.Context, email string) (Account, error) {
	var a Account
	err := s.store.View(ctx, func(tx Tx) (err error) {
		a, err = tx.AccountByEmail(ctx, email)
		return err
	})
	return a, err
}

// Records lists the tracking records of an organization by user name.
func (s *Service) Records(ctx context.Context, organizationID string) ([]Record, error) {
	var records []Record
	err := s.store.View(ctx, func(tx Tx) (err error) {
		records, err = tx.RecordsIn(ctx, organizationID)
		return err
	})
	return records, err
}

// Seats lists the seats of an organization, open and ended.
func (s *Service) Seats(ctx context.Context, organizationID string) ([]Seat, error) {
	var seats []Seat
	err := s.store.View(ctx, func(tx Tx) (err error) {
		seats, err = tx.Seats(ctx, organizationID)
		return err
	})
	return seats, err
}

// OpenSeats counts the seats that are billed.
func (s *Service) OpenSeats(ctx context.Context, organizationID string) (int, error) {
	seats, err := s.Seats(ctx, organizationID)
	open := 0
	for _, seat := range seats {
		if seat.Ended.IsZero() {
			open++
		}
	}
	return open, err
}

// Teams lists the teams of an organization.
func (s *Service) Teams(ctx context.Context, organizationID string) ([]Team, error) {
	var teams []Team
	err := s.store.View(ctx, func(tx Tx) (err error) {
		teams, err = tx.Teams(ctx, organizationID)
		return err
	})
	return teams, err
}

// Teammate is somebody in a team.
type Teammate struct {
	Account Account
	Role    TeamRole
	Source  PlaceSource
}

// Roster lists who is in a team, by name.
func (s *Service) Roster(ctx context.Context, teamID string) ([]Teammate, error) {
	var roster []Teammate
	err := s.store.View(ctx, func(tx Tx) (err error) {
		roster, err = tx.Teammates(ctx, teamID)
		return err
	})
	return roster, err
}

// Sessions lists an account's sessions in an organization, live and ended.
func (s *Service) Sessions(ctx context.Context, organizationID, accountID string) ([]Session, error) {
	var sessions []Session
	err := s.store.View(ctx, func(tx Tx) (err error) {
		sessions, err = tx.Sessions(ctx, organizationID, accountID)
		return err
	})
	return sessions, err
}

// Tokens lists an account's API tokens in an organization, live and revoked.
func (s *Service) Tokens(ctx context.Context, organizationID, accountID string) ([]Token, error) {
	var tokens []Token
	err := s.store.View(ctx, func(tx Tx) (err error) {
		tokens, err = tx.Tokens(ctx, organizationID, accountID)
		return err
	})
	return tokens, err
}

// Audit lists the organization's audit log after the given Seq, oldest first, at
// most limit (0: all).
func (s *Service) Audit(ctx context.Context, organizationID string, after int64, limit int) ([]Event, error) {
	var events []Event
	err := s.store.View(ctx, func(tx Tx) (err error) {
		events, err = tx.Events(ctx, organizationID, after, limit)
		return err
	})
	return events, err
}

// Recent lists the organization's audit log from its newest row, from offset
// (0-based), at most limit. The address of a person narrows it to them; empty for
// everybody.
func (s *Service) Recent(ctx context.Context, organizationID, person string, offset, limit int) ([]Event, error) {
	var events []Event
	err := s.store.View(ctx, func(tx Tx) (err error) {
		events, err = tx.RecentEvents(ctx, organizationID, person, offset, limit)
		return err
	})
	return events, err
}
