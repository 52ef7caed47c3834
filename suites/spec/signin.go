package spec

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// Visit is what came of a person's way through the product's sign-in, and the
// browser that went it. Whether they are in, and as whom, is not read off a status
// but asked at the product, in the way that the target names.
type Visit struct {
	simulator.Visit
	browser *simulator.Browser
	person  *Person
	seen    target.Presence
	blind   bool // nothing tells who is in
	control bool // it stands in a Given
	crash   string
}

// Person is the address of whom the assertion was signed for.
func (v Visit) Person() string { return v.person.Email() }

// In says whether the product takes the browser for anybody.
func (v Visit) In() bool { return v.seen.In }

// As is the address of whom the product takes the browser for; empty for nobody, and
// where nothing tells more than that somebody is in.
func (v Visit) As() string { return v.seen.Email }

// Arrived says whether the way came to its end: that it did not go round and round, nor
// was led to what is no address of the web.
func (v Visit) Arrived() bool { return v.Stuck == "" }

// Control says whether the visit only has to show that signing in works at all. For
// that it is enough that somebody is in.
func (v Visit) Control() bool { return v.control }

// MustTell ends the spec as unobserved where nobody can tell whether the browser is
// in or, with who, as whom.
func (v Visit) MustTell(who bool) {
	switch {
	case v.blind:
		conclude(EntryUnobserved, "nobody can see who is in: "+target.ErrNoOracle.Error(), 2)
	case who && v.In() && v.As() == "":
		conclude(EntryUnobserved, "somebody is signed in, and nothing tells who: saml.signed_in only tells in from out", 2)
	}
}

// Ended says in words where the way ended.
func (v Visit) Ended() string {
	if v.crash != "" && v.Answered == 0 {
		return "the assertion consumer service " + v.crash
	}
	if v.Blocked != "" {
		return "stopped at Okta: " + v.Blocked
	}
	if v.Answered == 0 && v.Stuck != "" {
		return "the product did not send the browser to Okta, but nowhere: " + v.Stuck
	}
	if v.Answered == 0 {
		return fmt.Sprintf("the product did not send the browser to Okta, but answered %d %s", v.Status, http.StatusText(v.Status))
	}
	answered := fmt.Sprintf("the assertion consumer service answered %d %s", v.Answered, http.StatusText(v.Answered))
	if v.Stuck != "" {
		answered += ", and the way from there never ended: " + v.Stuck
	}
	return answered
}

// SignIn takes the person through sign-in in a browser of their own, starting at
// the product or, where that is not offered, at Okta. So do the other verbs that
// sign in, but for SignInFromOkta.
func (o *Okta) SignIn(ctx context.Context, p *Person) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{})
}

// SignInFromOkta starts at Okta's dashboard instead (IdP-initiated).
func (o *Okta) SignInFromOkta(ctx context.Context, p *Person) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{IdPInitiated: true})
}

// SignInClaiming changes, in this order, what the assertion says before it is
// signed: an honest signature over something else.
func (o *Okta) SignInClaiming(ctx context.Context, p *Person, changes ...func(*Claims)) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{Alter: allOf(changes)})
}

// SignInTrying is SignInClaiming of what the product may fall over: that it gave no answer
// is then no broken wire, but what [Visit.Crash] says.
func (o *Okta) SignInTrying(ctx context.Context, p *Person, changes ...func(*Claims)) Visit {
	visit, browser, err := o.walk(ctx, p, simulator.SignInOptions{Alter: allOf(changes)})
	crash := crashOf(visit, err)
	if crash == "" {
		broken(err, 1)
	}
	seen := o.recognized(ctx, visit, browser, p)
	seen.crash = crash
	return seen
}

// allOf makes one change after the other.
func allOf(changes []func(*Claims)) func(*Claims) {
	return func(c *Claims) {
		for _, change := range changes {
			change(c)
		}
	}
}

// SignInPosting lets replace change what the browser posts to the product, after
// everything was signed.
func (o *Okta) SignInPosting(ctx context.Context, p *Person, replace func(*simulator.Posting) error) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{Replace: replace})
}

func (o *Okta) arrive(ctx context.Context, p *Person, options simulator.SignInOptions) Visit {
	visit, browser, err := o.walk(ctx, p, options)
	broken(err, 2)
	return o.recognized(ctx, visit, browser, p)
}

// walk goes the way of a sign-in in a new browser.
func (o *Okta) walk(ctx context.Context, p *Person, options simulator.SignInOptions) (simulator.Visit, *simulator.Browser, error) {
	browser := o.tenant.Browser(nil)
	options.StartURL = o.connection.SAML.SignIn
	options.IdPInitiated = options.IdPInitiated || options.StartURL == ""
	visit, err := browser.SignIn(ctx, o.app, p, options)
	return visit, browser, err
}

// Again posts once more, from another browser, what the visit posted.
func (o *Okta) Again(ctx context.Context, v Visit) Visit {
	browser := o.tenant.Browser(nil)
	again, err := browser.Post(ctx, v.Posted)
	broken(err, 1)
	return o.recognized(ctx, again, browser, v.person)
}

// recognized asks the product whom it takes the browser for, and takes it for nobody
// once that can be told for sure. An answer that is none leaves the spec untestable.
func (o *Okta) recognized(ctx context.Context, visit simulator.Visit, browser *simulator.Browser, p *Person) Visit {
	v := Visit{Visit: visit, browser: browser, person: p}
	o.pace.Acted()
	var err error
	waited := o.pace.Until(ctx, func() bool {
		v.seen, err = o.connection.WhoIsIn(ctx, browser)
		return err != nil || v.seen.In || v.seen.Unclear() != ""
	})
	if v.blind = errors.Is(err, target.ErrNoOracle); v.blind {
		return v
	}
	broken(errors.Join(err, waited), 2)
	if unclear := v.seen.Unclear(); unclear != "" {
		conclude(EntryUntestable, unclear, 2)
	}
	return v
}

// Identity is the identity provider that signs for this tenant.
func (o *Okta) Identity() idp.Identity { return o.app.Identity() }
