package web

import (
	"net/http"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// memberBody is a member with their teams.
type memberBody struct {
	ID    string         `json:"id"` // the account's
	Email string         `json:"email"`
	Name  string         `json:"name"`
	Role  org.Role       `json:"role"`
	Since time.Time      `json:"since"`
	Teams []teamRoleBody `json:"teams"`
}

// listMembers answers GET …/members.
func (s *Server) listMembers(w http.ResponseWriter, r *http.Request, v visit) error {
	rows, err := s.org.Members(r.Context(), v.Organization.ID)
	if err != nil {
		return err
	}
	bodies := []memberBody{}
	for _, row := range rows {
		a, m := row.Account, row.Membership
		bodies = append(bodies, memberBody{a.ID, a.Email, a.Name, m.Role, m.Created, teamRoles(row.Teams)})
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// patchMember answers PATCH …/members/{account}: another role.
func (s *Server) patchMember(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		Role org.Role `json:"role"`
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	if err := s.org.ChangeRole(r.Context(), v.actor(), v.Organization.ID, r.PathValue("account"), wanted.Role); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteMember answers DELETE …/members/{account}.
func (s *Server) deleteMember(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := s.org.RemoveMember(r.Context(), v.actor(), v.Organization.ID, r.PathValue("account")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// recordBody is a tracking record.
type recordBody struct {
	ID         string    `json:"id"`
	Provider   string    `json:"provider"`
	UserName   string    `json:"user_name"`
	Name       string    `json:"name"`
	ExternalID string    `json:"external_id"`
	Active     bool      `json:"active"`
	AccountID  *string   `json:"account_id"`
	Created    time.Time `json:"created"`
	Modified   time.Time `json:"modified"`
}

// listRecords answers GET …/records.
func (s *Server) listRecords(w http.ResponseWriter, r *http.Request, v visit) error {
	records, err := s.org.Records(r.Context(), v.Organization.ID)
	if err != nil {
		return err
	}
	bodies := []recordBody{}
	for _, one := range records {
		body := recordBody{
			ID: one.ID, Provider: one.Provider, UserName: one.UserName, Name: one.FullName(),
			ExternalID: one.ExternalID, Active: one.Active, Created: one.Created, Modified: one.Modified,
		}
		if one.Account != "" {
			body.AccountID = &one.Account
		}
		bodies = append(bodies, body)
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// seatBody is a stretch of being billed for.
type seatBody struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Started   time.Time  `json:"started"`
	Cause     string     `json:"cause"`
	Ended     *time.Time `json:"ended"`
	EndCause  string     `json:"end_cause"`
}

// listSeats answers GET …/seats: open and ended ones.
func (s *Server) listSeats(w http.ResponseWriter, r *http.Request, v visit) error {
	seats, err := s.org.Seats(r.Context(), v.Organization.ID)
	if err != nil {
		return err
	}
	bodies := []seatBody{}
	for _, one := range seats {
		bodies = append(bodies, seatBody{one.ID, one.Account, one.Started, one.Cause, ended(one.Ended), one.EndCause})
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}
