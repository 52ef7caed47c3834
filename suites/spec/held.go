package spec

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// Offers says whether the target has the feature, for a spec that goes another way where
// it lacks one.
func (s *stage) Offers(feature string) bool { return s.live.Has(feature) }

// Heavy says whether what wears a product out is to be sent in its full size.
func (s *stage) Heavy() bool { return s.live.Run.Heavy }

// Held is an answer of Okta's on its way to the product: the browser has it, and has
// not posted it yet. What is done to it leaves the one that it was made from as it is.
type Held struct {
	simulator.Posting
	// Claims are what the answer says.
	Claims Claims
	// Request is what the product asked; nil where the sign-in began at Okta.
	Request *idp.AuthnRequest
	issued  *idp.Response
	browser *simulator.Browser
	person  *Person
}

// Browser is somebody's browser.
type Browser struct{ *simulator.Browser }

// NewBrowser is one that has been nowhere yet.
func (o *Okta) NewBrowser() Browser { return Browser{o.tenant.Browser(nil)} }

// Copy is another browser with all the cookies that this one has now.
func (b Browser) Copy() Browser { return Browser{b.Browser.Copy()} }

// Browser is the one that the visit was made in.
func (v Visit) Browser() Browser { return Browser{v.browser} }

// Browser is the one that holds the answer.
func (h Held) Browser() Browser { return Browser{h.browser} }

// Hold takes the person to Okta as [Okta.SignIn] does, in a browser of their own, and
// keeps the answer back. The changes are made to what it says, before it is signed.
func (o *Okta) Hold(ctx context.Context, p *Person, changes ...func(*Claims)) Held {
	return o.hold(ctx, p, o.NewBrowser(), o.connection.SAML.SignIn == "", changes)
}

// HoldFromOkta is Hold for a sign-in that begins at Okta's dashboard.
func (o *Okta) HoldFromOkta(ctx context.Context, p *Person, changes ...func(*Claims)) Held {
	return o.hold(ctx, p, o.NewBrowser(), true, changes)
}

// HoldIn is Hold in a browser that is there already.
func (o *Okta) HoldIn(ctx context.Context, b Browser, p *Person, changes ...func(*Claims)) Held {
	return o.hold(ctx, p, b, o.connection.SAML.SignIn == "", changes)
}

func (o *Okta) hold(ctx context.Context, p *Person, b Browser, fromOkta bool, changes []func(*Claims)) Held {
	h := Held{browser: b.Browser, person: p}
	visit, err := b.SignIn(ctx, o.app, p, simulator.SignInOptions{
		StartURL: o.connection.SAML.SignIn, IdPInitiated: fromOkta, Hold: true,
		Alter: func(c *Claims) {
			for _, change := range changes {
				change(c)
			}
			h.Claims = *c
		},
	})
	broken(err, 2)
	if visit.Response == nil {
		conclude(EntryUntestable, "no sign-in came as far as an answer of Okta's: "+Visit{Visit: visit}.Ended(), 2)
	}
	h.Posting, h.Request, h.issued = visit.Posted, visit.Request, visit.Response
	return h
}

// In is the same answer in another browser.
func (h Held) In(b Browser) Held {
	h.browser = b.Browser
	return h
}

// XML is the document that the answer carries.
func (h Held) XML() []byte {
	document, err := base64.StdEncoding.DecodeString(h.SAMLResponse)
	broken(err, 1)
	return document
}

// Carrying is the answer with another document in the place of its own.
func (h Held) Carrying(document []byte) Held {
	h.SAMLResponse = base64.StdEncoding.EncodeToString(document)
	return h
}

// Relaying is the answer with another RelayState.
func (h Held) Relaying(state string) Held {
	h.RelayState = state
	return h
}

// Form is the body that a browser posts.
func (h Held) Form() url.Values {
	return url.Values{"SAMLResponse": {h.SAMLResponse}, "RelayState": {h.RelayState}}
}

// Anew is another answer of Okta's for the same person to the same request, with IDs of
// its own. The changes are made to what it says, before it is signed.
func (o *Okta) Anew(h Held, changes ...func(*Claims)) Held {
	claims := h.Claims
	for _, change := range changes {
		change(&claims)
	}
	response, err := o.app.Identity().Issue(claims)
	broken(err, 1)
	h.Claims, h.SAMLResponse, h.issued = claims, response.Encoded(), response
	return h
}

// Post posts the answer from the browser that holds it, as Okta's page would.
func (o *Okta) Post(ctx context.Context, h Held) Visit {
	visit, err := h.browser.Post(ctx, h.Posting)
	broken(err, 1)
	visit.Response = h.issued
	return o.recognized(ctx, visit, h.browser, h.person)
}

// Deliver brings the answer to the product in another way than Okta's page would: what
// a browser would send is given to change, and sent as it is then. What the product
// leads to is followed on its own site only, and if it hangs up the visit says so.
func (o *Okta) Deliver(ctx context.Context, h Held, change func(*simulator.Delivery)) Visit {
	d := simulator.Delivery{
		Method: http.MethodPost, Address: h.ACS, Body: []byte(h.Form().Encode()),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
	if change != nil {
		change(&d)
	}
	visit, err := h.browser.Deliver(ctx, d)
	broken(err, 1)
	crash := crashOf(visit, visit.HungUp)
	if dial := new(net.OpError); crash == "" && visit.HungUp != nil {
		if errors.As(visit.HungUp, &dial) && dial.Op == "dial" {
			broken(visit.HungUp, 1)
		}
		crash = "gave an answer that is none of HTTP"
	}
	seen := o.recognized(ctx, visit, h.browser, h.person)
	seen.crash = crash
	return seen
}

// Ask opens the product's sign-in address, with these parameters added to it, in a new
// browser, and returns the request that the product sends to Okta, unchecked.
func (o *Okta) Ask(ctx context.Context, parameters url.Values) simulator.Asked {
	address, err := url.Parse(o.connection.SAML.SignIn)
	broken(err, 1)
	query := address.Query()
	for name, values := range parameters {
		query[name] = values
	}
	address.RawQuery = query.Encode()
	asked, err := o.NewBrowser().Ask(ctx, o.app, address.String())
	broken(err, 1)
	return asked
}

// Remains asks the product whom it takes the browser for, without going anywhere.
func (o *Okta) Remains(ctx context.Context, b Browser, p *Person) Visit {
	return o.recognized(ctx, simulator.Visit{}, b.Browser, p)
}
