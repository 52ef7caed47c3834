package saml

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/beevik/etree"
)

// checkBearer wants a confirmation of the subject with the method bearer, and with data
// that has no NotBefore (Profiles 4.1.4.2).
func checkBearer(_ context.Context, m *Message) error {
	return keepConfirmations(m, func(confirmation, data *etree.Element) string {
		if method := value(confirmation, "Method"); method != methodBearer {
			return "method " + show(method) + " is not bearer"
		}
		if _, present := attribute(data, "NotBefore"); present {
			return "a bearer confirmation must not have NotBefore"
		}
		return ""
	})
}

// checkRecipient wants the confirmation to name our assertion consumer service.
func checkRecipient(_ context.Context, m *Message) error {
	return keepConfirmations(m, func(_, data *etree.Element) string {
		if recipient := value(data, "Recipient"); recipient != m.ACS {
			return "recipient " + show(recipient) + " is not " + show(m.ACS)
		}
		return ""
	})
}

// checkConfirmationWindow wants the confirmation to state its end, and that to lie ahead.
func checkConfirmationWindow(_ context.Context, m *Message) error {
	return keepConfirmations(m, func(_, data *etree.Element) string {
		end, present, err := instant(data, "NotOnOrAfter")
		switch {
		case err != nil || !present:
			return "it has no NotOnOrAfter"
		case m.ended(end):
			return "it ended at " + end.Format(time.RFC3339)
		}
		return ""
	})
}

// checkConfirmationAddress wants a confirmation that names the browser's address to name
// the one that the response came from, where the caller says which that is.
func checkConfirmationAddress(_ context.Context, m *Message) error {
	if m.Client == "" {
		return nil
	}
	return keepConfirmations(m, func(_, data *etree.Element) string {
		if address, stated := attribute(data, "Address"); stated && address != m.Client {
			return "it is for a browser at " + show(address)
		}
		return ""
	})
}

// keepConfirmations drops the confirmations that lack says something against and
// refuses when none is left. One confirmation has to satisfy all checks: the right
// recipient of one and the right time of another do not make a good one.
func keepConfirmations(m *Message, lack func(confirmation, data *etree.Element) string) error {
	if len(m.Confirmations) == 0 {
		return Refuse("the subject has no confirmation")
	}
	var reason string
	var kept []*etree.Element
	for _, confirmation := range m.Confirmations {
		data, err := child(confirmation, nsAssertion, "SubjectConfirmationData")
		if err != nil {
			return err
		}
		if data == nil {
			reason = "it has no data"
			continue
		}
		if found := lack(confirmation, data); found != "" {
			reason = found
			continue
		}
		kept = append(kept, confirmation)
	}
	if len(kept) == 0 {
		return Refuse("no confirmation of the subject is usable: %s", reason)
	}
	m.Confirmations = kept
	return nil
}

// checkNameID wants one name: not empty, without white space around it and without control characters. It is handed on as is, never
// trimmed or folded onto somebody else's name.
func checkNameID(_ context.Context, m *Message) error {
	name := m.Assertion.NameID
	switch {
	case name == "":
		return Refuse("the subject has no NameID or an empty one")
	case strings.TrimSpace(name) != name:
		return Refuse("the NameID has white space around it: %s", show(name))
	case strings.ContainsFunc(name, unicode.IsControl):
		return Refuse("the NameID has control characters: %s", show(name))
	}
	return nil
}

// checkAuthnStatement wants to be told when and how the person signed in, and the
// session there to be alive (Profiles 4.1.4.2, Core 2.7.2).
func checkAuthnStatement(_ context.Context, m *Message) error {
	statements := children(m.Trusted, nsAssertion, "AuthnStatement")
	if len(statements) == 0 {
		return Refuse("the assertion has no AuthnStatement")
	}
	for _, statement := range statements {
		at, present, err := instant(statement, "AuthnInstant")
		switch {
		case err != nil:
			return err
		case !present:
			return Refuse("the AuthnStatement has no AuthnInstant")
		case m.ahead(at):
			return Refuse("the person signed in at %s, which lies ahead", at.Format(time.RFC3339))
		}
		if err := checkAuthnContext(statement); err != nil {
			return err
		}
	}
	if end := m.Assertion.SessionNotOnOrAfter; !end.IsZero() && m.ended(end) {
		return Refuse("the session at the identity provider ended at %s", end.Format(time.RFC3339))
	}
	return nil
}

// checkAuthnAnew wants the answer to a request with ForceAuthn to tell of a sign-in that
// came after it (Core 3.4.1). A request is good for no longer than a response, so an
// older sign-in was there before.
func checkAuthnAnew(_ context.Context, m *Message) error {
	if !strings.HasPrefix(value(m.Response, "InResponseTo"), forced) {
		return nil
	}
	if at := m.Assertion.AuthnInstant; at.Before(m.Now.Add(-m.MaxAge - m.Skew)) {
		return Refuse("the person was to sign in anew and did so at %s", at.Format(time.RFC3339))
	}
	return nil
}

func checkAuthnContext(statement *etree.Element) error {
	authn, err := child(statement, nsAssertion, "AuthnContext")
	if err != nil {
		return err
	}
	says := func(tag string) bool { return authn != nil && len(children(authn, nsAssertion, tag)) > 0 }
	if !slices.ContainsFunc([]string{"AuthnContextClassRef", "AuthnContextDecl", "AuthnContextDeclRef"}, says) {
		return Refuse("the AuthnStatement does not say how the person signed in")
	}
	return nil
}
