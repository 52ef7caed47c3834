package org

import "context"

// Directory is a page of everybody whom an organization knows of.
type Directory struct {
	Headcount Headcount // of the whole organization
	People    []Person
	Matching  int // how many match on all pages together
}

// Headcount is how many there are of each layer in an organization.
type Headcount struct {
	Records, ActiveRecords int
	Members, Admins        int
	OpenSeats              int
}

// Person is somebody with all three layers, of which any may be missing.
type Person struct {
	Account    *Account // nil for somebody who never signed in
	Membership *Membership
	Teams      []TeamRoleView
	Seat       *Seat // the open one or else the last
	Records    []Record
}

// Found is somebody in a directory: an account or, where nobody has signed in for
// it, a tracking record. The other id is empty.
type Found struct {
	Account, Record string
}

// Directory looks people up by a part of their name or address, everybody where
// that is empty: those from offset (0-based), at most limit. Members come first,
// then those whom a sign-in would let in, then those whom it would not.
func (s *Service) Directory(ctx context.Context, organizationID, search string, offset, limit int) (Directory, error) {
	var d Directory
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if d.Headcount, err = tx.CountPeople(ctx, organizationID); err != nil {
			return err
		}
		found, matching, err := tx.FindPeople(ctx, organizationID, search, offset, limit)
		if err != nil {
			return err
		}
		d.Matching = matching
		d.People, err = meet(ctx, tx, organizationID, found)
		return err
	})
	return d, err
}

// meet reads what there is of each of the people that were found.
func meet(ctx context.Context, tx Tx, organizationID string, found []Found) ([]Person, error) {
	accounts, records := []string{}, []string{}
	for _, f := range found {
		if f.Account != "" {
			accounts = append(accounts, f.Account)
		} else {
			records = append(records, f.Record)
		}
	}
	crowd, err := gather(ctx, tx, organizationID, accounts)
	if err != nil {
		return nil, err
	}
	unlinked, err := tx.RecordsByID(ctx, organizationID, records)
	if err != nil {
		return nil, err
	}
	alone := map[string]Record{}
	for _, r := range unlinked {
		alone[r.ID] = r
	}
	people := make([]Person, 0, len(found))
	for _, f := range found {
		if f.Account != "" {
			people = append(people, crowd.person(f.Account))
		} else {
			people = append(people, Person{Records: []Record{alone[f.Record]}})
		}
	}
	return people, nil
}

// crowdOf is what several people have in one organization, by account.
type crowdOf struct {
	memberships []Membership
	accounts    map[string]Account
	teams       map[string][]TeamRoleView
	seats       map[string][]Seat
	records     map[string][]Record
}

// PlaceOf is somebody's place in a team.
type PlaceOf struct {
	Account string
	TeamRoleView
}

// gather reads about these accounts, or with nil about every member, in as many
// queries as it takes to read about one.
func gather(ctx context.Context, tx Tx, organizationID string, accounts []string) (crowdOf, error) {
	c := crowdOf{
		accounts: map[string]Account{}, teams: map[string][]TeamRoleView{},
		seats: map[string][]Seat{}, records: map[string][]Record{},
	}
	var err error
	if c.memberships, err = tx.MembershipsAmong(ctx, organizationID, accounts); err != nil {
		return c, err
	}
	found, err := tx.AccountsAmong(ctx, organizationID, accounts)
	if err != nil {
		return c, err
	}
	for _, a := range found {
		c.accounts[a.ID] = a
	}
	return c, c.gatherBelongings(ctx, tx, organizationID, accounts)
}

func (c *crowdOf) gatherBelongings(ctx context.Context, tx Tx, organizationID string, accounts []string) error {
	places, err := tx.PlacesAmong(ctx, organizationID, accounts)
	if err != nil {
		return err
	}
	for _, p := range places {
		c.teams[p.Account] = append(c.teams[p.Account], p.TeamRoleView)
	}
	seats, err := tx.SeatsAmong(ctx, organizationID, accounts)
	if err != nil {
		return err
	}
	for _, s := range seats {
		c.seats[s.Account] = append(c.seats[s.Account], s)
	}
	records, err := tx.RecordsAmong(ctx, organizationID, accounts)
	if err != nil {
		return err
	}
	for _, r := range records {
		c.records[r.Account] = append(c.records[r.Account], r)
	}
	return nil
}

func (c *crowdOf) member(m Membership) MemberRow {
	row := MemberRow{
		Account: c.accounts[m.Account], Membership: m,
		Teams: c.teams[m.Account], Records: c.records[m.Account],
	}
	if seat := telling(c.seats[m.Account]); seat != nil && seat.Ended.IsZero() {
		row.Seat = seat
	}
	return row
}

func (c *crowdOf) person(accountID string) Person {
	a := c.accounts[accountID]
	p := Person{
		Account: &a, Teams: c.teams[accountID], Records: c.records[accountID],
		Seat: telling(c.seats[accountID]),
	}
	for i, m := range c.memberships {
		if m.Account == accountID {
			p.Membership = &c.memberships[i]
		}
	}
	return p
}

// telling is the seat that says how things are now: the open one, or else the one
// that started last; nil for none.
func telling(seats []Seat) *Seat {
	var last *Seat
	for i, s := range seats {
		if s.Ended.IsZero() {
			return &seats[i]
		}
		last = &seats[i]
	}
	return last
}
