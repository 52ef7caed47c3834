package web

import (
	"net/http"
	"slices"
	"time"

	"rollcall.example/reference/org"
)

// homeBody is the body of the page "home": what the visitor has here, and how they
// came by it. It is where every sign-in ends, so it tells of nobody else.
type homeBody struct {
	Role     org.Role
	Since    time.Time // member since
	RoleWhy  string
	Teams    []teamRow
	Records  []recordCell
	Seat     *seatCell
	Sessions []sessionRow // the one that asks first
	Tokens   []org.Token
}

// teamRow is a team that the visitor is in.
type teamRow struct {
	ID, Name, Slug string
	Role           org.TeamRole
	Why            string
}

// sessionRow is a session that is live.
type sessionRow struct {
	ID               string
	Current          bool
	Started, Expires time.Time
	How              string
}

func (s *Server) homePage(w http.ResponseWriter, r *http.Request, v visit) error {
	own, err := s.org.Belongings(r.Context(), v.Visitor)
	if err != nil {
		return err
	}
	body := homeBody{
		Role:    v.Membership.Role,
		Since:   v.Membership.Created,
		RoleWhy: cause(own.RoleGiven),
		Tokens:  own.Tokens,
	}
	for _, place := range v.Teams {
		body.Teams = append(body.Teams, teamRow{place.Team.ID, place.Team.Name, place.Team.Slug, place.Role, because(place.Source)})
	}
	for _, record := range own.Records {
		body.Records = append(body.Records, recordCellOf(record))
	}
	if own.Seat != nil {
		body.Seat = seatCellOf(*own.Seat)
	}
	for _, session := range own.Sessions {
		current := v.Session != nil && v.Session.ID == session.ID
		row := sessionRow{session.ID, current, session.Started, session.Expires, through(own.Providers, session)}
		if current {
			body.Sessions = slices.Insert(body.Sessions, 0, row)
			continue
		}
		body.Sessions = append(body.Sessions, row)
	}
	return s.show(w, "home", v, "Home", body)
}

// cause is why something is as it is, where the log tells.
func cause(e *org.Event) string {
	if e == nil {
		return ""
	}
	return e.Cause
}

// through tells how a session began.
func through(providers []org.Provider, session org.Session) string {
	for _, provider := range providers {
		if provider.ID == session.Provider {
			return provider.Kind.Title()
		}
	}
	return "without single sign-on"
}

// endSessionForm ends one of one's own sessions.
func (s *Server) endSessionForm(w http.ResponseWriter, r *http.Request, v visit) error {
	err := s.org.RescindSession(r.Context(), v.actor(), v.Organization.ID, v.Account.ID, r.PathValue("session"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, home(v.Organization.Slug), http.StatusSeeOther)
	return nil
}

// revokeTokenForm is deleteToken for the page's form.
func (s *Server) revokeTokenForm(w http.ResponseWriter, r *http.Request, v visit) error {
	err := s.org.RevokeToken(r.Context(), v.actor(), v.Organization.ID, v.Account.ID, r.PathValue("token"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, home(v.Organization.Slug), http.StatusSeeOther)
	return nil
}
