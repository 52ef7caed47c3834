package saml

import (
	"context"
	"slices"

	"github.com/beevik/etree"
)

// checkRoot wants a samlp:Response of version 2.0 with an ID and an issue instant
// (Core 3.2.2).
func checkRoot(_ context.Context, m *Message) error {
	if !is(m.Response, nsProtocol, "Response") {
		return Refuse("the root is %s in namespace %s, not a SAML 2.0 Response",
			show(m.Response.Tag), show(m.Response.NamespaceURI()))
	}
	return checkHeader(m.Response)
}

// checkHeader looks at what Response and Assertion have in common: Version, ID and
// IssueInstant, all of them required.
func checkHeader(el *etree.Element) error {
	if version := value(el, "Version"); version != "2.0" {
		return Refuse("the %s has version %s, not 2.0", el.Tag, show(version))
	}
	if id := value(el, "ID"); !isID(id) {
		return Refuse("the %s has no usable ID: %s", el.Tag, show(id))
	}
	_, present, err := instant(el, "IssueInstant")
	if err == nil && !present {
		return Refuse("the %s has no IssueInstant", el.Tag)
	}
	return err
}

// checkStatus wants one status whose own code is Success, with none below it: the code
// at the top decides (Core 3.2.2.2), and one that is at odds with it tells that
// something went wrong.
func checkStatus(_ context.Context, m *Message) error {
	status, err := child(m.Response, nsProtocol, "Status")
	if err != nil {
		return err
	}
	if status == nil {
		return Refuse("the response has no status")
	}
	code, err := child(status, nsProtocol, "StatusCode")
	if err != nil {
		return err
	}
	if code == nil {
		return Refuse("the status has no code")
	}
	if v := value(code, "Value"); v != statusSuccess {
		return Refuse("the identity provider reports %s", show(v))
	}
	if below := children(code, nsProtocol, "StatusCode"); len(below) > 0 {
		return Refuse("the identity provider reports success, and below it %s", show(value(below[0], "Value")))
	}
	return nil
}

// checkOneAssertion wants exactly one assertion in the whole document, plain or
// encrypted, and a child of the response. A second one is how an attacker has us verify
// one and read the other.
func checkOneAssertion(_ context.Context, m *Message) error {
	plain, encrypted := m.census.assertions, m.census.encrypted
	all := slices.Concat(plain, encrypted)
	switch {
	case len(all) == 0:
		return Refuse("the response has no assertion")
	case len(all) > 1:
		return Refuse("the document has %d assertions, %d of them encrypted; one is allowed", len(all), len(encrypted))
	case all[0].Parent() != m.Response:
		return Refuse("the assertion is not a child of the response")
	case len(encrypted) == 1:
		m.Encrypted = encrypted[0]
	default:
		m.Unverified = plain[0]
	}
	return nil
}

// checkIssuer finds, among the organization's connections, the one that the issuer
// names. The response may leave its issuer out, unless the assertion is encrypted;
// where it states one, it is the assertion's (Profiles 4.1.4.2 with errata 17).
func checkIssuer(_ context.Context, m *Message) error {
	outer, stated, err := issuer(m.Response)
	if err != nil {
		return err
	}
	name := outer
	if m.Encrypted == nil {
		if name, err = issuerOfAssertion(m); err != nil {
			return err
		}
	}
	switch {
	case m.Encrypted != nil && !stated:
		return Refuse("the response has no issuer, and its assertion is encrypted")
	case stated && outer != name:
		return Refuse("the response is from %s but its assertion from %s", show(outer), show(name))
	}
	for i := range m.Providers {
		if m.Providers[i].IdP.EntityID == name && name != "" {
			m.Provider = &m.Providers[i]
			return nil
		}
	}
	return Refuse("issuer %s is not a provider of this organization", show(name))
}

func issuerOfAssertion(m *Message) (string, error) {
	name, present, err := issuer(m.Unverified)
	if err == nil && !present {
		err = Refuse("the assertion has no issuer")
	}
	return name, err
}

// issuer reads the Issuer of a response or an assertion, whose format can only be that
// of an entity.
func issuer(el *etree.Element) (name string, present bool, err error) {
	found, err := child(el, nsAssertion, "Issuer")
	if err != nil || found == nil {
		return "", false, err
	}
	if format, stated := attribute(found, "Format"); stated && format != formatEntity {
		return "", true, Refuse("the issuer of the %s has format %s, not entity", el.Tag, show(format))
	}
	name, ok := text(found)
	if !ok {
		return "", true, Refuse("the issuer of the %s is not plain text", el.Tag)
	}
	return name, true, nil
}

// checkTrustedIssuer reads the issuer once more, now from the verified assertion: the
// key that verified is that provider's, so the name must be too. A signed response has
// to state its own (Profiles 4.1.4.2).
func checkTrustedIssuer(_ context.Context, m *Message) error {
	name, present, err := issuer(m.Trusted)
	if err != nil {
		return err
	}
	if !present || name != m.Provider.IdP.EntityID {
		return Refuse("the verified assertion is from %s, not from %s", show(name), show(m.Provider.IdP.EntityID))
	}
	if !m.ResponseSigned {
		return nil
	}
	if _, present, err = issuer(m.Response); err == nil && !present {
		return Refuse("the response is signed but has no issuer")
	}
	return err
}

// checkVersion looks at version, ID and issue instant of the verified assertion
// (Core 2.3.3).
func checkVersion(_ context.Context, m *Message) error { return checkHeader(m.Trusted) }

// checkDestination wants a response that says where it is meant for to be meant for
// us. A signed one has to say so (Bindings 3.5.5.2).
func checkDestination(_ context.Context, m *Message) error {
	destination, present := attribute(m.Response, "Destination")
	switch {
	case !present && m.ResponseSigned:
		return Refuse("the response is signed but has no Destination")
	case present && destination != m.ACS:
		return Refuse("the response is meant for %s, not for %s", show(destination), show(m.ACS))
	}
	return nil
}
