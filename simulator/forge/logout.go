package forge

import (
	"fmt"
	"slices"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// LogoutAttack is one way for a logout request to be wrong. It starts from the request
// that would end the donor's session, and interferes before it is written, before it is
// signed, or with what is sent.
type LogoutAttack struct {
	// Row is the row of the catalogue, as SLO-04.
	Row string
	// Name is made of words with dashes; Rule is the last part of the id of the requirement
	// that it proves.
	Name, Rule string
	// Summary goes on after "a logout request that".
	Summary string
	// Sources are advisories about products that fell for it, or for something near.
	Sources []string
	// Binding is the only one by which the attack can be made; empty is any.
	Binding string
	// Lure says that the message names the collector.
	Lure bool
	// NoCrash says that falling over it is a failure, and no mere warning.
	NoCrash bool

	says  func(*idp.Logout)
	draft func(*idp.Envelope) error
	send  func(LogoutDonor, *simulator.Carriage) error
	// query writes, and signs, the address that carries the message in a query.
	query func(message idp.Envelope, to string) (string, error)
}

// LogoutDonor is what an attack on logout may need beside the honest request.
type LogoutDonor struct {
	Collector string // an address at which nobody must call
}

// Options are how the attack's request is made and sent.
func (a LogoutAttack) Options(d LogoutDonor) simulator.LogoutOptions {
	options := simulator.LogoutOptions{Binding: a.Binding, RelayState: "rollcall", Alter: a.says}
	if a.draft != nil {
		options.Draft = func(e *idp.Envelope) error { return a.naming(a.draft(e)) }
	}
	if a.send != nil {
		options.Replace = func(c *simulator.Carriage) error { return a.naming(a.send(d, c)) }
	}
	if a.query != nil {
		var message idp.Envelope
		options.Draft = func(e *idp.Envelope) error {
			message = *e
			return nil
		}
		options.Replace = func(c *simulator.Carriage) (err error) {
			c.Address, err = a.query(message, message.Root.SelectAttrValue("Destination", ""))
			return a.naming(err)
		}
	}
	return options
}

func (a LogoutAttack) naming(err error) error {
	if err != nil {
		return fmt.Errorf("forging the logout request %s: %w", a.Name, err)
	}
	return nil
}

// LogoutFamily is the part of the catalogue that attacks on logout belong to. It is none
// of [Families], which are of attacks on sign-in.
const LogoutFamily = "slo"

// Logouts lists every attack on logout.
func Logouts() []LogoutAttack { return slices.Concat(logouts, logoutQueries) }

// FindLogout returns the attack on logout with the given name.
func FindLogout(name string) (LogoutAttack, bool) {
	all := Logouts()
	at := slices.IndexFunc(all, func(a LogoutAttack) bool { return a.Name == name })
	if at < 0 {
		return LogoutAttack{}, false
	}
	return all[at], true
}
