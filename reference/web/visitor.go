package web

import (
	"net/http"
	"strings"

	"rollcall.example/reference/org"
)

// sessionCookie holds the secret of a session and nothing else.
const sessionCookie = "rollcall_session"

// visit is a request by somebody who is known, at an organization of theirs.
type visit struct {
	org.Visitor
	byToken bool // by API token rather than by cookie
}

// admin says whether the visitor administers the organization.
func (v visit) admin() bool { return v.Membership.Role == org.Admin }

// actor is the name under which the visitor's deeds go into the audit log.
func (v visit) actor() string { return v.Account.Email }

// answer is what a handler for a known visitor does; what it returns as an error
// is turned into a page or into JSON by the one who called it.
type answer func(w http.ResponseWriter, r *http.Request, v visit) error

// known finds out who is asking, and that the path's organization is theirs and
// the request of our own making.
func (s *Server) known(r *http.Request) (visit, error) {
	v, err := s.identify(r)
	if err != nil {
		return visit{}, err
	}
	if slug := r.PathValue("slug"); slug != "" && slug != v.Organization.Slug {
		return visit{}, org.ErrNotFound
	}
	if !v.byToken {
		if err := sameOrigin(r); err != nil {
			return visit{}, err
		}
	}
	return v, nil
}

// identify takes the API token where there is one, or else the session. A token
// that is no good is not made up for by a cookie.
func (s *Server) identify(r *http.Request) (visit, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return visit{}, errNotSignedIn
		}
		visitor, err := s.org.Token(r.Context(), strings.TrimSpace(token))
		return visit{visitor, true}, err
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return visit{}, errNotSignedIn
	}
	visitor, err := s.org.Session(r.Context(), cookie.Value)
	return visit{visitor, false}, err
}

var errNotSignedIn = &org.Error{Kind: org.Unauthenticated, Message: "not signed in"}

// admins lets administrators through and nobody else.
func (s *Server) admins(then answer) answer {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		if err := org.RequireAdmin(v.Visitor, v.Organization.ID); err != nil {
			return err
		}
		return then(w, r, v)
	}
}

// crossOrigin knows how browsers tell where a request comes from.
var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin refuses a request that changes something unless the browser says
// that it comes from one of our own pages. A browser that says nothing is refused
// too: whoever calls without a browser can use an API token.
func sameOrigin(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	silent := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
	if silent || crossOrigin.Check(r) != nil {
		return &org.Error{Kind: org.Forbidden, Message: "this change was asked for from another site"}
	}
	return nil
}
