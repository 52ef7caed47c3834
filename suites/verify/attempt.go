package verify

import (
	"context"
	"strings"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// Attempt is one attack made by hand, outside of the suite.
type Attempt struct {
	Attack    forge.Attack
	Mode      idp.Signing // what of the donor is signed
	Attacker  string      // the address that the donor names
	Victim    string      // the address that the attacker would rather have
	Answers   string      // ID of the request that it answers; empty for none
	Collector string      // an address for what the message refers to outside of itself
}

// Make makes what the attempt would post to the connection, and sends nothing.
func (a Attempt) Make(ctx context.Context, c target.Connection) (simulator.Posting, error) {
	identity, err := c.Okta.Identity()
	if err != nil {
		return simulator.Posting{}, err
	}
	tenant, err := simulator.New(simulator.Options{Identity: identity})
	if err != nil {
		return simulator.Posting{}, err
	}
	settings, err := samlOf(c)
	if err != nil {
		return simulator.Posting{}, err
	}
	app := tenant.NewApp(simulator.AppSettings{Label: c.Okta.App, UserNameFormat: simulator.Email, SAML: settings})
	attacker := tenant.Hire(simulator.Profile{FirstName: "Lando", LastName: "Calrissian", Email: a.Attacker, Login: a.Attacker})
	if _, err := app.Assign(ctx, attacker, nil); err != nil {
		return simulator.Posting{}, err
	}
	options := a.interfering(identity)
	options.IdPInitiated, options.Hold = true, true
	visit, err := tenant.Browser(nil).SignIn(ctx, app, attacker, options)
	return visit.Posted, err
}

// interfering posts the attack in the place of the honest answer.
func (a Attempt) interfering(identity idp.Identity) simulator.SignInOptions {
	donor := forge.Donor{Identity: identity, Victim: a.Victim, Collector: a.Collector}
	return simulator.SignInOptions{
		Alter: func(c *idp.Claims) {
			c.Sign = a.Mode
			if a.Answers != "" {
				c.InResponseTo = a.Answers
			}
			donor.Claims = *c
			c.Sign = idp.SignNothing // nobody gets to see it
		},
		Replace: func(p *simulator.Posting) error { return a.Attack.Post(donor, p) },
	}
}

// Outcome is what came of an attempt that was posted.
type Outcome struct {
	Reaction        // of the assertion consumer service
	In       bool   // the product took the browser for somebody
	As       string // for whom; empty where nothing tells
	Attacker string // whom the donor named
	Victim   string // whom the attacker would rather have been
}

// Holds says whether the product did what it owes to the attack.
func (o Outcome) Holds(expect forge.Expect) bool {
	switch expect {
	case forge.Accept:
		return o.In && (o.As == "" || strings.EqualFold(o.As, o.Attacker)) && len(o.Visitors) == 0
	case forge.Harmless:
		return (!o.In || strings.EqualFold(o.As, o.Attacker)) && len(o.Visitors) == 0
	}
	return !o.In && len(o.Visitors) == 0
}

// String tells it in a sentence without its stop.
func (o Outcome) String() string {
	var said string
	switch {
	case !o.In && o.Crash != "":
		said = "nobody is signed in, but the product " + o.Crash
	case !o.In:
		said = "refused: the assertion consumer service answered " + o.status() + ", and nobody is signed in"
	case o.As == "":
		said = "somebody is signed in, and nothing tells who"
	case strings.EqualFold(o.As, o.Victim):
		said = "signed in as the victim, " + o.As
	case strings.EqualFold(o.As, o.Attacker):
		said = "signed in as the attacker, " + o.As + ", whom the donor named"
	default:
		said = "signed in as " + o.As + ", whom the donor did not name"
	}
	return o.andFetched(said)
}

// Post makes the attempt at a product, within the given safety: two people come, the
// attacker signs in honestly, which shows that there is a way in, the attack is posted in
// a browser of its own, and the attacker signs in honestly once more. Attacker, Victim,
// Answers and Collector are the run's own. What was made is cleared away, and what could
// not be is listed.
func (a Attempt) Post(ctx context.Context, t target.Target, safety Safety) (outcome Outcome, left []string, err error) {
	return onStage(ctx, t, safety, a.at)
}

func (a Attempt) at(ctx context.Context, s *stage) (Outcome, error) {
	a.Attacker, a.Victim = s.attacker, s.victim
	a.Answers, a.Collector = "", s.lure.address
	v, err := s.enter(ctx, "Lando", "Calrissian", a.Attacker)
	if err != nil {
		return Outcome{}, err
	}
	if err := v.getsIn(ctx, "before the attack"); err != nil {
		return Outcome{}, err
	}
	outcome, err := a.posted(ctx, v)
	if err != nil {
		return outcome, err
	}
	outcome.Visitors = s.lure.visitors()
	return outcome, v.getsIn(ctx, "after the attack")
}

// posted posts the attack and asks whom the product takes the browser for.
func (a Attempt) posted(ctx context.Context, v *visitor) (Outcome, error) {
	browser := v.tenant.Browser(nil)
	options := a.interfering(v.app.Identity())
	options.StartURL = v.connection.SAML.SignIn
	options.IdPInitiated = options.StartURL == ""
	visit, err := browser.SignIn(ctx, v.app, v.person, options)
	reaction, err := reactionTo(visit.Posted.ACS != "", visit.Answered, err)
	if err != nil {
		return Outcome{}, explained(ctx, v.connection.SAML.ACS, err)
	}
	seen, err := v.connection.WhoIsIn(ctx, browser)
	if err != nil {
		return Outcome{}, explained(ctx, v.connection.SAML.SignIn, err)
	}
	return Outcome{Reaction: reaction, In: seen.In, As: seen.Email, Attacker: a.Attacker, Victim: a.Victim}, nil
}
