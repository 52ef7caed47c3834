package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/journal"
)

// SignInOptions say how somebody signs in.
type SignInOptions struct {
	// StartURL is the product's sign-in address, at which the sign-in begins.
	StartURL string
	// IdPInitiated begins it at Okta's dashboard instead.
	IdPInitiated bool
	// RelayState goes along in a sign-in that Okta starts; empty means the app's default.
	RelayState string
	// Alter changes what the response says, before it is signed.
	Alter func(*idp.Claims)
	// Replace has the last say over what is posted, after it is signed.
	Replace func(*Posting) error
	// Fail has Okta answer with this status and no assertion.
	Fail *idp.Status
	// Hold keeps the response back: nothing is posted, and Posted in the visit is what
	// would have been.
	Hold bool
}

// Posting is the form that carries a response to the product.
type Posting struct {
	// ACS is the address that it is posted to.
	ACS string
	// SAMLResponse is the form value: base64.
	SAMLResponse string
	// RelayState is posted even if it is empty, as Okta does.
	RelayState string
	// Fields are further fields of the form.
	Fields url.Values
}

// Visit is what became of a walk to the product.
type Visit struct {
	// URL, Status, Header and Body are of the page at which the walk ended.
	URL    string
	Status int
	Header http.Header
	Body   string
	// Answered is the status with which the assertion consumer service itself
	// answered, before redirects; 0 if nothing was posted.
	Answered int
	// Landing is the address that the product sent the browser on to after the
	// posting; empty if it did not.
	Landing string
	// Posted is what was posted; Response is what Okta had issued.
	Posted   Posting
	Response *idp.Response
	// Request is the product's AuthnRequest; nil where Okta started the sign-in or
	// where the product never sent the browser to Okta.
	Request *idp.AuthnRequest
	// Blocked says in Okta's words why no response was issued: "App Not Assigned",
	// a person who is suspended, a request that is refused.
	Blocked string
	// Left is where the product sent the browser that is neither the product's own site
	// nor Okta; only [Browser.Deliver], which does not follow there, fills it in.
	Left string
	// Stuck says why the walk came to no page, though every answer came: it went round and
	// round, or was led to what is no address of the web. It is empty where it ended.
	Stuck string
	// HungUp says why no answer came to what [Browser.Deliver] brought; nil if one came.
	HungUp error
}

// SignIn signs the person in to the app. A refusal by the product is a visit
// that ends on its error page, one by Okta a visit that is Blocked, and a product that
// leads nowhere a visit that is Stuck; an error means that no answer came or that the
// options make no sense.
func (b *Browser) SignIn(ctx context.Context, app *App, person *Person, options SignInOptions) (Visit, error) {
	ctx = b.about(ctx, person)
	if options.IdPInitiated {
		relayState := orElse(options.RelayState, app.Settings().SAML.DefaultRelayState)
		return b.answer(ctx, app, person, nil, relayState, options)
	}
	if options.StartURL == "" {
		return Visit{}, errors.New("a sign-in that the product starts needs its sign-in address (StartURL)")
	}
	return b.start(ctx, app, person, options)
}

// start opens the product's sign-in address and goes where it leads: to Okta by
// redirect, to Okta by a form, or nowhere.
func (b *Browser) start(ctx context.Context, app *App, person *Person, options SignInOptions) (Visit, error) {
	ssoURL := app.Identity().SSOURL
	ended, err := b.travel(ctx, step{method: http.MethodGet, address: options.StartURL}, func(s step) bool { return bare(s.address) == ssoURL })
	var stopped stoppedError
	switch {
	case errors.As(err, &stopped):
		return b.meet(ctx, app, person, stopped.at, options)
	case stuckBy(err) != "":
		return Visit{URL: bare(ended.address), Status: ended.status, Stuck: stuckBy(err)}, nil
	case err != nil:
		return Visit{}, err
	}
	return visitOf(ended), nil
}

// meet is Okta's single sign-on address: it reads the request, checks it and answers.
func (b *Browser) meet(ctx context.Context, app *App, person *Person, arrival step, options SignInOptions) (Visit, error) {
	request, relayState, complaint := app.admit(arrival.authnRequest())
	if complaint != "" {
		return Visit{URL: bare(arrival.address), Status: http.StatusBadRequest, Blocked: complaint}, nil
	}
	return b.answer(ctx, app, person, &request, relayState, options)
}

