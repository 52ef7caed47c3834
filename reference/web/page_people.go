package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// pageRows is how many rows a page shows at once.
const pageRows = 50

// longestSearch is longer than any address (RFC 5321 section 4.5.3.1.3).
const longestSearch = 256

// peopleBody is the body of the page "people": everybody whom the organization
// knows of, in all three layers, some at a time.
type peopleBody struct {
	Sums          org.Headcount
	Search        string
	People        []personRow
	First, Last   int // which of all that match are shown, from 1
	Matching      int
	Before, After string // addresses of the pages before and after; empty where there is none
	Here          string // the query that brings a form back to this page
}

// personRow is one row of the page. Any of the three layers may be missing.
type personRow struct {
	Name, Email string
	AccountID   string // empty for somebody who never signed in
	Records     []recordCell
	Member      *memberCell
	Seat        *seatCell // the open one or else the last
}

// Anchor is where a link to the row leads.
func (p personRow) Anchor() string { return "person-" + org.Key(p.Email) }

// Left says whether the person was a member and is not any more.
func (p personRow) Left() bool { return p.Member == nil && p.AccountID != "" }

// Refused says whether a sign-in would be turned away: a record stands in the way
// and none speaks for the person.
func (p personRow) Refused() bool {
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

// peoplePage shows the directory, pageRows at a time. ?page= counts from 0, ?q= is
// a part of a name or an address.
func (s *Server) peoplePage(w http.ResponseWriter, r *http.Request, v visit) error {
	query := r.URL.Query()
	page, err := wire.Number(query, "page")
	if err != nil {
		return err
	}
	search := strings.TrimSpace(query.Get("q"))
	if len(search) > longestSearch {
		return unusable(http.StatusBadRequest, "that is too long to search for")
	}
	at := offset(page)
	found, err := s.org.Directory(r.Context(), v.Organization.ID, search, at, pageRows)
	if err != nil {
		return err
	}
	body := peopleBody{
		Sums: found.Headcount, Search: search, Matching: found.Matching,
		First: at + 1, Last: at + len(found.People), Here: pageQuery("q", search, page),
	}
	for _, p := range found.People {
		body.People = append(body.People, rowOf(p))
	}
	people := people(v.Organization.Slug)
	if page > 0 {
		body.Before = people + pageQuery("q", search, page-1)
	}
	if body.Last < found.Matching {
		body.After = people + pageQuery("q", search, page+1)
	}
	return s.show(w, "people", v, "People", body)
}

// offset is how many rows lie before a page. There are never as many rows as the
// last page that it knows has.
func offset(page int64) int { return int(min(page, 1<<24)) * pageRows }

// pageQuery is the query of a page of what was searched for under a name, empty for the
// first page of all.
func pageQuery(name, wanted string, page int64) string {
	query := url.Values{}
	if wanted != "" {
		query.Set(name, wanted)
	}
	if page > 0 {
		query.Set("page", strconv.FormatInt(page, 10))
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

func rowOf(p org.Person) personRow {
	var row personRow
	if p.Account != nil {
		row.AccountID, row.Name, row.Email = p.Account.ID, p.Account.Name, p.Account.Email
	} else {
		row.Name, row.Email = p.Records[0].FullName(), p.Records[0].UserName
	}
	for _, record := range p.Records {
		row.Records = append(row.Records, recordCellOf(record))
	}
	if p.Membership != nil {
		row.Member = &memberCell{p.Membership.Role, p.Membership.Created, p.Teams}
	}
	if p.Seat != nil {
		row.Seat = seatCellOf(*p.Seat)
	}
	return row
}

func recordCellOf(r org.Record) recordCell {
	if r.Active {
		return recordCell{true, r.Created}
	}
	return recordCell{false, r.Modified}
}

func seatCellOf(s org.Seat) *seatCell {
	return &seatCell{s.Ended.IsZero(), s.Started, s.Ended, s.Cause, s.EndCause}
}

// changeRoleForm is patchMember for the page's form.
func (s *Server) changeRoleForm(w http.ResponseWriter, r *http.Request, v visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	role := org.Role(form.Get("role"))
	if err := s.org.ChangeRole(r.Context(), v.actor(), v.Organization.ID, r.PathValue("account"), role); err != nil {
		return err
	}
	return backToPeople(w, r, v)
}

// removeForm is deleteMember for the page's form.
func (s *Server) removeForm(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := s.org.RemoveMember(r.Context(), v.actor(), v.Organization.ID, r.PathValue("account")); err != nil {
		return err
	}
	return backToPeople(w, r, v)
}

// backToPeople returns to the page of the directory that the form was on, which is
// what the form's own query says.
func backToPeople(w http.ResponseWriter, r *http.Request, v visit) error {
	page, err := wire.Number(r.URL.Query(), "page")
	if err != nil {
		page = 0
	}
	http.Redirect(w, r, people(v.Organization.Slug)+pageQuery("q", r.URL.Query().Get("q"), page), http.StatusSeeOther)
	return nil
}

// people is the address of an organization's directory.
func people(slug string) string { return home(slug) + "/people" }
