package web

import (
	"net/http"
	"slices"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// groupLine is a group that SCIM pushed, with the team that it is mapped to; nil for
// none.
type groupLine struct {
	org.GroupRow
	Team *org.Team
}

// groupLines lists the groups of the visitor's organization.
func (s *Server) groupLines(r *http.Request, v visit, teams []org.Team) ([]groupLine, error) {
	rows, err := s.org.Groups(r.Context(), v.Organization.ID)
	lines := make([]groupLine, len(rows))
	for i, row := range rows {
		lines[i].GroupRow = row
		if at := slices.IndexFunc(teams, func(t org.Team) bool { return t.ID == row.Team }); at >= 0 {
			lines[i].Team = &teams[at]
		}
	}
	return lines, err
}

// groupBody is a group in the API.
type groupBody struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	ExternalID string       `json:"external_id"`
	Provider   string       `json:"provider"`
	Team       string       `json:"team"` // the id; empty for none
	Role       org.TeamRole `json:"role"` // that its people have in the team
	Size       int          `json:"size"`
}

// listGroups answers GET …/groups.
func (s *Server) listGroups(w http.ResponseWriter, r *http.Request, v visit) error {
	rows, err := s.org.Groups(r.Context(), v.Organization.ID)
	if err != nil {
		return err
	}
	bodies := []groupBody{}
	for _, g := range rows {
		bodies = append(bodies, groupBody{g.ID, g.DisplayName, g.ExternalID, g.Provider, g.Team, g.Role, g.Size})
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}
