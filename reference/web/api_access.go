package web

import (
	"net/http"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// sessionBody is one of one's own sessions; its secret is nowhere but in the
// browser.
type sessionBody struct {
	ID      string     `json:"id"`
	Started time.Time  `json:"started"`
	Expires time.Time  `json:"expires"`
	Ended   *time.Time `json:"ended"`
	Current bool       `json:"current"`
}

// tokenBody is one of one's own API tokens. Secret is there once, when it is made.
type tokenBody struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Created time.Time  `json:"created"`
	Revoked *time.Time `json:"revoked"`
	Secret  string     `json:"secret,omitempty"`
}

func tokenOf(t org.Token, secret string) tokenBody {
	return tokenBody{t.ID, t.Name, t.Created, ended(t.Revoked), secret}
}

// ended is how the API writes the end of something: null while it goes on.
func ended(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// own is everything that is held of the visitor in the organization.
func (s *Server) own(r *http.Request, v visit) (org.Picture, error) {
	return s.org.Look(r.Context(), v.Organization.ID, org.Identifiers{AccountIDs: []string{v.Account.ID}})
}

// listSessions answers GET …/sessions: one's own.
func (s *Server) listSessions(w http.ResponseWriter, r *http.Request, v visit) error {
	picture, err := s.own(r, v)
	if err != nil {
		return err
	}
	bodies := []sessionBody{}
	for _, session := range picture.Sessions {
		current := v.Session != nil && v.Session.ID == session.ID
		bodies = append(bodies, sessionBody{session.ID, session.Started, session.Expires, ended(session.Ended), current})
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// listTokens answers GET …/tokens: one's own.
func (s *Server) listTokens(w http.ResponseWriter, r *http.Request, v visit) error {
	picture, err := s.own(r, v)
	if err != nil {
		return err
	}
	bodies := []tokenBody{}
	for _, token := range picture.Tokens {
		bodies = append(bodies, tokenOf(token, ""))
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// postToken answers POST …/tokens: a new one of one's own.
func (s *Server) postToken(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		Name string `json:"name"`
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	token, secret, err := s.org.IssueToken(r.Context(), v.actor(), v.Organization.ID, v.Account.ID, wanted.Name)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusCreated, tokenOf(token, secret))
	return nil
}

// deleteToken answers DELETE …/tokens/{token}: one of one's own.
func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request, v visit) error {
	err := s.org.RevokeToken(r.Context(), v.actor(), v.Organization.ID, v.Account.ID, r.PathValue("token"))
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
