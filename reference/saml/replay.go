package saml

import (
	"context"
	"errors"
	"time"

	"github.com/beevik/etree"
)

// checkAskedHere wants the answer from the browser that we sent to ask. Otherwise an
// attacker could keep an answer of their own and have somebody else post it, who would
// then work in the attacker's account without knowing.
func checkAskedHere(_ context.Context, m *Message) error {
	request, stated := attribute(m.Response, "InResponseTo")
	if stated && m.AskedHere != nil && !m.AskedHere(request) {
		return Refuse("request %s was not made for this browser", show(request))
	}
	return nil
}

// checkInResponseTo ties the response to the request that it answers: response and
// confirmation name the same one, it was sent by us for this provider, and this is
// its only answer. With neither naming one, the response is unsolicited.
func checkInResponseTo(ctx context.Context, m *Message) error {
	request, stated := attribute(m.Response, "InResponseTo")
	if stated && request == "" {
		return Refuse("the response answers a request without an ID")
	}
	err := keepConfirmations(m, func(_, data *etree.Element) string {
		if named, present := attribute(data, "InResponseTo"); named != request || present != stated {
			return "it answers request " + show(named) + ", the response " + show(request)
		}
		return ""
	})
	if err != nil {
		return err
	}
	if !stated {
		if !m.AllowUnsolicited {
			return Refuse("the response answers no request, and unsolicited ones are not allowed")
		}
		return nil
	}
	return answer(ctx, m, request)
}

func answer(ctx context.Context, m *Message, request string) error {
	pending, err := m.Requests.Pending(ctx, m.Provider.ID, request, m.Now)
	if err != nil {
		return err
	}
	if !pending {
		return Refuse("request %s is not one of ours that waits for an answer", show(request))
	}
	switch err := m.Requests.Answer(ctx, m.Provider.ID, request); {
	case errors.Is(err, ErrAnswered):
		return Refuse("request %s was answered already", show(request))
	case err != nil:
		return err
	}
	m.Assertion.InResponseTo = request
	return nil
}

// checkOnce uses the assertion up (Profiles 4.1.4.5). The log may forget it when it has
// ended by all of its limits.
func checkOnce(ctx context.Context, m *Message) error {
	first, err := m.Uses.Use(ctx, m.Assertion.Issuer, m.Assertion.ID, m.lastEnd().Add(m.Skew))
	if err != nil {
		return err
	}
	if !first {
		return Refuse("assertion %s was used before", show(m.Assertion.ID))
	}
	return nil
}

// lastEnd is the moment, but for the skew, from which other checks refuse the assertion
// for its age: its own end, or where that comes later, the policy's.
func (m *Message) lastEnd() time.Time {
	last := m.Assertion.NotOnOrAfter
	if issued, present, err := instant(m.Trusted, "IssueInstant"); err == nil && present && issued.Add(m.MaxAge).After(last) {
		last = issued.Add(m.MaxAge)
	}
	return last
}
