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
		memberships, err := tx.Memberships(ctx, organizationID)
		if err != nil {
			return err
		}
		rows = make([]MemberRow, 0, len(memberships))
		for _, m := range memberships {
			row, err := memberRow(ctx, tx, m)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

func memberRow(ctx context.Context, tx Tx, m Membership) (row MemberRow, err error) {
	row.Membership = m
	if row.Account, err = tx.Account(ctx, m.Account); err != nil {
		return row, err
	}
	if row.Teams, err = teamsOf(ctx, tx, m.Organization, m.Account); err != nil {
		return row, err
	}
	if row.Seat, err = maybe(tx.OpenSeat(ctx, m.Organization, m.Account)); err != nil {
		return row, err
	}
	row.Records, err = tx.RecordsOf(ctx, m.Organization, m.Account)
	return row, err
}

// Member finds one member of an organization.
func (s *Service) Member(ctx context.Context, organizationID, accountID string) (MemberRow, error) {
	var row MemberRow
	err := s.store.View(ctx, func(tx Tx) error {
		_, m, err := member(ctx, tx, organizationID, accountID)
		if err != nil {
			return err
		}
		row, err = memberRow(ctx, tx, m)
		return err
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

// TeamView is a team with who is in it.
type TeamView struct {
	Team   Team
	Roster []TeamPlace
}

// Teams lists the teams of an organization.
func (s *Service) Teams(ctx context.Context, organizationID string) ([]TeamView, error) {
	var views []TeamView
	err := s.store.View(ctx, func(tx Tx) error {
		teams, err := tx.Teams(ctx, organizationID)
		if err != nil {
			return err
		}
		views = make([]TeamView, 0, len(teams))
		for _, team := range teams {
			roster, err := tx.TeamRoster(ctx, team.ID)
			if err != nil {
				return err
			}
			views = append(views, TeamView{team, roster})
		}
		return nil
	})
	return views, err
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
