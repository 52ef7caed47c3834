package probe

import (
	"net/http"
	"strings"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

type lookRequest struct {
	Organization string `json:"organization"`
	Identifiers  struct {
		UserNames   []string `json:"user_names"`
		Emails      []string `json:"emails"`
		NameIDs     []string `json:"name_ids"`
		ExternalIDs []string `json:"external_ids"`
		RecordIDs   []string `json:"record_ids"`
		AccountIDs  []string `json:"account_ids"`
	} `json:"identifiers"`
}

// view is everything held of a person. The lists are never null: the reference
// sees everything, so an empty list means none.
type view struct {
	Records     []record     `json:"records"`
	Accounts    []account    `json:"accounts"`
	Memberships []membership `json:"memberships"`
	Seats       []seat       `json:"seats"`
	Sessions    []session    `json:"sessions"`
	Tokens      []token      `json:"tokens"`
}

type record struct {
	ID         string  `json:"id"`
	Provider   string  `json:"provider"`
	UserName   string  `json:"user_name"`
	Name       string  `json:"name"`
	Email      string  `json:"email"`
	Active     bool    `json:"active"`
	AccountID  *string `json:"account_id"`
	ExternalID string  `json:"external_id"`
}

type account struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

type membership struct {
	ID        string      `json:"id"`
	AccountID string      `json:"account_id"`
	Role      org.Role    `json:"role"`
	Teams     []teamPlace `json:"teams"`
}

type teamPlace struct {
	ID      string       `json:"id"`
	Slug    string       `json:"slug"`
	Role    org.TeamRole `json:"role"`
	Default bool         `json:"default"`
}

type seat struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Started   time.Time  `json:"started"`
	Cause     string     `json:"cause"`
	Ended     *time.Time `json:"ended"`
	EndCause  string     `json:"end_cause"`
}

type session struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Started   time.Time  `json:"started"`
	Ended     *time.Time `json:"ended"`
}

type token struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Name      string     `json:"name"`
	Revoked   *time.Time `json:"revoked"`
}

func (p *Probe) look(w http.ResponseWriter, r *http.Request) error {
	var asked lookRequest
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	picture, err := p.org.Look(r.Context(), asked.Organization, org.Identifiers(asked.Identifiers))
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusOK, viewOf(picture))
	return nil
}

func viewOf(picture org.Picture) view {
	return view{
		Records:     all(picture.Records, recordOf),
		Accounts:    all(picture.Accounts, func(a org.Account) account { return account{a.ID, a.Email, a.Name} }),
		Memberships: all(picture.Memberships, membershipOf),
		Seats:       all(picture.Seats, seatOf),
		Sessions:    all(picture.Sessions, func(s org.Session) session { return session{s.ID, s.Account, s.Started, end(s.Ended)} }),
		Tokens:      all(picture.Tokens, func(t org.Token) token { return token{t.ID, t.Account, t.Name, end(t.Revoked)} }),
	}
}

// all converts a list, and turns a nil one into an empty one.
func all[From, To any](from []From, convert func(From) To) []To {
	to := make([]To, 0, len(from))
	for _, one := range from {
		to = append(to, convert(one))
	}
	return to
}

func end(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// recordOf shows a record. Its user name is the address that counts.
func recordOf(r org.Record) record {
	shown := record{
		ID:         r.ID,
		Provider:   r.Provider,
		UserName:   r.UserName,
		Name:       nameOf(r),
		Email:      r.UserName,
		Active:     r.Active,
		ExternalID: r.ExternalID,
	}
	if r.Account != "" {
		shown.AccountID = &r.Account
	}
	return shown
}

func nameOf(r org.Record) string {
	if full := strings.TrimSpace(r.GivenName + " " + r.FamilyName); full != "" {
		return full
	}
	return r.DisplayName
}

func membershipOf(m org.MembershipView) membership {
	return membership{m.ID, m.Account, m.Role, all(m.Teams, func(t org.TeamRoleView) teamPlace {
		return teamPlace{t.Team.ID, t.Team.Slug, t.Role, t.Team.Default}
	})}
}

func seatOf(s org.Seat) seat {
	return seat{s.ID, s.Account, s.Started, s.Cause, end(s.Ended), s.EndCause}
}
