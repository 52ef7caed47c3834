package saml

import (
	"context"

	"github.com/beevik/etree"
)

// checkStatements wants to understand all that the assertion states (Core 2.7): who
// overlooks a statement may overlook that the person is not to come in.
func checkStatements(_ context.Context, m *Message) error {
	for _, token := range m.Trusted.Child {
		statement, ok := token.(*etree.Element)
		if !ok {
			continue
		}
		switch {
		case is(statement, nsAssertion, "AttributeStatement"):
			if len(statement.ChildElements()) == 0 {
				return Refuse("the assertion has an empty attribute statement")
			}
		case is(statement, nsAssertion, "AuthzDecisionStatement"):
			if decision := value(statement, "Decision"); decision != "Permit" {
				return Refuse("the assertion states the decision %s", show(decision))
			}
		case !stands(statement):
			return Refuse("the assertion has an unknown statement: %s", show(statement.FullTag()))
		}
	}
	return nil
}

// stands reports whether an element other than a statement of attributes or decisions
// may stand in an assertion (Core 2.3.3).
func stands(el *etree.Element) bool {
	if is(el, nsSignature, "Signature") {
		return true
	}
	for _, tag := range []string{"Issuer", "Subject", "Conditions", "Advice", "AuthnStatement"} {
		if is(el, nsAssertion, tag) {
			return true
		}
	}
	return false
}
