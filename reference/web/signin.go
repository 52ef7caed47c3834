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
	leaving, id, err := s.request(r, organization, provider)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	s.noteAsked(w, r, id)
	s.sendOff(w, r, leaving, "Signing in", "Your identity provider signs you in.")
}

// request makes an authentication request, notes it, and returns how it goes to the
// identity provider, and its ID. The address of the sign-in may ask for what some
// connections need: ?force_authn=true that the person proves anew who they are,
// ?passive=true that nobody is asked anything, ?signed=true that the request is signed
// though the identity provider does not want it, and ?binding=post that it is posted.
func (s *Server) request(r *http.Request, organization org.Organization, provider org.Provider) (leaving saml.Leaving, id string, err error) {
	us := asking(s.site(r), organization, provider)
	query := r.URL.Query()
	wants := func(name string) bool { return query.Get(name) == "true" }
	if provider.SignsRequests || wants("signed") {
		if us.Signing, err = s.signing.pair(r.Context(), s.org, us.EntityID); err != nil {
			return saml.Leaving{}, "", err
		}
	}
	relay := s.relayState(r)
	id = saml.NewID(rand.Reader)
	if wants("force_authn") {
		id = saml.NewForcedID(rand.Reader)
	}
	request := us.Ask(id, s.org.Now(organization), saml.Wish{ForceAuthn: wants("force_authn"), IsPassive: wants("passive")})
	if leaving, err = us.SendRequest(request, relay, query.Get("binding") == "post"); err != nil {
		return saml.Leaving{}, "", err
	}
	return leaving, request.ID, s.org.BeginSignIn(r.Context(), organization, provider.ID, request.ID, relay)
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
	party, err := s.signingParty(r, organization, provider)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(party.Metadata())
}

// home is the first page of an organization.
func home(slug string) string { return "/organizations/" + slug }
