package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// maxLogout bounds the form that carries a logout message.
const maxLogout = 256 << 10

// singleLogout takes a logout message in, by either binding (SAML 2.0 profiles, section
// 4.4): the identity provider's request to end sessions, or its answer to a request of
// ours. The browser that brings it counts for nothing. It need not be the person's,
// and a cookie would not come along with what another site posts.
func (s *Server) singleLogout(w http.ResponseWriter, r *http.Request) {
	organization, provider, err := s.connection(r)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	us, err := s.signingParty(r, organization, provider)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	arrival := saml.LogoutArrival{RawQuery: r.URL.RawQuery, Provider: us, Now: s.org.Now(organization)}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxLogout)
		if err := r.ParseForm(); err != nil {
			s.showProblem(w, r, http.StatusBadRequest, "the posted form cannot be read")
			return
		}
		arrival.Form = r.PostForm
	}
	said, ended, err := s.part(r, provider, arrival)
	switch {
	case err != nil:
		s.keepIn(w, r, provider, err)
	case said.Answer:
		s.showParted(w, r, said.Succeeded())
	default:
		s.answerLogout(w, r, organization, us, said, ended > 0)
	}
}

// connection finds the path's provider and its organization. One that is not enabled, or
// whose identity provider has no address for logout, has no single logout.
func (s *Server) connection(r *http.Request) (org.Organization, org.Provider, error) {
	provider, err := s.org.Provider(r.Context(), r.PathValue("provider"))
	if err != nil {
		return org.Organization{}, provider, err
	}
	if provider.State != org.Enabled || provider.IdPSLOURL == "" && provider.IdPSLOPostURL == "" {
		return org.Organization{}, provider, &org.Error{Kind: org.NotFound, Message: "single logout is not switched on for this connection"}
	}
	organization, err := s.org.Organization(r.Context(), provider.Organization)
	return organization, provider, err
}

// part checks the message and ends the sessions that it names, all in one.
func (s *Server) part(r *http.Request, provider org.Provider, arrival saml.LogoutArrival) (said *saml.Logout, ended int, err error) {
	examined, err := s.logout.Examine(r.Context(), arrival)
	if err != nil {
		return nil, 0, err
	}
	ended, err = s.org.Part(r.Context(), provider, func(ctx context.Context, memory *org.Memory) (*org.Departure, error) {
		if said, err = examined.Believe(ctx, memory, memory); err != nil || said.Answer {
			return nil, err
		}
		return &org.Departure{
			NameID:   said.Name.Value,
			NameKind: org.NameKind{Format: said.Name.Format, Qualifier: said.Name.NameQualifier, SPQualifier: said.Name.SPNameQualifier},
			Indexes:  said.SessionIndexes,
		}, nil
	})
	return said, ended, err
}

// keepIn says that a logout message was not believed. As with sign-ins, which check
// refused is for the audit log alone.
func (s *Server) keepIn(w http.ResponseWriter, r *http.Request, provider org.Provider, cause error) {
	var refusal *saml.Refusal
	switch {
	case !errors.As(cause, &refusal):
		s.failPage(w, r, cause)
	case malformed[refusal.Check]:
		s.showProblem(w, r, http.StatusBadRequest, "this is not a SAML logout message that can be read")
	default:
		if err := s.org.DenyLogout(r.Context(), provider, refusal.Check+": "+refusal.Reason); err != nil {
			s.failPage(w, r, err)
			return
		}
		s.showProblem(w, r, http.StatusForbidden, "the sign-out could not be verified")
	}
}

// answerLogout sends the browser back with the answer to the identity provider's request.
func (s *Server) answerLogout(w http.ResponseWriter, r *http.Request, o org.Organization, us saml.Provider, said *saml.Logout, done bool) {
	leaving, err := us.Send(us.LogoutResponse(saml.NewID(rand.Reader), said.ID, done, s.org.Now(o)), said.RelayState)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	s.sendOff(w, r, leaving, "Signing out", "Your identity provider goes on with signing you out.")
}

// signOut ends the session, here and in the store, and then at the identity provider
// through which it began, where that can be told.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request, v visit) error {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := s.org.SignOut(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie(r, "", -1))
	leaving, err := s.tellIdP(r, v)
	if err != nil {
		return err
	}
	if leaving == nil {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil
	}
	// A page and not a redirect: browsers hold a form's policy against where it is
	// redirected to.
	return s.showOnward(w, *leaving, "You are signed out here", "Your identity provider signs you out there as well.")
}

// tellIdP makes the logout request for the visitor's session; nil where it began without
// an identity provider, or with one that has no single logout.
func (s *Server) tellIdP(r *http.Request, v visit) (*saml.Leaving, error) {
	if v.Session == nil || v.Session.Provider == "" {
		return nil, nil
	}
	provider, err := s.org.Provider(r.Context(), v.Session.Provider)
	if err != nil || provider.State != org.Enabled || provider.IdPSLOURL == "" && provider.IdPSLOPostURL == "" {
		return nil, err
	}
	us, err := s.signingParty(r, v.Organization, provider)
	if err != nil {
		return nil, err
	}
	kind := v.Session.NameKind
	name := saml.Name{Value: v.Session.NameID, Format: kind.Format, NameQualifier: kind.Qualifier, SPNameQualifier: kind.SPQualifier}
	request := us.LogoutRequest(saml.NewID(rand.Reader), name, v.Session.SessionIndex, s.org.Now(v.Organization))
	if err := s.org.BeginLogout(r.Context(), v.Organization, provider.ID, request.ID); err != nil {
		return nil, err
	}
	leaving, err := us.Send(request, "")
	return &leaving, err
}

// sendOff has the browser carry a message to an identity provider: by a redirect, or by
// a page with a form.
func (s *Server) sendOff(w http.ResponseWriter, r *http.Request, leaving saml.Leaving, title, words string) {
	w.Header().Set("Cache-Control", "no-store")
	if leaving.Form == nil {
		http.Redirect(w, r, leaving.Address, http.StatusFound)
		return
	}
	if err := s.showOnward(w, leaving, title, words); err != nil {
		s.failPage(w, r, err)
	}
}

// onwardBody is the body of the page "onward".
type onwardBody struct {
	saml.Leaving
	Words string
}

// showOnward answers with a page that leads to an identity provider. Our pages have no
// scripts, so a form waits for its button.
func (s *Server) showOnward(w http.ResponseWriter, leaving saml.Leaving, title, words string) error {
	w.Header().Set("Content-Security-Policy", policyAnyForm)
	return s.write(w, "onward", http.StatusOK, view{Title: title, Home: "/", Body: onwardBody{leaving, words}})
}

// showParted ends a sign-out that began here, with the identity provider's answer.
func (s *Server) showParted(w http.ResponseWriter, r *http.Request, everywhere bool) {
	if err := s.write(w, "parted", http.StatusOK, view{Title: "Signed out", Home: "/", Body: everywhere}); err != nil {
		s.failPage(w, r, err)
	}
}
