package saml

import (
	"context"
)

// maxNameID is the length of the longest name in bytes. The standard's own limit, for
// persistent names, is 256 characters (Core 8.3.7).
const maxNameID = 1024

// checkQualifiers wants a lasting name to be one that this provider gave, for us: the
// same text under another qualifier is somebody else (Core 8.3.7). It also wants the
// name to be of a length that is kept whole wherever it goes.
func checkQualifiers(_ context.Context, m *Message) error {
	if len(m.Assertion.NameID) > maxNameID {
		return Refuse("the NameID has %d bytes; %d are allowed", len(m.Assertion.NameID), maxNameID)
	}
	subject, err := child(m.Trusted, nsAssertion, "Subject")
	if err != nil || subject == nil {
		return err
	}
	name, err := child(subject, nsAssertion, "NameID")
	if err != nil || name == nil || value(name, "Format") != formatPersistent {
		return err
	}
	if by, stated := attribute(name, "NameQualifier"); stated && by != m.Provider.IdP.EntityID {
		return Refuse("the NameID was given by %s, not by %s", show(by), show(m.Provider.IdP.EntityID))
	}
	if whose, stated := attribute(name, "SPNameQualifier"); stated && whose != m.Provider.EntityID {
		return Refuse("the NameID is meant for %s, not for %s", show(whose), show(m.Provider.EntityID))
	}
	return nil
}
