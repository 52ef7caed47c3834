package web

import (
	"net/http"
	"slices"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// visibleTeams lists the teams that the visitor may know of: admins all, others
// their own.
func (s *Server) visibleTeams(r *http.Request, v visit) ([]org.Team, error) {
	teams, err := s.org.Teams(r.Context(), v.Organization.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(teams, func(t org.Team) bool { return !v.sees(t) }), nil
}

// sees says whether the visitor may know of the team.
func (v visit) sees(t org.Team) bool {
	own := func(place org.TeamRoleView) bool { return place.Team.ID == t.ID }
	return v.admin() || slices.ContainsFunc(v.Teams, own)
}

// team finds the path's team. One that the visitor may not know of is not there.
func (s *Server) team(r *http.Request, v visit) (org.Team, error) {
	teams, err := s.visibleTeams(r, v)
	if err != nil {
		return org.Team{}, err
	}
	at := slices.IndexFunc(teams, func(t org.Team) bool { return t.ID == r.PathValue("team") })
	if at < 0 {
		return org.Team{}, &org.Error{Kind: org.NotFound, Message: "there is no such team"}
	}
	return teams[at], nil
}

// because says in words how somebody came into a team.
func because(source org.PlaceSource) string {
	switch source {
	case org.ByDefault:
		return "every new member joins"
	case org.ByAssertion:
		return "named by the identity provider at sign-in"
	case org.ByGroup:
		return "in a group that the identity provider pushes"
	default:
		return "put in by hand"
	}
}

func (s *Server) teamsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	teams, err := s.visibleTeams(r, v)
	if err != nil {
		return err
	}
	body := teamsPageBody{Teams: teams}
	if v.admin() {
		if body.Groups, err = s.groupLines(r, v, teams); err != nil {
			return err
		}
	}
	return s.show(w, "teams", v, "Teams", body)
}

// teamsPageBody is the body of the page "teams". Groups are for administrators.
type teamsPageBody struct {
	Teams  []org.Team
	Groups []groupLine
}

// teamPageBody is the body of the page "team".
type teamPageBody struct {
	Team   org.Team
	Roster []org.Teammate
}

func (s *Server) teamPage(w http.ResponseWriter, r *http.Request, v visit) error {
	team, err := s.team(r, v)
	if err != nil {
		return err
	}
	roster, err := s.org.Roster(r.Context(), team.ID)
	if err != nil {
		return err
	}
	return s.show(w, "team", v, team.Name, teamPageBody{team, roster})
}

// teamBody is a team; Members are listed where one team is asked for.
type teamBody struct {
	ID          string           `json:"id"`
	Slug        string           `json:"slug"`
	Name        string           `json:"name"`
	Default     bool             `json:"default"`
	DefaultRole org.TeamRole     `json:"default_role"`
	Members     []teamMemberBody `json:"members,omitempty"`
}

type teamMemberBody struct {
	ID     string          `json:"id"` // the account's
	Email  string          `json:"email"`
	Role   org.TeamRole    `json:"role"`
	Source org.PlaceSource `json:"source"`
}

func teamOf(t org.Team) teamBody {
	return teamBody{ID: t.ID, Slug: t.Slug, Name: t.Name, Default: t.Default, DefaultRole: t.DefaultRole}
}

// listTeams answers GET …/teams.
func (s *Server) listTeams(w http.ResponseWriter, r *http.Request, v visit) error {
	teams, err := s.visibleTeams(r, v)
	if err != nil {
		return err
	}
	bodies := []teamBody{}
	for _, team := range teams {
		bodies = append(bodies, teamOf(team))
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// getTeam answers GET …/teams/{team}.
func (s *Server) getTeam(w http.ResponseWriter, r *http.Request, v visit) error {
	team, err := s.team(r, v)
	if err != nil {
		return err
	}
	roster, err := s.org.Roster(r.Context(), team.ID)
	if err != nil {
		return err
	}
	body := teamOf(team)
	for _, mate := range roster {
		body.Members = append(body.Members, teamMemberBody{mate.Account.ID, mate.Account.Email, mate.Role, mate.Source})
	}
	wire.Write(w, http.StatusOK, body)
	return nil
}

// postTeam answers POST …/teams.
func (s *Server) postTeam(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		Name        string       `json:"name"`
		Slug        string       `json:"slug"`
		Default     bool         `json:"default"`
		DefaultRole org.TeamRole `json:"default_role"`
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	made, err := s.org.CreateTeam(r.Context(), v.actor(), v.Organization.ID, org.NewTeam(wanted))
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusCreated, teamOf(made))
	return nil
}

// putTeamMember answers PUT …/teams/{team}/members/{account}: in, or another role.
func (s *Server) putTeamMember(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		Role org.TeamRole `json:"role"`
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	err := s.org.JoinTeam(r.Context(), v.actor(), v.Organization.ID, r.PathValue("team"), r.PathValue("account"), wanted.Role)
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteTeamMember answers DELETE …/teams/{team}/members/{account}: out.
func (s *Server) deleteTeamMember(w http.ResponseWriter, r *http.Request, v visit) error {
	err := s.org.LeaveTeam(r.Context(), v.actor(), v.Organization.ID, r.PathValue("team"), r.PathValue("account"))
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
