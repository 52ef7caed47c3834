package target

import "time"

// View is what a look at one person showed: everything the product holds that
// answers to one of their identifiers. Two of a thing are seen as two. A nil list
// means that the probe does not show that kind of thing; an empty one, that there
// is none.
type View struct {
	Records     []Record     `json:"records"`
	Accounts    []Account    `json:"accounts"`
	Memberships []Membership `json:"memberships"`
	Seats       []Seat       `json:"seats"`
	Sessions    []Session    `json:"sessions"`
	Tokens      []Token      `json:"tokens"`

	// Unobserved is called with the name of a list that a claim needs and the
	// probe does not show. Where it is nil, the claim fails with an error.
	Unobserved func(list string) `json:"-"`
	// Later is there where the product shows things late; see [View.Watch].
	Later *Later `json:"-"`
}

// Record is a tracking record.
type Record struct {
	ID         string `json:"id"`
	Provider   string `json:"provider"`
	UserName   string `json:"user_name"`
	Name       string `json:"name"`
	Email      string `json:"email"`
	ExternalID string `json:"external_id"`
	Active     bool   `json:"active"`
	AccountID  string `json:"account_id"`
}

// Account is a global account.
type Account struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Membership is a place in the organization looked at.
type Membership struct {
	ID        string      `json:"id"`
	AccountID string      `json:"account_id"`
	Role      string      `json:"role"` // admin or member
	Teams     []TeamPlace `json:"teams"`
}

// TeamPlace is a place in a team.
type TeamPlace struct {
	ID      string `json:"id"`
	Slug    string `json:"slug"`
	Role    string `json:"role"` // maintainer or member
	Default bool   `json:"default"`
}

// Seat is a stretch of being billed for.
type Seat struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Started   time.Time  `json:"started"`
	Cause     string     `json:"cause"`
	Ended     *time.Time `json:"ended"`
	EndCause  string     `json:"end_cause"`
}

// Session is a signed-in browser.
type Session struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Started   time.Time  `json:"started"`
	Ended     *time.Time `json:"ended"`
}

// Token is an API token.
type Token struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Name      string     `json:"name"`
	Revoked   *time.Time `json:"revoked"`
}

// OpenSeats are the seats that have not ended.
func (v View) OpenSeats() []Seat { return keep(v.Seats, func(s Seat) bool { return s.Ended == nil }) }

// LiveSessions are the sessions that have not ended.
func (v View) LiveSessions() []Session {
	return keep(v.Sessions, func(s Session) bool { return s.Ended == nil })
}

// LiveTokens are the API tokens that have not been revoked.
func (v View) LiveTokens() []Token {
	return keep(v.Tokens, func(t Token) bool { return t.Revoked == nil })
}

func keep[T any](all []T, want func(T) bool) []T {
	var kept []T
	for _, one := range all {
		if want(one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// Identifiers is every name that a person is known by.
type Identifiers struct {
	UserNames   []string `json:"user_names"`
	Emails      []string `json:"emails"`
	NameIDs     []string `json:"name_ids"`
	ExternalIDs []string `json:"external_ids"`
	RecordIDs   []string `json:"record_ids"`
	AccountIDs  []string `json:"account_ids"`
}

// Event is one row of the product's audit log.
type Event struct {
	Seq         int64     `json:"seq"`
	At          time.Time `json:"at"`
	Action      string    `json:"action"`
	Actor       string    `json:"actor"`
	ActorName   string    `json:"actor_name"`
	Subject     string    `json:"subject"`
	SubjectName string    `json:"subject_name"`
	Before      string    `json:"before"`
	After       string    `json:"after"`
	Cause       string    `json:"cause"`
	Provider    string    `json:"provider"`
}

// SeatTotal counts the seats of a whole organization.
type SeatTotal struct {
	Open     int `json:"open"`
	Started  int `json:"started"`
	Released int `json:"released"`
}
