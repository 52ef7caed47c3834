package simulator

import (
	"slices"

	"rollcall.example/simulator/idp"
)

// Claims returns what the app's settings say of the person: everything in a
// response but the conversation, which is InResponseTo and the session.
func (a *App) Claims(person *Person) idp.Claims {
	a.tenant.mu.Lock()
	settings := a.settings
	subject := Subject{User: person.profile, App: a.profileOf(person)}
	for _, group := range a.tenant.groupsOf(person) {
		subject.Groups = append(subject.Groups, group.name)
	}
	a.tenant.mu.Unlock()
	slices.Sort(subject.Groups)

	statements := settings.SAML.Statements
	if statements == nil {
		statements = BuildkiteStatements()
	}
	claims := idp.Claims{
		Destination:  orElse(settings.SAML.Destination, settings.SAML.ACS),
		Recipient:    orElse(settings.SAML.Recipient, settings.SAML.ACS),
		Audience:     settings.SAML.Audience,
		NameID:       settings.userName(subject.User),
		NameIDFormat: settings.SAML.NameIDFormat,
		Now:          a.tenant.clock.Now(),
		Sign:         settings.SAML.Sign,
		Encrypt:      settings.SAML.Encrypt,
		Unset:        settings.SAML.Unset,
	}
	for _, statement := range statements {
		claims.Attributes = append(claims.Attributes, idp.Attribute{
			Name: statement.Name, NameFormat: statement.NameFormat, Values: statement.Value.Values(subject),
		})
	}
	return claims
}

// blocked says in Okta's words why the person cannot sign in to the app; empty if they can.
func (a *App) blocked(person *Person) string {
	a.tenant.mu.Lock()
	defer a.tenant.mu.Unlock()
	switch {
	case person.status != Active:
		return "User is " + string(person.status) + ": sign-in is not possible"
	case a.assignments[person] == nil:
		return "App Not Assigned"
	}
	return ""
}
