package verify

import (
	"context"
	"fmt"
	"net/http"

	"rollcall.example/suites/target"
)

// trial lets one honest person come, sign in and go.
func (p *patient) trial() {
	const name = "one honest person"
	t, err := p.target.Resolve(p.ctx)
	if err != nil {
		p.found(name, NotChecked, "the target cannot be completed")
		return
	}
	c := t.Connection()
	switch {
	case p.diagnosis.Wrong() > 0:
		p.found(name, NotChecked, "something else is wrong")
		return
	case p.safety.ReadOnly:
		p.found(name, NotChecked, "nothing is changed with --read-only")
		return
	case !c.SCIM.Usable() && !c.SAML.Offered():
		p.found(name, NotChecked, "there is no way in")
		return
	}
	begun, err := target.Begin(p.ctx, t, target.BeginOptions{Ledger: p.safety.Ledger, Owned: p.safety.IOwnThis})
	if err != nil {
		p.diagnosis.Checks = append(p.diagnosis.Checks, Check{name, NotChecked, err.Error(), hintOf(err)})
		return
	}
	p.honest(name, begun.Target)
	p.clearedAway(begun)
}

func (p *patient) honest(name string, t target.Target) {
	ctx, cancel := target.WithPatience(p.ctx, 3*ReachWithin)
	defer cancel()
	live, err := target.Open(t)
	if err != nil {
		p.wrong(name, err)
		return
	}
	defer live.Close()
	c := t.Connection()
	email := fmt.Sprintf("doctor.%s@rollcall.test", live.Tag())
	p.hide = append(p.hide, live.Redact)
	v, err := newVisitor(live, c, "Honest", "Person", email)
	if err != nil {
		p.wrong(name, err)
		return
	}
	p.hide = append(p.hide, v.tenant.Journal().Redact)
	live.Hired(c, email)
	defer func() {
		_, _ = v.app.Unassign(ctx, v.person)
		live.ClearAway(ctx)
	}()
	if p.comes(ctx, name, v) && v.signsIn() {
		p.signsIn(ctx, name, v)
	}
}

// comes assigns the app and says whether the product took the person.
func (p *patient) comes(ctx context.Context, name string, v *visitor) bool {
	at := v.connection.SCIM.BaseURL
	done, err := v.app.Assign(ctx, v.person, nil)
	switch {
	case err != nil:
		p.wrong(name, explained(ctx, at, err))
		return false
	case len(done.Tasks) > 0:
		says, advice := "the product refused to make a record: "+done.Tasks[0].Text, "its log may say why"
		if why := done.Tasks[0].Why; why != "" {
			says, advice = "Okta cannot read what the product answered: "+why, "what SCIM answers is in RFC 7644 section 3 and RFC 7643 section 4.1"
		}
		p.advise(name, says, advice)
		return false
	}
	if !v.signsIn() {
		p.found(name, OK, "came, and goes again")
	}
	return true
}

func (p *patient) signsIn(ctx context.Context, name string, v *visitor) {
	c := v.connection
	visit, err := v.signIn(ctx)
	switch {
	case err != nil:
		p.wrong(name, explained(ctx, c.SAML.ACS, err))
		return
	case visit.Blocked != "":
		p.advise(name, "Okta did not let the person through: "+visit.Blocked, "does the product send its people to our identity provider?")
		return
	case c.Oracle() == nil:
		p.found(name, OK, fmt.Sprintf("came, and posted an assertion (answered %d); whether they are in nobody can tell", visit.Answered))
		return
	}
	seen, err := c.WhoIsIn(ctx, v.browser)
	switch {
	case err != nil:
		p.wrong(name, explained(ctx, c.SAML.SignIn, err))
	case !seen.In:
		p.advise(name, fmt.Sprintf("came, and is not in after sign-in: the ACS answered %d %s, and the way ended at %s (%d)", visit.Answered, http.StatusText(visit.Answered), bareAddress(visit.URL), visit.Status),
			"does the product trust our certificate (rollcall idp metadata)? its log may say what it minds")
	case seen.Email != "" && seen.Email != v.person.Email():
		p.advise(name, fmt.Sprintf("signed in as %s, and is %s", v.person.Email(), seen.Email), "does the expression for the e-mail address find the right thing?")
	default:
		p.found(name, OK, "came, signed in, and goes again")
	}
}

// clearedAway ends the run of the trial and says what is left of it.
func (p *patient) clearedAway(begun *target.Begun) {
	const name = "clearing away"
	left, err := begun.End(context.WithoutCancel(p.ctx))
	switch {
	case err != nil:
		p.wrong(name, err)
	case len(left) > 0:
		p.advise(name, fmt.Sprintf("%d things were left at the product, as %s", len(left), left[0]), "rollcall sweep tries again")
	default:
		p.found(name, OK, "nothing of the trial is left")
	}
}
