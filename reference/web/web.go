// Package web is the product's own door: the pages that people read, the JSON
// API for the same, and the SAML endpoints that let them in. It decides nothing
// about people. Every handler asks the domain (package org) and shows what came
// of it, so whatever a page shows holds for the API as well.
//
// The rules of the door:
//
//   - Who somebody is, is looked up on every request, from the session cookie or
//     an API token. Nothing about a person is kept in the cookie, so a right that
//     is lost is lost on the next request.
//   - What belongs to another organization, or to a team one is not in, is not
//     found (404). What is there but for administrators only is forbidden (403).
//   - With the cookie, whatever changes something must come from our own pages:
//     see [sameOrigin]. The exceptions are the SAML endpoints, for responses and for
//     logout, which are posted to from elsewhere by design and trust only the signature.
package web

import (
	"crypto/rsa"
	"log/slog"
	"net/http"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/web/route"
	"rollcall.example/reference/web/site"
)

// Options is what the pages stand on.
type Options struct {
	Org    *org.Service
	SAML   saml.Policy                   // how an assertion is verified
	Logout saml.LogoutPolicy             // how a logout message is
	Key    *rsa.PrivateKey               // what we sign with; nil: one is made, and kept in the store
	Site   func(*http.Request) site.Site // where the product is, as the request sees it
	Logger *slog.Logger
}

// Server serves everything under "/" that is neither SCIM nor the probe.
type Server struct {
	org     *org.Service
	policy  saml.Policy
	logout  saml.LogoutPolicy
	signing ownKey
	trusted trusted
	site    func(*http.Request) site.Site
	log     *slog.Logger
	routes  *route.Table
}

// New puts the server together.
func New(o Options) *Server {
	s := &Server{org: o.Org, policy: o.SAML, logout: o.Logout, signing: ownKey{given: o.Key}, site: o.Site, log: o.Logger}
	s.routes = route.New(s.refuse)
	s.routeSignIn()
	s.routePages()
	s.routeAPI()
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

func (s *Server) routeSignIn() {
	s.routes.Handle("GET", "/{$}", s.front)
	s.routes.Handle("GET", "/login", s.login)
	s.routes.Handle("POST", "/logout", s.page(s.signOut))
	s.routes.Handle("GET", "/sso/{slug}", s.startSignIn)
	s.routes.Handle("GET", "/sso/~/{provider}/saml/metadata", s.metadata)
	s.routes.Handle("GET", "/sso/~/{provider}/saml/logout", s.singleLogout)
	s.routes.Handle("POST", "/sso/~/{provider}/saml/logout", s.singleLogout)
	s.routes.Handle("POST", "/login/sso/saml/consume", s.consume)
	s.routes.Handle("GET", "/static/{file}", s.static)
}

func (s *Server) routePages() {
	s.routes.Handle("GET", "/organizations/{slug}", s.page(s.homePage))
	s.routes.Handle("POST", "/organizations/{slug}/sessions/{session}/end", s.page(s.endSessionForm))
	s.routes.Handle("POST", "/organizations/{slug}/tokens/{token}/revoke", s.page(s.revokeTokenForm))
	s.routes.Handle("GET", "/organizations/{slug}/people", s.page(s.peoplePage))
	s.routes.Handle("POST", "/organizations/{slug}/members/{account}/role", s.page(s.admins(s.changeRoleForm)))
	s.routes.Handle("POST", "/organizations/{slug}/members/{account}/remove", s.page(s.admins(s.removeForm)))
	s.routes.Handle("GET", "/organizations/{slug}/teams", s.page(s.teamsPage))
	s.routes.Handle("GET", "/teams/{team}", s.page(s.teamPage))
	s.routes.Handle("GET", "/audit", s.page(s.admins(s.auditPage)))
	s.routes.Handle("GET", "/settings/sso", s.page(s.admins(s.providersPage)))
	s.routes.Handle("GET", "/settings/sso/{provider}", s.page(s.admins(s.settingsPage)))
	s.routes.Handle("POST", "/settings/sso/{provider}/state", s.page(s.admins(s.stateForm)))
	s.routes.Handle("POST", "/settings/sso/{provider}/rotate", s.page(s.admins(s.rotateForm)))
	s.routes.Handle("POST", "/settings/sso/{provider}/expire", s.page(s.admins(s.expireForm)))
}

func (s *Server) routeAPI() {
	const under = "/api/v1/organizations/{slug}"
	s.routes.Handle("GET", "/api/v1/me", s.api(s.whoami))
	s.routes.Handle("GET", under, s.api(s.getOrganization))
	s.routes.Handle("GET", under+"/members", s.api(s.listMembers))
	s.routes.Handle("PATCH", under+"/members/{account}", s.api(s.admins(s.patchMember)))
	s.routes.Handle("DELETE", under+"/members/{account}", s.api(s.admins(s.deleteMember)))
	s.routes.Handle("GET", under+"/records", s.api(s.listRecords))
	s.routes.Handle("GET", under+"/seats", s.api(s.listSeats))
	s.routes.Handle("GET", under+"/teams", s.api(s.listTeams))
	s.routes.Handle("POST", under+"/teams", s.api(s.admins(s.postTeam)))
	s.routes.Handle("GET", under+"/teams/{team}", s.api(s.getTeam))
	s.routes.Handle("PUT", under+"/teams/{team}/members/{account}", s.api(s.admins(s.putTeamMember)))
	s.routes.Handle("DELETE", under+"/teams/{team}/members/{account}", s.api(s.admins(s.deleteTeamMember)))
	s.routes.Handle("GET", under+"/groups", s.api(s.admins(s.listGroups)))
	s.routes.Handle("GET", under+"/audit", s.api(s.admins(s.listAudit)))
	s.routes.Handle("GET", under+"/sso/{provider}", s.api(s.admins(s.getProvider)))
	s.routes.Handle("PATCH", under+"/sso/{provider}", s.api(s.admins(s.patchProvider)))
	s.routes.Handle("POST", under+"/sso/{provider}/token", s.api(s.admins(s.postProviderToken)))
	s.routes.Handle("GET", under+"/sessions", s.api(s.listSessions))
	s.routes.Handle("GET", under+"/tokens", s.api(s.listTokens))
	s.routes.Handle("POST", under+"/tokens", s.api(s.postToken))
	s.routes.Handle("DELETE", under+"/tokens/{token}", s.api(s.deleteToken))
}