// authnRequest reads the request by the binding by which it came.
func (s step) authnRequest() (idp.AuthnRequest, string, error) {
	if s.method == http.MethodPost {
		return idp.ParsePost(s.form)
	}
	return idp.ParseRedirect(s.query())
}

// query is the query of the step's address, as it stands there.
func (s step) query() string {
	_, query, _ := strings.Cut(s.address, "?")
	query, _, _ = strings.Cut(query, "#")
	return query
}

// answer issues a response for the person and posts it, if Okta lets them in.
func (b *Browser) answer(ctx context.Context, app *App, person *Person, request *idp.AuthnRequest, relayState string, options SignInOptions) (Visit, error) {
	identity := app.Identity()
	if reason := app.blocked(person); reason != "" {
		return Visit{URL: identity.SSOURL, Status: http.StatusForbidden, Request: request, Blocked: reason}, nil
	}
	answered := answering{app: app, request: request, signedIn: b.isSignedIn(person)}
	response, err := answered.response(options.Fail, func() idp.Claims {
		claims := answered.claims(person)
		claims.AuthnInstant = b.signedInAt(person, claims.Now, request)
		if options.Alter != nil {
			options.Alter(&claims)
		}
		return claims
	})
	if err != nil {
		return Visit{}, fmt.Errorf("issuing a response for %s: %w", person.Name(), err)
	}
	posting := Posting{ACS: answered.acs(), SAMLResponse: response.Encoded(), RelayState: relayState}
	if options.Replace != nil {
		if err := options.Replace(&posting); err != nil {
			return Visit{}, fmt.Errorf("replacing the response: %w", err)
		}
	}
	if response.AssertionID != "" {
		b.began(app, person, response)
	}
	if options.Hold {
		return Visit{URL: identity.SSOURL, Posted: posting, Response: response, Request: request}, nil
	}
	visit, err := b.Post(ctx, posting)
	visit.Response, visit.Request = response, request
	return visit, err
}

func (b *Browser) isSignedIn(person *Person) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.since[person]
	return ok
}

// signedInAt returns when the person signed in to Okta in this browser. A
// request with ForceAuthn makes them do it again.
func (b *Browser) signedInAt(person *Person, now time.Time, request *idp.AuthnRequest) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at, ok := b.since[person]; ok && (request == nil || !request.ForceAuthn) {
		return at
	}
	b.since[person] = now
	return now
}

// Post posts a form to the product, as Okta's page would, and follows where that
// leads. It serves to post the same again, or something else. A product that sends
// the browser back to Okta has not let it in: the walk ends there. So it does where the
// product leads nowhere, and the visit says so.
func (b *Browser) Post(ctx context.Context, posting Posting) (Visit, error) {
	form := url.Values{"SAMLResponse": {posting.SAMLResponse}, "RelayState": {posting.RelayState}}
	for name, values := range posting.Fields {
		form[name] = append(form[name], values...)
	}
	first := step{method: http.MethodPost, address: posting.ACS, form: form, initiator: b.origin()}
	answered, err := b.fetch(ctx, first)
	if err != nil {
		return Visit{Posted: posting}, err
	}
	visit := visitOf(answered)
	next, err := redirect(answered, first)
	if err == nil && next == nil {
		next = onward(answered, b.atOkta)
	}
	if err == nil && next != nil {
		visit.Landing = next.address
		var ended page
		ended, err = b.travel(ctx, *next, b.atOkta)
		var stopped stoppedError
		switch {
		case errors.As(err, &stopped):
			visit.URL, err = bare(stopped.at.address), nil
		case err == nil:
			visit = visitOf(ended)
			visit.Landing = next.address
		}
	}
	if visit.Stuck = stuckBy(err); visit.Stuck != "" {
		err = nil
	}
	visit.Answered, visit.Posted = answered.status, posting
	return visit, err
}

// origin is the site of Okta's page with the form.
func (b *Browser) origin() string {
	return originOf(b.tenant.options.Identity.SSOURL)
}

// about marks what follows as being about the person.
func (b *Browser) about(ctx context.Context, person *Person) context.Context {
	return journal.About(ctx, person.Email())
}

func visitOf(p page) Visit {
	return Visit{URL: p.address, Status: p.status, Header: p.header, Body: p.body}
}
