package web

import (
	"net/http"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// meBody tells who one is, here and now.
type meBody struct {
	Email        string         `json:"email"`
	Name         string         `json:"name"`
	AccountID    string         `json:"account_id"`
	Organization string         `json:"organization"` // its slug
	Role         org.Role       `json:"role"`
	Teams        []teamRoleBody `json:"teams"`
}

// teamRoleBody is a team with the role that one has in it.
type teamRoleBody struct {
	ID   string       `json:"id"`
	Slug string       `json:"slug"`
	Role org.TeamRole `json:"role"`
}

// whoami answers GET /api/v1/me.
func (s *Server) whoami(w http.ResponseWriter, _ *http.Request, v visit) error {
	wire.Write(w, http.StatusOK, meBody{
		Email:        v.Account.Email,
		Name:         v.Account.Name,
		AccountID:    v.Account.ID,
		Organization: v.Organization.Slug,
		Role:         v.Membership.Role,
		Teams:        teamRoles(v.Teams),
	})
	return nil
}

func teamRoles(places []org.TeamRoleView) []teamRoleBody {
	bodies := []teamRoleBody{}
	for _, place := range places {
		bodies = append(bodies, teamRoleBody{place.Team.ID, place.Team.Slug, place.Role})
	}
	return bodies
}

// organizationBody is an organization as its members see it.
type organizationBody struct {
	ID   string   `json:"id"`
	Slug string   `json:"slug"`
	Name string   `json:"name"`
	Plan org.Plan `json:"plan"`
}

// getOrganization answers GET /api/v1/organizations/{slug}.
func (s *Server) getOrganization(w http.ResponseWriter, _ *http.Request, v visit) error {
	o := v.Organization
	wire.Write(w, http.StatusOK, organizationBody{o.ID, o.Slug, o.Name, o.Plan})
	return nil
}
