package spec

import (
	"slices"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// Claims is what one assertion says.
type Claims = idp.Claims

// Stating makes an assertion say this of an attribute, whatever Okta would have
// said: one AttributeValue for each value, and without values nothing at all. It is
// for [Okta.SignInClaiming].
func Stating(attribute string, values ...string) func(*Claims) {
	return func(c *Claims) {
		c.Attributes = slices.DeleteFunc(c.Attributes, func(a idp.Attribute) bool { return a.Name == attribute })
		c.Attributes = append(c.Attributes, idp.Attribute{Name: attribute, Values: values})
	}
}

// StatingNothing leaves every attribute out of the assertion.
func StatingNothing(c *Claims) { c.Attributes = nil }

// NamedAs makes an assertion name its person so.
func NamedAs(nameID string) func(*Claims) {
	return func(c *Claims) { c.NameID = nameID }
}

// SendUnsetAsEmpty makes Okta send an attribute that is not set with an empty
// value. As it comes, it leaves the attribute out.
func (o *Okta) SendUnsetAsEmpty() {
	o.Configure(func(s *simulator.AppSettings) { s.SAML.Unset = idp.Empty })
}

// MapTeams makes membership in the group bring these team entries, each an id or
// id/role.
func (o *Okta) MapTeams(g *Group, entries ...string) { o.app.MapTeams(g.Name(), entries...) }

// AimAt makes Okta sign for, and post to, another connection than its own.
func (o *Okta) AimAt(c target.Connection) {
	o.Configure(func(s *simulator.AppSettings) {
		s.SAML.ACS, s.SAML.Recipient, s.SAML.Destination = c.SAML.ACS, c.SAML.ACS, c.SAML.ACS
		s.SAML.Audience = c.SAML.EntityID
	})
}

// Now is what Okta's clock shows.
func (o *Okta) Now() time.Time { return o.tenant.Clock().Now() }

// KnownAs is somebody who goes by these names and no others.
func KnownAs(names ...string) target.Identifiers {
	return target.Identifiers{UserNames: names, Emails: names, NameIDs: names}
}
