// Package site knows the product's addresses. Pages link to them, the SAML
// endpoints check messages against them and the probe hands them out, so they
// are spelled in one place only.
package site

import "net/url"

// Site is the product's base URL without a trailing slash, as
// "http://127.0.0.1:8080".
type Site string

// EntityID is the service provider's name in SAML. It is the same for every
// organization, so an audience does not tell two customers apart: the address
// that a message was sent to, and the key that signed it, must.
func (s Site) EntityID() string { return string(s) }

// SCIM is the base URL of a provider's SCIM API.
func (s Site) SCIM(provider string) string { return string(s) + "/scim/v2/" + url.PathEscape(provider) }

// ACS is where an identity provider posts its responses for an organization.
func (s Site) ACS(slug string) string {
	return string(s) + "/login/sso/saml/consume?organization=" + url.QueryEscape(slug)
}

// SignIn is where people of an organization start to sign in.
func (s Site) SignIn(slug string) string { return string(s) + "/sso/" + url.PathEscape(slug) }

// SignInThrough is SignIn by one provider out of several.
func (s Site) SignInThrough(slug, provider string) string {
	return s.SignIn(slug) + "?provider=" + url.QueryEscape(provider)
}

// Metadata is the service provider's metadata for one provider.
func (s Site) Metadata(provider string) string {
	return string(s) + "/sso/~/" + url.PathEscape(provider) + "/saml/metadata"
}

// Logout is the single logout service for one provider: where its identity provider
// sends logout messages.
func (s Site) Logout(provider string) string {
	return string(s) + "/sso/~/" + url.PathEscape(provider) + "/saml/logout"
}

// SignOut is where the pages' own sign-out button posts to.
func (s Site) SignOut() string { return string(s) + "/logout" }

// Whoami tells who is signed in.
func (s Site) Whoami() string { return string(s) + "/api/v1/me" }

// Audit is the organization's audit log in the API: administrators only.
func (s Site) Audit(slug string) string { return s.organization(slug) + "/audit" }

// Settings are a provider's settings in the API: administrators only.
func (s Site) Settings(slug, provider string) string {
	return s.organization(slug) + "/sso/" + url.PathEscape(provider)
}

// Teams is the prefix of every team's address in the API: members of the team
// and administrators only.
func (s Site) Teams(slug string) string { return s.organization(slug) + "/teams" }

func (s Site) organization(slug string) string {
	return string(s) + "/api/v1/organizations/" + url.PathEscape(slug)
}
