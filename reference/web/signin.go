package web

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/web/site"
)

// front sends those who are signed in to their organization, all others to the
// sign-in page.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	v, err := s.identify(r)
	switch {
	case err == nil:
		http.Redirect(w, r, home(v.Organization.Slug), http.StatusSeeOther)
	case org.KindOf(err) == org.Unauthenticated:
		s.showLogin(w, r)
	default:
		s.failPage(w, r, err)
	}
}

// login shows the sign-in page; its form comes back here with the organization.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	slug := r.URL.Query().Get("organization")
	if slug == "" {
		s.showLogin(w, r)
		return
	}
	if _, err := s.org.OrganizationBySlug(r.Context(), slug); err != nil {
		s.failPage(w, r, err)
		return
	}
	address := site.Site("").SignIn(slug)
	if back := s.relayState(r); back != "" {
		address += "?return_to=" + url.QueryEscape(back)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// startSignIn sends the browser to the identity provider with a request of ours
// (SAML 2.0 profiles, section 4.1.3). Of several providers it takes the newest
// that is enabled, or the one that ?provider= names. A provider that is not
// enabled yet must be named: that is how it is tested.
func (s *Server) startSignIn(w http.ResponseWriter, r *http.Request) {
	organization, providers, err := s.org.Entrance(r.Context(), r.PathValue("slug"))
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	provider, err := chooseProvider(providers, r.URL.Query().Get("provider"))
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	address, id, err := s.request(r, organization, provider)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	s.noteAsked(w, r, id)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusFound)
}

// request makes an authentication request, notes it, and returns the address that
// carries it to the identity provider, and its ID.
func (s *Server) request(r *http.Request, organization org.Organization, provider org.Provider) (address, id string, err error) {
	relay := s.relayState(r)
	request := asking(s.site(r), organization, provider).AuthnRequest(saml.NewID(rand.Reader), s.org.Now(organization))
	if address, err = request.Redirect(provider.IdPSSOURL, relay); err != nil {
		return "", "", err
	}
	return address, request.ID, s.org.BeginSignIn(r.Context(), organization, provider.ID, request.ID, relay)
}

// relayState is the page to come back to, if it is one of ours.
func (s *Server) relayState(r *http.Request) string {
	wanted := r.URL.Query().Get("return_to")
	path, ok := saml.SameSite(wanted, string(s.site(r)))
	if !ok {
		return ""
	}
	return path
}

// chooseProvider takes the provider that is wanted, or else the newest enabled one.
func chooseProvider(providers []org.Provider, wanted string) (org.Provider, error) {
	var found *org.Provider
	for i, p := range providers {
		fits := p.State == org.Enabled
		if wanted != "" {
			fits = p.ID == wanted && p.State != org.Disabled
		}
		if fits && (found == nil || !p.Created.Before(found.Created)) {
			found = &providers[i]
		}
	}
	if found == nil {
		return org.Provider{}, &org.Error{Kind: org.NotFound, Message: "single sign-on is not switched on for this organization"}
	}
	return *found, nil
}

// metadata describes us to the identity provider (SAML 2.0 metadata). It is
// public, as it holds nothing that a sign-in does not show.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request) {
	provider, err := s.org.Provider(r.Context(), r.PathValue("provider"))
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	organization, err := s.org.Organization(r.Context(), provider.Organization)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	party, err := serviceProvider(s.site(r), organization, provider)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(party.Metadata())
}

// signOut ends the session, here and in the store.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request, _ visit) error {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := s.org.SignOut(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie(r, "", -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// home is the first page of an organization.
func home(slug string) string { return "/organizations/" + slug }
