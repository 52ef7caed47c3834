package web

import (
	"cmp"
	"net/http"
	"slices"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// visibleTeams lists the teams that the visitor may know of: admins all, others
// their own.
func (s *Server) visibleTeams(r *http.Request, v visit) ([]org.TeamView, error) {
	teams, err := s.org.Teams(r.Context(), v.Organization.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(teams, func(t org.TeamView) bool { return !v.sees(t) }), nil
}

// sees says whether the visitor may know of the team.
func (v visit) sees(t org.TeamView) bool {
	own := func(place org.TeamRoleView) bool { return place.Team.ID == t.Team.ID }
	return v.admin() || slices.ContainsFunc(v.Teams, own)
}

// team finds the path's team. One that the visitor may not know of is not there.
func (s *Server) team(r *http.Request, v visit) (org.TeamView, error) {
	teams, err := s.visibleTeams(r, v)
	if err != nil {
		return org.TeamView{}, err
	}
	at := slices.IndexFunc(teams, func(t org.TeamView) bool { return t.Team.ID == r.PathValue("team") })
	if at < 0 {
		return org.TeamView{}, &org.Error{Kind: org.NotFound, Message: "there is no such team"}
	}
	return teams[at], nil
}

// teammate is somebody in a team, with the reason.
type teammate struct {
	AccountID   string
	Name, Email string
	Role        org.TeamRole
	Source      org.PlaceSource
}

// Why says in words how somebody came into the team.
func (t teammate) Why() string {
	switch t.Source {
	case org.ByDefault:
		return "every new member joins"
	case org.ByAssertion:
		return "named by the identity provider at sign-in"
	default:
		return "put in by hand"
	}
}

// roster lists who is in the team, by name.
func (s *Server) roster(r *http.Request, v visit, team org.TeamView) ([]teammate, error) {
	members, err := s.org.Members(r.Context(), v.Organization.ID)
	if err != nil {
		return nil, err
	}
	accounts := map[string]org.Account{}
	for _, row := range members {
		accounts[row.Account.ID] = row.Account
	}
	var all []teammate
	for _, place := range team.Roster {
		a := accounts[place.Account]
		all = append(all, teammate{place.Account, a.Name, a.Email, place.Role, place.Source})
	}
	slices.SortFunc(all, func(a, b teammate) int {
		return cmp.Compare(org.Key(cmp.Or(a.Name, a.Email)), org.Key(cmp.Or(b.Name, b.Email)))
	})
	return all, nil
}

func (s *Server) teamsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	teams, err := s.visibleTeams(r, v)
	if err != nil {
		return err
	}
	return s.show(w, "teams", v, "Teams", teams)
}

// teamPageBody is the body of the page "team".
type teamPageBody struct {
	Team   org.Team
	Roster []teammate
}

func (s *Server) teamPage(w http.ResponseWriter, r *http.Request, v visit) error {
	team, err := s.team(r, v)
	if err != nil {
		return err
	}
	roster, err := s.roster(r, v, team)
	if err != nil {
		return err
	}
	return s.show(w, "team", v, team.Team.Name, teamPageBody{team.Team, roster})
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
		bodies = append(bodies, teamOf(team.Team))
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
	roster, err := s.roster(r, v, team)
	if err != nil {
		return err
	}
	body := teamOf(team.Team)
	for _, mate := range roster {
		body.Members = append(body.Members, teamMemberBody{mate.AccountID, mate.Email, mate.Role, mate.Source})
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
