package saml

import (
	"context"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// checkAudience wants the assertion to be meant for us: at least one
// AudienceRestriction, and our name in each of them (Core 2.5.1.4).
func checkAudience(_ context.Context, m *Message) error {
	conditions, err := conditionsOf(m)
	if err != nil {
		return err
	}
	restrictions := children(conditions, nsAssertion, "AudienceRestriction")
	if len(restrictions) == 0 {
		return Refuse("the assertion is not restricted to an audience")
	}
	for _, restriction := range restrictions {
		if !names(restriction, m.Provider.EntityID) {
			return Refuse("the assertion is meant for another audience than %s", show(m.Provider.EntityID))
		}
	}
	return nil
}

// names reports whether one of the audiences is exactly ours. White space around a URI
// is not part of it (the schema's type collapses it).
func names(restriction *etree.Element, entityID string) bool {
	for _, audience := range children(restriction, nsAssertion, "Audience") {
		if name, ok := text(audience); ok && entityID != "" && strings.Trim(name, " \t\r\n") == entityID {
			return true
		}
	}
	return false
}

// checkConditions wants to understand every condition: one that it does not know
// leaves the assertion's validity undecided (Core 2.5.1.1). OneTimeUse is what check
// "once" does anyway; ProxyRestriction speaks to those who issue assertions.
func checkConditions(_ context.Context, m *Message) error {
	conditions, err := conditionsOf(m)
	if err != nil {
		return err
	}
	for _, token := range conditions.Child {
		condition, ok := token.(*etree.Element)
		if !ok {
			continue
		}
		switch {
		case is(condition, nsAssertion, "AudienceRestriction"):
		case is(condition, nsAssertion, "OneTimeUse"):
		case is(condition, nsAssertion, "ProxyRestriction"):
		default:
			return Refuse("the assertion has an unknown condition: %s", show(condition.FullTag()))
		}
	}
	return nil
}

// checkWindow wants the time to be inside of the conditions' window, give or take the
// skew. Either end may be left out.
func checkWindow(_ context.Context, m *Message) error {
	conditions, err := conditionsOf(m)
	if err != nil {
		return err
	}
	start, starts, err := instant(conditions, "NotBefore")
	if err != nil {
		return err
	}
	end, ends, err := instant(conditions, "NotOnOrAfter")
	if err != nil {
		return err
	}
	switch {
	case starts && ends && !start.Before(end):
		return Refuse("the assertion's window is empty")
	case starts && m.ahead(start):
		return Refuse("the assertion is not valid before %s", start.Format(time.RFC3339))
	case ends && m.ended(end):
		return Refuse("the assertion ended at %s", end.Format(time.RFC3339))
	}
	return nil
}

func conditionsOf(m *Message) (*etree.Element, error) {
	conditions, err := child(m.Trusted, nsAssertion, "Conditions")
	if err == nil && conditions == nil {
		return nil, Refuse("the assertion has no conditions")
	}
	return conditions, err
}

// checkIssueInstant wants response and assertion to be of now: not from ahead, and not
// older than the policy allows.
func checkIssueInstant(_ context.Context, m *Message) error {
	for _, el := range []*etree.Element{m.Response, m.Trusted} {
		at, present, err := instant(el, "IssueInstant")
		switch {
		case err != nil:
			return err
		case !present:
			return Refuse("the %s has no IssueInstant", el.Tag)
		case m.ahead(at):
			return Refuse("the %s was issued at %s, which lies ahead", el.Tag, at.Format(time.RFC3339))
		case at.Before(m.Now.Add(-m.MaxAge - m.Skew)):
			return Refuse("the %s was issued at %s, more than %s ago", el.Tag, at.Format(time.RFC3339), m.MaxAge)
		}
	}
	return nil
}
