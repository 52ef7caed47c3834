package saml

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// checkLogoutDocument parses the XML as strictly as that of a response.
func checkLogoutDocument(_ context.Context, m *LogoutMessage) error {
	_, root, found, err := readDocument(m.XML)
	if err != nil {
		return err
	}
	m.Root, m.census = root, found
	return nil
}

// checkLogoutRoot wants a LogoutRequest where a request came and a LogoutResponse where
// an answer did, and nothing else: an assertion's Response is for another address.
func checkLogoutRoot(_ context.Context, m *LogoutMessage) error {
	wanted := "LogoutRequest"
	if m.Answer {
		wanted = "LogoutResponse"
	}
	if !is(m.Root, nsProtocol, wanted) {
		return Refuse("the root is %s in namespace %s, not a %s", show(m.Root.Tag), show(m.Root.NamespaceURI()), wanted)
	}
	return checkHeader(m.Root)
}

// checkLogoutIssuer wants the provider's own identity provider to speak: whoever else
// we trust, at another customer, has no say over sessions that began through this one.
func checkLogoutIssuer(_ context.Context, m *LogoutMessage) error {
	name, present, err := issuer(m.Root)
	if err != nil {
		return err
	}
	if !present || name == "" || name != m.Provider.IdP.EntityID {
		return Refuse("issuer %s is not the identity provider of this connection", show(name))
	}
	return nil
}

// checkLogoutContents reads the verified message into what the caller gets.
func checkLogoutContents(_ context.Context, m *LogoutMessage) error {
	m.Logout = &Logout{ID: value(m.Trusted, "ID"), Answer: m.Answer, RelayState: m.RelayState}
	if m.Answer {
		return m.readAnswer()
	}
	return m.readRequest()
}

func (m *LogoutMessage) readRequest() error {
	name, err := child(m.Trusted, nsAssertion, "NameID")
	if err != nil {
		return err
	}
	if name == nil {
		return Refuse("the request names nobody by a NameID in the clear")
	}
	said, plain := text(name)
	if !plain {
		return Refuse("the NameID is not plain text")
	}
	m.Logout.Name = Name{said, value(name, "Format"), value(name, "NameQualifier"), value(name, "SPNameQualifier")}
	for _, el := range children(m.Trusted, nsProtocol, "SessionIndex") {
		index, plain := text(el)
		if !plain || index == "" {
			return Refuse("a SessionIndex is empty or not plain text")
		}
		m.Logout.SessionIndexes = append(m.Logout.SessionIndexes, index)
	}
	return nil
}

func (m *LogoutMessage) readAnswer() error {
	m.Logout.InResponseTo = value(m.Trusted, "InResponseTo")
	status, err := child(m.Trusted, nsProtocol, "Status")
	if err != nil {
		return err
	}
	code, err := child(status, nsProtocol, "StatusCode")
	if err != nil {
		return err
	}
	if code == nil {
		return Refuse("the answer has no status")
	}
	below, err := child(code, nsProtocol, "StatusCode")
	if err != nil {
		return err
	}
	m.Logout.Status = value(code, "Value")
	if below != nil {
		m.Logout.Below = value(below, "Value")
	}
	return nil
}

// checkLogoutDestination wants the message to be for this address. A signed one has to
// say so (Bindings 3.4.5.2 and 3.5.5.2).
func checkLogoutDestination(_ context.Context, m *LogoutMessage) error {
	if destination := value(m.Trusted, "Destination"); destination != m.Provider.SLO {
		return Refuse("the %s is meant for %s, not for %s", m.Trusted.Tag, show(destination), show(m.Provider.SLO))
	}
	return nil
}

// checkLogoutIssueInstant wants the message to be of now.
func checkLogoutIssueInstant(_ context.Context, m *LogoutMessage) error {
	at, present, err := instant(m.Trusted, "IssueInstant")
	switch {
	case err != nil:
		return err
	case !present:
		return Refuse("the %s has no IssueInstant", m.Trusted.Tag)
	case at.After(m.Now.Add(m.Skew)):
		return Refuse("the %s was issued at %s, which lies ahead", m.Trusted.Tag, at.Format(time.RFC3339))
	case at.Before(m.Now.Add(-m.MaxAge - m.Skew)):
		return Refuse("the %s was issued at %s, more than %s ago", m.Trusted.Tag, at.Format(time.RFC3339), m.MaxAge)
	}
	return nil
}

// checkLogoutWindow wants a request that states its end to have it still ahead.
func checkLogoutWindow(_ context.Context, m *LogoutMessage) error {
	if m.Answer {
		return nil
	}
	end, present, err := instant(m.Trusted, "NotOnOrAfter")
	if err != nil {
		return err
	}
	if present && !m.Now.Add(-m.Skew).Before(end) {
		return Refuse("the request ended at %s", end.Format(time.RFC3339))
	}
	return nil
}

// checkLogoutName wants a name as a sign-in would take it.
func checkLogoutName(_ context.Context, m *LogoutMessage) error {
	if m.Answer {
		return nil
	}
	switch name := m.Logout.Name.Value; {
	case name == "":
		return Refuse("the request has an empty NameID")
	case strings.TrimSpace(name) != name, strings.ContainsFunc(name, unicode.IsControl):
		return Refuse("the NameID has white space around it or control characters: %s", show(name))
	}
	return nil
}

// checkLogoutOnce uses the request up, so that nobody who kept it can end the sessions
// that begin after it.
func checkLogoutOnce(ctx context.Context, m *LogoutMessage) error {
	if m.Answer {
		return nil
	}
	first, err := m.Uses.Use(ctx, m.Provider.IdP.EntityID, m.Logout.ID, m.Now.Add(m.MaxAge+2*m.Skew))
	if err != nil {
		return err
	}
	if !first {
		return Refuse("request %s was used before", show(m.Logout.ID))
	}
	return nil
}

// checkLogoutInResponseTo wants an answer to be to a request of ours that waits for one.
func checkLogoutInResponseTo(ctx context.Context, m *LogoutMessage) error {
	if !m.Answer {
		return nil
	}
	waited, err := m.Logouts.AnswerLogout(ctx, m.Provider.ID, m.Logout.InResponseTo, m.Now)
	if err != nil {
		return err
	}
	if !waited {
		return Refuse("request %s is not one of ours that waits for an answer", show(m.Logout.InResponseTo))
	}
	return nil
}
