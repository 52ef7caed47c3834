package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// LogoutAttempt is one attack on single logout made by hand, outside of the suite.
type LogoutAttempt struct {
	Attack    forge.LogoutAttack
	Binding   string // how it is sent; empty is the attack's own binding, or else the product's first
	Victim    string // whose session it would end
	Session   string // the index of that session; empty names none, which is all of them
	Collector string // an address for what the message refers to outside of itself
}

// Make makes what the attempt would send to a product that takes logout messages at
// these services, and sends nothing.
func (a LogoutAttempt) Make(c target.Connection, services target.LogoutServices) (simulator.Carriage, error) {
	service, err := a.service(services)
	if err != nil {
		return simulator.Carriage{}, err
	}
	identity, err := c.Okta.Identity()
	if err != nil {
		return simulator.Carriage{}, err
	}
	tenant, err := simulator.New(simulator.Options{Identity: identity})
	if err != nil {
		return simulator.Carriage{}, err
	}
	session := simulator.AppSession{
		App:   tenant.NewApp(simulator.AppSettings{Label: c.Okta.App, SAML: simulator.SAML{Logout: service}}),
		Name:  idp.Name{Value: a.Victim, Format: idp.FormatEmailAddress},
		Index: a.Session,
	}
	return session.App.LogoutRequest(session, a.options(service))
}

// service is the one that the attempt is sent to.
func (a LogoutAttempt) service(services target.LogoutServices) (simulator.Logout, error) {
	wanted := a.Attack.Binding
	if wanted == "" {
		wanted = a.Binding
	}
	service := services.First()
	if wanted != "" {
		service = services.By(wanted)
	}
	switch {
	case service.URL != "":
		return service, nil
	case wanted == "":
		return service, errors.New("the product takes no logout messages: its metadata names no SingleLogoutService, and the target has no saml.slo")
	}
	return service, fmt.Errorf("%s goes by %s, and the product takes no logout messages by that", a.Attack.Name, wanted)
}

func (a LogoutAttempt) options(service simulator.Logout) simulator.LogoutOptions {
	options := a.Attack.Options(forge.LogoutDonor{Collector: a.Collector})
	options.Binding = service.Binding
	return options
}

// LogoutOutcome is what came of an attempt on a session.
type LogoutOutcome struct {
	Reaction      // of the single logout service
	Ended    bool // the session is over
}

// Holds says whether the product did what it owes to the attack.
func (o LogoutOutcome) Holds(attack forge.LogoutAttack) bool {
	return !o.Ended && len(o.Visitors) == 0 && (o.Crash == "" || !attack.NoCrash)
}

// String tells it in a sentence without its stop.
func (o LogoutOutcome) String() string {
	var said string
	switch {
	case o.Ended:
		said = "the victim's session is over"
	case o.Crash != "":
		said = "the session goes on, but the product " + o.Crash
	default:
		said = "the session goes on: the product answered " + o.status()
	}
	return o.andFetched(said)
}

// Post makes the attempt at a product, within the given safety: the victim signs in
// honestly, the attack is brought in the same browser, and an honest logout, which has to
// work, ends what the attack left. Victim, Session and Collector are the run's own. What
// was made is cleared away, and what could not be is listed.
func (a LogoutAttempt) Post(ctx context.Context, t target.Target, safety Safety) (outcome LogoutOutcome, left []string, err error) {
	return onStage(ctx, t, safety, a.at)
}

func (a LogoutAttempt) at(ctx context.Context, s *stage) (LogoutOutcome, error) {
	a.Collector = s.lure.address
	services, err := s.live.LogoutServices(ctx, s.connection)
	if err != nil {
		return LogoutOutcome{}, err
	}
	service, err := a.service(services)
	if err != nil {
		return LogoutOutcome{}, err
	}
	v, err := s.enter(ctx, "Leia", "Organa", s.victim)
	if err != nil {
		return LogoutOutcome{}, err
	}
	v.app.Configure(func(to *simulator.AppSettings) {
		to.SAML.Logout, to.SAML.Certificates = service, services.Signing
	})
	if err := v.getsIn(ctx, "before the attack"); err != nil {
		return LogoutOutcome{}, err
	}
	session := v.browser.Sessions()[0]
	outcome, err := a.brought(ctx, v, session, service)
	outcome.Visitors = s.lure.visitors()
	if err != nil || outcome.Ended {
		return outcome, err
	}
	return outcome, v.getsOut(ctx, session)
}

// brought brings the attack in the victim's browser and asks whether they are still in.
func (a LogoutAttempt) brought(ctx context.Context, v *visitor, session simulator.AppSession, service simulator.Logout) (LogoutOutcome, error) {
	parting, err := v.browser.Leave(ctx, session, a.options(service))
	reaction, err := reactionTo(parting.Sent.Address != "", parting.Answered, err)
	if err != nil {
		return LogoutOutcome{}, explained(ctx, service.URL, err)
	}
	in, err := v.isIn(ctx)
	return LogoutOutcome{Reaction: reaction, Ended: err == nil && !in}, err
}

// getsOut ends the session honestly.
func (v *visitor) getsOut(ctx context.Context, session simulator.AppSession) error {
	parting, err := v.browser.Leave(ctx, session, simulator.LogoutOptions{})
	if err != nil {
		return explained(ctx, v.app.Settings().SAML.Logout.URL, err)
	}
	in, err := v.isIn(ctx)
	if err == nil && in {
		err = fmt.Errorf("an honest logout after the attack did not work, so the attack says nothing: the product answered %d %s", parting.Answered, http.StatusText(parting.Answered))
	}
	return err
}
