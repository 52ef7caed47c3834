package verify

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

// signOn looks at the product as a service provider: its metadata, whether sign-in
// leads to our identity provider, and whether strangers are out.
func (p *patient) signOn(c target.Connection) {
	if !c.SAML.Offered() {
		p.found("sign-in", NotChecked, "the target offers none")
		return
	}
	c, ok := p.metadata(c)
	if !ok {
		p.found("sign-in", NotChecked, "nobody knows the entity id and the ACS")
		return
	}
	p.redirect(c)
	p.stranger(c)
}

// metadata compares the service provider's metadata with what the target states, and
// fills in what it leaves open. Not ok where that cannot be.
func (p *patient) metadata(c target.Connection) (target.Connection, bool) {
	const name = "SP metadata"
	stated := c.SAML.EntityID != "" && c.SAML.ACS != ""
	if c.SAML.Metadata == "" {
		p.found(name, NotChecked, "the target names none; its entity_id and acs are taken as they stand")
		return c, stated
	}
	if !p.reachable(name, c.SAML.Metadata) {
		return c, stated
	}
	ctx, cancel := p.within()
	defer cancel()
	read, err := p.live.SPMetadata(ctx, c)
	if err != nil {
		p.wrong(name, explained(ctx, c.SAML.Metadata, err))
		return c, stated
	}
	if c.SAML.EntityID == "" {
		c.SAML.EntityID = read.EntityID
	}
	if c.SAML.ACS == "" {
		c.SAML.ACS = read.PostACS()
	}
	p.compare(name, c, read)
	return c, c.SAML.ACS != ""
}

func (p *patient) compare(name string, c target.Connection, read target.SPMetadata) {
	listed := slices.ContainsFunc(read.ACS, func(a target.ACS) bool { return a.Location == c.SAML.ACS })
	switch {
	case read.PostACS() == "":
		p.advise(name, "it names no assertion consumer service with the binding HTTP-POST, which is the one that Okta has", "let the product take responses by HTTP-POST")
	case read.EntityID != c.SAML.EntityID:
		p.advise(name, fmt.Sprintf("the product calls itself %s, and the target says entity_id %s", read.EntityID, c.SAML.EntityID), "leave entity_id out, or mend it")
	case !listed:
		p.advise(name, fmt.Sprintf("it does not name the acs %s of the target, but %s", c.SAML.ACS, read.PostACS()), "leave acs out, or mend it")
	default:
		says := fmt.Sprintf("%s takes responses at %s", read.EntityID, read.PostACS())
		if read.WantAssertionsSigned {
			says += ", assertions signed"
		}
		if !read.ValidUntil.IsZero() && time.Until(read.ValidUntil) < soon {
			says += ", valid until " + read.ValidUntil.Format(time.DateOnly) + ", which is soon"
		}
		p.found(name, OK, says)
	}
}

// redirect sees whether sign-in at the product leads to our identity provider. The
// person has no app assigned, so that nobody is signed in.
func (p *patient) redirect(c target.Connection) {
	const name = "sign-in"
	if c.SAML.SignIn == "" {
		p.found(name, NotChecked, "it starts at Okta only (idp_initiated)")
		return
	}
	if !p.reachable(name, c.SAML.SignIn) {
		return
	}
	ctx, cancel := p.within()
	defer cancel()
	v, err := newVisitor(p.live, c, "Some", "Stranger", "stranger@rollcall.test")
	if err != nil {
		p.wrong(name, err)
		return
	}
	sent := time.Now()
	visit, err := v.signIn(ctx)
	if err != nil {
		p.wrong(name, explained(ctx, c.SAML.SignIn, err))
		return
	}
	p.note(c.SAML.SignIn, visit.Header, sent, time.Now())
	p.arrival(name, c, v, visit)
}

func (p *patient) arrival(name string, c target.Connection, v *visitor, visit simulator.Visit) {
	ours := v.app.Identity().SSOURL
	request := visit.Request
	switch {
	case request == nil && visit.Blocked != "":
		p.advise(name, "the product's request is none that Okta takes: "+visit.Blocked, "compare it with entity_id and acs of the target")
	case request == nil:
		p.advise(name, fmt.Sprintf("it ended at %s (%d %s), and never came to our identity provider", bareAddress(visit.URL), visit.Status, http.StatusText(visit.Status)),
			"give the product our metadata (rollcall idp metadata), or does sign_in name another page? ours is at "+ours)
	case request.Issuer != "" && request.Issuer != c.SAML.EntityID:
		p.advise(name, fmt.Sprintf("the product calls itself %s in its request, and the target says %s", request.Issuer, c.SAML.EntityID), "mend entity_id, or name the right sp_metadata")
	default:
		p.found(name, OK, c.SAML.SignIn+" leads to our identity provider")
	}
}

// stranger makes sure that what tells who is in does not say it of a browser that
// never signed in.
func (p *patient) stranger(c target.Connection) {
	const name = "signed in"
	if c.Oracle() == nil {
		p.found(name, NotChecked, "the target names nothing that tells who is in (saml.whoami or signed_in): sign-ins are unobserved")
		return
	}
	ctx, cancel := p.within()
	defer cancel()
	v, err := newVisitor(p.live, c, "Some", "Stranger", "stranger@rollcall.test")
	if err != nil {
		p.wrong(name, err)
		return
	}
	seen, err := c.WhoIsIn(ctx, v.browser)
	switch {
	case err != nil:
		p.wrong(name, explained(ctx, c.SAML.SignIn, err))
	case seen.Unclear() != "":
		p.advise(name, seen.Unclear(), "its log may say why")
	case seen.In:
		p.wrong(name, strangerError{seen.Email})
	default:
		p.found(name, OK, "a stranger is out")
	}
}

func bareAddress(address string) string {
	for i, r := range address {
		if r == '?' || r == '#' {
			return address[:i]
		}
	}
	return address
}

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
		p.advise(name, "the product refused to make a record: "+done.Tasks[0].Text, "its log may say why")
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
