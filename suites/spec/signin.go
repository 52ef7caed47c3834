package spec

import (
	"context"
	"fmt"
	"net/http"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// Visit is what came of a person's way through the product's sign-in, and the
// browser that went it. Whether they are in is not read off a status but asked at
// the product's own door.
type Visit struct {
	simulator.Visit
	browser *simulator.Browser
	person  *Person
	as      string
}

// Person is the address of whom the assertion was signed for.
func (v Visit) Person() string { return v.person.Email() }

// As is the address of whom the product takes the browser for; empty for nobody.
func (v Visit) As() string { return v.as }

// Ended says in words where the way ended.
func (v Visit) Ended() string {
	if v.Blocked != "" {
		return "stopped at Okta: " + v.Blocked
	}
	return fmt.Sprintf("the assertion consumer service answered %d %s", v.Answered, http.StatusText(v.Answered))
}

// SignIn takes the person through sign-in in a browser of their own, starting at
// the product.
func (o *Okta) SignIn(ctx context.Context, p *Person) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{StartURL: o.connection.SAML.SignIn})
}

// SignInFromOkta starts at Okta's dashboard instead (IdP-initiated).
func (o *Okta) SignInFromOkta(ctx context.Context, p *Person) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{IdPInitiated: true})
}

// SignInClaiming changes, in this order, what the assertion says before it is
// signed: an honest signature over something else.
func (o *Okta) SignInClaiming(ctx context.Context, p *Person, changes ...func(*Claims)) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{StartURL: o.connection.SAML.SignIn, Alter: func(c *Claims) {
		for _, change := range changes {
			change(c)
		}
	}})
}

// SignInPosting lets replace change what the browser posts to the product, after
// everything was signed.
func (o *Okta) SignInPosting(ctx context.Context, p *Person, replace func(*simulator.Posting) error) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{StartURL: o.connection.SAML.SignIn, Replace: replace})
}

func (o *Okta) arrive(ctx context.Context, p *Person, options simulator.SignInOptions) Visit {
	browser := o.tenant.Browser(nil)
	visit, err := browser.SignIn(ctx, o.app, p, options)
	broken(err, 2)
	return o.recognized(ctx, visit, browser, p)
}

// Again posts once more, from another browser, what the visit posted.
func (o *Okta) Again(ctx context.Context, v Visit) Visit {
	browser := o.tenant.Browser(nil)
	again, err := browser.Post(ctx, v.Posted)
	broken(err, 1)
	return o.recognized(ctx, again, browser, v.person)
}

// recognized asks the product whom it takes the browser for.
func (o *Okta) recognized(ctx context.Context, visit simulator.Visit, browser *simulator.Browser, p *Person) Visit {
	v := Visit{Visit: visit, browser: browser, person: p}
	v.as = (&Product{o.stage}).WhoAmI(ctx, v).Email
	return v
}

// Identity is the identity provider that signs for this tenant.
func (o *Okta) Identity() idp.Identity { return o.app.Identity() }
