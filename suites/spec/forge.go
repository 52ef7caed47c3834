package spec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
)

// Attack finds an attack by its name. It panics on one that is not there, which the
// building of the specs shows.
func Attack(name string) forge.Attack {
	attack, ok := forge.Find(name)
	if !ok {
		panic(fmt.Sprintf("spec: there is no attack named %q", name))
	}
	return attack
}

// Forge lets the attacker sign in at Okta, and post what the named attack makes of
// Okta's answer. The victim is whom they would rather be.
func (o *Okta) Forge(ctx context.Context, name string, attacker, victim *Person) Visit {
	return o.interfere(ctx, idp.SignBoth, attacker, victim, Attack(name).Post)
}

// ForgeIn is Forge with a donor of which this much is signed, and as much more as the
// product wants signed (see [Okta.Signing]).
func (o *Okta) ForgeIn(ctx context.Context, mode idp.Signing, attack forge.Attack, attacker, victim *Person) Visit {
	return o.interfere(ctx, o.Signing(attack, mode), attacker, victim, func(donor forge.Donor, posting *simulator.Posting) error {
		donor.Part = mode
		return attack.Post(donor, posting)
	})
}

// Interfere lets the attacker sign in at Okta, and post what do makes of the donor: of
// what Okta would have said, of which this much would have been signed.
func (o *Okta) Interfere(ctx context.Context, mode idp.Signing, attacker, victim *Person, do func(forge.Donor, *simulator.Posting) error) Visit {
	return o.interfere(ctx, mode, attacker, victim, do)
}

func (o *Okta) interfere(ctx context.Context, mode idp.Signing, attacker, victim *Person, do func(forge.Donor, *simulator.Posting) error) Visit {
	donor := forge.Donor{Identity: o.app.Identity(), Victim: victim.Email(), Collector: o.Collector().Address(), Heavy: o.Heavy()}
	browser := o.tenant.Browser(nil)
	visit, err := browser.SignIn(ctx, o.app, attacker, simulator.SignInOptions{
		StartURL:     o.connection.SAML.SignIn,
		IdPInitiated: o.connection.SAML.SignIn == "",
		Alter: func(c *Claims) {
			c.Sign = mode
			donor.Claims = *c
			c.Sign = idp.SignNothing // nobody gets to see it
		},
		Replace: func(p *simulator.Posting) error { return do(donor, p) },
	})
	if errors.Is(err, forge.ErrOpen) {
		conclude(EntryUnsupported, "the product takes encrypted assertions only, and there is no such attack on one", 2)
	}
	crash := crashOf(visit, err)
	if crash == "" {
		broken(err, 2)
	}
	seen := o.recognized(ctx, visit, browser, attacker)
	seen.crash = crash
	return seen
}

// Signed makes an assertion come with this much of the response signed. It is for
// [Okta.SignInClaiming].
func Signed(mode idp.Signing) func(*Claims) { return func(c *Claims) { c.Sign = mode } }

// Crash says how the product fell over what was posted: it answered 500 or more, or not
// at all. It is empty where it did not, and only says so of what was forged and of
// [Okta.SignInTrying].
func (v Visit) Crash() string { return v.crash }

// crashOf tells a product that broke off from a wire that broke: what is posted has
// reached somebody who read it and did not answer.
func crashOf(visit simulator.Visit, err error) string {
	switch {
	case err == nil && visit.Answered >= http.StatusInternalServerError:
		return fmt.Sprintf("answered %d %s", visit.Answered, http.StatusText(visit.Answered))
	case err == nil || visit.Posted.ACS == "" || visit.Answered != 0:
		return ""
	}
	var late net.Error
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "broke the connection off without an answer"
	case errors.As(err, &late) && late.Timeout():
		return "gave no answer in time"
	}
	return ""
}

// FellOver ends a spec that would pass as warned where the product did not refuse but
// fall over: nobody got in, and somebody may have got it down.
func FellOver(v Visit) {
	if v.crash != "" {
		conclude(EntryWarned, "nobody was signed in, but the product fell over it: it "+v.crash, 1)
	}
}
