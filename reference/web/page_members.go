package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"rollcall.example/reference/org"
)

// membersBody is the body of the page "members": everybody in the organization,
// in all three layers.
type membersBody struct {
	Records, ActiveRecords int
	Members, Admins        int
	OpenSeats              int
	People                 []person
}

// person is one row of the page. Any of the three layers may be missing.
type person struct {
	Name, Email string
	AccountID   string // empty for somebody who never signed in
	Records     []recordCell
	Member      *memberCell
	Seat        *seatCell // the open one or else the last
}

// Anchor is where a link to the row leads.
func (p person) Anchor() string { return "person-" + org.Key(p.Email) }

// Left says whether the person was a member and is not any more.
func (p person) Left() bool { return p.Member == nil && p.AccountID != "" }

// Refused says whether a sign-in would be turned away: a record stands in the way
// and none speaks for the person.
func (p person) Refused() bool {
	active := func(r recordCell) bool { return r.Active }
	return len(p.Records) > 0 && !slices.ContainsFunc(p.Records, active)
}

type recordCell struct {
	Active bool
	Since  time.Time // made; or deactivated, when it is inactive
}

type memberCell struct {
	Role  org.Role
	Since time.Time
	Teams []org.TeamRoleView
}

type seatCell struct {
	Open           bool
	Started, Ended time.Time
	Cause          string
	EndCause       string
}

func (s *Server) membersPage(w http.ResponseWriter, r *http.Request, v visit) error {
	body, err := s.people(r, v.Organization.ID)
	if err != nil {
		return err
	}
	return s.show(w, "members", v, "People", body)
}

// people joins the three layers: members with their records, then the records
// that nobody has signed in for, or whose person has left.
func (s *Server) people(r *http.Request, organization string) (membersBody, error) {
	rows, err := s.org.Members(r.Context(), organization)
	if err != nil {
		return membersBody{}, err
	}
	records, err := s.org.Records(r.Context(), organization)
	if err != nil {
		return membersBody{}, err
	}
	seats, err := s.org.Seats(r.Context(), organization)
	if err != nil {
		return membersBody{}, err
	}
	people := newGathering(seats)
	for _, row := range rows {
		people.addMember(row)
	}
	for _, record := range records {
		people.addRecord(record)
	}
	return people.body(), nil
}

// gathering puts together who belongs to what, by account where there is one.
type gathering struct {
	people  []*person
	account map[string]*person
	last    map[string]*seatCell // by account
	sums    membersBody
}

func newGathering(seats []org.Seat) *gathering {
	g := &gathering{account: map[string]*person{}, last: map[string]*seatCell{}}
	slices.SortStableFunc(seats, func(a, b org.Seat) int { return a.Started.Compare(b.Started) })
	for _, seat := range seats {
		cell := &seatCell{seat.Ended.IsZero(), seat.Started, seat.Ended, seat.Cause, seat.EndCause}
		if cell.Open {
			g.sums.OpenSeats++
		}
		g.last[seat.Account] = cell
	}
	return g
}

func (g *gathering) addMember(row org.MemberRow) {
	p := g.personOf(row.Account.ID, row.Account.Name, row.Account.Email)
	p.Member = &memberCell{row.Membership.Role, row.Membership.Created, row.Teams}
	g.sums.Members++
	if row.Membership.Role == org.Admin {
		g.sums.Admins++
	}
}

func (g *gathering) addRecord(record org.Record) {
	cell := recordCell{record.Active, record.Created}
	g.sums.Records++
	if record.Active {
		g.sums.ActiveRecords++
	} else {
		cell.Since = record.Modified
	}
	p := g.personOf(record.Account, fullName(record), record.UserName)
	p.Records = append(p.Records, cell)
}

// personOf finds or adds the row of an account; without an account every call
// adds a row of its own.
func (g *gathering) personOf(account, name, email string) *person {
	if p, known := g.account[account]; known && account != "" {
		return p
	}
	p := &person{Name: name, Email: email, AccountID: account, Seat: g.last[account]}
	g.people = append(g.people, p)
	if account != "" {
		g.account[account] = p
	}
	return p
}

func (g *gathering) body() membersBody {
	slices.SortStableFunc(g.people, func(a, b *person) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(org.Key(a.label()), org.Key(b.label())),
		)
	})
	for _, p := range g.people {
		g.sums.People = append(g.sums.People, *p)
	}
	return g.sums
}

// rank puts members first, then those who are to come, then those who left.
func rank(p *person) int {
	switch {
	case p.Member != nil:
		return 0
	case !p.Refused():
		return 1
	}
	return 2
}

func (p person) label() string { return cmp.Or(p.Name, p.Email) }
