package verify

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/kept"
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
	p.logout(c)
}

// logout sees whether a product that is said to have single logout was told where its
// messages go.
func (p *patient) logout(c target.Connection) {
	if c.Okta.Kept == "" || !p.target.Has(target.SAMLLogout) && !p.target.Has(target.SAMLSignOut) {
		return
	}
	const name = "logout"
	identity, err := kept.Open(c.Okta.Kept, time.Now())
	switch {
	case err != nil:
		p.wrong(name, err)
	case !identity.Logout:
		p.advise(name, "the target has single logout, and the metadata in "+c.Okta.Kept+" does not say where logout messages go",
			"say so with rollcall idp logout "+c.Okta.Kept+", and upload the metadata once more")
	default:
		p.found(name, OK, "our metadata says that logout messages go to "+identity.SLOURL)
	}
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
	contradiction, fix := read.Contradiction()
	switch {
	case read.PostACS() == "":
		p.advise(name, "it names no assertion consumer service with the binding HTTP-POST, which is the one that Okta has", "let the product take responses by HTTP-POST")
	case read.EntityID != c.SAML.EntityID:
		p.advise(name, fmt.Sprintf("the product calls itself %s, and the target says entity_id %s", read.EntityID, c.SAML.EntityID), "leave entity_id out, or mend it")
	case !listed:
		p.advise(name, fmt.Sprintf("it does not name the acs %s of the target, but %s", c.SAML.ACS, read.PostACS()), "leave acs out, or mend it")
	case contradiction != "":
		p.advise(name, contradiction, fix)
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
	case request == nil && visit.Stuck != "":
		p.advise(name, "it leads nowhere: "+visit.Stuck, "open it in a browser: does it end?")
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
