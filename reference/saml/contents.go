package saml

import (
	"context"
	"slices"
	"time"

	"github.com/beevik/etree"
)

// checkContents reads the verified assertion into what the caller gets, and refuses
// where there are two of what there may be one of: two subjects, two names, the same
// attribute twice. Whether the values are good is for the checks after it.
func checkContents(_ context.Context, m *Message) error {
	a := &Assertion{ID: value(m.Trusted, "ID"), ProviderID: m.Provider.ID}
	m.Assertion = a
	if err := checkParts(m.Trusted); err != nil {
		return err
	}
	var err error
	if a.Issuer, _, err = issuer(m.Trusted); err != nil {
		return err
	}
	if err := readSubject(m); err != nil {
		return err
	}
	if err := readConditions(m); err != nil {
		return err
	}
	if err := readAuthn(m); err != nil {
		return err
	}
	for _, statement := range children(m.Trusted, nsAssertion, "AttributeStatement") {
		if err := readAttributes(a, statement); err != nil {
			return err
		}
	}
	return nil
}

// checkParts wants an assertion to consist of what the schema knows (Core 2.3.3): a part
// that is not understood may change what the others mean.
func checkParts(assertion *etree.Element) error {
	for _, token := range assertion.Child {
		part, ok := token.(*etree.Element)
		if !ok || is(part, nsSignature, "Signature") || part.NamespaceURI() == nsAssertion && slices.Contains(assertionParts, part.Tag) {
			continue
		}
		return Refuse("the assertion holds %s, which has no place there", show(part.FullTag()))
	}
	return nil
}

// assertionParts are the elements that an assertion may hold, its signature aside.
var assertionParts = []string{"Issuer", "Subject", "Conditions", "Advice", "Statement", "AuthnStatement", "AuthzDecisionStatement", "AttributeStatement"}

func readSubject(m *Message) error {
	subject, err := child(m.Trusted, nsAssertion, "Subject")
	if err != nil {
		return err
	}
	if subject == nil {
		return Refuse("the assertion has no subject")
	}
	m.Confirmations = children(subject, nsAssertion, "SubjectConfirmation")
	for _, confirmation := range m.Confirmations {
		data, err := child(confirmation, nsAssertion, "SubjectConfirmationData")
		if err != nil {
			return err
		}
		if data != nil {
			if err := endsAt(m.Assertion, data); err != nil {
				return err
			}
		}
	}
	name, err := nameIn(m, subject)
	if err != nil || name == nil {
		return err
	}
	m.Assertion.NameIDFormat = value(name, "Format")
	m.Assertion.NameQualifier, m.Assertion.SPNameQualifier = value(name, "NameQualifier"), value(name, "SPNameQualifier")
	var ok bool
	if m.Assertion.NameID, ok = text(name); !ok {
		return Refuse("the NameID is not plain text")
	}
	return nil
}

// nameIn returns the subject's NameID, decrypted where it has to be; nil where there is
// none.
func nameIn(m *Message, subject *etree.Element) (*etree.Element, error) {
	name, err := child(subject, nsAssertion, "NameID")
	if err != nil {
		return nil, err
	}
	encrypted, err := child(subject, nsAssertion, "EncryptedID")
	switch {
	case err != nil || encrypted == nil:
		return name, err
	case name != nil:
		return nil, Refuse("the subject has a name and an encrypted name")
	}
	return m.decipherName(encrypted)
}

func readConditions(m *Message) error {
	conditions, err := child(m.Trusted, nsAssertion, "Conditions")
	if err != nil || conditions == nil {
		return err
	}
	return endsAt(m.Assertion, conditions)
}

// endsAt brings the assertion's end forward to the NotOnOrAfter of el, if it has one.
func endsAt(a *Assertion, el *etree.Element) error {
	end, present, err := instant(el, "NotOnOrAfter")
	if err != nil {
		return err
	}
	if present && (a.NotOnOrAfter.IsZero() || end.Before(a.NotOnOrAfter)) {
		a.NotOnOrAfter = end
	}
	return nil
}

// readAuthn takes instant and session index from the first statement, and the earliest
// end of the session from all.
func readAuthn(m *Message) error {
	for i, statement := range children(m.Trusted, nsAssertion, "AuthnStatement") {
		at, _, err := instant(statement, "AuthnInstant")
		if err != nil {
			return err
		}
		if i == 0 {
			m.Assertion.AuthnInstant = at
			m.Assertion.SessionIndex = value(statement, "SessionIndex")
		}
		end, present, err := instant(statement, "SessionNotOnOrAfter")
		if err != nil {
			return err
		}
		if known := m.Assertion.SessionNotOnOrAfter; present && (known.IsZero() || end.Before(known)) {
			m.Assertion.SessionNotOnOrAfter = end
		}
	}
	return nil
}

// readAttributes adds the attributes of one statement. Their Name alone identifies
// them; FriendlyName is for people (Core 2.7.3.1) and is not looked at.
func readAttributes(a *Assertion, statement *etree.Element) error {
	for _, el := range children(statement, nsAssertion, "Attribute") {
		name := value(el, "Name")
		if name == "" {
			return Refuse("an attribute has no name")
		}
		if _, present := a.Attribute(name); present {
			return Refuse("attribute %s is stated twice", show(name))
		}
		attribute := Attribute{Name: name}
		for _, v := range children(el, nsAssertion, "AttributeValue") {
			if isNil(v) {
				continue
			}
			// A value of elements, such as a NameID, is of no use to us and is left out.
			if s, ok := text(v); ok {
				attribute.Values = append(attribute.Values, s)
			}
		}
		a.Attributes = append(a.Attributes, attribute)
	}
	return nil
}

// isNil reports whether an AttributeValue says xsi:nil (Core 2.7.3.1.1).
func isNil(el *etree.Element) bool {
	for i := range el.Attr {
		attr := &el.Attr[i]
		if attr.Key == "nil" && attr.Space != "" && (attr.Value == "true" || attr.Value == "1") {
			return prefixMeans(el, attr.Space) == nsInstance
		}
	}
	return false
}

// prefixMeans returns the namespace that a prefix has at el.
func prefixMeans(el *etree.Element, prefix string) string {
	for ; el != nil; el = el.Parent() {
		for i := range el.Attr {
			if el.Attr[i].Space == "xmlns" && el.Attr[i].Key == prefix {
				return el.Attr[i].Value
			}
		}
	}
	return ""
}

// ended reports whether a time limit has passed, give or take the skew.
func (m *Message) ended(end time.Time) bool { return !m.Now.Add(-m.Skew).Before(end) }

// ahead reports whether a time lies in the future by more than the skew.
func (m *Message) ahead(at time.Time) bool { return at.After(m.Now.Add(m.Skew)) }
